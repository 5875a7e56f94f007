package chunk

// Finding the units of a file, whatever happened to it (FORMAT.md §7).

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// window is a view into a file. What it gives is good until the next call.
type window struct {
	in   io.ReaderAt
	size int64
	step int // the least that is read at a time
	buf  []byte
	from int64
}

const windowSize = 64 << 10

func (w *window) at(from int64, n int) ([]byte, error) {
	if from >= w.from && from+int64(n) <= w.from+int64(len(w.buf)) {
		return w.buf[from-w.from:][:n], nil
	}
	if from < 0 || from+int64(n) > w.size {
		return nil, fmt.Errorf("chunk: read: %w", io.ErrUnexpectedEOF)
	}
	want := int(min(int64(max(n, w.step)), w.size-from))
	if err := w.read(from, want); err == nil {
		return w.buf[:n], nil
	}
	// What is not asked for may be what cannot be read.
	if err := w.read(from, n); err != nil {
		return nil, fmt.Errorf("chunk: read: %w", err)
	}
	return w.buf, nil
}

func (w *window) read(from int64, n int) error {
	if cap(w.buf) < n {
		w.buf = make([]byte, n)
	}
	w.buf, w.from = w.buf[:n], from
	got, err := w.in.ReadAt(w.buf, from)
	if got == n {
		return nil
	}
	w.buf = w.buf[:0]
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// scanner goes from unit to unit. A unit counts when open says so: what it gives is the unit's plain text.
type scanner struct {
	in     window
	open   func(unit) (plain []byte, ok bool)
	at     int64
	end    int64  // there are no units from here on
	next   uint32 // counter of the unit that is to be at `at`; 0: not known
	after  uint32 // counter behind the last unit; 0: not known
	budget int64  // bytes that may be looked at in vain
}

func newScanner(in io.ReaderAt, size int64, from, end int64, open func(unit) ([]byte, bool)) *scanner {
	return &scanner{in: window{in: in, size: size, step: windowSize}, open: open, at: from, end: end, next: 1, budget: 4*size + 16<<20}
}

// unit gives the next one, and what was damaged before it; at the end no unit, and what was damaged up to there.
func (s *scanner) unit() (u unit, plain []byte, damage *Damage, err error) {
	from, forged := s.at, false
	for at := from; at < s.end; {
		u, plain, whole, err := s.try(at)
		if err != nil {
			return unit{}, nil, nil, err
		}
		forged = forged || whole && plain == nil
		var next int64
		if plain != nil {
			next, err = s.early(u)
		} else {
			next, err = s.mark(at + 1)
		}
		if err != nil {
			return unit{}, nil, nil, err
		}
		if next == at {
			damage := s.damage(from, at, u.counter, forged)
			s.at, s.next = u.to, u.counter+1
			return u, plain, damage, nil
		}
		at = next
	}
	s.at = max(s.at, s.end)
	damage = s.damage(from, s.end, s.after, forged)
	if damage != nil && damage.Fault == Flipped && s.after == 0 {
		damage.Fault = Torn
	}
	return unit{}, nil, damage, nil
}

// damage from one byte to another, before the unit with this counter.
func (s *scanner) damage(from, to int64, counter uint32, forged bool) *Damage {
	d := Damage{Fault: Flipped, From: from, To: max(from, to)}
	if s.next != 0 && counter > s.next {
		d.First, d.Lost = s.next, counter-s.next
	}
	switch {
	case forged:
		d.Fault = Forged
	case from < to:
	case d.Lost > 0:
		d.Fault = Missing
	default:
		return nil
	}
	return &d
}

// try looks whether a whole unit begins here, and opens it.
func (s *scanner) try(at int64) (u unit, plain []byte, whole bool, err error) {
	if s.end-at < headSize {
		return u, nil, false, nil
	}
	head, err := s.in.at(at, headSize)
	if err != nil {
		return u, nil, false, err
	}
	length, ok := unitLength(head, s.end-at)
	if !ok {
		return u, nil, false, nil
	}
	b, err := s.in.at(at, int(length))
	if err != nil {
		return u, nil, false, err
	}
	if u, ok = readUnit(b, at); ok && u.counter > 0 && u.counter >= s.next {
		whole = true
		if plain, ok = s.open(u); ok {
			return u, plain, true, nil
		}
	}
	s.budget -= length
	return u, nil, whole, nil
}

// lookahead is how far behind a unit with too high a counter those are looked for that it stands in the way of.
const lookahead = 256 << 10

// early is where the first unit begins that u stands before though its counter is lower: u is a copy, put there with a piece of the
// file from further behind, and would hide what is in its place. Else it is where u begins.
func (s *scanner) early(u unit) (int64, error) {
	if s.next == 0 || u.counter == s.next {
		return u.from, nil
	}
	at, broken := u.to, false
	for limit := min(s.end, u.to+lookahead); at < limit; {
		other, plain, _, err := s.try(at)
		switch {
		case err != nil:
			return 0, err
		case plain == nil:
			broken = true
			if at, err = s.mark(at + 1); err != nil {
				return 0, err
			}
		case other.counter < u.counter:
			return at, nil
		case broken:
			return u.from, nil
		default:
			s.budget -= other.to - at
			at = other.to
		}
	}
	return u.from, nil
}

// mark is the next place from at on where a unit may begin; the end when there is none, or when it was looked for long enough.
func (s *scanner) mark(at int64) (int64, error) {
	for at < s.end && s.budget >= 0 {
		n := int(min(windowSize, s.end-at))
		b, err := s.in.at(at, n)
		if err != nil {
			return 0, err
		}
		found := bytes.IndexByte(b, markRecord[0])
		if found >= 0 {
			return at + int64(found), nil
		}
		at += int64(n)
	}
	return s.end, nil
}
