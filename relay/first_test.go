package relay

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v4"

	"ridealong/internal/batch"
)

// TestEveryFirstByteIsOneKind is RFC 7983's table, less what has no business here.
func TestEveryFirstByteIsOneKind(t *testing.T) {
	for b := range 256 {
		want := other
		switch {
		case b <= 3:
			want = stunMessage
		case b == 22: // a handshake; 20..63 are DTLS's and TLS's
			want = tlsRecord
		case b >= 64 && b <= 127: // beyond 79 by RFC 5766, which coturn's client goes by
			want = channelData
		}
		if got := kindOf(byte(b)); got != want {
			t.Errorf("%d: %d, want %d", b, got, want)
		}
	}
}

// vectors are RFC 5769 §2's: a request, an IPv4 response, an IPv6 response, and a request with long-term authentication.
var vectors = []struct {
	name, message, password string
	answer                  string // XOR-MAPPED-ADDRESS
	long                    [3]string
}{
	{name: "2.1 a request", password: "VOkJxbRl1RmTxUk/WvJxBt", message: `000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74
		002400046e0001ff80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf`},
	{name: "2.2 an IPv4 response", password: "VOkJxbRl1RmTxUk/WvJxBt", answer: "192.0.2.1:32853", message: `0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220
		002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96`},
	{name: "2.3 an IPv6 response", password: "VOkJxbRl1RmTxUk/WvJxBt", answer: "[2001:db8:1234:5678:11:2233:4455:6677]:32853", message: `010100482112a442b7e7a701bc34d686fa87dfae
		8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c`},
	{name: "2.4 long-term authentication", long: [3]string{"\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9", "example.org", "TheMatrIX"}, message: `000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382afe382b900000015001c662f2f3439396b39353464364f4c33346f4c394653547679363473
		410014000b6578616d706c652e6f72670000080014f67024656dd64a3e02b8e0712e85c9a28ca89666`},
}

func TestTheVectorsOfRFC5769(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			message, err := hex.DecodeString(strings.Join(strings.Fields(v.message), ""))
			if err != nil {
				t.Fatal(err)
			}
			if !isSTUN(message) || !proves(message) || kindOf(message[0]) != stunMessage {
				t.Error("the entry does not let it pass")
			}
			for n := range message {
				if isSTUN(message[:n]) {
					t.Errorf("cut to %d bytes it passes", n)
				}
			}
			m := &stun.Message{Raw: message}
			if err := m.Decode(); err != nil {
				t.Fatal(err)
			}
			key := stun.NewShortTermIntegrity(v.password)
			if v.password == "" {
				key = stun.NewLongTermIntegrity(v.long[0], v.long[1], v.long[2])
			}
			if err := key.Check(m); err != nil {
				t.Error(err)
			}
			if v.password != "" {
				if err := stun.Fingerprint.Check(m); err != nil {
					t.Error(err)
				}
			}
			if v.answer != "" {
				var a stun.XORMappedAddress
				if err := a.GetFrom(m); err != nil || a.String() != v.answer {
					t.Errorf("%v (%v), want %s", a, err, v.answer)
				}
			}
			for i := range message[:len(message)-8] { // any bit of what is protected
				bad := &stun.Message{Raw: bytes.Clone(message)}
				bad.Raw[i] ^= 1
				if bad.Decode() == nil && key.Check(bad) == nil {
					t.Errorf("byte %d can be changed", i)
				}
			}
		})
	}
}

// still is a relay without sockets.
func still() (*Server, *line, *line) {
	s := &Server{
		Config: Config{Credentials: NewCredentials([]byte("key")), Admission: Opposite{}, Metrics: nothing{}},
		budget: newBudget(), pace: newPace(), legs: &legs{all: map[client]*stream{}, sources: map[netip.Prefix]int{}},
	}
	s.board = newBoard(netip.MustParseAddr("203.0.113.7"), s.Admission, Limits{Rate: 1 << 40, Bytes: 1 << 60}, s.drop)
	one, _ := s.board.open(customer("s"))
	two, _ := s.board.open(agent("s"))
	s.board.settle(one.port, client{local: 1}, &leap{})
	s.board.settle(two.port, client{local: 2}, &leap{})
	s.board.bind(two.port, netip.AddrPortFrom(s.board.address, one.port), 0x4001)
	s.board.bind(one.port, netip.AddrPortFrom(s.board.address, two.port), 0x4000)
	return s, one, two
}

type nothing struct{}

func (nothing) Allocated()          {}
func (nothing) Released()           {}
func (nothing) RelayDropped(string) {}
func (nothing) RelayRefused()       {}

