package wire

// Bytes in and out: varints, zigzags and WTF-8 text (PROTOCOL.md, preamble).

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// ErrDecode is behind every error of a decoder.
var ErrDecode = errors.New("wire: not decodable")

// reader reads within its bounds. After the first error it gives zeros, and err says what was wrong and where.
type reader struct {
	buf []byte
	at  int
	err error
}

func (r *reader) left() int { return len(r.buf) - r.at }

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s at byte %d of %d", ErrDecode, fmt.Sprintf(format, args...), r.at, len(r.buf))
		r.at = len(r.buf)
	}
}

func (r *reader) u8() byte {
	if r.left() < 1 {
		r.fail("truncated u8")
		return 0
	}
	r.at++
	return r.buf[r.at-1]
}

func (r *reader) u32() uint32 {
	b := r.bytes(4)
	if len(b) < 4 {
		return 0
	}
	return binary.BigEndian.Uint32(b)
}

func (r *reader) varint() uint32 {
	var v uint32
	for shift := 0; shift < 35; shift += 7 {
		b := r.u8()
		if r.err != nil {
			return 0
		}
		if shift == 28 && b > 15 {
			break
		}
		v |= uint32(b&127) << shift
		if b < 128 {
			if b == 0 && shift > 0 {
				r.fail("varint not in its shortest form")
				return 0
			}
			return v
		}
	}
	r.fail("varint over 32 bits")
	return 0
}

func (r *reader) zigzag() int32 {
	n := r.varint()
	return int32(n>>1) ^ -int32(n&1)
}

// bytes shares the input's.
func (r *reader) bytes(n int) []byte {
	if n > r.left() {
		r.fail("truncated: %d bytes wanted", n)
		return nil
	}
	r.at += n
	return r.buf[r.at-n : r.at]
}

func (r *reader) rest() []byte { return r.bytes(r.left()) }

// text of at most limit bytes.
func (r *reader) text(limit int) string {
	n := bytes.IndexByte(r.buf[r.at:], 0)
	switch {
	case n < 0:
		r.fail("text without an end")
		return ""
	case n > limit:
		r.fail("text of %d bytes, over %d", n, limit)
		return ""
	}
	raw := r.bytes(n)
	if !validWTF8(raw) {
		r.fail("text is not WTF-8")
		return ""
	}
	r.at++
	return strings.ReplaceAll(string(raw), wireNUL, "\x00")
}

// wireNUL stands for U+0000 in text, which ends with a zero byte.
const wireNUL = "\xc0\x80"

// bounded is v, or an error when it is over most.
func (r *reader) bounded(v, most uint32, what string) uint32 {
	if v > most {
		r.fail("%s %d, over %d", what, v, most)
		return 0
	}
	return v
}

// validWTF8 tells whether b is UTF-8 in which U+0000 has two bytes, and lone surrogates may stand in three bytes, and pairs may not.
func validWTF8(b []byte) bool {
	high := false
	for len(b) > 0 {
		c, n := wtf8Unit(b)
		if n == 0 {
			return false
		}
		low := c >= 0xdc00 && c < 0xe000
		if low && high {
			return false
		}
		high = c >= 0xd800 && c < 0xdc00
		b = b[n:]
	}
	return true
}

// wtf8Unit is the first code point and its length; length 0 when there is none in its shortest form.
func wtf8Unit(b []byte) (c rune, n int) {
	switch first := b[0]; {
	case first < 0x80:
		return rune(first), 1
	case len(b) > 1 && string(b[:2]) == wireNUL:
		return 0, 2
	case first >= 0xc2 && first < 0xe0:
		c, n = rune(first&0x1f), 2
	case first >= 0xe0 && first < 0xf0:
		c, n = rune(first&0x0f), 3
	case first >= 0xf0 && first < 0xf5:
		c, n = rune(first&0x07), 4
	}
	if n == 0 || n > len(b) {
		return 0, 0
	}
	for _, d := range b[1:n] {
		if d&0xc0 != 0x80 {
			return 0, 0
		}
		c = c<<6 | rune(d&0x3f)
	}
	if n == 3 && c < 0x800 || n == 4 && (c < 0x10000 || c > 0x10ffff) {
		return 0, 0
	}
	return c, n
}

// units is the length of WTF-8 text in UTF-16 code units, as JavaScript counts.
func units(s string) (n int) {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 0xf0:
			n += 2
		case c < 0x80 || c >= 0xc0:
			n++
		}
	}
	return n
}

func appendZigzag(b []byte, v int32) []byte {
	return appendVarint(b, uint32(v<<1)^uint32(v>>31))
}

func appendVarint(b []byte, v uint32) []byte { return binary.AppendUvarint(b, uint64(v)) }

func appendText(b []byte, s string) []byte {
	return append(append(b, strings.ReplaceAll(s, "\x00", wireNUL)...), 0)
}
