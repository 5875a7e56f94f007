package chunk

// Contents by their hash, each an object of its own (FORMAT.md §6).

import (
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"ridealong/wire"
)

const blobHead = len(blobMagic) + saltSize

func blobSealer(key Key, s salt, recording string, hash wire.BlobHash) (cipher.AEAD, error) {
	return sealer(key, s, fmt.Sprintf("ridealong blob v%d\n%s\n%s", version, recording, hex.EncodeToString(hash[:])))
}

// SealBlob encrypts a content for one recording. Two calls with the same content give different bytes that open alike.
func SealBlob(recording string, content []byte, key Key) ([]byte, error) {
	return sealBlob(recording, content, key, randomSalt())
}

func sealBlob(recording string, content []byte, key Key, s salt) ([]byte, error) {
	if len(content) > wire.MaxBlob {
		return nil, fmt.Errorf("%w: %d bytes", ErrBlob, len(content))
	}
	seal, err := blobSealer(key, s, recording, wire.HashBlob(content))
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, blobHead+4+len(content)+tagSize)
	b = append(append(b, blobMagic...), s[:]...)
	b = seal.Seal(append(b, 0, 0, 0, 0), nonce(0), content, b)
	binary.BigEndian.PutUint32(b[blobHead:], checksum(b[:blobHead], b[blobHead+4:]))
	return b, nil
}

// CheckBlob tells whether the bytes are as they were written, as far as that can be told without the key.
func CheckBlob(sealed []byte) bool {
	return len(sealed) >= blobHead+4+tagSize && string(sealed[:len(blobMagic)]) == blobMagic &&
		checksum(sealed[:blobHead], sealed[blobHead+4:]) == binary.BigEndian.Uint32(sealed[blobHead:])
}

// OpenBlob gives the content with this hash, or ErrBlob.
func OpenBlob(recording string, hash wire.BlobHash, sealed []byte, key Key) ([]byte, error) {
	if !CheckBlob(sealed) || len(sealed) > blobHead+4+wire.MaxBlob+tagSize {
		return nil, fmt.Errorf("%w: damaged", ErrBlob)
	}
	seal, err := blobSealer(key, salt(sealed[len(blobMagic):blobHead]), recording, hash)
	if err != nil {
		return nil, err
	}
	content, err := seal.Open(nil, nonce(0), sealed[blobHead+4:], sealed[:blobHead])
	if err != nil || wire.HashBlob(content) != hash {
		return nil, fmt.Errorf("%w: not this content of this recording", ErrBlob)
	}
	return content, nil
}
