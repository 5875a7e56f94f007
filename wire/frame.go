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

// positioned: frames of this kind stand somewhere in the log.
func (k Kind) positioned() bool { return k <= KindEntries }

// Frame is the unit of the log.
type Frame struct {
	Kind    Kind
	Flags   uint8
	Epoch   uint32
	Seq     uint32
	Time    uint32 // tenths of a millisecond since the epoch began
	Payload []byte
}

// Append encodes f behind b.
func (f Frame) Append(b []byte) []byte {
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
