package chunk

// After a crash, and on demand: what a file has, all of it read.

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
)

// Recovery is what a chunk that nobody sealed has.
type Recovery struct {
	Index  Index
	Good   int64 // the length to cut the file to, before Seal; beyond the file's when not even the headers are whole: there is nothing to keep
	Damage []*Damage
	Sealed bool // it has its end already; there is nothing to cut or to seal

	last   uint32
	reader *Reader
}

type contents struct {
	index  Index
	last   uint32
	good   int64
	damage []*Damage
}

// all reads everything.
func (r *Reader) all() (contents, error) {
	c := contents{good: headersSize}
	if r.header != nil {
		c.damage = append(c.damage, r.header)
	}
	err := r.walk(0, func(u unit, plain []byte, damage *Damage) bool {
		if damage != nil {
			c.damage = append(c.damage, damage)
		}
		if plain == nil {
			return true
		}
		record, frame, err := decodeRecord(plain)
		if err != nil || c.index.add(record, frame, u.from) != nil {
			return false
		}
		c.last, c.good = u.counter, u.to
		return true
	})
	return c, err
}

// Recover reads a chunk that may have been cut short at any byte. Where something is damaged before a record that is whole, the record
// is kept; what follows the last one is to be cut. So is what follows a hole: a power cut loses pages that were not synced, in any order,
// and whoever synced nothing behind it was told of nothing behind it, and will send it again.
func Recover(in io.ReaderAt, size int64, id ID, key Key) (*Recovery, error) {
	r, err := Open(in, size, id, key)
	if err != nil {
		return nil, err
	}
	c, err := r.all()
	if err != nil {
		return nil, err
	}
	if hole, err := r.hole(c.damage); err != nil {
		return nil, err
	} else if hole != nil {
		r.end = hole.From
		if c, err = r.all(); err != nil {
			return nil, err
		}
		c.damage = append(c.damage, &Damage{Fault: Torn, From: hole.From, To: size, First: hole.First})
	}
	rec := &Recovery{Index: c.index.copied(), Good: c.good, Damage: c.damage, last: c.last, reader: r}
	if r.Sealed() {
		rec.Index, rec.Good, rec.Sealed = r.index.copied(), size, true
	}
	return rec, nil
}

// A disk writes whole sectors. One that was not written since the file grew ends with zeros, which encrypted bytes do not.
const (
	sector     = 512
	sectorTail = 4
)

// hole finds the first damage of an open chunk in which a sector was not written.
func (r *Reader) hole(all []*Damage) (*Damage, error) {
	if r.Sealed() {
		return nil, nil
	}
	w := window{in: r.in, size: r.size, step: windowSize}
	for _, d := range all {
		if d.Fault == Header {
			continue
		}
		for end := (d.From/sector + 1) * sector; end <= d.To; end += sector {
			tail := int(min(sectorTail, end-d.From))
			b, err := w.at(end-int64(tail), tail)
			if err != nil {
				return nil, err
			}
			if len(bytes.Trim(b, "\x00")) == 0 {
				return d, nil
			}
		}
	}
	return nil, nil
}

// Seal writes the end of a chunk that was cut to Good; out writes there.
func (c *Recovery) Seal(out io.Writer) (Index, error) {
	if c.Sealed {
		return c.Index.copied(), nil
	}
	r := c.reader
	w := &Writer{out: out, id: r.id, key: r.key, salt: r.salt, digest: sha256.New(), size: c.Good, last: c.last, index: c.Index.copied()}
	if r.size < c.Good {
		return Index{}, fmt.Errorf("%w: its header was cut short", ErrNotAChunk)
	}
	if _, err := io.Copy(w.digest, io.NewSectionReader(r.in, 0, c.Good)); err != nil {
		return Index{}, fmt.Errorf("chunk: read: %w", err)
	}
	return w.Seal()
}

// Report is what Verify and Inspect found.
type Report struct {
	Sealed  bool
	Records uint32
	Index   Index // of what was read; Inspect has none
	Damage  []*Damage
}

// Whole tells whether a chunk is sealed and nothing in it is damaged.
func (r Report) Whole() bool { return r.Sealed && len(r.Damage) == 0 }

// Verify reads all of a chunk and holds it to its index and to the digest that it was sealed with.
func Verify(in io.ReaderAt, size int64, id ID, key Key) (Report, error) {
	r, err := Open(in, size, id, key)
	if err != nil {
		return Report{}, err
	}
	c, err := r.all()
	if err != nil {
		return Report{}, err
	}
	report := Report{Sealed: r.Sealed(), Records: c.index.Records, Index: c.index.copied(), Damage: c.damage}
	if r.index != nil && len(c.damage) == 0 && !same(r.index, &c.index) {
		report.Damage = append(report.Damage, &Damage{Fault: Footer, From: r.end, To: size})
	}
	return report, report.digest(r)
}

func same(a, b *Index) bool {
	return a.Records == b.Records && a.From == b.From && a.To == b.To && slices.Equal(a.Keyframes, b.Keyframes) && slices.Equal(a.Documents, b.Documents)
}

// digest compares the file with what it was sealed with.
func (r *Report) digest(file *Reader) error {
	if file.trailer == nil {
		return nil
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(file.in, 0, file.size-trailerSize)); err != nil {
		return fmt.Errorf("chunk: read: %w", err)
	}
	if [32]byte(sum.Sum(nil)) != file.trailer.digest || file.trailer.salt != file.salt {
		r.Damage = append(r.Damage, &Damage{Fault: Digest, To: file.size})
	}
	return nil
}

// Inspect is Verify for who has no key: it tells accidents, not forgery.
func Inspect(in io.ReaderAt, size int64) (Report, error) {
	r := &Reader{in: in, size: size, end: size}
	if err := r.ends(nil); err != nil {
		return Report{}, err
	}
	report := Report{}
	if r.trailer != nil {
		err := r.indexUnit(func(u unit) ([]byte, bool) {
			report.Sealed, r.end, r.after, r.index = true, u.from, u.counter, &Index{}
			return nil, true
		})
		if err != nil {
			return Report{}, err
		}
	}
	if r.header != nil {
		report.Damage = append(report.Damage, r.header)
	}
	s := newScanner(in, size, headersSize, r.end, func(u unit) ([]byte, bool) { return u.cipher, true })
	s.after = r.after
	for {
		u, _, damage, err := s.unit()
		if err != nil {
			return Report{}, err
		}
		if u.mark == markRecord {
			report.Records++
		}
		if u.mark != markRecord {
			r.name(damage)
		}
		if damage != nil {
			report.Damage = append(report.Damage, damage)
		}
		if u.mark == markIndex && u.to < size {
			report.Damage = append(report.Damage, &Damage{Fault: Footer, From: u.to, To: size})
		}
		if u.mark != markRecord {
			return report, report.digest(r)
		}
	}
}
