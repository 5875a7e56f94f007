package chunk

// Reading: an index from the end, records from anywhere.

import (
	"crypto/cipher"
	"errors"
	"io"
	"iter"
)

// Reader reads a chunk, open or sealed. It keeps nothing of the file but the index; several goroutines may use it at a time.
type Reader struct {
	in      io.ReaderAt
	size    int64
	id      ID
	key     Key
	units   cipher.AEAD
	salt    salt
	header  *Damage // of one copy
	trailer *trailer
	index   *Index // of a sealed chunk
	end     int64  // of the units, as far as it is known
	after   uint32 // counter of the index
}

// Open reads what is at both ends. ErrNotAChunk, ErrOther, or an error of in.
func Open(in io.ReaderAt, size int64, id ID, key Key) (*Reader, error) {
	r := &Reader{in: in, size: size, id: id, key: key, end: size}
	if err := r.ends(&id); err != nil {
		return nil, err
	}
	var err error
	if r.units, err = id.units(key, r.salt); err != nil {
		return nil, err
	}
	return r, r.footer()
}

// ends reads headers and trailer.
func (r *Reader) ends(id *ID) error {
	if r.size > MaxSize {
		return ErrNotAChunk
	}
	w := window{in: r.in, size: r.size}
	if r.size >= headersSize+trailerSize {
		b, err := w.at(r.size-trailerSize, trailerSize)
		if err != nil {
			return err
		}
		if t, ok := readTrailer(b); ok {
			r.trailer = &t
		}
	}
	whole, other := 0, false
	for n := range 2 {
		from := int64(n * headerSize)
		if from+headerSize > r.size {
			r.header = &Damage{Fault: Header, From: min(from, r.size), To: r.size}
			break
		}
		b, err := w.at(from, headerSize)
		if err != nil {
			return err
		}
		h, ok := readHeader(b)
		if !ok {
			r.header = &Damage{Fault: Header, From: from, To: from + headerSize}
			continue
		}
		if id != nil && (h.number != id.Number || h.recording != recordingHash(id.Recording)) {
			other = true
			continue
		}
		r.salt = h.salt
		whole++
	}
	switch {
	case whole > 0:
		return nil
	case other:
		return ErrOther
	case r.trailer == nil:
		return ErrNotAChunk
	}
	r.salt, r.header = r.trailer.salt, &Damage{Fault: Header, To: headersSize}
	return nil
}

// footer reads the index that the trailer points at.
func (r *Reader) footer() error {
	if r.trailer == nil {
		return nil
	}
	return r.indexUnit(func(u unit) ([]byte, bool) {
		index, ok := r.openIndex(u)
		if ok {
			r.index, r.end, r.after = &index, u.from, u.counter
		}
		return nil, ok
	})
}

// indexUnit gives take the index that the trailer points at, if there is a whole one.
func (r *Reader) indexUnit(take func(unit) ([]byte, bool)) error {
	from, to := int64(r.trailer.index), r.size-trailerSize
	if from < headersSize || from+headSize > to {
		return nil
	}
	s := newScanner(r.in, r.size, from, to, func(u unit) ([]byte, bool) {
		if u.mark == markIndex && u.to == to {
			return take(u)
		}
		return nil, false
	})
	_, _, _, err := s.try(from)
	return err
}

func (r *Reader) openIndex(u unit) (Index, bool) {
	if u.mark != markIndex {
		return Index{}, false
	}
	seal, err := r.id.index(r.key, salt(u.cipher[:saltSize]))
	if err != nil {
		return Index{}, false
	}
	plain, err := seal.Open(nil, nonce(0), u.cipher[saltSize:], u.aad)
	if err != nil {
		return Index{}, false
	}
	index, err := readIndex(plain, u.from)
	return index, err == nil
}

// open is a unit's plain text, when it is the one that was written.
func (r *Reader) open(u unit) ([]byte, bool) {
	if u.mark == markIndex {
		_, ok := r.openIndex(u)
		return []byte{}, ok
	}
	plain, err := r.units.Open(nil, nonce(u.counter), u.cipher, u.aad)
	if err == nil {
		_, _, err = decodeRecord(plain)
	}
	return plain, err == nil
}

// Sealed tells whether the chunk has its end: index and trailer.
func (r *Reader) Sealed() bool { return r.index != nil }

// Index of the chunk: that which it was sealed with, else one of what can be read, for which all of it is.
func (r *Reader) Index() (Index, error) {
	if r.index != nil {
		return r.index.copied(), nil
	}
	found, err := r.all()
	return found.index.copied(), err
}

// Records gives the records from an offset on (a keyframe's, or 0: all) in their order. With a *Damage as the error there is no record
// and reading goes on behind; any other error is the file's and the last. A record is the caller's.
func (r *Reader) Records(from int64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if from == 0 && r.header != nil && !yield(Record{}, r.header) {
			return
		}
		err := r.walk(from, func(_ unit, plain []byte, damage *Damage) bool {
			if damage != nil && !yield(Record{}, damage) {
				return false
			}
			if plain == nil {
				return true
			}
			record, err := DecodeRecord(plain)
			return err == nil && yield(record, nil)
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(Record{}, err)
		}
	}
}

var errStopped = errors.New("chunk: stopped")

// walk calls take with each record's unit and plain text, with what is damaged before it, or with damage alone.
func (r *Reader) walk(from int64, take func(u unit, plain []byte, damage *Damage) bool) error {
	s := newScanner(r.in, r.size, max(from, headersSize), r.end, r.open)
	s.after = r.after
	if from > headersSize {
		s.next = 0
	}
	for {
		u, plain, damage, err := s.unit()
		if err != nil {
			return err
		}
		if u.mark == markRecord {
			if !take(u, plain, damage) {
				return errStopped
			}
			continue
		}
		r.name(damage)
		if damage != nil && !take(unit{}, nil, damage) {
			return errStopped
		}
		if u.mark == markIndex && u.to < r.size && !take(unit{}, nil, &Damage{Fault: Footer, From: u.to, To: r.size}) {
			return errStopped
		}
		return nil
	}
}

// name calls the damage at the end what it is: where the index was to begin, it is no tear.
func (r *Reader) name(damage *Damage) {
	if damage != nil && damage.Fault == Torn && r.trailer != nil && damage.From == int64(r.trailer.index) {
		damage.Fault = Footer
	}
}
