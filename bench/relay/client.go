package main

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/pion/stun/v4"

	"ridealong/internal/batch"
	"ridealong/relay"
)

const (
	channel = 0x4000
	mtu     = 1600
	// idle is UDP for clients that say little and are many.
	idle = "idle"
)

var errTURN = errors.New("refused")

// addresses counts the clients: each has a loopback address of its own, as clients of the world have.
var addresses atomic.Uint32

func ownAddress() net.IP {
	n := addresses.Add(1)
	return net.IPv4(127, byte(1+n>>16%64), byte(n>>8), byte(n)) //nolint:gosec // the bytes of a number
}

// client has one allocation.
type client struct {
	socket batch.Socket // over UDP
	conn   net.Conn     // over TCP and TLS
	to     netip.AddrPort
	relay  netip.AddrPort
	realm  stun.Realm
	nonce  stun.Nonce
	user   stun.Username
	proof  stun.MessageIntegrity
	word   string
}

// connect opens an allocation.
func connect(ctx context.Context, s *server, transport, session string, side relay.Side) (*client, error) {
	user, password := s.credentials(session, side)
	c := &client{user: stun.NewUsername(user), word: password, to: netip.MustParseAddrPort(s.addr)}
	own := ownAddress()
	var err error
	dial := net.Dialer{LocalAddr: &net.TCPAddr{IP: own}, Timeout: 5 * time.Second}
	switch transport {
	case "udp", idle:
		var sockets []batch.Socket
		// Real clients send one by one: no segments.
		if sockets, err = batch.Listen(ctx, batch.Options{Address: own.String() + ":0", Size: mtu, Impatient: true, Portable: transport == idle}); err == nil {
			c.socket = sockets[0]
		}
	case "tcp":
		c.conn, err = dial.DialContext(ctx, "tcp", s.addr)
	default:
		var conn net.Conn
		if conn, err = dial.DialContext(ctx, "tcp", s.secure); err == nil {
			c.conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a bench on loopback
		}
	}
	if err != nil {
		return nil, err
	}
	return c, c.allocate(user)
}

func (c *client) allocate(user string) error {
	transport := stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{17, 0, 0, 0}}
	refusal, err := c.ask(stun.MethodAllocate, transport)
	if err != nil {
		return err
	}
	if err := errors.Join(c.realm.GetFrom(refusal), c.nonce.GetFrom(refusal)); err != nil {
		return fmt.Errorf("the first answer: %w", err)
	}
	c.proof = stun.NewLongTermIntegrity(user, c.realm.String(), c.word)
	answer, err := c.ask(stun.MethodAllocate, transport)
	if err != nil {
		return err
	}
	var relayed stun.XORMappedAddress
	if err := relayed.GetFromAs(answer, stun.AttrXORRelayedAddress); err != nil {
		return fmt.Errorf("allocate: %w: %v", errTURN, answer)
	}
	ip, _ := netip.AddrFromSlice(relayed.IP)
	c.relay = netip.AddrPortFrom(ip.Unmap(), uint16(relayed.Port)) //nolint:gosec // a port
	return nil
}

// bind binds the channel to a peer.
func (c *client) bind(peer netip.AddrPort) error {
	number := binary.BigEndian.AppendUint16(nil, channel)
	answer, err := c.ask(stun.MethodChannelBind, stun.RawAttribute{Type: stun.AttrChannelNumber, Value: append(number, 0, 0)}, at{peer})
	if err != nil {
		return err
	}
	if answer.Type.Class != stun.ClassSuccessResponse {
		return fmt.Errorf("bind: %w: %v", errTURN, answer)
	}
	return nil
}

// close ends the allocation; it waits for no answer, for another reads.
func (c *client) close() {
	request, err := c.request(stun.MethodRefresh, stun.RawAttribute{Type: stun.AttrLifetime, Value: make([]byte, 4)})
	if c.socket == nil {
		_ = c.conn.Close()
		return
	}
	if err == nil {
		_ = c.socket.Send(request.Raw, c.to)
	}
	_ = c.socket.Close()
}

// at is XOR-PEER-ADDRESS.
type at struct{ netip.AddrPort }

// AddTo implements stun.Setter.
func (a at) AddTo(m *stun.Message) error {
	return stun.XORMappedAddress{IP: a.Addr().AsSlice(), Port: int(a.Port())}.AddToAs(m, stun.AttrXORPeerAddress)
}

func (c *client) request(method stun.Method, setters ...stun.Setter) (*stun.Message, error) {
	all := append([]stun.Setter{stun.TransactionID, stun.NewType(method, stun.ClassRequest)}, setters...)
	if c.proof != nil {
		all = append(all, c.user, c.realm, c.nonce, c.proof)
	}
	return stun.Build(all...)
}

func (c *client) ask(method stun.Method, setters ...stun.Setter) (*stun.Message, error) {
	request, err := c.request(method, setters...)
	if err != nil {
		return nil, err
	}
	if c.conn != nil {
		_ = c.conn.SetDeadline(time.Now().Add(5 * time.Second))
		defer func() { _ = c.conn.SetDeadline(time.Time{}) }()
		if _, err := c.conn.Write(request.Raw); err != nil {
			return nil, err
		}
		return c.answer(request)
	}
	if err := c.socket.Send(request.Raw, c.to); err != nil {
		return nil, err
	}
	again := time.AfterFunc(300*time.Millisecond, func() { _ = c.socket.Send(request.Raw, c.to) })
	never := time.AfterFunc(5*time.Second, func() { _ = c.socket.Close() })
	defer again.Stop()
	defer never.Stop()
	return c.answer(request)
}

// answer waits for that of a request and passes over everything else.
func (c *client) answer(request *stun.Message) (*stun.Message, error) {
	for {
		var raw []byte
		if c.conn != nil {
			p, err := c.message()
			if err != nil {
				return nil, err
			}
			raw = p
		} else {
			packets, err := c.socket.Read()
			if err != nil {
				return nil, err
			}
			if len(packets) == 0 {
				time.Sleep(100 * time.Microsecond)
				continue
			}
			raw = packets[0].Data
		}
		m := &stun.Message{Raw: append([]byte(nil), raw...)}
		if stun.IsMessage(raw) && m.Decode() == nil && m.TransactionID == request.TransactionID {
			return m, nil
		}
	}
}

// message reads one message of a stream.
func (c *client) message() ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(c.conn, head); err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint16(head[2:])) + 16 // what is left of the header
	if head[0] >= 0x40 {
		length = (length - 16 + 3) &^ 3
	}
	message := append(head, make([]byte, length)...)
	_, err := io.ReadFull(c.conn, message[4:])
	return message, err
}
