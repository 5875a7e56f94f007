package app

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pion/turn/v5"

	"ridealong/internal/config"
	"ridealong/session"
	"ridealong/wire"
)

// certificate writes one for localhost; its pool trusts it.
func certificate(t *testing.T) (cert, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: made}, key: {Type: "PRIVATE KEY", Bytes: pkcs}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots = x509.NewCertPool()
	parsed, _ := x509.ParseCertificate(made)
	roots.AddCert(parsed)
	return cert, key, roots
}

// onLoopback is a configuration with HTTPS.
func onLoopback(t *testing.T, change ...func(*config.Config)) (Options, *x509.CertPool) {
	t.Helper()
	cert, key, roots := certificate(t)
	c := config.Config{
		Listen: "127.0.0.1:0", Domain: "localhost", HTTPListen: "127.0.0.1:0", HTTPSListen: "127.0.0.1:0", Certificate: cert, CertificateKey: key,
		Data: t.TempDir(), Origins: []string{"https://shop.example"}, LinkLife: time.Hour, SessionLife: time.Hour, CodeLife: time.Hour, Tabs: 8, Drain: 5 * time.Second,
		Relay: "127.0.0.1:0", RelayTransports: config.Transports, RelayAllocations: 8, RelayRate: 1 << 20, RelayBytes: 1 << 30, PrivacyMode: "standard",
	}
	for _, f := range change {
		f(&c)
	}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	return Options{Config: c, Log: slog.New(slog.DiscardHandler), Out: io.Discard}, roots
}

func running(t *testing.T, change ...func(*config.Config)) (*App, *x509.CertPool) {
	t.Helper()
	o, roots := onLoopback(t, change...)
	a, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return a, roots
}

// live is a session with its customer.
func live(t *testing.T, a *App) session.Opened {
	t.Helper()
	auth := make([]byte, 16)
	_, _ = rand.Read(auth)
	_, err := a.service.Create(t.Context(), session.Actor{Account: "ana", Name: "Ana"}, session.NewSession{Project: "default", Auth: session.HashOf(auth)})
	if err != nil {
		t.Fatal(err)
	}
	claim, err := a.service.Claim(t.Context(), session.Way{Auth: auth}, wire.Consent{View: true, TextVersion: "1"})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := a.service.Open(t.Context(), wire.Credential{Kind: wire.CredentialHandoff, Value: claim.Handoff}, true)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

// turnClient comes to the relay as a browser would, by what its welcome says.
func turnClient(t *testing.T, a *App, p session.Participant, roots *x509.CertPool, transport string) *turn.Client {
	t.Helper()
	servers, _ := a.iceServers(p)
	last := servers[len(servers)-1]
	var conn net.PacketConn
	var err error
	switch transport {
	case "udp":
		conn, err = net.ListenPacket("udp4", "127.0.0.1:0")
	case "tcp":
		var stream net.Conn
		stream, err = net.Dial("tcp4", a.relay.Addr().String())
		conn = turn.NewSTUNConn(stream)
	case "tls":
		var stream net.Conn
		stream, err = tls.Dial("tcp4", a.turn.Addr().String(), &tls.Config{RootCAs: roots, ServerName: "localhost"})
		conn = turn.NewSTUNConn(stream)
	}
	if err != nil {
		t.Fatal(err)
	}
	address := a.relay.Addr().String()
	client, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: address, TURNServerAddr: address, Conn: conn, Username: last.Username, Password: last.Credential, RTO: 100 * time.Millisecond,
	})
	if err == nil {
		err = client.Listen()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		_ = conn.Close()
	})
	return client
}

func TestHTTPSAndTURNOverTLSAreOnOnePortAndAllocationsEndWithTheirSession(t *testing.T) {
	a, roots := running(t)
	opened := live(t, a)
	for _, transport := range []string{"udp", "tcp", "tls"} {
		if _, err := turnClient(t, a, opened.Participant, roots, transport).Allocate(); err != nil {
			t.Fatalf("%s: %v", transport, err)
		}
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "localhost"}, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport, Timeout: 5 * time.Second}).Get("https://" + a.turn.Addr().String() + "/healthz")
	if err != nil || answer.ProtoMajor != 2 || answer.StatusCode != http.StatusOK {
		t.Fatal(answer, err)
	}
	_ = answer.Body.Close()
	if n := a.relay.Allocations(); n != 3 {
		t.Fatalf("%d allocations, want 3", n)
	}
	if err := a.service.End(t.Context(), opened.Session.ID, wire.EndAgent); err != nil {
		t.Fatal(err)
	}
	eventually(t, "allocations outlive their session", func() bool { return a.relay.Allocations() == 0 })
	if _, err := turnClient(t, a, opened.Participant, roots, "udp").Allocate(); err == nil {
		t.Error("a session that is over opens an allocation")
	}
	if _, err := turnClient(t, a, live(t, a).Participant, roots, "tls").Allocate(); err != nil {
		t.Errorf("another session: %v", err)
	}
}

