package relay

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// CredentialLife is how long a credential opens an allocation. One that is open lives on for as long as it is refreshed.
const CredentialLife = 5 * time.Minute

// credentialVersion is the first part of every username.
const credentialVersion = "1"

var errCredential = errors.New("relay: not a credential of this server")

// Credentials makes and opens credentials: the username says for whom and until when, the password proves that this server made it.
// No list is kept.
type Credentials struct{ key []byte }

// NewCredentials takes the key that all nodes of an installation share; with none it makes one that ends with the process.
func NewCredentials(key []byte) *Credentials {
	if len(key) == 0 {
		key = make([]byte, 32)
		_, _ = rand.Read(key)
	}
	return &Credentials{key: key}
}

// Mint makes a credential that opens allocations until CredentialLife from now.
func (c *Credentials) Mint(h Holder, now time.Time) (username, password string) {
	until := strconv.FormatInt(now.Add(CredentialLife).Unix(), 36)
	username = strings.Join([]string{credentialVersion, until, string(h.Side), h.Session, h.Participant}, ".")
	return username, c.password(username)
}

func (c *Credentials) password(username string) string {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(username))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// holder reads a username. That its bearer has the password is for TURN's message integrity to show.
func (c *Credentials) holder(username string) (h Holder, until time.Time, err error) {
	if len(username) > 256 {
		return h, until, errCredential
	}
	parts := strings.Split(username, ".")
	if len(parts) != 5 || parts[0] != credentialVersion || len(parts[2]) != 1 {
		return h, until, errCredential
	}
	seconds, err := strconv.ParseInt(parts[1], 36, 64)
	h = Holder{Side: Side(parts[2][0]), Session: parts[3], Participant: parts[4]}
	if err != nil || !isName(h.Session) || !isName(h.Participant) || h.Side != Customer && h.Side != Agent {
		return Holder{}, until, errCredential
	}
	return h, time.Unix(seconds, 0), nil
}

func isName(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return s != ""
}
