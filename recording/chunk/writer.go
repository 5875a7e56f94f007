package chunk

// Writing, from front to back.

import (
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"math"
)

// Writer writes one chunk. It keeps nothing back: what Append returned from is in the io.Writer's hands, by one call of Write each.
// After an error of the io.Writer it is closed, because nobody knows how much of the unit is there; Recover says.
// It is for one goroutine.
type Writer struct {
	out    io.Writer
	id     ID
	key    Key
	salt   salt
	units  cipher.AEAD
	digest hash.Hash
	size   int64
	last   uint32 // counter
	index  Index
	buf    []byte
	closed error
}

// NewWriter begins a chunk: it writes the header.
func NewWriter(out io.Writer, id ID, key Key) (*Writer, error) {
	return newWriter(out, id, key, randomSalt())
}

func randomSalt() (s salt) {
	_, _ = rand.Read(s[:]) // it cannot fail
	return s
}

func newWriter(out io.Writer, id ID, key Key, s salt) (*Writer, error) {
	units, err := id.units(key, s)
	if err != nil {
		return nil, err
	}
	w := &Writer{out: out, id: id, key: key, salt: s, units: units, digest: sha256.New()}
	h := header{number: id.Number, salt: s, recording: recordingHash(id.Recording)}
	return w, w.write(h.append(h.append(nil)))
}

func (w *Writer) write(b []byte) error {
	n, err := w.out.Write(b)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	if err != nil {
		w.closed = fmt.Errorf("%w: %w", ErrClosed, err)
		return fmt.Errorf("chunk: write: %w", err)
	}
	w.digest.Write(b)
	w.size += int64(n)
	return nil
}

// keptBuffer is how much a writer holds on to between two records.
const keptBuffer = 16 << 10

// Append writes one record. ErrRecord and ErrFull leave the writer as it was.
func (w *Writer) Append(r Record) error {
	if w.closed != nil {
		return w.closed
	}
	frame, err := r.head()
	if err != nil {
		return err
	}
	b := r.Append(append(w.buf[:0], make([]byte, headSize)...))
	length := len(b) - headSize + tagSize
	// With room for the index and the trailer.
	if w.size+int64(headSize+length)+headSize+saltSize+tagSize+maxIndex+trailerSize > MaxSize || w.last >= math.MaxUint32-1 {
		return ErrFull
	}
	if err := w.index.add(r, frame, w.size); err != nil {
		return err
	}
	w.last++
	head := appendHead(b[:0], markRecord, w.last, length)
	b = w.units.Seal(b[:headSize], nonce(w.last), b[headSize:], head)
	binary.BigEndian.PutUint32(b[aadSize:], checksum(b[:aadSize], b[headSize:]))
	err = w.write(b)
	if w.buf = b; cap(b) > keptBuffer {
		w.buf = nil
	}
	return err
}

// Size is how many bytes were written.
func (w *Writer) Size() int64 { return w.size }

// Index of what was written so far.
func (w *Writer) Index() Index { return w.index.copied() }

// Seal writes index and trailer; nothing comes after. A chunk whose sealing failed is sealed by Recover.
func (w *Writer) Seal() (Index, error) {
	if w.closed != nil {
		return Index{}, w.closed
	}
	if err := w.seal(randomSalt()); err != nil {
		return Index{}, err
	}
	return w.index.copied(), nil
}

func (w *Writer) seal(s salt) error {
	seal, err := w.id.index(w.key, s)
	if err != nil {
		return err
	}
	plain := w.index.append(nil)
	b := appendHead(nil, markIndex, w.last+1, saltSize+len(plain)+tagSize)
	aad := append([]byte(nil), b...)
	b = append(append(b, 0, 0, 0, 0), s[:]...)
	b = seal.Seal(b, nonce(0), plain, aad)
	binary.BigEndian.PutUint32(b[aadSize:], checksum(b[:aadSize], b[headSize:]))
	end := trailer{salt: w.salt, index: uint32(w.size)}
	w.digest.Write(b)
	w.digest.Sum(end.digest[:0])
	if err := w.write(end.append(b)); err != nil {
		return err
	}
	w.closed, w.buf = fmt.Errorf("%w: sealed", ErrClosed), nil
	return nil
}