func seeds(f *testing.F) {
	for _, v := range vectors {
		message, _ := hex.DecodeString(strings.Join(strings.Fields(v.message), ""))
		f.Add(message)
	}
	for _, p := range [][]byte{
		{}, {0}, {0x40, 0}, {0x40, 0, 0, 4, 1, 2, 3, 4}, {0x40, 0, 0xff, 0xff, 1}, {0x40, 1, 0, 0}, {0x4f, 0xff, 0, 1, 1, 0, 0, 0}, {22, 3, 1, 0, 5}, {0x80, 0, 0, 0},
		{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		{0, 3, 0, 4, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0xff, 0xff},
		{0, 3, 0, 4, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0},
	} {
		f.Add(p)
	}
}

// fed is a socket that one read brings packets of.
type fed struct {
	packets []batch.Packet
	sent    int
}

func (s *fed) Read() (packets []batch.Packet, err error) {
	packets, s.packets = s.packets, nil
	if packets == nil {
		return nil, net.ErrClosed
	}
	return packets, nil
}
func (s *fed) Send(p []byte, _ netip.AddrPort) error { s.sent += len(p); return nil }
func (s *fed) Batch(int) batch.Batch                 { return s }
func (s *fed) Add(p []byte, to netip.AddrPort)       { _ = s.Send(p, to) }
func (s *fed) Flush() int                            { return 0 }
func (s *fed) LocalAddr() net.Addr                   { return &net.UDPAddr{Port: 1} }
func (s *fed) Close() error                          { return nil }

// FuzzDatagram: what goes on to pion is a whole STUN message, and what is switched is not longer than what came.
func FuzzDatagram(f *testing.F) {
	seeds(f)
	s, _, two := still()
	out := two.leg.(*leap)
	f.Fuzz(func(t *testing.T, p []byte) {
		if len(p) > mtu {
			return
		}
		s.budget.sources.Purge() // each input finds the same relay
		before := out.sent
		d := s.datagrams(&fed{packets: []batch.Packet{{Data: bytes.Clone(p)}, {Data: []byte{0x40}}, {Data: bytes.Clone(p)}}})
		buffer := make([]byte, mtu)
		for {
			n, _, err := d.ReadFrom(buffer)
			if err != nil {
				break
			}
			if !isSTUN(buffer[:n]) || !bytes.Equal(buffer[:n], p) {
				t.Errorf("%x goes on, of %x", buffer[:n], p)
			}
		}
		if sent := out.sent - before; sent > 2*max(0, len(p)-4) {
			t.Errorf("%d bytes of twice %d", sent, len(p))
		}
	})
}

// FuzzStream: whatever comes, ends; what goes on to pion are whole STUN messages.
func FuzzStream(f *testing.F) {
	seeds(f)
	f.Add(bytes.Repeat([]byte{0x40, 0, 0, 1, 9, 0, 0, 0}, 20))
	s, one, two := still()
	f.Fuzz(func(t *testing.T, p []byte) {
		near, far := net.Pipe()
		st := s.stream(near)
		if st == nil {
			t.Fatal("it is not taken")
		}
		go func() {
			_, _ = far.Write(p)
			_ = far.Close()
		}()
		goesThrough(t, s, st, one, two, p)
		if n := len(s.legs.all) + len(s.legs.sources); n != 0 {
			t.Errorf("%d entries are left", n)
		}
	})
}

// FuzzFrame: the checks of a STUN frame never read past it, and agree with pion's.
func FuzzFrame(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, p []byte) {
		if !isSTUN(p) {
			return
		}
		if int(binary.BigEndian.Uint16(p[2:])) != len(p)-stunHeader {
			t.Error("its length is not what it says")
		}
		m := &stun.Message{Raw: bytes.Clone(p)}
		if m.Decode() == nil && m.Type.Class != stun.ClassIndication && m.Contains(stun.AttrMessageIntegrity) != proves(p) {
			t.Errorf("proves %v, pion sees it otherwise: %x", proves(p), p)
		}
	})
}

// FuzzUsername: a username is a holder's or refused, and one that is read is made of what names are made of.
func FuzzUsername(f *testing.F) {
	c := NewCredentials([]byte("key"))
	username, _ := c.Mint(customer("s"), time.Unix(0, 0))
	for _, name := range []string{username, "", "....", "1.zz.c.s.p", "1.-1.c.s.p", "1.0.x.s.p", "1.0.c..p", "2.0.c.s.p", "1.zzzzzzzzzzzzzzzzzz.a.s.p", "1.0.c.s.p\x00", "1.0.c.ſ.p"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		h, _, err := c.holder(name)
		if err != nil {
			if h != (Holder{}) {
				t.Errorf("%q is refused and %+v", name, h)
			}
			return
		}
		if !isName(h.Session) || !isName(h.Participant) || h.Side != Customer && h.Side != Agent || len(name) > 256 {
			t.Errorf("%q is %+v", name, h)
		}
	})
}
