// A relay beside HTTPS on one port, as internal/app puts the two together: for clients over TLS, and to fuzz that entry.

package relay

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"ridealong/internal/oneport"
)

// identity is the certificate of every relay here, and who trusts it.
var identity = sync.OnceValues(func() (server, client *tls.Config) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	made, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		panic(err)
	}
	parsed, _ := x509.ParseCertificate(made)
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	server = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{made}, PrivateKey: private}}, NextProtos: []string{"h2", "http/1.1"},
		DynamicRecordSizingDisabled: true, SessionTicketsDisabled: true, MinVersion: tls.VersionTLS12,
	}
	return server, &tls.Config{RootCAs: roots, ServerName: "localhost", MinVersion: tls.VersionTLS12}
})

// secured gives a relay a port of TLS, to which clients come as by network "tls". Nobody serves HTTP there.
func secured(t testing.TB) func(*Config) {
	t.Helper()
	var open net.ListenConfig
	raw, err := open.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, _ := identity()
	port := oneport.New(raw, server)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for conn, err := port.HTTP().Accept(); err == nil; conn, err = port.HTTP().Accept() {
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = port.Close()
		<-ended
	})
	return func(c *Config) { c.Streams = append(c.Streams, port.TURN()) }
}

// piped is a listener of connections in memory.
type piped struct {
	conns  chan net.Conn
	closed context.Context
	close  context.CancelFunc
}

func newPiped() *piped {
	p := &piped{conns: make(chan net.Conn)}
	p.closed, p.close = context.WithCancel(context.Background())
	return p
}

func (p *piped) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed.Done():
		return nil, net.ErrClosed
	}
}
func (p *piped) Close() error { p.close(); return nil }
func (*piped) Addr() net.Addr { return &net.TCPAddr{} }

// ending is a connection that says when it is closed.
type ending struct {
	net.Conn
	once sync.Once
	gone chan struct{}
}

func (e *ending) Close() error {
	e.once.Do(func() { close(e.gone) })
	return e.Conn.Close()
}

// taken is what a listener gives, one at a time.
func taken(l net.Listener) <-chan net.Conn {
	conns := make(chan net.Conn)
	go func() {
		defer close(conns)
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			conns <- conn
		}
	}()
	return conns
}

// entries of FuzzTLS: what stands in ALPN, or that there is no TLS at all.
var entries = []struct {
	plain     bool
	protocols []string
}{{}, {protocols: []string{"stun.turn"}}, {protocols: []string{"http/1.1"}}, {protocols: []string{"h2"}}, {plain: true}}

// FuzzTLS: what comes to the port of HTTPS goes whole to the one whose it is, by ALPN or by its first byte; the relay passes on whole STUN
// messages and switches no more than came. Without a handshake it goes to nobody. Whatever it is, it ends, and nothing of it is left.
func FuzzTLS(f *testing.F) {
	server, client := identity()
	inside := newPiped()
	port := oneport.New(inside, server)
	s, one, two := still()
	turns, https := taken(streams{port.TURN(), s}), taken(port.HTTP())
	f.Cleanup(func() {
		_ = port.Close()
		<-turns
		<-https
	})
	f.Fuzz(func(t *testing.T, p []byte, entry, cut byte) {
		e := entries[int(entry)%len(entries)]
		near, far := net.Pipe()
		defer func() { _ = far.Close() }()
		gone := make(chan struct{})
		inside.conns <- &ending{Conn: near, gone: gone}
		to := far
		if !e.plain {
			config := client.Clone()
			config.NextProtos = e.protocols
			secure := tls.Client(far, config)
			if err := secure.HandshakeContext(t.Context()); err != nil {
				t.Fatal(err)
			}
			to = secure
		}
		go func() { _, _ = io.Copy(io.Discard, far) }()
		go func() { // in two records, so that a message may come in parts
			at := min(len(p), int(cut))
			_, _ = to.Write(p[:at])
			_, _ = to.Write(p[at:])
			_ = far.Close()
		}()
		own := len(e.protocols) > 0 && e.protocols[0] == "stun.turn" || len(e.protocols) == 0 && len(p) > 0 && kindOf(p[0]) == stunMessage
		switch {
		case e.plain, len(e.protocols) == 0 && len(p) == 0:
		case own:
			st := (<-turns).(*stream)
			goesThrough(t, s, st, one, two, p)
		default:
			conn := <-https
			got, _ := io.ReadAll(conn)
			if !bytes.Equal(got, p) {
				t.Errorf("HTTP reads %x of %x", got, p)
			}
			_ = conn.Close()
		}
		<-gone
		select {
		case <-turns:
			t.Error("the relay got what is not its own")
		case <-https:
			t.Error("HTTP got what is not its own")
		default:
		}
		if n := len(s.legs.all) + len(s.legs.sources); n != 0 {
			t.Errorf("%d entries are left", n)
		}
	})
}

// goesThrough reads a stream of one allocation to its end, as pion does, and looks at what comes of it.
func goesThrough(t *testing.T, s *Server, st *stream, one, two *line, p []byte) {
	t.Helper()
	out := two.leg.(*leap)
	before := out.sent
	s.board.settle(one.port, st.from, &leap{})
	buffer := make([]byte, mtu)
	for {
		n, err := st.Read(buffer)
		if err != nil {
			break
		}
		if !isSTUN(buffer[:n]) || !bytes.Contains(p, buffer[:n]) {
			t.Errorf("%x goes on, of %x", buffer[:n], p)
		}
	}
	if st.in.Size() > readSize || len(st.rest) > mtu {
		t.Errorf("%d bytes are held to be read, and %d of a message", st.in.Size(), len(st.rest))
	}
	_ = st.Close()
	if sent := out.sent - before; sent > len(p) {
		t.Errorf("%d bytes of %d", sent, len(p))
	}
}
