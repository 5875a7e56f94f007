// Package sourcemaps is what the server knows of source maps: which script one is for, whether it is one, and where it comes from.
//
// Guarantees: a map is found by what customers' pages tell of a script's address, which is less than the address; what is not a map,
// or is too large, is refused before it is kept; no address is fetched but on the host that the operator named.
package sourcemaps

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Bounds. The viewer has the first one too.
const (
	MaxMap       = 64 << 20 // bytes of one map
	DefaultTotal = 1 << 30  // bytes of all maps, as they are kept
	MaxAddress   = 2000     // characters
)

var (
	// ErrNotFound says that there is no map for a script.
	ErrNotFound = errors.New("there is no source map")
	// ErrFull says that the maps would take more than they may.
	ErrFull = errors.New("no room")

	errTooLarge = fmt.Errorf("it is larger than %d MiB", MaxMap>>20)
)

// Entry is a map that is kept, without its content.
type Entry struct {
	Script string    // address of the script, without query and fragment
	Told   string    // the same as customers' pages tell it
	Size   int64     // bytes of the map
	Kept   int64     // bytes that it takes
	At     time.Time // of the upload; its maps have the same
}

// Found is the map for a script.
type Found struct {
	Entry
	Packed []byte // gzip
	Alike  int    // scripts of the same upload that are told alike, this one among them: only one of them is right
}

// Store keeps maps by the address of their script.
type Store interface {
	// Put keeps a map in place of the one that its script had; ErrFull when all of them would take more than total bytes then.
	Put(ctx context.Context, e Entry, packed []byte, total int64) error
	// Find gives, of the maps of the newest upload whose scripts' addresses are told like this, number n from 0; ErrNotFound.
	Find(ctx context.Context, told string, n int) (Found, error)
	// List gives all of them by address, the newest first among those that are told alike.
	List(ctx context.Context) ([]Entry, error)
	// Delete forgets the map of a script; ErrNotFound.
	Delete(ctx context.Context, script string) error
}

// New checks a map and makes it ready to be kept.
func New(script string, text []byte, now time.Time) (e Entry, packed []byte, err error) {
	if e.Script, err = Address(script); err != nil {
		return Entry{}, nil, err
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte(")]}")) { // a guard against being run as a script, as the format has it
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	if err := Check(text); err != nil {
		return Entry{}, nil, err
	}
	if packed, err = pack(text); err != nil {
		return Entry{}, nil, err
	}
	e.Told, e.Size, e.Kept, e.At = Told(e.Script), int64(len(text)), int64(len(packed)), now
	return e, packed, nil
}

// Check says what is wrong with a map. What its mappings hold is the viewer's to decode.
func Check(text []byte) error {
	if len(text) > MaxMap {
		return errTooLarge
	}
	var m struct {
		Version  json.RawMessage   `json:"version"`
		Mappings *string           `json:"mappings"`
		Sections []json.RawMessage `json:"sections"`
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("this is no source map: %w", err)
	}
	if string(m.Version) != "3" {
		return errors.New("this is no source map of version 3")
	}
	if m.Mappings == nil && m.Sections == nil {
		return errors.New("this is no source map: it has no mappings and no sections")
	}
	return nil
}

func pack(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(text)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

// Unpack gives the text of a kept map, bit by bit.
func Unpack(packed []byte) (io.Reader, error) { return gzip.NewReader(bytes.NewReader(packed)) }
