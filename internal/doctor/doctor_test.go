package doctor

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestTheFirstThingThatIsWrongWithACertificateIsSaid(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now, day := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), 24*time.Hour
	for name, tt := range map[string]struct {
		host        string
		from, until time.Duration
		stranger    bool // to the roots
		want        verdict
		says        string
	}{
		"good":            {"relay.example", -day, 60 * day, false, ok, "for relay.example until 2026-07-31"},
		"14 days left":    {"relay.example", -day, 14 * day, false, ok, "until 2026-06-15"},
		"13 days left":    {"relay.example", -day, 13*day + time.Hour, false, warn, "ends in 13 days, on 2026-06-14"},
		"expired":         {"relay.example", -9 * day, -day, false, fail, "expired on 2026-05-31"},
		"not yet valid":   {"relay.example", day, 9 * day, false, fail, "valid from 2026-06-02 only"},
		"of another name": {"other.example", -day, 60 * day, false, fail, "not for other.example, but for relay.example"},
		"of a stranger":   {"relay.example", -day, 60 * day, true, fail, "do not trust it"},
	} {
		t.Run(name, func(t *testing.T) {
			template := &x509.Certificate{
				SerialNumber: big.NewInt(1), DNSNames: []string{"relay.example"}, NotBefore: now.Add(tt.from), NotAfter: now.Add(tt.until), IsCA: true, BasicConstraintsValid: true,
			}
			made, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
			if err != nil {
				t.Fatal(err)
			}
			certificate, err := x509.ParseCertificate(made)
			if err != nil {
				t.Fatal(err)
			}
			roots := x509.NewCertPool()
			if !tt.stranger {
				roots.AddCert(certificate)
			}
			f := checkCertificate([]*x509.Certificate{certificate}, tt.host, now, roots)
			if f.verdict != tt.want || !strings.Contains(f.text, tt.says) {
				t.Errorf("%+v, want %s %s", f, tt.want, tt.says)
			}
		})
	}
}

func TestClocksMayDifferByHalfAMinute(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	for date, want := range map[string]verdict{
		"Mon, 01 Jun 2026 12:00:30 GMT": ok, "Mon, 01 Jun 2026 11:59:30 GMT": ok, "Mon, 01 Jun 2026 12:00:31 GMT": warn, "Mon, 01 Jun 2026 11:59:00 GMT": warn, "": skip,
	} {
		if f := checkClock(date, now); f.verdict != want {
			t.Errorf("%q: %+v, want %s", date, f, want)
		}
	}
}

// A proxy that knows no WebSocket, and has a page for everything; its port is also what the relay's is taken for.
func TestWhatSomethingElseAnswersFailsAndCannotMoveTheCursor(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<h1>\x1b[2JIt works!</h1>") }))
	defer proxy.Close()
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if Examine(t.Context(), &out, Options{URL: u, RelayPort: u.Port(), Transports: []string{"tcp"}, Secret: "0123456789abcdef"}) {
		t.Error("healthy")
	}
	for _, want := range []string{"fail  http         /healthz answers 200 OK, and not", "fail  websocket    /ws/peer does not open", "skip  certificate", "fail  relay tcp ", "skip  round trip   the relay does not answer"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("want %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(printable("a\x1b[2J\u009bb"), "\x1b") || printable("\u009b") != " " {
		t.Error("control characters pass")
	}
}

func TestAServerThatIsNotThereFailsAndNamesThePort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	var out bytes.Buffer
	if Examine(t.Context(), &out, Options{URL: &url.URL{Scheme: "https", Host: "127.0.0.1:" + port}}) {
		t.Error("healthy")
	}
	if n := strings.Count(out.String(), "Open TCP "+port+" in the firewall"); n != 2 {
		t.Errorf("the port is named %d times in\n%s", n, out.String())
	}
	out.Reset()
	if Examine(t.Context(), &out, Options{URL: &url.URL{Scheme: "https", Host: "nowhere.invalid"}}) || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("a name that there is not: %s", out.String())
	}
}
