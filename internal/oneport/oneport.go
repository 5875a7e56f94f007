// Package oneport serves HTTPS and TURN over TLS on one port.
//
// Guarantees: a connection goes to one of the two, whole: what was read to decide is read again by whoever gets it. HTTP gets the
// *tls.Conn itself where ALPN decides, which is what HTTP/2 needs. A client that is slow or silent costs one goroutine for Patience
// at most, and no more than MaxUndecided wait at a time, of one source no more than MaxPerSource. After Close both listeners give net.ErrClosed, and what nobody took is closed.
package oneport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// Patience is for the handshake and the first byte together.
	Patience = 10 * time.Second
	// MaxUndecided connections wait for their handshake or their first byte.
	MaxUndecided = 8192
	MaxPerSource = 128
	// breath is taken when no connection can be accepted.
	breath = 20 * time.Millisecond
)

// ALPN of TURN (RFC 7443). Browsers send none for it.
const (
	protocolTURN = "stun.turn"
	protocolSTUN = "stun.nat-discovery"
)

// Port is one listening socket with two kinds of connections.
type Port struct {
	raw       net.Listener
	config    *tls.Config
	patience  time.Duration
	undecided undecided
	http      listener
	turn      listener
	closed    chan struct{}
	once      sync.Once
	group     sync.WaitGroup
	ctx       context.Context
	cancel    context.CancelFunc
}

// New takes over a listener of TCP. The config has the protocols of HTTP; those of TURN are added.
func New(raw net.Listener, config *tls.Config) *Port { return open(raw, config, Patience) }

func open(raw net.Listener, config *tls.Config, patience time.Duration) *Port {
	config = config.Clone()
	config.NextProtos = append([]string{protocolTURN, protocolSTUN}, config.NextProtos...) // first: coturn's clients offer http/1.1 besides
	p := &Port{raw: raw, config: config, patience: patience, undecided: undecided{sources: map[netip.Prefix]int{}}, closed: make(chan struct{})}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.http, p.turn = listener{p, make(chan net.Conn)}, listener{p, make(chan net.Conn)}
	p.group.Go(p.accept)
	return p
}

// HTTP gives what is to be served as HTTP; its connections are *tls.Conn but for clients without ALPN.
func (p *Port) HTTP() net.Listener { return p.http }

// TURN gives what is TURN inside TLS.
func (p *Port) TURN() net.Listener { return p.turn }

// Close ends both listeners and waits for what is undecided.
func (p *Port) Close() (err error) {
	p.once.Do(func() {
		close(p.closed)
		p.cancel()
		err = p.raw.Close()
	})
	p.group.Wait()
	return err
}

func (p *Port) accept() {
	for {
		conn, err := p.raw.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(breath) // out of files, most likely
			continue
		}
		source := sourceOf(conn)
		if !p.undecided.add(source) {
			_ = conn.Close()
			continue
		}
		p.group.Go(func() {
			defer p.undecided.remove(source)
			p.route(conn)
		})
	}
}

// route decides whose a connection is and hands it over.
func (p *Port) route(raw net.Conn) {
	ctx, cancel := context.WithTimeout(p.ctx, p.patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	defer stop()
	conn := tls.Server(raw, p.config)
	if err := conn.HandshakeContext(ctx); err != nil {
		explain(raw, err)
		_ = raw.Close()
		return
	}
	to, decided, err := p.owner(conn)
	if err != nil || !stop() {
		_ = raw.Close()
		return
	}
	select {
	case to.conns <- decided:
	case <-ctx.Done(): // nobody takes it, or the port is closed
		_ = raw.Close()
	}
}

// explain answers a request of plain HTTP, as net/http does.
func explain(raw net.Conn, err error) {
	var record tls.RecordHeaderError
	if errors.As(err, &record) && record.Conn != nil && record.RecordHeader[0] >= 'A' && record.RecordHeader[0] <= 'Z' {
		_, _ = io.WriteString(raw, "HTTP/1.0 400 Bad Request\r\n\r\nThis port speaks HTTPS.\n")
	}
}

// owner goes by ALPN, and where there is none by the first byte.
func (p *Port) owner(conn *tls.Conn) (listener, net.Conn, error) {
	switch conn.ConnectionState().NegotiatedProtocol {
	case "":
	case protocolTURN, protocolSTUN:
		return p.turn, conn, nil
	default: // h2, http/1.1, and acme-tls/1, which is over after its handshake
		return p.http, conn, nil
	}
	first := make([]byte, 1)
	if _, err := conn.Read(first); err != nil {
		return listener{}, nil, err
	}
	begun := &begun{Conn: conn, first: first}
	if isSTUN(first[0]) {
		return p.turn, begun, nil
	}
	return p.http, begun, nil
}

// isSTUN goes by RFC 7983 §7. Every TURN client begins with a STUN message; ChannelData (64 to 79) cannot come first, and these bytes
// are the letters that requests of HTTP begin with.
func isSTUN(first byte) bool { return first <= 3 }

// begun is a connection of which the first byte was read.
type begun struct {
	net.Conn
	first []byte
}

// NetConn is the connection under it, for who asks how much waits there.
func (b *begun) NetConn() net.Conn { return b.Conn }

// Read implements net.Conn.
func (b *begun) Read(p []byte) (int, error) {
	if len(b.first) > 0 && len(p) > 0 {
		n := copy(p, b.first)
		b.first = b.first[n:]
		return n, nil
	}
	return b.Conn.Read(p)
}

// listener is one of the two kinds.
type listener struct {
	port  *Port
	conns chan net.Conn
}

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.port.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener. The port has one life: either kind's end is that of both.
func (l listener) Close() error { return l.port.Close() }

// Addr implements net.Listener.
func (l listener) Addr() net.Addr { return l.port.raw.Addr() }
