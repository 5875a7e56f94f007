package oneport

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house serves HTTP and, for TURN, an echo with a mark of its own.
type house struct {
	*Port
	roots *x509.CertPool
}

func start(t testing.TB, patience time.Duration) house {
	t.Helper()
	with := httptest.NewUnstartedServer(nil)
	with.StartTLS() // for its certificate
	config, roots := with.TLS.Clone(), x509.NewCertPool()
	roots.AddCert(with.Certificate())
	with.Close()
	config.NextProtos = []string{"h2", "http/1.1", "acme-tls/1"}
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := open(raw, config, patience)
	server := &http.Server{ReadHeaderTimeout: time.Second, ErrorLog: log.New(io.Discard, "", 0), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	})}
	done := make(chan struct{}, 2)
	go func() {
		_ = server.Serve(p.HTTP())
		done <- struct{}{}
	}()
	go func() {
		for {
			conn, err := p.TURN().Accept()
			if err != nil {
				done <- struct{}{}
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
				message := make([]byte, 4)
				if _, err := io.ReadFull(conn, message); err == nil {
					_, _ = conn.Write(append([]byte("turn"), message...))
				}
			}()
		}
	}()
	t.Cleanup(func() {
		_ = p.Close()
		_ = server.Close()
		<-done
		<-done
	})
	return house{p, roots}
}

func (h house) dial(t testing.TB, protocols ...string) *tls.Conn {
	t.Helper()
	conn, err := tls.Dial("tcp", h.raw.Addr().String(), &tls.Config{RootCAs: h.roots, ServerName: "example.com", NextProtos: protocols})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	return conn
}

// answerTo four bytes: "turn…" or the beginning of HTTP's.
func answerTo(t testing.TB, conn net.Conn, first []byte) string {
	t.Helper()
	if _, err := conn.Write(first); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 8)
	n, _ := io.ReadFull(conn, answer)
	return string(answer[:n])
}

func TestWithoutALPNEveryFirstByteDecides(t *testing.T) {
	h := start(t, Patience)
	for b := range 256 {
		first := []byte{byte(b), ' ', '/', '\n'}
		answer := answerTo(t, h.dial(t), append(first, "\r\n\r\n"...))
		// RFC 7983: 0 to 3 is STUN. Nothing that is not STUN begins a TURN stream: the rest is HTTP's to answer or to refuse.
		if isTURN := strings.HasPrefix(answer, "turn"); isTURN != (b <= 3) || isTURN && answer != "turn"+string(first) {
			t.Errorf("%d: answered %q", b, answer)
		}
	}
}

func TestHTTPAndTURNOnOnePort(t *testing.T) {
	h := start(t, Patience)
	for _, h2 := range []bool{true, false} {
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: h.roots, ServerName: "example.com"}, ForceAttemptHTTP2: h2}
		client := http.Client{Transport: transport, Timeout: 5 * time.Second}
		answer, err := client.Get("https://" + h.raw.Addr().String() + "/")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		transport.CloseIdleConnections()
		if want := map[bool]string{true: "HTTP/2.0", false: "HTTP/1.1"}[h2]; string(body) != want {
			t.Errorf("answered over %s, want %s", body, want)
		}
	}
	// A client of HTTP that knows no ALPN.
	conn := h.dial(t)
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer, err)
	}
	_ = answer.Body.Close()
	for _, protocols := range [][]string{nil, {"stun.turn"}, {"stun.nat-discovery"}, {"http/1.1", "stun.turn", "stun.nat-discovery"}} {
		if got := answerTo(t, h.dial(t, protocols...), []byte{0, 3, 0, 0}); got != "turn\x00\x03\x00\x00" {
			t.Errorf("%q: %q", protocols, got)
		}
	}
}

func TestWhatALPNSaysIsNotAskedOfTheFirstByte(t *testing.T) {
	h := start(t, Patience)
	for _, protocol := range []string{"http/1.1", "h2", "acme-tls/1"} {
		if got := answerTo(t, h.dial(t, protocol), []byte{0, 3, 0, 0}); strings.HasPrefix(got, "turn") {
			t.Errorf("%s: %q", protocol, got)
		}
	}
}

func TestPlainHTTPIsToldThatThisIsHTTPS(t *testing.T) {
	h := start(t, Patience)
	conn, err := net.Dial("tcp", h.raw.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
	if answer, _ := io.ReadAll(conn); !bytes.Contains(answer, []byte("HTTPS")) {
		t.Errorf("%q", answer)
	}
}

func TestSilentConnectionsKeepNobodyOutAndEndWithThePort(t *testing.T) {
	h := start(t, Patience)
	var silent []net.Conn
	for range 50 { // before the handshake, and after it
		conn, err := net.Dial("tcp", h.raw.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		silent = append(silent, conn, h.dial(t))
	}
	if got := answerTo(t, h.dial(t), []byte{0, 1, 0, 0}); !strings.HasPrefix(got, "turn") {
		t.Errorf("answered %q", got)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	for _, conn := range silent {
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, net.ErrClosed) {
			t.Errorf("still open: %v", err)
		}
	}
	if _, err := h.TURN().Accept(); !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

func TestASilentConnectionIsGivenUp(t *testing.T) {
	h := start(t, time.Second) // long enough for the handshakes of a busy machine
	plain, err := net.Dial("tcp", h.raw.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = plain.Close() }()
	for _, conn := range []net.Conn{plain, h.dial(t)} {
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		var timeout net.Error
		if _, err := conn.Read(make([]byte, 1)); err == nil || errors.As(err, &timeout) && timeout.Timeout() {
			t.Errorf("still open: %v", err)
		}
	}
}

func TestOneSourceTakesNoMoreThanItsShare(t *testing.T) {
	u := undecided{sources: map[netip.Prefix]int{}}
	one, other := netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("2001:db8::/64")
	for range MaxPerSource {
		if !u.add(one) {
			t.Fatal("refused below the limit")
		}
	}
	if u.add(one) || !u.add(other) {
		t.Error("the limit is not the source's own")
	}
	u.remove(one)
	if !u.add(one) {
		t.Error("what went is still counted")
	}
	for range MaxPerSource {
		u.remove(one)
	}
	u.remove(other)
	if u.all != 0 || len(u.sources) != 0 {
		t.Errorf("%d are left, %v", u.all, u.sources)
	}
}
