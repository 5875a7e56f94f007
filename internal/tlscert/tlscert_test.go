package tlscert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"

	"ridealong/internal/oneport"
)

const domain = "ridealong.test"

// names is a name server that knows one address for every name: this machine's.
func names(t *testing.T) string {
	t.Helper()
	listener, _ := listen(t) // the authority asks over TCP
	answer := func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if len(q.Question) == 1 && q.Question[0].Qtype == dns.TypeA {
			rr, err := dns.NewRR(q.Question[0].Name + " 60 A 127.0.0.1")
			if err == nil {
				m.Answer = append(m.Answer, rr)
			}
		}
		_ = w.WriteMsg(m)
	}
	server := &dns.Server{Listener: listener, Handler: dns.HandlerFunc(answer)}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = server.Shutdown() })
	return listener.Addr().String()
}

type authority struct {
	directory string
	roots     string // PEM file for its own HTTPS
	issuer    *x509.CertPool
}

// pebble runs a real ACME authority that calls back to the given ports.
func pebble(t *testing.T, httpPort, tlsPort int) authority {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", "0")
	logger := log.New(io.Discard, "", 0)
	store := db.NewMemoryStore()
	certificates := ca.New(logger, store, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {Description: "default"}})
	validation := va.New(logger, httpPort, tlsPort, false, names(t), store)
	front := wfe.New(logger, store, validation, certificates, []string{"pebble.test"}, false, false, 1, 1)
	server := httptest.NewTLSServer(front.Handler())
	t.Cleanup(server.Close)
	roots := filepath.Join(t.TempDir(), "roots.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(roots, block, 0o600); err != nil {
		t.Fatal(err)
	}
	issuer := x509.NewCertPool()
	issuer.AddCert(certificates.GetRootCert(0).Cert)
	return authority{server.URL + wfe.DirectoryPath, roots, issuer}
}

func listen(t *testing.T) (net.Listener, int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l, l.Addr().(*net.TCPAddr).Port
}

func TestCertificateComesFromTheAuthorityAndSurvivesARestart(t *testing.T) {
	plain, httpPort := listen(t)
	secure, tlsPort := listen(t)
	ca := pebble(t, httpPort, tlsPort)
	config := Config{Domain: domain, Dir: t.TempDir(), Directory: ca.directory, Roots: ca.roots, Log: slog.New(slog.DiscardHandler)}

	first := serve(t, config, plain, secure, ca.issuer)
	if err := first.VerifyHostname(domain); err != nil {
		t.Error(err)
	}
	again, _ := listen(t)
	plainAgain, _ := listen(t)
	if second := serve(t, config, plainAgain, again, ca.issuer); second.SerialNumber.Cmp(first.SerialNumber) != 0 {
		t.Error("a restart ordered another certificate")
	}
}

// serve runs Certs on the listeners until the certificate arrived, and returns it.
func serve(t *testing.T, c Config, plain, secure net.Listener, roots *x509.CertPool) *x509.Certificate {
	t.Helper()
	certs, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- certs.Run(ctx) }()
	hello := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	go func() { _ = http.Serve(plain, certs.HTTPHandler(hello)) }()
	server := &http.Server{Handler: hello, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = server.Serve(oneport.New(secure, certs.TLSConfig()).HTTP()) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = plain.Close()
		_ = secure.Close()
	}()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		conn, err := tls.Dial("tcp", secure.Addr().String(), &tls.Config{ServerName: domain, RootCAs: roots})
		if err == nil {
			defer func() { _ = conn.Close() }()
			return conn.ConnectionState().PeerCertificates[0]
		}
	}
	t.Fatal("no certificate within a minute")
	return nil
}

func TestRootsThatCannotBeReadStopTheStart(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, roots := range []string{empty, "/nowhere.pem"} {
		if _, err := New(Config{Domain: domain, Dir: t.TempDir(), Roots: roots, Log: slog.New(slog.DiscardHandler)}); err == nil {
			t.Errorf("%s was taken", roots)
		}
	}
}
