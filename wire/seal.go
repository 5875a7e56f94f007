package wire

// The proof of a link and its sealed frames (PROTOCOL.md §5.1, §5.2): what the two browsers do, for those who test or archive.

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
)

// Side of a link.
type Side string

// Sides.
const (
	SideCustomer Side = "customer"
	SideAgent    Side = "agent"
)

// Terms are what both sides of a link agree on.
type Terms struct {
	Key                        [32]byte // K
	Session                    string
	Link                       [16]byte
	NonceC, NonceA             [16]byte
	FingerprintC, FingerprintA string // "sha-256 AB:CD:…", or "-"
}

func (t Terms) derive(info string) ([]byte, error) {
	salt := append(append([]byte{}, t.NonceC[:]...), t.NonceA[:]...)
	key, err := hkdf.Key(sha256.New, t.Key[:], salt, info, 32)
	if err != nil {
		return nil, fmt.Errorf("wire: %s: %w", info, err)
	}
	return key, nil
}

// Proof of one side.
func (t Terms) Proof(side Side) ([]byte, error) {
	key, err := t.derive("ridealong proof v1")
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, key)
	encode := base64.RawURLEncoding.EncodeToString
	mac.Write([]byte(strings.Join([]string{
		string(side), "ridealong fp v1", t.Session, encode(t.Link[:]), encode(t.NonceC[:]), encode(t.NonceA[:]), t.FingerprintC, t.FingerprintA,
	}, "\n")))
	return mac.Sum(nil), nil
}

// Verify tells whether proof is that side's, in constant time.
func (t Terms) Verify(side Side, proof []byte) (bool, error) {
	want, err := t.Proof(side)
	return err == nil && hmac.Equal(want, proof), err
}

const (
	sealCounter = 8
	sealTag     = 16
)

func (t Terms) aead(from Side) (cipher.AEAD, error) {
	key, err := t.derive("ridealong seal " + string(from) + " v1")
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("wire: seal: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("wire: seal: %w", err)
	}
	return aead, nil
}

// Sealer seals what one side sends.
type Sealer struct {
	aead    cipher.AEAD
	link    [16]byte
	counter uint64
}

// NewSealer of what `from` sends.
func (t Terms) NewSealer(from Side) (*Sealer, error) {
	aead, err := t.aead(from)
	return &Sealer{aead: aead, link: t.Link}, err
}

// Seal gives the next sealed piece.
func (s *Sealer) Seal(lane Lane, piece []byte) []byte {
	s.counter++
	var iv [12]byte
	binary.BigEndian.PutUint64(iv[4:], s.counter)
	return s.aead.Seal(append([]byte{}, iv[4:]...), iv[:], append([]byte{byte(lane)}, piece...), s.link[:])
}

// Opener opens what the other side sealed: each counter once, and rising.
type Opener struct {
	aead cipher.AEAD
	link [16]byte
	last uint64
}

// NewOpener of what `from` sent.
func (t Terms) NewOpener(from Side) (*Opener, error) {
	aead, err := t.aead(from)
	return &Opener{aead: aead, link: t.Link}, err
}

// Open gives the lane and the piece, which is the caller's.
func (o *Opener) Open(sealed []byte) (Lane, []byte, error) {
	if len(sealed) < sealCounter+2+sealTag || len(sealed) > sealCounter+1+MaxPiece+sealTag {
		return 0, nil, fmt.Errorf("%w: sealed piece of %d bytes", ErrDecode, len(sealed))
	}
	var iv [12]byte
	copy(iv[4:], sealed)
	plain, err := o.aead.Open(nil, iv[:], sealed[sealCounter:], o.link[:])
	if err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrDecode, err)
	}
	counter := binary.BigEndian.Uint64(sealed)
	if counter <= o.last {
		return 0, nil, fmt.Errorf("%w: a sealed piece came again", ErrDecode)
	}
	o.last = counter
	return Lane(plain[0]), plain[1:], nil
}
