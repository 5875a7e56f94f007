package wire

// Payloads of the blob lane (PROTOCOL.md §3): pictures and fonts by the hash of their content.

import (
	"crypto/sha256"
	"fmt"
)

// BlobHash is the first 16 bytes of the SHA-256 of a content.
type BlobHash [16]byte

// HashBlob of a content.
func HashBlob(content []byte) BlobHash {
	sum := sha256.Sum256(content)
	return BlobHash(sum[:16])
}

// Asset says what content asset number N of the frame's epoch has.
type Asset struct {
	N    uint32
	Hash BlobHash
	Size uint32 // bytes
	MIME string
}

// longestMIME is in bytes.
const longestMIME = 100

// ReadAsset reads an ASSET frame's payload.
func ReadAsset(payload []byte) (Asset, error) {
	r := reader{buf: payload}
	a := Asset{N: r.varint()}
	copy(a.Hash[:], r.bytes(len(a.Hash)))
	a.Size = r.varint()
	a.MIME = r.text(longestMIME)
	return a, r.err
}

// Append encodes a behind b.
func (a Asset) Append(b []byte) []byte {
	b = append(appendVarint(b, a.N), a.Hash[:]...)
	return appendText(appendVarint(b, a.Size), a.MIME)
}

// ReadBlob reads a BLOB frame's payload. A content that is not what its hash says is an error; it shares the payload's bytes.
func ReadBlob(payload []byte) (BlobHash, []byte, error) {
	r := reader{buf: payload}
	var hash BlobHash
	copy(hash[:], r.bytes(len(hash)))
	content := r.rest()
	switch {
	case r.err != nil:
		return hash, nil, r.err
	case len(content) > MaxBlob:
		return hash, nil, fmt.Errorf("%w: blob of %d bytes", ErrDecode, len(content))
	case HashBlob(content) != hash:
		return hash, nil, fmt.Errorf("%w: a blob with another hash", ErrDecode)
	}
	return hash, content, nil
}

// AppendBlob encodes a BLOB frame's payload behind b.
func AppendBlob(b, content []byte) []byte {
	hash := HashBlob(content)
	return append(append(b, hash[:]...), content...)
}

// Reasons why an asset cannot be shown.
const (
	RefusedUnreadable = 1
	RefusedTooLarge   = 2
	RefusedByPolicy   = 3
	RefusedMissing    = 4 // the page shows nothing there either
)

// Refused says that an asset cannot be shown. Width and height are those of the picture itself in CSS px, 0 where nobody knows.
type Refused struct {
	N             uint32
	Reason        uint8
	Width, Height uint32
}

// ReadRefused reads a REFUSED frame's payload. A reason that is not known is one all the same.
func ReadRefused(payload []byte) (Refused, error) {
	r := reader{buf: payload}
	refused := Refused{N: r.varint(), Reason: r.u8(), Width: r.varint(), Height: r.varint()}
	return refused, r.err
}
