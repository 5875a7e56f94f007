package relay

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// talker is a client that talks ChannelData over a connection of its own.
type talker struct {
	net.Conn
	t       *testing.T
	stream  bool
	relayed netip.AddrPort
}

// talker opens an allocation over "udp" or "tcp".
func (b bench) talker(t *testing.T, network string, h Holder) *talker {
	t.Helper()
	conn, err := net.Dial(network, b.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	r := &talker{Conn: conn, t: t, stream: network == "tcp"}
	username, password := b.Credentials.Mint(h, time.Now())
	transport := stun.RawAttribute{Type: stun.AttrRequestedTransport, Value: []byte{17, 0, 0, 0}}
	var nonce stun.Nonce
	if err := nonce.GetFrom(r.ask(stun.MethodAllocate, transport)); err != nil {
		t.Fatal(err)
	}
	proof := []stun.Setter{stun.NewUsername(username), stun.NewRealm(realm), nonce, stun.NewLongTermIntegrity(username, realm, password)}
	answer := r.ask(stun.MethodAllocate, append([]stun.Setter{transport}, proof...)...)
	var address stun.XORMappedAddress
	if err := address.GetFromAs(answer, stun.AttrXORRelayedAddress); err != nil {
		t.Fatal(answer, err)
	}
	ip, _ := netip.AddrFromSlice(address.IP)
	r.relayed = netip.AddrPortFrom(ip.Unmap(), uint16(address.Port))
	return r
}

// bind binds channel 0x4000 of each of two clients to the other.
func bind(t *testing.T, b bench, one, two *talker) {
	t.Helper()
	b.board.bind(one.relayed.Port(), two.relayed, 0x4000)
	b.board.bind(two.relayed.Port(), one.relayed, 0x4000)
}

func (r *talker) ask(method stun.Method, setters ...stun.Setter) *stun.Message {
	r.t.Helper()
	m, err := stun.Build(append([]stun.Setter{stun.TransactionID, stun.NewType(method, stun.ClassRequest)}, setters...)...)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.Write(m.Raw); err != nil {
		r.t.Fatal(err)
	}
	p := make([]byte, mtu)
	_ = r.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := r.Read(p)
	if err != nil {
		r.t.Fatal(err)
	}
	answer := &stun.Message{Raw: p[:n]}
	if err := answer.Decode(); err != nil {
		r.t.Fatal(err)
	}
	return answer
}

// packet is ChannelData, padded on a stream.
func (r *talker) packet(text string) []byte {
	p := binary.BigEndian.AppendUint16([]byte{0x40, 0}, uint16(len(text)))
	p = append(p, text...)
	if r.stream {
		p = append(p, padding[:-len(p)&3]...)
	}
	return p
}

// texts reads what comes until there are count of them.
func (r *talker) texts(count int) (all []string) {
	r.t.Helper()
	_ = r.SetReadDeadline(time.Now().Add(5 * time.Second))
	var held []byte
	for p := make([]byte, 64<<10); len(all) < count; {
		n, err := r.Read(p)
		if err != nil {
			r.t.Fatalf("after %d of %d: %v", len(all), count, err)
		}
		for held = append(held, p[:n]...); len(held) >= 4; {
			length := 4 + int(binary.BigEndian.Uint16(held[2:]))
			if length > len(held) {
				break
			}
			all = append(all, string(held[4:length]))
			if r.stream {
				length = (length + 3) &^ 3
			}
			held = held[min(length, len(held)):]
		}
	}
	return all
}

func TestPacketsOfOneClientKeepTheirOrderAndTheirTextOverEveryPath(t *testing.T) {
	const count = 400
	for _, portable := range []bool{false, true} {
		for _, pair := range [][2]string{{"udp", "udp"}, {"tcp", "udp"}, {"udp", "tcp"}, {"tcp", "tcp"}} {
			t.Run(fmt.Sprintf("%s to %s, portable %v", pair[0], pair[1], portable), func(t *testing.T) {
				b := start(t, func(c *Config) { c.portable = portable })
				one, two := b.talker(t, pair[0], customer("s")), b.talker(t, pair[1], agent("s"))
				bind(t, b, one, two)
				for first := 0; first < count; first += 50 { // few enough for the system's buffers
					var want []string
					var together []byte
					for i := range 50 {
						text := fmt.Sprintf("%d%*s", first+i, i*13%90, "")
						want = append(want, text)
						if pair[0] == "tcp" {
							together = append(together, one.packet(text)...)
							continue
						}
						_, _ = one.Write(one.packet(text))
					}
					for len(together) > 0 { // cut where no message ends
						n := min(len(together), 777)
						_, _ = one.Write(together[:n])
						together = together[n:]
					}
					for i, text := range two.texts(50) {
						if text != want[i] {
							t.Fatalf("packet %d is %q, want %q", first+i, text, want[i])
						}
					}
				}
			})
		}
	}
}

func TestWhatAStreamDoesNotTakeIsDroppedAndCounted(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.Rate, c.Limits.Bytes = 1<<30, 1<<40 })
	one, two := b.talker(t, "tcp", customer("s")), b.talker(t, "tcp", agent("s"))
	bind(t, b, one, two)
	text := string(make([]byte, 1200))
	for range 200 { // until the system's buffers are full too: two reads nothing
		for range 200 {
			_, _ = one.Write(one.packet(text))
		}
		if b.dropped("slow") > 0 {
			break
		}
	}
	if b.dropped("slow") == 0 {
		t.Fatal("nothing was dropped")
	}
	st := b.legs.of(client{addr: addrPort(two.LocalAddr()), local: b.Addr().Port(), tcp: true})
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.queue) > queueSize {
		t.Errorf("%d bytes wait, want %d at most", len(st.queue), queueSize)
	}
}

func TestSwitchingAPacketTakesNoMemory(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.Rate, c.Limits.Bytes = 1<<30, 1<<40 })
	one, two := b.talker(t, "udp", customer("s")), b.talker(t, "udp", agent("s"))
	bind(t, b, one, two)
	d := b.udp[0]
	out := courier{server: b.Server, out: d.Batch(batchSize), now: time.Now()}
	from := client{addr: addrPort(one.LocalAddr()), local: b.Addr().Port()}
	packet := one.packet("text")
	if n := testing.AllocsPerRun(100, func() {
		binary.BigEndian.PutUint16(packet, 0x4000)
		b.board.mu.RLock()
		b.board.channelData(from, packet, &out)
		b.board.mu.RUnlock()
		out.flush()
	}); n > 0 {
		t.Errorf("%v allocations for a packet", n)
	}
	if got := two.texts(1); got[0] != "text" {
		t.Errorf("got %q", got)
	}
}
