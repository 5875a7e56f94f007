// Package tlscert has the server's certificate: obtained and renewed by ACME, or read from files. It is the one door to certmagic.
//
// Guarantees: TLSConfig serves the challenge and, once obtained, the certificate; Run returns when ctx is done and leaves no
// goroutine; certificates and account keys live below Dir, readable by the owner only.
package tlscert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/caddyserver/certmagic"
)

// Config of the certificate.
type Config struct {
	Domain    string
	Dir       string // where certificates and keys are kept
	Email     string // for the authority, may be empty
	Directory string // URL of the authority; empty: Let's Encrypt
	Roots     string // PEM file with the roots of the authority's own HTTPS; empty: the system's
	// PEM files of a certificate that is renewed elsewhere; with them no authority is asked.
	Certificate, Key string
	Log              *slog.Logger
}

// Certs keeps one domain's certificate fresh.
type Certs struct {
	domain string
	cache  *certmagic.Cache
	magic  *certmagic.Config
	issuer *certmagic.ACMEIssuer
	files  *files // instead of the others
}

// New prepares; nothing is asked of the authority before Run.
func New(c Config) (*Certs, error) {
	if c.Certificate != "" {
		read, err := readFiles(c)
		if err != nil {
			return nil, err
		}
		return &Certs{domain: c.Domain, files: read}, nil
	}
	roots, err := readRoots(c.Roots)
	if err != nil {
		return nil, err
	}
	logger := newZap(c.Log)
	certs := &Certs{domain: c.Domain}
	certs.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return certs.magic, nil },
		Logger:           logger,
	})
	certs.magic = certmagic.New(certs.cache, certmagic.Config{Storage: &certmagic.FileStorage{Path: c.Dir}, Logger: logger})
	directory := c.Directory
	if directory == "" {
		directory = certmagic.LetsEncryptProductionCA
	}
	certs.issuer = certmagic.NewACMEIssuer(certs.magic, certmagic.ACMEIssuer{
		CA: directory, Email: c.Email, Agreed: true, TrustedRoots: roots, Logger: logger,
		// The challenges come in through our own listeners, wherever the ports are forwarded from.
		DisableDistributedSolvers: true,
	})
	certs.magic.Issuers = []certmagic.Issuer{certs.issuer}
	return certs, nil
}

func readRoots(name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("tlscert: roots: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("tlscert: %s holds no certificate", name)
	}
	return pool, nil
}

// TLSConfig for the HTTPS listener, with the protocols of HTTP and of the TLS-ALPN challenge.
func (c *Certs) TLSConfig() *tls.Config {
	if c.files != nil {
		return &tls.Config{GetCertificate: c.files.get, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}
	}
	t := c.magic.TLSConfig()
	t.MinVersion = tls.VersionTLS12
	t.NextProtos = append([]string{"h2", "http/1.1"}, t.NextProtos...)
	return t
}

// HTTPHandler answers HTTP challenges and gives the rest to next.
func (c *Certs) HTTPHandler(next http.Handler) http.Handler {
	if c.files != nil {
		return next
	}
	return c.issuer.HTTPChallengeHandler(next)
}

// Run obtains the certificate, in the background and again until it succeeds, and renews it until ctx is done.
// The listeners have to be open before, because the authority calls back.
func (c *Certs) Run(ctx context.Context) error {
	if c.files != nil {
		<-ctx.Done()
		return nil
	}
	defer c.cache.Stop()
	if err := c.magic.ManageAsync(ctx, []string{c.domain}); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("tlscert: %w", err)
	}
	<-ctx.Done()
	return nil
}
