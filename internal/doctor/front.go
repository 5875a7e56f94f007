package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"ridealong/internal/wsconn"
)

const (
	soon = 14 * 24 * time.Hour // a certificate that was not renewed by then is worth a word
	skew = 30 * time.Second    // clocks that differ by more
)

func (e *examination) certificate(ctx context.Context) finding {
	if !e.secure() {
		return is(skip, "the URL is not https; browsers let customers share over https only, or on this machine")
	}
	stream, err := (&net.Dialer{}).DialContext(ctx, "tcp", e.front())
	if err != nil {
		return is(fail, "nothing at TCP %s: %v. Open TCP %s in the firewall (https-listen).", e.front(), reason(err), e.port())
	}
	defer func() { _ = stream.Close() }()
	conn := tls.Client(stream, e.tls())
	if err := conn.HandshakeContext(ctx); err != nil {
		return is(fail, "no TLS at %s: %v. Set domain, or certificate and certificate-key.", e.front(), reason(err))
	}
	return checkCertificate(conn.ConnectionState().PeerCertificates, e.URL.Hostname(), time.Now(), e.Roots)
}

// checkCertificate says the first thing that is wrong, as browsers would.
func checkCertificate(chain []*x509.Certificate, host string, now time.Time, roots *x509.CertPool) finding {
	leaf := chain[0]
	from, until := leaf.NotBefore.UTC().Format(time.DateOnly), leaf.NotAfter.UTC().Format(time.DateOnly)
	const renew = "ACME renews by itself: look at the log, and open TCP 80 and 443; a certificate of your own: replace the file (certificate)."
	switch {
	case now.Before(leaf.NotBefore):
		return is(fail, "valid from %s only. Look at the clocks, here and of who made it.", from)
	case now.After(leaf.NotAfter):
		return is(fail, "expired on %s. %s", until, renew)
	case leaf.VerifyHostname(host) != nil:
		return is(fail, "not for %s, but for %s. Set domain, or replace the file (certificate).", host, strings.Join(leaf.DNSNames, ", "))
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now}); err != nil {
		return is(fail, "browsers do not trust it: %v. The file (certificate) has to hold the whole chain.", err)
	}
	if left := leaf.NotAfter.Sub(now); left < soon {
		return is(warn, "ends in %d days, on %s. %s", int(left.Hours()/24), until, renew)
	}
	return is(ok, "for %s until %s", host, until)
}

// client speaks HTTP/1.1, which WebSocket needs, and comes to the address that was looked up.
func (e *examination) client() *http.Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", e.front())
	}
	return &http.Client{
		Transport:     &http.Transport{DialContext: dial, TLSClientConfig: e.tls(), DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (e *examination) at(path string) string {
	return e.URL.Scheme + "://" + e.URL.Host + path
}

func (e *examination) http(ctx context.Context) finding {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, e.at("/healthz"), http.NoBody)
	if err != nil {
		return is(fail, "%v", err)
	}
	asked := time.Now()
	answer, err := e.client().Do(request)
	if err != nil {
		return is(fail, "nothing answers at %s: %v. Open TCP %s in the firewall, and see that the server runs.", e.front(), reason(err), e.port())
	}
	defer answer.Body.Close()
	e.clock = checkClock(answer.Header.Get("Date"), asked.Add(time.Since(asked)/2))
	body, err := io.ReadAll(io.LimitReader(answer.Body, 100))
	if err != nil || answer.StatusCode != http.StatusOK || strings.TrimSpace(string(body)) != "ok" {
		return is(fail, "/healthz answers %s, and not as Ridealong does. See that the name or the proxy leads to it.", answer.Status)
	}
	return is(ok, "/healthz answers in %d ms", time.Since(asked).Milliseconds())
}

// checkClock compares the server's Date with the clock here.
func checkClock(date string, now time.Time) finding {
	theirs, err := http.ParseTime(date)
	if err != nil {
		return is(skip, "the answer has no date")
	}
	apart := theirs.Sub(now).Round(time.Second)
	if apart.Abs() > skew {
		return is(warn, "the server's clock is %v off the one here. Credentials of the relay and certificates go by it: use NTP on both.", apart)
	}
	return is(ok, "the server's and the one here agree")
}

// websocket says what is no message of the protocol, and has to be sent away with a code: both directions pass then.
func (e *examination) websocket(ctx context.Context) finding {
	const proxy = "A proxy before the server has to pass Upgrade and Connection for /ws/."
	conn, err := wsconn.Dial(ctx, e.at("/ws/peer"), "", e.client())
	if err != nil {
		return is(fail, "/ws/peer does not open: %v. %s", reason(err), proxy)
	}
	defer func() { _ = conn.CloseNow() }()
	if err := conn.Write(ctx, true, []byte("doctor")); err == nil {
		_, _, err = conn.Read(ctx)
		if code := wsconn.CodeOf(err); err == nil || code != -1 {
			return is(ok, "/ws/peer opens and answers")
		}
	}
	return is(fail, "/ws/peer opens, and then nothing comes through. %s", proxy)
}

// reason is an error without what the line says already.
func reason(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("no answer in " + Patience.String())
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}
