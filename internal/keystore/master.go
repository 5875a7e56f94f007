package keystore

// The key that wraps the others.

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

type master struct {
	seal  cipher.AEAD
	proof []byte // kept beside the keys: says whether it is this one, and nothing of it
}

func newMaster(key [32]byte) (*master, error) {
	wrapping, err := hkdf.Key(sha256.New, key[:], nil, "ridealong wrap v1", 32)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMaster, err)
	}
	proof, err := hkdf.Key(sha256.New, key[:], nil, "ridealong master proof v1", 16)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMaster, err)
	}
	block, err := aes.NewCipher(wrapping)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMaster, err)
	}
	seal, err := cipher.NewGCMWithRandomNonce(block)
	return &master{seal, proof}, err
}

func (m *master) wrapped(proof []byte) bool { return hmac.Equal(m.proof, proof) }

func (m *master) wrap(recording string, key [32]byte) []byte {
	return m.seal.Seal(nil, nil, key[:], []byte(recording))
}

func (m *master) unwrap(recording string, wrapped []byte) (key [32]byte, err error) {
	plain, err := m.seal.Open(nil, nil, wrapped, []byte(recording))
	if err != nil || len(plain) != len(key) {
		return key, ErrDamaged
	}
	return [32]byte(plain), nil
}

// openMaster takes the configured key, or the one of the file, which it makes when it may.
func openMaster(dir, configured string, fresh bool) (*master, error) {
	if configured != "" {
		key, err := parseMaster(configured)
		if err != nil {
			return nil, err
		}
		return newMaster(key)
	}
	file := filepath.Join(dir, MasterFile)
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) && fresh {
		if err = makeMaster(dir); err == nil {
			info, err = os.Stat(file)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w. Bring it back from where it was kept: without it no recording can be read", ErrMaster, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: others may read %s; chmod 600 it", ErrMaster, file)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMaster, err)
	}
	key, err := parseMaster(string(b))
	if err != nil {
		return nil, err
	}
	return newMaster(key)
}

// makeMaster writes a new key, whole or not at all. Where another process was first, its key stays.
func makeMaster(dir string) error {
	var key [32]byte
	_, _ = rand.Read(key[:])
	made, err := os.CreateTemp(dir, MasterFile+".*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(made.Name()) }()
	_, err = made.WriteString(base64.StdEncoding.EncodeToString(key[:]) + "\n")
	if err = errors.Join(err, made.Sync(), made.Close()); err != nil {
		return err
	}
	if err := os.Link(made.Name(), filepath.Join(dir, MasterFile)); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// parseMaster reads 32 bytes in hex or base64.
func parseMaster(text string) ([32]byte, error) {
	text = strings.TrimSpace(text)
	for _, decode := range []func(string) ([]byte, error){
		hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString,
		base64.URLEncoding.DecodeString, base64.RawURLEncoding.DecodeString,
	} {
		if b, err := decode(text); err == nil && len(b) == 32 {
			return [32]byte(b), nil
		}
	}
	return [32]byte{}, fmt.Errorf("%w: it is not 32 bytes in base64 or hex", ErrMaster)
}

// CheckMaster says whether a configured master key can be one.
func CheckMaster(text string) error {
	_, err := parseMaster(text)
	return err
}
