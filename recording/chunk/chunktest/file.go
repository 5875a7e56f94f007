// Package chunktest has a file that fails as disks do: it fills up, gives errors, takes its time, and loses in a power cut what was not
// synced, page by page and in any order. With it the promises of a recording on disk are tested without a disk.
package chunktest

import (
	"errors"
	"io"
	"math/rand/v2"
	"sync"
	"syscall"
)

// Errors that a disk gives.
var (
	ErrFull error = syscall.ENOSPC
	ErrIO   error = syscall.EIO
)

const (
	pageSize   = 4096
	sectorSize = 512
)

// Op is what is done to a file.
type Op string

// Ops.
const (
	Read     Op = "read"
	Write    Op = "write"
	Sync     Op = "sync"
	Truncate Op = "truncate"
	Close    Op = "close"
)

// File is a file in memory. Several goroutines may use it.
type File struct {
	mu     sync.Mutex
	now    []byte // what reads see
	synced []byte // what a power cut leaves for certain
	at     int64  // where Write goes on
	room   int64  // bytes that the disk has; below 0: no end
	before func(Op) error
}

// New is an empty file on a disk without end.
func New() *File { return &File{room: -1} }

// Before is called before each operation, without a lock held; its error is the operation's, and nothing is done. nil: none.
func (f *File) Before(before func(Op) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.before = before
}

// Room is how long the file can become; what goes beyond is ErrFull, and the part that fits is written. Below 0: any length.
func (f *File) Room(bytes int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room = bytes
}

func (f *File) begin(op Op) error {
	f.mu.Lock()
	before := f.before
	f.mu.Unlock()
	if before == nil {
		return nil
	}
	return before(op)
}

// Write goes on behind the last Write.
func (f *File) Write(b []byte) (int, error) {
	if err := f.begin(Write); err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	n, err := f.writeAt(b, f.at)
	f.at += int64(n)
	return n, err
}

// WriteAt is as io.WriterAt has it.
func (f *File) WriteAt(b []byte, at int64) (int, error) {
	if err := f.begin(Write); err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writeAt(b, at)
}

func (f *File) writeAt(b []byte, at int64) (int, error) {
	var err error
	if f.room >= 0 && at+int64(len(b)) > f.room {
		b, err = b[:max(0, f.room-at)], ErrFull
	}
	if end := at + int64(len(b)); end > int64(len(f.now)) {
		f.now = append(f.now, make([]byte, end-int64(len(f.now)))...)
	}
	copy(f.now[at:], b)
	return len(b), err
}

// ReadAt is as io.ReaderAt has it.
func (f *File) ReadAt(b []byte, at int64) (int, error) {
	if err := f.begin(Read); err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if at >= int64(len(f.now)) {
		return 0, io.EOF
	}
	n := copy(b, f.now[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// Seek sets where Write goes on, from the beginning or the end.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch whence {
	case io.SeekStart:
		f.at = offset
	case io.SeekCurrent:
		f.at += offset
	case io.SeekEnd:
		f.at = int64(len(f.now)) + offset
	default:
		return 0, errors.New("chunktest: seek")
	}
	return f.at, nil
}

// Sync makes everything so far outlive a power cut.
func (f *File) Sync() error {
	if err := f.begin(Sync); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.synced = append([]byte(nil), f.now...)
	return nil
}

// Truncate cuts the file.
func (f *File) Truncate(size int64) error {
	if err := f.begin(Truncate); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if size < int64(len(f.now)) {
		f.now = f.now[:size:size]
	} else {
		f.now = append(f.now, make([]byte, size-int64(len(f.now)))...)
	}
	return nil
}

// Close does nothing, or fails.
func (f *File) Close() error { return f.begin(Close) }

// Size of the file as reads see it.
func (f *File) Size() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return int64(len(f.now))
}

// PowerCut is the file as the disk has it after the power failed now: what was synced, and of what was written since each page whole, torn
// between two sectors, or not at all (then zeros, where nothing was before), and some length between the two. Nothing fails in it.
func (f *File) PowerCut(random *rand.Rand) *File {
	f.mu.Lock()
	defer f.mu.Unlock()
	left := New()
	least, most := min(len(f.synced), len(f.now)), max(len(f.synced), len(f.now))
	left.now = make([]byte, least+random.IntN(most-least+1))
	copy(left.now, f.synced)
	for page := 0; page < len(left.now); page += pageSize {
		end := min(page+pageSize, len(left.now), len(f.now))
		switch random.IntN(3) {
		case 0:
			end = min(end, page+sectorSize*random.IntN(pageSize/sectorSize))
		case 1:
			continue
		}
		if end > page {
			copy(left.now[page:end], f.now[page:end])
		}
	}
	left.synced = append([]byte(nil), left.now...)
	return left
}
