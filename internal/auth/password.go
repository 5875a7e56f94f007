package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost of argon2id.
type cost struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
}

// standard takes the memory and passes of RFC 9106 §4 for servers with little memory, and one lane: the two passwords that are
// hashed at a time have a core each.
var standard = cost{memory: 64 << 10, passes: 3, lanes: 1}

// most that a kept hash may ask for.
var most = cost{memory: 1 << 20, passes: 16, lanes: 16}

const (
	saltLen = 16
	keyLen  = 32
)

// noPassword is kept for accounts that sign in by links only; no password fits it.
const noPassword = "none"

// hashPassword gives the PHC form, which carries its own costs.
func hashPassword(password string, c cost) string {
	salt := make([]byte, saltLen)
	_, _ = rand.Read(salt) // it does not fail
	key := argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.lanes, keyLen)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.lanes, encode(salt), encode(key))
}

// kept is a hash in parts.
type kept struct {
	cost
	salt, key []byte
}

var errHash = errors.New("auth: not a hash that this server makes")

// parseHash reads the PHC form, and only as hashPassword writes it.
func parseHash(phc string) (k kept, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return k, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &k.memory, &k.passes, &k.lanes); err != nil || parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", k.memory, k.passes, k.lanes) {
		return k, errHash
	}
	if k.passes < 1 || k.lanes < 1 || k.memory < 8*uint32(k.lanes) || k.memory > most.memory || k.passes > most.passes || k.lanes > most.lanes {
		return k, errHash
	}
	if k.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil || len(k.salt) < 8 || len(k.salt) > 64 {
		return k, errHash
	}
	if k.key, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil || len(k.key) < 16 || len(k.key) > 64 {
		return k, errHash
	}
	return k, nil
}

func verifyPassword(phc, password string) bool {
	k, err := parseHash(phc)
	if err != nil {
		return false
	}
	got := argon2.IDKey([]byte(password), k.salt, k.passes, k.memory, k.lanes, uint32(len(k.key)))
	return subtle.ConstantTimeCompare(got, k.key) == 1
}
