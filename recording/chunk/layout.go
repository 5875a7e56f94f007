package chunk

// Where what stands: header, unit, index and trailer as bytes, and the keys behind them (FORMAT.md §1 to §5).

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

const (
	version     = 1
	headerMagic = "RIDECHK\x01"
	endMagic    = "RIDEEND\x01"
	blobMagic   = "RIDEBLB\x01"

	saltSize    = 16
	tagSize     = 16
	headerSize  = 48
	headersSize = 2 * headerSize
	headSize    = 14 // of a unit
	aadSize     = 10
	trailerSize = 64
)

// mark says what a unit is.
type mark [2]byte

var (
	markRecord = mark{'R', 'r'}
	markIndex  = mark{'R', 'i'}
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(parts ...[]byte) (sum uint32) {
	for _, p := range parts {
		sum = crc32.Update(sum, castagnoli, p)
	}
	return sum
}

type salt [saltSize]byte

type header struct {
	number    uint32
	salt      salt
	recording [16]byte
}

func recordingHash(id string) [16]byte {
	sum := sha256.Sum256([]byte(id))
	return [16]byte(sum[:16])
}

func (h header) append(b []byte) []byte {
	from := len(b)
	b = append(b, headerMagic...)
	b = binary.BigEndian.AppendUint32(b, h.number)
	b = append(append(b, h.salt[:]...), h.recording[:]...)
	return binary.BigEndian.AppendUint32(b, checksum(b[from:]))
}

func readHeader(b []byte) (h header, ok bool) {
	if len(b) < headerSize || string(b[:8]) != headerMagic || checksum(b[:44]) != binary.BigEndian.Uint32(b[44:]) {
		return h, false
	}
	h.number = binary.BigEndian.Uint32(b[8:])
	copy(h.salt[:], b[12:])
	copy(h.recording[:], b[28:])
	return h, true
}

type trailer struct {
	digest [32]byte
	salt   salt
	index  uint32 // offset
}

func (t trailer) append(b []byte) []byte {
	from := len(b)
	b = append(append(b, t.digest[:]...), t.salt[:]...)
	b = binary.BigEndian.AppendUint32(b, t.index)
	b = binary.BigEndian.AppendUint32(b, checksum(b[from:]))
	return append(b, endMagic...)
}

func readTrailer(b []byte) (t trailer, ok bool) {
	if len(b) < trailerSize || string(b[56:64]) != endMagic || checksum(b[:52]) != binary.BigEndian.Uint32(b[52:]) {
		return t, false
	}
	copy(t.digest[:], b)
	copy(t.salt[:], b[32:])
	t.index = binary.BigEndian.Uint32(b[48:])
	return t, true
}

// head of a unit, without its CRC.
func appendHead(b []byte, m mark, counter uint32, length int) []byte {
	b = append(b, m[:]...)
	b = binary.BigEndian.AppendUint32(b, counter)
	return binary.BigEndian.AppendUint32(b, uint32(length))
}

// unit is one that is whole: its CRC was right.
type unit struct {
	mark    mark
	counter uint32
	from    int64
	to      int64
	aad     []byte
	cipher  []byte
}

// unitLength is the whole length of the unit that begins with head, when it can be one and fits into room.
func unitLength(head []byte, room int64) (int64, bool) {
	m, length := mark(head[:2]), int64(binary.BigEndian.Uint32(head[6:]))
	least, most := int64(tagSize+3), int64(maxCipher)
	if m == markIndex {
		least, most = saltSize+tagSize, maxIndex+saltSize+tagSize
	} else if m != markRecord {
		return 0, false
	}
	return headSize + length, length >= least && length <= most && headSize+length <= room
}

// readUnit reads one whole unit, which b is, no more and no less.
func readUnit(b []byte, from int64) (u unit, ok bool) {
	if checksum(b[:aadSize], b[headSize:]) != binary.BigEndian.Uint32(b[aadSize:]) {
		return u, false
	}
	return unit{
		mark: mark(b[:2]), counter: binary.BigEndian.Uint32(b[2:]), from: from, to: from + int64(len(b)),
		aad: b[:aadSize], cipher: b[headSize:],
	}, true
}

func sealer(key Key, salt salt, info string) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, key[:], salt[:], info, 32)
	if err != nil {
		return nil, fmt.Errorf("chunk: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("chunk: %w", err)
	}
	return cipher.NewGCM(block)
}

func (id ID) units(key Key, s salt) (cipher.AEAD, error) { return sealer(key, s, id.info("chunk")) }

func (id ID) index(key Key, s salt) (cipher.AEAD, error) { return sealer(key, s, id.info("index")) }

func (id ID) info(what string) string {
	return fmt.Sprintf("ridealong %s v%d\n%s\n%d", what, version, id.Recording, id.Number)
}

// nonce of a unit: 8 zero bytes and its counter.
func nonce(counter uint32) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint32(n[8:], counter)
	return n
}
