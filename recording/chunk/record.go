package chunk

// A record's plain text, which is also what replay gets of it.

import (
	"encoding/binary"
	"fmt"

	"ridealong/wire"
)

// Record is one frame, where and when it was taken.
type Record struct {
	At    uint32 // ms since the recording began
	Tab   uint32 // leg
	Lane  wire.Lane
	Frame []byte // whole, with a full head
}

// Append encodes r behind b.
func (r Record) Append(b []byte) []byte {
	b = appendVarint(appendVarint(b, r.At), r.Tab)
	return append(append(b, byte(r.Lane)), r.Frame...)
}

// DecodeRecord reads what Append wrote; its frame shares b.
func DecodeRecord(b []byte) (Record, error) {
	r, _, err := decodeRecord(b)
	return r, err
}

func decodeRecord(b []byte) (Record, wire.Frame, error) {
	in := reader{buf: b}
	r := Record{At: in.varint(), Tab: in.varint(), Lane: wire.Lane(in.u8())}
	r.Frame = in.buf
	if in.bad {
		return Record{}, wire.Frame{}, fmt.Errorf("%w: cut short", ErrRecord)
	}
	frame, err := r.head()
	if err != nil {
		return Record{}, wire.Frame{}, err
	}
	return r, frame, nil
}

// head reads the frame's head, and says whether the record can be one.
func (r Record) head() (wire.Frame, error) {
	frame, err := wire.DecodeFrame(r.Frame)
	switch {
	case err != nil:
		return frame, fmt.Errorf("%w: %w", ErrRecord, err)
	case frame.Brief:
		return frame, fmt.Errorf("%w: a frame with a brief head", ErrRecord)
	case r.Lane != wire.LaneDOM && r.Lane != wire.LaneTelemetry && r.Lane != wire.LaneBlob:
		return frame, fmt.Errorf("%w: of lane %d", ErrRecord, r.Lane)
	case frame.Kind == wire.KindBlob || frame.Kind == wire.KindPointer || frame.Kind == wire.KindControl:
		return frame, fmt.Errorf("%w: a frame of kind %d", ErrRecord, frame.Kind)
	}
	return frame, nil
}

func appendVarint(b []byte, v uint32) []byte { return binary.AppendUvarint(b, uint64(v)) }

// reader takes varints from the front of buf; bad when one was not there, or not in its shortest form.
type reader struct {
	buf []byte
	bad bool
}

func (r *reader) u8() byte {
	if len(r.buf) == 0 {
		r.bad = true
		return 0
	}
	b := r.buf[0]
	r.buf = r.buf[1:]
	return b
}

func (r *reader) varint() uint32 {
	v, n := binary.Uvarint(r.buf)
	if n <= 0 || v>>32 != 0 || n > 1 && r.buf[n-1] == 0 {
		r.bad, r.buf = true, nil
		return 0
	}
	r.buf = r.buf[n:]
	return uint32(v)
}
