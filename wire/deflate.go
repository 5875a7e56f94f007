package wire

// One raw deflate stream over many frames, each of which ends with the code of its last byte (PROTOCOL.md §3, RFC 1951).

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"slices"
)

const window = 32 << 10

// syncFlush is the length of the empty stored block that our writer ends a payload with; it is not sent. TypeScript's writer, which
// is the one that counts, leaves out that block's head and the end of the block before, too.
var syncFlush = []byte{0, 0, 0xff, 0xff}

// Inflater reads the payloads of one lane, in order. After an error it is useless until Fresh.
type Inflater struct {
	tail []byte // what a distance may reach back to
	flat io.ReadCloser
}

// Fresh empties the window: the next payload stands alone.
func (i *Inflater) Fresh() { i.tail = i.tail[:0] }

// Inflate gives the raw bytes of a payload `varint raw length · deflate`. They are the caller's.
func (i *Inflater) Inflate(payload []byte) ([]byte, error) {
	r := reader{buf: payload}
	n := int(r.varint())
	if r.err != nil {
		return nil, r.err
	}
	if n > MaxRaw || n > r.left()*MaxInflateRatio {
		return nil, fmt.Errorf("%w: %d bytes declared for %d", ErrDecode, n, r.left())
	}
	packed := r.rest()
	raw, err := i.unpack(packed, n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		// The library reads as many bits as the code of a block's end has before it looks at any: behind a shorter last code it needs more.
		// Where that code is whole, it does not matter which.
		var other []byte
		if raw, err = i.unpack(slices.Concat(packed, []byte{0, 0}), n); err == nil {
			if other, err = i.unpack(slices.Concat(packed, []byte{0xff, 0xff}), n); err == nil && !bytes.Equal(raw, other) {
				err = fmt.Errorf("%w: cut in the last code", ErrDecode)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	i.tail = append(i.tail, raw[max(0, n-window):]...)
	i.tail = append(i.tail[:0], i.tail[max(0, len(i.tail)-window):]...)
	return raw, nil
}

// unpack gives n bytes; the window stays as it is.
func (i *Inflater) unpack(packed []byte, n int) ([]byte, error) {
	// A frame begins at a byte's border and no code lives longer than its block, so the window is all that frames share.
	source := bytes.NewReader(packed)
	if i.flat == nil {
		i.flat = flate.NewReaderDict(source, i.tail)
	} else if err := i.flat.(flate.Resetter).Reset(source, i.tail); err != nil {
		return nil, fmt.Errorf("wire: inflate: %w", err)
	}
	raw := make([]byte, 0, min(n, 1<<20))
	for len(raw) < n {
		raw = append(raw, 0)[:len(raw)]
		more, err := i.flat.Read(raw[len(raw):min(cap(raw), n)])
		raw = raw[:len(raw)+more]
		// Behind the last code there is nothing, which is an error of the stream's but none of ours.
		if err != nil && len(raw) < n {
			return nil, fmt.Errorf("%w: %d bytes declared, %d there: %w", ErrDecode, n, len(raw), err)
		}
	}
	return raw, nil
}

// Deflater writes what an Inflater reads.
type Deflater struct {
	out  bytes.Buffer
	flat *flate.Writer
}

// Fresh empties the window; the frame that follows says so.
func (d *Deflater) Fresh() {
	if d.flat != nil {
		d.flat.Reset(&d.out)
	}
}

// Deflate makes the payload of the next frame.
func (d *Deflater) Deflate(raw []byte) ([]byte, error) {
	if d.flat == nil {
		d.flat, _ = flate.NewWriter(&d.out, flate.DefaultCompression) // fails only for levels that there are not
	}
	d.out.Reset()
	if _, err := d.flat.Write(raw); err != nil {
		return nil, fmt.Errorf("wire: deflate: %w", err)
	}
	if err := d.flat.Flush(); err != nil {
		return nil, fmt.Errorf("wire: deflate: %w", err)
	}
	return append(appendVarint(nil, uint32(len(raw))), bytes.TrimSuffix(d.out.Bytes(), syncFlush)...), nil
}
