// Package recording keeps sessions whose customer agreed to it: the archiver receives them, the keeper puts them on disk, and whoever
// may look reads them back.
//
// Guarantees: what was acknowledged to a customer's page is on disk, so that neither a killed process nor a power cut takes it away; what
// could not be stored is written down as a gap, and a recording with one says so; the live session never waits for any of it. Bytes of
// frames are stored as they came. Frames and contents are encrypted on disk and in the object store, under a key of their own
// recording: erasing it erases them wherever copies are. What lists and searches need of a recording is in the database, in the clear.
package recording

import (
	"context"
	"errors"
	"time"

	"ridealong/recording/chunk"
	"ridealong/session"
	"ridealong/wire"
)

// ErrNotFound is a recording, or a part of one, that there is not.
var ErrNotFound = errors.New("recording: not found")

// State of a recording.
type State string

// States.
const (
	Live     State = "live"     // more may come
	Complete State = "complete" // to the session's end, without a gap
	Partial  State = "partial"  // something is missing: Why says what
	Erased   State = "erased"   // its key is gone; only what the list says is left
)

// Recording is what the list knows of one. It has its session's id.
type Recording struct {
	ID        string
	Project   string
	Reference string // the agent's words for the customer
	Owner     string // account id
	OwnerName string
	State     State
	Why       string // of a partial one, in words
	Started   time.Time
	Duration  time.Duration // to the newest frame
	Title     string        // of the first page
	URL       string
	Browser   string
	OS        string
	Pages     int
	Errors    int
	Failed    int // requests
	Clicks    int
	Bytes     int64
	Hold      bool // the sweeper leaves it alone
	Tags      []string
}

// Document is one page of the customer's within a recording.
type Document struct {
	Tab     uint32
	Epoch   uint32
	Began   int64 // ms since the recording began at which the document's own clock was 0; before it: negative
	Ended   int64 // of the newest frame; at least Began
	URL     string
	Title   string
	Gaps    []Gap
	Paused  bool // the customer paused within it
	Last    Position
	noFrame bool
}

// Note is what somebody wrote at a moment of a recording.
type Note struct {
	ID      string
	At      int64 // ms since the recording began
	Tab     uint32
	Text    string
	Author  string
	Created time.Time
}

// Share is a link to a moment that ends by itself, and that can be taken back. It names a moment; who may look is asked as ever.
type Share struct {
	ID      string
	Secret  session.Hash
	At      int64 // ms since the recording began
	Author  string
	Created time.Time
	Expires time.Time
}

// Chunk is a piece of a recording.
type Chunk struct {
	N         int
	Bytes     int64
	From, To  uint32 // ms since the recording began
	Sealed    bool
	Keyframes []chunk.Keyframe
}

// Store keeps what is known of recordings beside their bytes. Implementations: recordingtest's memory (the reference), internal/sqlstore.
type Store interface {
	// Begin makes a recording, or gives the one there is with this id.
	Begin(ctx context.Context, r Recording) (Recording, error)
	Recording(ctx context.Context, id string) (Recording, error)
	// Recordings lists newest first; before is the id of the last one seen.
	Recordings(ctx context.Context, before string, limit int) ([]Recording, error)
	// Update reads, calls change and writes in one transaction.
	Update(ctx context.Context, id string, change func(*Recording)) error
	// PutDocuments and PutChunk replace what was there with the same place.
	PutDocuments(ctx context.Context, id string, documents []Document) error
	PutChunk(ctx context.Context, id string, c Chunk) error
	Documents(ctx context.Context, id string) ([]Document, error)
	Chunks(ctx context.Context, id string) ([]Chunk, error)
	// Unfinished lists recordings that are live: after a crash nobody records them.
	Unfinished(ctx context.Context) ([]Recording, error)
	PutNote(ctx context.Context, id string, n Note) error
	Notes(ctx context.Context, id string) ([]Note, error) // by time
	DropNote(ctx context.Context, id, note string) error
	PutShare(ctx context.Context, id string, s Share) error
	Shares(ctx context.Context, id string) ([]Share, error) // by their making
	// Shared finds a share and its recording by the hash of its secret.
	Shared(ctx context.Context, secret session.Hash) (Share, string, error)
	DropShare(ctx context.Context, id, share string) error
	// Clear forgets documents, chunks, notes and shares of a recording; it stays itself.
	Clear(ctx context.Context, id string) error
	// Drop forgets everything of a recording.
	Drop(ctx context.Context, id string) error
}

// Blobs is the object store, in part.
type Blobs interface {
	Put(ctx context.Context, key string, content []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
	List(ctx context.Context, prefix string) ([]string, error)
	Delete(ctx context.Context, key string) error
}

// Keys are the data keys of recordings, kept apart from everything else. What is not there is fs.ErrNotExist, as of Blobs.
type Keys interface {
	New(ctx context.Context, recording string) ([32]byte, error) // or the one there is
	Key(ctx context.Context, recording string) ([32]byte, error)
	Erase(ctx context.Context, recording string) error
}

// Heard is one stored frame, for whoever makes an index of it.
type Heard struct {
	At    uint32
	Tab   uint32
	Lane  wire.Lane
	Frame wire.Frame
	Began int64 // of its document, as far as that is known now
}

// Index is told what is on disk, in order. It may be slow: nobody waits for it but the end of a recording.
type Index interface {
	// Open begins, or goes on with, a recording.
	Open(ctx context.Context, r Recording) (Indexing, error)
	// Forget takes all of a recording out.
	Forget(ctx context.Context, id string) error
}

// Indexing is the index of one recording while it grows.
type Indexing interface {
	Add(ctx context.Context, frames []Heard) error
	// Facts are what the list shows of it so far.
	Facts() func(*Recording)
	Close(ctx context.Context) error
}
