// Package doctor looks at a server from the outside in, as browsers come to it, and says of each way whether it works and what to do
// where it does not. It changes nothing there, and each look ends within Patience.
package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"ridealong/relay"
)

// Patience is how long one look waits.
const Patience = 3 * time.Second

// Options of an examination.
type Options struct {
	// URL is the server's public one.
	URL *url.URL
	// RelayHost is where the relay is, if not at the URL's host; RelayPort is empty without a relay.
	RelayHost, RelayPort string
	// Transports are those that browsers are offered: udp, tcp, tls.
	Transports []string
	// Secret is the one of the relay's credentials; empty leaves the round trip out.
	Secret string
	// Roots are the system's when nil.
	Roots *x509.CertPool
}

type verdict string

const (
	ok   verdict = "ok"
	warn verdict = "warn"
	fail verdict = "fail"
	skip verdict = "skip"
)

// finding is one line.
type finding struct {
	verdict verdict
	text    string
}

func is(v verdict, format string, args ...any) finding {
	return finding{v, fmt.Sprintf(format, args...)}
}

// examination is what is known so far.
type examination struct {
	Options
	out     io.Writer
	healthy bool
	address netip.Addr  // of the URL's host
	clock   finding     // from HTTP's answer
	ways    []relay.Way // to the relay, those that answer
}

// Examine writes a line for each look and reports whether none failed.
func Examine(ctx context.Context, out io.Writer, o Options) bool {
	e := &examination{Options: o, out: out, healthy: true, clock: is(skip, "HTTP does not answer")}
	for _, look := range []struct {
		name string
		look func(context.Context) finding
	}{
		{"name", e.name},
		{"certificate", e.certificate},
		{"http", e.http},
		{"clock", func(context.Context) finding { return e.clock }},
		{"websocket", e.websocket},
		{"relay udp", func(ctx context.Context) finding { return e.relay(ctx, "udp") }},
		{"relay tcp", func(ctx context.Context) finding { return e.relay(ctx, "tcp") }},
		{"relay tls", func(ctx context.Context) finding { return e.relay(ctx, "tls") }},
		{"round trip", e.roundTrip},
	} {
		within, cancel := context.WithTimeout(ctx, Patience)
		f := look.look(within)
		cancel()
		fmt.Fprintf(out, "%-4s  %-11s  %s\n", f.verdict, look.name, printable(f.text))
		e.healthy = e.healthy && f.verdict != fail
		if look.name == "name" && f.verdict == fail {
			break // nothing else can be asked
		}
	}
	return e.healthy
}

// printable keeps what a server sends from moving the terminal's cursor.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, text)
}

func (e *examination) name(ctx context.Context) finding {
	host := e.URL.Hostname()
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(found) == 0 {
		return is(fail, "%s has no address: %v. Give it an A record of the server's address.", host, err)
	}
	// The relay is asked over IPv4 where there is any: browsers try both, and over UDP nobody says which one is dead.
	slices.SortStableFunc(found, func(a, b netip.Addr) int { return a.Unmap().BitLen() - b.Unmap().BitLen() })
	e.address = found[0].Unmap()
	texts := make([]string, 0, len(found))
	for _, a := range found {
		if text := a.Unmap().String(); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return is(ok, "%s is %s", host, strings.Join(texts, ", "))
}

// port is the URL's.
func (e *examination) port() string {
	if p := e.URL.Port(); p != "" {
		return p
	}
	if e.secure() {
		return "443"
	}
	return "80"
}

func (e *examination) secure() bool { return e.URL.Scheme == "https" }

// front is where HTTP is listened to.
func (e *examination) front() string { return net.JoinHostPort(e.address.String(), e.port()) }

// tls believes any certificate: what is wrong with it is a line of its own, and nothing that is secret is sent.
func (e *examination) tls() *tls.Config {
	return &tls.Config{ServerName: e.URL.Hostname(), InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
}
