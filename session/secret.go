package session

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// crockford leaves out I, L, O and U, which are misread or misheard.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// HashOf is the form in which a secret of at least 128 random bits is kept.
func HashOf(secret []byte) Hash { return sha256.Sum256(secret) }

// codePasses make a code's 40 bits last longer than the code: with the database in hand, trying them all takes thousands of
// graphics cards the ten minutes it is good for. One try costs us about 15 ms.
const codePasses = 100_000

// CodeHash is the form in which a join code is kept. The salt is fixed, because a code is looked up by its hash.
func CodeHash(code string) (Hash, error) {
	key, err := pbkdf2.Key(sha256.New, code, []byte("ridealong join code v1"), codePasses, len(Hash{}))
	if err != nil {
		return Hash{}, fmt.Errorf("session: hash of a code: %w", err)
	}
	return Hash(key), nil
}

// newToken makes 32 random bytes and their hash.
func newToken() (token string, hash Hash) {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it does not fail; the runtime ends the process when there is no randomness
	token = base64.RawURLEncoding.EncodeToString(b[:])
	return token, HashOf([]byte(token))
}

// newID makes 26 characters that sort by time: 48 bits of milliseconds, 80 random bits.
func newID(now time.Time) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.UnixMilli())<<16)
	_, _ = rand.Read(b[6:])
	high, low := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [26]byte
	for i := 25; i >= 0; i-- {
		out[i] = crockford[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return string(out[:])
}

// newCode makes a join code, 40 random bits.
func newCode() string {
	var b [8]byte
	_, _ = rand.Read(b[:])
	for i := range b {
		b[i] = crockford[b[i]&31]
	}
	return string(b[:])
}

// maxTyped is more than anybody types for a code.
const maxTyped = 64

// ReadCode takes a code as people type it: any case, spaces and dashes, O for 0, I and L for 1. Empty when it is none.
func ReadCode(typed string) string {
	if len(typed) > maxTyped {
		return ""
	}
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r):
			return -1
		case r == 'O':
			return '0'
		case r == 'I', r == 'L':
			return '1'
		}
		return r
	}, strings.ToUpper(typed))
	if len(clean) != 8 || strings.Trim(clean, crockford) != "" {
		return ""
	}
	return clean
}

// ShowCode is how a code is written for people.
func ShowCode(code string) string { return code[:4] + "-" + code[4:] }
