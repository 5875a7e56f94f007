// Package audit is the record of who looked at, handed on or deleted what. Entries are only ever added; each has the hash of the one
// before, so that one that was changed, taken out or put in shows.
//
// Guarantees: an entry that Append returned is on disk; Verify finds the first entry that does not follow from the ones before. Taking the
// newest entries away cannot be seen from the chain alone: whoever needs that keeps the newest hash elsewhere, as `audit verify` prints it.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one thing that somebody did.
type Entry struct {
	N       int64     `json:"n"` // from 1, without gaps
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`   // account id, "customer", or "server"
	Name    string    `json:"name"`    // of the actor, as it was then
	What    string    `json:"what"`    // such as "recording.view"
	Subject string    `json:"subject"` // such as a recording's id
	Detail  string    `json:"detail,omitempty"`
	Hash    string    `json:"hash"` // of this entry and the hash before, hex
}

// What is done, in the words of the log.
const (
	View      = "recording.view"
	Export    = "recording.export"
	Delete    = "recording.delete"
	Expire    = "recording.expire" // the sweeper
	Hold      = "recording.hold"
	Unhold    = "recording.unhold"
	Share     = "recording.share"
	Unshare   = "recording.unshare"
	Withdrawn = "recording.withdrawn" // the customer took the consent back
)

// Chained gives e behind an entry with hash before: its hash is filled in. Empty for the first one.
func Chained(e Entry, before string) Entry {
	e.At = e.At.UTC().Truncate(time.Microsecond)
	text, err := json.Marshal([]any{before, e.N, e.At.UnixMicro(), e.Actor, e.Name, e.What, e.Subject, e.Detail})
	if err != nil {
		panic("audit: " + err.Error()) // strings and numbers
	}
	sum := sha256.Sum256(text)
	e.Hash = hex.EncodeToString(sum[:])
	return e
}

// Log keeps entries. Implementations: Memory, internal/sqlstore.
type Log interface {
	// Append adds an entry; N and Hash are the log's to give.
	Append(ctx context.Context, e Entry) error
	// Entries gives at most limit of them after n, oldest first.
	Entries(ctx context.Context, after int64, limit int) ([]Entry, error)
}

// BrokenError is the first entry that does not follow from the ones before.
type BrokenError struct{ N int64 }

func (e *BrokenError) Error() string {
	return fmt.Sprintf("audit: entry %d is not what was written: it or one before it was changed, taken out or put in", e.N)
}

// Verify reads the whole log; how many entries there are, and the newest hash. A *BrokenError says where the chain breaks.
func Verify(ctx context.Context, log Log) (count int64, newest string, err error) {
	for {
		page, err := log.Entries(ctx, count, 1000)
		if err != nil {
			return count, newest, err
		}
		for _, e := range page {
			if e.N != count+1 || Chained(e, newest).Hash != e.Hash {
				return count, newest, &BrokenError{count + 1}
			}
			count, newest = e.N, e.Hash
		}
		if len(page) == 0 {
			return count, newest, nil
		}
	}
}
