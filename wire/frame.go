package wire

// Frames and pieces (PROTOCOL.md §3).

import "fmt"

// Lane is one ordered stream in a link.
type Lane uint8

// Lanes, by number.
const (
	LaneControl Lane = iota
	LaneDOM
	LaneTelemetry
	LaneBlob
	LanePointer
)

// Kind says what a frame's payload is.
type Kind uint8

// Kinds of frames. Unknown ones are skipped by readers.
const (
	KindKeyframe Kind = 1 + iota
	KindOps
	KindEntries
	KindPointer
	KindControl
	KindAsset
	KindBlob
	KindRefused
)

// Flags of frames.
const (
	FlagDeflated = 1 // the payload is for an Inflater
	FlagFresh    = 2 // the lane's window and string table are emptied before this frame
)

// The first byte of a frame.
const (
	kindMask  = 0x1f
	flagShift = 5
)

// The first byte of a brief head.
const (
	brief      = 0x80
	briefShift = 6 // of the flag that it has
	briefMask  = 0x3f
	briefBits  = 14 // of seq
)

// positioned: frames of this kind stand somewhere in the log.
func (k Kind) positioned() bool { return k <= KindEntries }

// Frame is the unit of the log.
type Frame struct {
	Kind    Kind
	Flags   uint8
	Epoch   uint32
	Seq     uint32
	Time    uint32 // ms since the epoch began
	Payload []byte
	// Brief is a head that says of the time what went by since the frame before, in ms, and nothing of the epoch, and 14 bits of Seq.
	Brief bool
}

// Append encodes f behind b.
func (f Frame) Append(b []byte) []byte {
	switch {
	case f.Brief:
		b = append(b, brief|f.Flags<<briefShift|byte(f.Seq>>8)&briefMask, byte(f.Seq))
		return append(appendVarint(b, f.Time), f.Payload...)
	case f.Kind == KindPointer:
		return append(append(b, byte(f.Kind)|f.Flags<<flagShift, byte(f.Seq)), f.Payload...)
	}
	b = appendVarint(append(b, byte(f.Kind)&kindMask|f.Flags<<flagShift), f.Epoch)
	if f.Kind.positioned() {
		b = appendVarint(b, f.Seq)
	}
	return append(appendVarint(b, f.Time), f.Payload...)
}

// DecodeFrame reads one frame; its payload shares b.
func DecodeFrame(b []byte) (Frame, error) {
	if len(b) > MaxFrame {
		return Frame{}, fmt.Errorf("%w: frame of %d bytes", ErrDecode, len(b))
	}
	r := reader{buf: b}
	head := r.u8()
	if head&brief != 0 {
		f := Frame{Kind: KindOps, Flags: head >> briefShift & FlagDeflated, Seq: uint32(head&briefMask)<<8 | uint32(r.u8()), Brief: true}
		f.Time, f.Payload = r.varint(), r.rest()
		return f, r.err
	}
	if Kind(head&kindMask) == KindPointer {
		f := Frame{Kind: KindPointer, Flags: head >> flagShift, Seq: uint32(r.u8())}
		f.Payload = r.rest()
		return f, r.err
	}
	f := Frame{Kind: Kind(head & kindMask), Flags: head >> flagShift, Epoch: r.varint()}
	if f.Kind.positioned() {
		f.Seq = r.varint()
	}
	f.Time, f.Payload = r.varint(), r.rest()
	if r.err != nil {
		return Frame{}, r.err
	}
	return f, nil
}

// Place finds where a frame with a brief head stands, by the newest place that came over its link; false when it cannot be.
func (f *Frame) Place(epoch, newest uint32) bool {
	if !f.Brief {
		return true
	}
	ahead := int32(f.Seq-newest) << (32 - briefBits) >> (32 - briefBits)
	seq := int64(newest) + int64(ahead)
	f.Epoch, f.Seq = epoch, uint32(seq)
	return seq > 0 && seq < 1<<32
}

const (
	pieceFirst = 1
	pieceLast  = 2
)

// Pieces cuts a frame for transport messages of at most MaxPiece bytes.
func Pieces(frame []byte) [][]byte {
	var out [][]byte
	for at := 0; at == 0 || at < len(frame); at += MaxPiece - 1 {
		end := min(len(frame), at+MaxPiece-1)
		flags := byte(0)
		if at == 0 {
			flags |= pieceFirst
		}
		if end == len(frame) {
			flags |= pieceLast
		}
		out = append(out, append([]byte{flags}, frame[at:end]...))
	}
	return out
}

// Joiner joins the pieces of one lane. After an error the next first piece begins anew.
type Joiner struct {
	frame []byte
	open  bool
}

// Push takes the next piece; the whole frame when it was its last. The frame is the caller's.
func (j *Joiner) Push(piece []byte) (frame []byte, whole bool, err error) {
	if len(piece) == 0 || len(piece) > MaxPiece {
		return nil, false, j.fail("piece of %d bytes", len(piece))
	}
	first, last := piece[0]&pieceFirst != 0, piece[0]&pieceLast != 0
	switch {
	case first && j.open:
		return nil, false, j.fail("first piece inside a frame")
	case !first && !j.open:
		return nil, false, j.fail("piece without a first")
	case len(j.frame)+len(piece)-1 > MaxFrame:
		return nil, false, j.fail("frame over %d bytes", MaxFrame)
	}
	j.frame, j.open = append(j.frame, piece[1:]...), !last
	if !last {
		return nil, false, nil
	}
	frame = j.frame
	j.frame = nil
	return frame, true, nil
}

func (j *Joiner) fail(format string, args ...any) error {
	j.frame, j.open = nil, false
	return fmt.Errorf("%w: %s", ErrDecode, fmt.Sprintf(format, args...))
}
