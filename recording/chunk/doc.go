// Package chunk is the file in which a recording is kept (FORMAT.md): checksummed, encrypted records of frames as they came, an index at
// the end, and contents by their hash. It is pure: an io.Writer, an io.ReaderAt and a key; files, clocks and syncs are the caller's.
//
// Guarantees: what was written whole is read back as it was, and nothing else is ever given as a record: a record that was changed,
// moved, taken out or put in from elsewhere is reported, by place and number, and costs itself only. A chunk that was torn at any
// byte is read up to there. No nonce is used twice under a key. Reading allocates no more than the file justifies.
package chunk

import (
	"errors"
	"fmt"

	"ridealong/wire"
)

// Limits of the format. A decoder refuses what goes beyond.
const (
	MaxSize      = 1 << 30 // bytes of a chunk
	MaxKeyframes = 1 << 16
	MaxDocuments = 1 << 12

	maxPlain  = wire.MaxFrame + 16 // of a record, with what stands before its frame
	maxCipher = maxPlain + tagSize
)

var (
	// ErrNotAChunk is a file without a readable header: something else, or a chunk whose making was cut short.
	ErrNotAChunk = errors.New("chunk: not a chunk")
	// ErrOther is a chunk of another recording, or with another number.
	ErrOther = errors.New("chunk: of another recording or number")
	// ErrFull is a record that the chunk has no room for: seal it and begin the next.
	ErrFull = errors.New("chunk: full")
	// ErrRecord is a record that cannot be: a frame or a lane that has no place in a chunk.
	ErrRecord = errors.New("chunk: not a record")
	// ErrClosed is a writer that was sealed, or whose file failed: what it would write next may not follow.
	ErrClosed = errors.New("chunk: closed")
	// ErrBlob is a content that does not open: damaged, forged, of another recording, or not what its hash says.
	ErrBlob = errors.New("chunk: content does not open")
)

// Key is a recording's data key.
type Key = [32]byte

// ID says which chunk a file is to be. What is of another is refused.
type ID struct {
	Recording string
	Number    uint32 // from 1
}

// Fault is what a damage is.
type Fault string

// Faults.
const (
	Torn    Fault = "torn"    // the end of an open chunk, where nothing whole follows: what a crash leaves
	Flipped Fault = "flipped" // bytes between two units that are none
	Forged  Fault = "forged"  // a whole unit that does not open by the key
	Missing Fault = "missing" // units are not there, and nothing is in their place
	Header  Fault = "header"  // one of its copies
	Footer  Fault = "footer"  // index or trailer: the records were found without it
	Digest  Fault = "digest"  // the file is not what was sealed
)

// Damage is a part of the file that could not be used. It is an error that reading goes on after.
type Damage struct {
	Fault    Fault
	From, To int64 // bytes
	// First and Lost are the number of the first unit that is lost with it, and how many are, as far as that can be known.
	First, Lost uint32
}

func (d *Damage) Error() string {
	lost := ""
	if d.Lost > 0 {
		lost = fmt.Sprintf(", records %d to %d lost", d.First, d.First+d.Lost-1)
	}
	return fmt.Sprintf("chunk: %s, bytes %d to %d%s", d.Fault, d.From, d.To, lost)
}
