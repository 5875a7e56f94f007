package relay

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// probeRTO is how long a probe waits before it sends again over UDP.
const probeRTO = 300 * time.Millisecond

// ErrNotTURN is an answer of something that is no TURN server.
var ErrNotTURN = errors.New("relay: what answers there is not a TURN server")

// Way is how a probe comes to a relay, from the outside as browsers do.
type Way struct {
	Network, Address string      // of net.Dial
	TLS              *tls.Config // nil without
}

// connected makes datagrams of a connected socket, whose errors say that nobody listens.
type connected struct{ net.Conn }

func (c connected) ReadFrom(p []byte) (int, net.Addr, error) {
	n, err := c.Read(p)
	return n, c.RemoteAddr(), err
}

func (c connected) WriteTo(p []byte, _ net.Addr) (int, error) { return c.Write(p) }

// open connects; the connection ends with ctx at the latest.
func (w Way) open(ctx context.Context) (conn net.PacketConn, server string, err error) {
	stream, err := (&net.Dialer{}).DialContext(ctx, w.Network, w.Address)
	if err != nil {
		return nil, "", err
	}
	server = stream.RemoteAddr().String()
	if w.TLS != nil {
		secure := tls.Client(stream, w.TLS)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = stream.Close()
			return nil, "", err
		}
		stream = secure
	}
	if _, ok := stream.RemoteAddr().(*net.UDPAddr); ok {
		return connected{stream}, server, nil
	}
	return turn.NewSTUNConn(stream), server, nil
}

// Binding asks for the address that the relay sees, which needs no credential, and returns it.
func Binding(ctx context.Context, w Way) (string, error) {
	conn, _, err := w.open(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	request, err := stun.Build(stun.TransactionID, stun.BindingRequest)
	if err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	_, datagrams := conn.(connected)
	buffer := make([]byte, mtu)
	for {
		if _, err := conn.WriteTo(request.Raw, nil); err != nil {
			return "", why(ctx, err)
		}
		if datagrams {
			_ = conn.SetReadDeadline(time.Now().Add(probeRTO))
		}
		n, _, err := conn.ReadFrom(buffer)
		if timeout := net.Error(nil); datagrams && errors.As(err, &timeout) && timeout.Timeout() && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return "", why(ctx, err)
		}
		answer := &stun.Message{Raw: bytes.Clone(buffer[:n])}
		var seen stun.XORMappedAddress
		if answer.Decode() != nil || answer.TransactionID != request.TransactionID || seen.GetFrom(answer) != nil {
			return "", ErrNotTURN
		}
		return seen.String(), nil
	}
}

// why is the context's end rather than what it closed.
func why(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// Probe sends a packet from one allocation to another and back, both opened for a session that there is not.
func Probe(ctx context.Context, w Way, c *Credentials) error {
	name := make([]byte, 12)
	_, _ = rand.Read(name)
	session := "doctor-" + base64.RawURLEncoding.EncodeToString(name)
	var ends [2]net.PacketConn
	for i, holder := range []Holder{{session, "customer", Customer}, {session, "agent", Agent}} {
		conn, server, err := w.open(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		username, password := c.Mint(holder, time.Now())
		client, err := turn.NewClient(&turn.ClientConfig{
			STUNServerAddr: server, TURNServerAddr: server, Conn: conn, Username: username, Password: password, Realm: realm,
			RTO: probeRTO, RequestedAddressFamily: turn.RequestedAddressFamilyIPv4, LoggerFactory: quiet{},
		})
		if err == nil {
			err = client.Listen()
		}
		if err != nil {
			return err
		}
		defer client.Close()
		stop := context.AfterFunc(ctx, func() { _ = conn.Close(); client.Close() })
		defer stop()
		if ends[i], err = client.AllocateWithContext(ctx); err != nil {
			return fmt.Errorf("allocate: %w", why(ctx, err))
		}
		defer func() { _ = ends[i].Close() }()
		if err := client.CreatePermission(&net.UDPAddr{IP: ends[0].LocalAddr().(*net.UDPAddr).IP}); err != nil {
			return fmt.Errorf("permission: %w", why(ctx, err))
		}
	}
	if err := pass(ctx, ends[0], ends[1], "there "+session); err != nil {
		return err
	}
	return pass(ctx, ends[1], ends[0], "and back "+session)
}

// pass sends a text until it arrives: the first may be lost.
func pass(ctx context.Context, from, to net.PacketConn, text string) error {
	buffer := make([]byte, mtu)
	for ctx.Err() == nil {
		if _, err := from.WriteTo([]byte(text), to.LocalAddr()); err != nil {
			return fmt.Errorf("send: %w", why(ctx, err))
		}
		_ = to.SetReadDeadline(time.Now().Add(probeRTO))
		n, _, err := to.ReadFrom(buffer)
		if err == nil && string(buffer[:n]) == text {
			return nil
		}
	}
	return ctx.Err()
}
