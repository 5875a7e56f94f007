// A client made of raw messages, for what no client library would say.

package relay

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// raw is a client that says exactly what it is told to, also what no decent one would.
type raw struct {
	t                  testing.TB
	conn               net.Conn
	stream             bool
	username, password string
	nonce              stun.Nonce
	data               [][]byte // what came besides answers
}

// raw dials over "udp", "tcp" or, at a relay that is secured, "tls", from a source address on loopback.
func (b bench) raw(t testing.TB, network, source string, h Holder) *raw {
	t.Helper()
	d := net.Dialer{Timeout: 5 * time.Second}
	if source != "" && network == "udp" {
		d.LocalAddr = &net.UDPAddr{IP: net.ParseIP(source)}
	} else if source != "" {
		d.LocalAddr = &net.TCPAddr{IP: net.ParseIP(source)}
	}
	var conn net.Conn
	var err error
	if network == "tls" {
		_, client := identity()
		conn, err = (&tls.Dialer{NetDialer: &d, Config: client}).DialContext(t.Context(), "tcp", b.Streams[0].Addr().String())
	} else {
		conn, err = d.DialContext(t.Context(), network, b.Addr().String())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	r := &raw{t: t, conn: conn, stream: network != "udp"}
	r.username, r.password = b.Credentials.Mint(h, time.Now())
	return r
}

// attribute is one of a type that pion/stun has no words for.
func attribute(kind stun.AttrType, value ...byte) stun.Setter {
	return stun.RawAttribute{Type: kind, Value: value}
}

var (
	overUDP = attribute(stun.AttrRequestedTransport, 17, 0, 0, 0)
	overTCP = attribute(stun.AttrRequestedTransport, 6, 0, 0, 0)
)

func lifetime(seconds uint32) stun.Setter {
	return attribute(stun.AttrLifetime, binary.BigEndian.AppendUint32(nil, seconds)...)
}

func channel(number uint16) stun.Setter {
	return attribute(stun.AttrChannelNumber, byte(number>>8), byte(number), 0, 0)
}

// peer is XOR-PEER-ADDRESS.
type peer netip.AddrPort

func (p peer) AddTo(m *stun.Message) error {
	a := netip.AddrPort(p)
	value := []byte{0, 1, 0, 0}
	if a.Addr().Is6() {
		value[1] = 2
	}
	binary.BigEndian.PutUint16(value[2:], a.Port()^uint16(stunMagic>>16))
	mask := append(binary.BigEndian.AppendUint32(nil, stunMagic), m.TransactionID[:]...)
	for i, octet := range a.Addr().AsSlice() {
		value = append(value, octet^mask[i])
	}
	m.Add(stun.AttrXORPeerAddress, value)
	return nil
}

// build makes a request or an indication; a request proves the credential once a nonce is known.
func (r *raw) build(method stun.Method, class stun.MessageClass, attributes ...stun.Setter) *stun.Message {
	setters := append([]stun.Setter{stun.NewTransactionIDSetter(stun.NewTransactionID()), stun.NewType(method, class)}, attributes...)
	if class == stun.ClassRequest && r.nonce != nil {
		setters = append(setters, stun.NewUsername(r.username), stun.NewRealm(realm), r.nonce,
			stun.MessageIntegrity(turn.GenerateAuthKey(r.username, realm, r.password)))
	}
	m, err := stun.Build(setters...)
	if err != nil {
		r.t.Fatal(err)
	}
	return m
}

func (r *raw) send(p []byte) {
	r.t.Helper()
	if _, err := r.conn.Write(p); err != nil {
		r.t.Fatal(err)
	}
}

// read is the next message, or nil when none comes in that time.
func (r *raw) read(within time.Duration) []byte {
	_ = r.conn.SetReadDeadline(time.Now().Add(within))
	p := make([]byte, 2*mtu)
	if !r.stream {
		n, err := r.conn.Read(p)
		if err != nil {
			return nil
		}
		return p[:n]
	}
	if _, err := io.ReadFull(r.conn, p[:4]); err != nil {
		return nil
	}
	length := stunHeader + int(binary.BigEndian.Uint16(p[2:]))
	if kindOf(p[0]) == channelData {
		length = (4 + int(binary.BigEndian.Uint16(p[2:])) + 3) &^ 3
	}
	_ = r.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.ReadFull(r.conn, p[4:length]); err != nil {
		return nil
	}
	return p[:length]
}

// answer sends a request, again if it gets lost, and waits for what is said to it; nil when nothing is.
func (r *raw) answer(m *stun.Message, within time.Duration) *stun.Message {
	r.t.Helper()
	for end := time.Now().Add(within); ; {
		r.send(m.Raw)
		again := time.Until(end)
		if !r.stream {
			again = min(again, 500*time.Millisecond)
		}
		for again > 0 {
			start := time.Now()
			p := r.read(again)
			again -= time.Since(start)
			if p == nil {
				break
			}
			answer := &stun.Message{Raw: p}
			if kindOf(p[0]) == stunMessage && answer.Decode() == nil && answer.TransactionID == m.TransactionID {
				return answer
			}
			r.data = append(r.data, p)
		}
		if r.stream || time.Now().After(end) {
			return nil
		}
	}
}

// do proves the credential and returns 0, or the code of the error that was answered, or -1 for no answer.
func (r *raw) do(method stun.Method, attributes ...stun.Setter) int {
	r.t.Helper()
	code, _ := r.ask(method, attributes...)
	return code
}

func (r *raw) ask(method stun.Method, attributes ...stun.Setter) (int, *stun.Message) {
	r.t.Helper()
	for range 3 {
		answer := r.answer(r.build(method, stun.ClassRequest, attributes...), 5*time.Second)
		if answer == nil {
			return -1, nil
		}
		code := codeOf(answer)
		var nonce stun.Nonce
		if (code == 401 && r.nonce == nil || code == 438) && nonce.GetFrom(answer) == nil {
			r.nonce = nonce
			continue
		}
		return code, answer
	}
	return -1, nil
}

// codeOf is the error code of an answer, 0 for success.
func codeOf(m *stun.Message) int {
	var code stun.ErrorCodeAttribute
	if m.Type.Class != stun.ClassErrorResponse || code.GetFrom(m) != nil {
		return 0
	}
	return int(code.Code)
}

// meet gets a nonce.
func (r *raw) meet() {
	r.t.Helper()
	if answer := r.answer(r.build(stun.MethodAllocate, stun.ClassRequest, overUDP), 5*time.Second); answer == nil || r.nonce.GetFrom(answer) != nil {
		r.t.Fatal("no nonce")
	}
}

// allocate opens an allocation and says its relayed address.
func (r *raw) allocate(attributes ...stun.Setter) netip.AddrPort {
	r.t.Helper()
	code, answer := r.ask(stun.MethodAllocate, append([]stun.Setter{overUDP}, attributes...)...)
	if code != 0 {
		r.t.Fatalf("no allocation: %d", code)
	}
	return relayedOf(r.t, answer)
}

func relayedOf(t testing.TB, m *stun.Message) netip.AddrPort {
	t.Helper()
	var relayed stun.XORMappedAddress
	if err := relayed.GetFromAs(m, stun.AttrXORRelayedAddress); err != nil {
		t.Fatal(err)
	}
	a, _ := netip.AddrFromSlice(relayed.IP)
	return netip.AddrPortFrom(a.Unmap(), uint16(relayed.Port)) //nolint:gosec // a port
}

// indicate sends a Send indication.
func (r *raw) indicate(to netip.AddrPort, data string, attributes ...stun.Setter) {
	r.t.Helper()
	r.send(r.build(stun.MethodSend, stun.ClassIndication, append([]stun.Setter{peer(to), attribute(stun.AttrData, []byte(data)...)}, attributes...)...).Raw)
}

// say sends ChannelData.
func (r *raw) say(number uint16, data string) {
	r.t.Helper()
	p := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, number), uint16(len(data))) //nolint:gosec // short
	p = append(p, data...)
	for r.stream && len(p)%4 != 0 {
		p = append(p, 0)
	}
	r.send(p)
}

