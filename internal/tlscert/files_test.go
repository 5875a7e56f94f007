package tlscert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// selfMade writes a certificate for name and its key.
func selfMade(t *testing.T, dir, name string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: bytes}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func nameOf(t *testing.T, config *tls.Config) string {
	t.Helper()
	pair, err := config.GetCertificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf.Subject.CommonName
}

func TestACertificateOfOnesOwnIsTakenAgainWhenItsFileChanged(t *testing.T) {
	dir := t.TempDir()
	cert, key := selfMade(t, dir, "one.test")
	certs, err := New(Config{Domain: "one.test", Certificate: cert, Key: key, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	config := certs.TLSConfig()
	if name := nameOf(t, config); name != "one.test" {
		t.Errorf("%q", name)
	}
	selfMade(t, dir, "two.test")
	later := time.Now().Add(time.Second)
	if err := os.Chtimes(cert, later, later); err != nil {
		t.Fatal(err)
	}
	if name := nameOf(t, config); name != "one.test" {
		t.Errorf("the file was looked at again within a minute: %q", name)
	}
	certs.files.looked = time.Now().Add(-lookEvery)
	if name := nameOf(t, config); name != "two.test" {
		t.Errorf("%q", name)
	}
	if err := os.WriteFile(cert, []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	certs.files.looked = time.Now().Add(-lookEvery)
	if name := nameOf(t, config); name != "two.test" {
		t.Errorf("one that cannot be read: %q", name)
	}
}

func TestACertificateThatCannotBeReadStopsTheStart(t *testing.T) {
	dir := t.TempDir()
	cert, _ := selfMade(t, dir, "one.test")
	for _, c := range []Config{{Certificate: filepath.Join(dir, "none"), Key: "none"}, {Certificate: cert, Key: cert}} {
		if _, err := New(c); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
}