func TestAParticipantWhoIsTakenOutLosesTheirAllocationsAtOnceAndNobodyElseDoes(t *testing.T) {
	a, roots := running(t)
	opened := live(t, a)
	join := func() session.Participant {
		p, _, err := a.service.Join(t.Context(), session.Actor{Account: "ana", Name: "Ana"}, opened.Session.ID, "", wire.RoleAgent)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	removed, stays := join(), join()
	for _, p := range []session.Participant{opened.Participant, stays} {
		if _, err := turnClient(t, a, p, roots, "udp").Allocate(); err != nil {
			t.Fatal(err)
		}
	}
	for _, transport := range []string{"udp", "tcp", "tls"} {
		if _, err := turnClient(t, a, removed, roots, transport).Allocate(); err != nil {
			t.Fatalf("%s: %v", transport, err)
		}
	}
	data, _ := json.Marshal(session.Event{Kind: session.EventRemoved, Session: opened.Session.ID, Participant: removed.ID})
	if err := a.bus.Publish(t.Context(), session.Subject(opened.Session.ID), data); err != nil {
		t.Fatal(err)
	}
	eventually(t, "allocations outlive the participant", func() bool { return a.relay.Allocations() == 2 })
	if _, err := turnClient(t, a, removed, roots, "tcp").Allocate(); err == nil {
		t.Error("who was taken out opens an allocation")
	}
	for _, p := range []session.Participant{opened.Participant, stays} {
		if _, err := turnClient(t, a, p, roots, "tls").Allocate(); err != nil {
			t.Errorf("%s: %v", p.Role, err)
		}
	}
}

func TestTheWelcomeNamesTheWaysThatThereAre(t *testing.T) {
	a, _ := running(t)
	p := session.Participant{ID: "P", Session: "S", Role: wire.RoleCustomer}
	servers, _ := a.iceServers(p)
	var urls []string
	for _, s := range servers {
		urls = append(urls, s.URLs...)
	}
	port := a.relay.Addr().String()
	want := "stun:" + port + " turn:" + port + "?transport=udp turn:" + port + "?transport=tcp turns:localhost:443?transport=tcp"
	if got := strings.Join(urls, " "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	a.Config.RelayTransports, a.Config.RelayOnly = []string{"tcp"}, true
	servers, only := a.iceServers(p)
	if len(servers) != 1 || !only || len(servers[0].URLs) != 1 || servers[0].Username == "" {
		t.Errorf("%+v", servers)
	}
}

func TestThePrivateListenerShowsTheRelayAndNoSession(t *testing.T) {
	a, roots := running(t)
	opened := live(t, a)
	if _, err := turnClient(t, a, opened.Participant, roots, "tcp").Allocate(); err != nil {
		t.Fatal(err)
	}
	private := httptest.NewServer(a.private())
	defer private.Close()
	get := func(path string) string {
		answer, err := http.Get(private.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		body, _ := io.ReadAll(answer.Body)
		return string(body)
	}
	page := get("/debug/relay")
	if !strings.Contains(page, "customer") || !strings.Contains(page, "stream") || strings.Contains(page, opened.Session.ID) || strings.Contains(page, opened.Participant.ID) {
		t.Errorf("page:\n%s", page)
	}
	series := get("/metrics")
	for _, want := range []string{"ridealong_relay_allocations 1", "ridealong_relay_bytes_total 0", `ridealong_relay_drops_total{reason="stranger"} 0`, "ridealong_relay_refused_total"} {
		if !strings.Contains(series, want) {
			t.Errorf("no %s", want)
		}
	}
}

// ofACluster is a bus that knows its servers.
type ofACluster struct{ session.Bus }

func (ofACluster) Hosts() []string { return []string{"nats.internal"} }

func TestAPublicRelayIsToldWhichHostsTheServerUses(t *testing.T) {
	var said bytes.Buffer
	o, _ := onLoopback(t, func(c *config.Config) {
		c.RelayMode, c.RelayAddress, c.RelayPorts, c.ACMECA = "public", "127.0.0.1", "49152-65535", "https://ca.invalid:9000/directory"
	})
	o.Log = slog.New(slog.NewTextHandler(&said, nil))
	a, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	a.close()
	if !strings.Contains(said.String(), "host=ca.invalid") {
		t.Errorf("the log does not say that there is none: %s", said.String())
	}
	a.bus = ofACluster{}
	if got := a.ownHosts(); !slices.Equal(got, []string{"nats.internal", "ca.invalid"}) {
		t.Errorf("%q", got)
	}
}

func TestATakenPortIsLeftOnThisMachineAndStopsAServerOfTheNetwork(t *testing.T) {
	taken, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	a, _ := running(t, func(c *config.Config) { c.Relay = taken.LocalAddr().String() })
	if a.relay.Addr().String() == taken.LocalAddr().String() {
		t.Error("two sockets on one port")
	}
	o, _ := onLoopback(t, func(c *config.Config) {
		c.Domain, c.Relay, c.RelayAddress = "r.example", taken.LocalAddr().String(), "192.0.2.1"
	})
	if _, err := New(t.Context(), o); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("error %v", err)
	}
}

func TestWithoutRelayNobodyIsToldOfOne(t *testing.T) {
	a, _ := running(t, func(c *config.Config) { c.Relay = "" })
	if servers, _ := a.iceServers(live(t, a).Participant); len(servers) != 0 {
		t.Errorf("%+v", servers)
	}
	if a.turn != nil || a.relay != nil {
		t.Error("there is one")
	}
}