// hears is the payload of the next message that carries one, "" when none comes in that time.
func (r *raw) hears(within time.Duration) string {
	r.t.Helper()
	for end := time.Now().Add(within); ; {
		var p []byte
		if len(r.data) > 0 {
			p, r.data = r.data[0], r.data[1:]
		} else if p = r.read(time.Until(end)); p == nil {
			return ""
		}
		if kindOf(p[0]) == channelData {
			return string(p[4 : 4+binary.BigEndian.Uint16(p[2:])])
		}
		m := &stun.Message{Raw: p}
		if m.Decode() == nil && m.Type.Method == stun.MethodData {
			data, _ := m.Get(stun.AttrData)
			return string(data)
		}
	}
}

// pair is a customer and an agent of a session with a channel to each other.
func (b bench) pair(t testing.TB, session string, networks ...string) (one, two *raw) {
	t.Helper()
	networks = append(networks, "udp", "udp")
	one, two = b.raw(t, networks[0], "", customer(session)), b.raw(t, networks[1], "", agent(session))
	ofOne, ofTwo := one.allocate(), two.allocate()
	for _, bound := range []int{one.do(stun.MethodChannelBind, channel(0x4000), peer(ofTwo)), two.do(stun.MethodChannelBind, channel(0x4001), peer(ofOne))} {
		if bound != 0 {
			t.Fatalf("no channel: %d", bound)
		}
	}
	return one, two
}
