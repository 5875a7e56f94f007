package chunk

// What a chunk holds: for seeking, and for saying what a recording has without reading it (FORMAT.md §4).

import (
	"errors"

	"ridealong/wire"
)

// maxIndex is the most that an index with all its keyframes and documents takes as plain text.
const maxIndex = 5 * (3 + 1 + 5*MaxKeyframes + 1 + 8*MaxDocuments)

// Index of a chunk.
type Index struct {
	Records   uint32 // that could be read
	From, To  uint32 // the least and the greatest At
	Keyframes []Keyframe
	Documents []Document

	places map[place]int // in Documents
}

// Keyframe is a place from which a document can be read.
type Keyframe struct {
	Tab, Epoch, Seq, At uint32
	Offset              int64 // for Reader.Records
}

// Document is what the chunk has of one life of a page.
type Document struct {
	Tab, Epoch     uint32
	From, To       uint32 // At
	DOM, Telemetry Span
}

// Span is the first and the last seq of a lane; both 0: none. What is missing between them it does not say.
type Span struct{ First, Last uint32 }

func (s *Span) add(seq uint32) {
	if seq == 0 {
		return
	}
	if s.First == 0 || seq < s.First {
		s.First = seq
	}
	s.Last = max(s.Last, seq)
}

type place struct{ tab, epoch uint32 }

// add notes a record that stands at offset. ErrFull changes nothing.
func (x *Index) add(r Record, frame wire.Frame, offset int64) error {
	n, known := x.places[place{r.Tab, frame.Epoch}]
	keyframe := r.Lane == wire.LaneDOM && frame.Kind == wire.KindKeyframe
	if !known && len(x.Documents) == MaxDocuments || keyframe && len(x.Keyframes) == MaxKeyframes {
		return ErrFull
	}
	if !known {
		if x.places == nil {
			x.places = map[place]int{}
		}
		n = len(x.Documents)
		x.places[place{r.Tab, frame.Epoch}] = n
		x.Documents = append(x.Documents, Document{Tab: r.Tab, Epoch: frame.Epoch, From: r.At, To: r.At})
	}
	if keyframe {
		x.Keyframes = append(x.Keyframes, Keyframe{Tab: r.Tab, Epoch: frame.Epoch, Seq: frame.Seq, At: r.At, Offset: offset})
	}
	d := &x.Documents[n]
	d.From, d.To = min(d.From, r.At), max(d.To, r.At)
	switch r.Lane {
	case wire.LaneDOM:
		d.DOM.add(frame.Seq)
	case wire.LaneTelemetry:
		d.Telemetry.add(frame.Seq)
	default: // has no seq
	}
	if x.Records == 0 {
		x.From, x.To = r.At, r.At
	}
	x.From, x.To = min(x.From, r.At), max(x.To, r.At)
	x.Records++
	return nil
}

// copied shares nothing with x.
func (x *Index) copied() Index {
	c := *x
	c.places = nil
	c.Keyframes = append([]Keyframe(nil), x.Keyframes...)
	c.Documents = append([]Document(nil), x.Documents...)
	return c
}

func (x *Index) append(b []byte) []byte {
	for _, v := range []uint32{x.Records, x.From, x.To, uint32(len(x.Keyframes))} {
		b = appendVarint(b, v)
	}
	for _, k := range x.Keyframes {
		for _, v := range []uint32{k.Tab, k.Epoch, k.Seq, k.At, uint32(k.Offset)} {
			b = appendVarint(b, v)
		}
	}
	b = appendVarint(b, uint32(len(x.Documents)))
	for _, d := range x.Documents {
		for _, v := range []uint32{d.Tab, d.Epoch, d.From, d.To, d.DOM.First, d.DOM.Last, d.Telemetry.First, d.Telemetry.Last} {
			b = appendVarint(b, v)
		}
	}
	return b
}

var errIndex = errors.New("chunk: not an index")

// readIndex of a chunk whose units end at end.
func readIndex(b []byte, end int64) (Index, error) {
	r := reader{buf: b}
	x := Index{Records: r.varint(), From: r.varint(), To: r.varint()}
	n := r.varint()
	if n > MaxKeyframes || int(n) > len(r.buf)/5 {
		return Index{}, errIndex
	}
	if n > 0 {
		x.Keyframes = make([]Keyframe, n)
	}
	for i := range x.Keyframes {
		k := &x.Keyframes[i]
		*k = Keyframe{Tab: r.varint(), Epoch: r.varint(), Seq: r.varint(), At: r.varint(), Offset: int64(r.varint())}
		if k.Offset < headersSize || k.Offset >= end {
			return Index{}, errIndex
		}
	}
	n = r.varint()
	if n > MaxDocuments || int(n) > len(r.buf)/8 {
		return Index{}, errIndex
	}
	if n > 0 {
		x.Documents = make([]Document, n)
	}
	for i := range x.Documents {
		x.Documents[i] = Document{
			Tab: r.varint(), Epoch: r.varint(), From: r.varint(), To: r.varint(),
			DOM: Span{r.varint(), r.varint()}, Telemetry: Span{r.varint(), r.varint()},
		}
	}
	if r.bad || len(r.buf) > 0 {
		return Index{}, errIndex
	}
	return x, nil
}
