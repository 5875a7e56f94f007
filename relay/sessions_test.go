package relay

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// TestNoSessionReachesAnotherByAnyRequest has every side of several sessions try every other's relayed address in every way, while each
// pair goes on talking.
func TestNoSessionReachesAnotherByAnyRequest(t *testing.T) {
	b := start(t)
	type end struct {
		*probing
		at     netip.AddrPort
		holder Holder
	}
	var ends []end
	codes := map[int]int{}
	var nonce stun.Nonce
	for i := range 6 {
		for j, h := range []Holder{customer(fmt.Sprint("s", i)), agent(fmt.Sprint("s", i)), {fmt.Sprint("s", i), "second", Customer}} {
			network := []string{"udp", "tcp"}[(i+j)%2]
			r := b.raw(t, network, fmt.Sprint("127.0.0.", 1+i), h)
			r.nonce = nonce
			at := r.allocate()
			nonce = r.nonce
			ends = append(ends, end{&probing{raw: r, fine: map[[12]byte]bool{}, codes: codes}, at, h})
		}
	}
	probes := 0
	for i, from := range ends {
		for j, to := range ends {
			number := uint16(0x4000 + j) //nolint:gosec // small
			if (Opposite{}).Connects(from.holder, to.holder) {
				if code := from.do(stun.MethodChannelBind, channel(number), peer(to.at)); code != 0 {
					t.Fatalf("no channel between the two of a session: %d", code)
				}
				continue
			}
			// What is asked for by address may be granted: nobody can tell who is behind it. No packet comes of it.
			from.request(stun.MethodCreatePermission, true, peer(to.at))
			from.indicate(to.at, "let me in")
			from.request(stun.MethodChannelBind, true, channel(number), peer(to.at))
			from.say(number, "let me in")
			from.request(stun.MethodConnect, false, peer(to.at))
			from.request(stun.MethodConnectionBind, false, attribute(stun.AttrConnectionID, 0, 0, byte(i), byte(j)))
			probes += 6
			if j%5 == 4 {
				from.settle("across sessions")
			}
		}
		from.settle("across sessions")
	}
	for _, e := range ends {
		if text := e.hears(20 * time.Millisecond); text != "" {
			t.Errorf("%+v heard %q", e.holder, text)
		}
	}
	// Somebody else's credential and nonce do not help, and neither does another's place: an allocation is its owner's.
	for i, from := range ends {
		other := ends[(i+3)%len(ends)]
		name, password := from.username, from.password
		for _, forged := range [][2]string{{other.username, password}, {name, other.password}, {other.username, other.password}, {name + "x", password}, {"1." + name, password}} {
			from.username, from.password = forged[0], forged[1]
			for _, method := range []stun.Method{stun.MethodCreatePermission, stun.MethodChannelBind} {
				m := from.build(method, stun.ClassRequest, channel(0x5000), peer(other.at))
				from.send(m.Raw)
				probes++
			}
		}
		from.username, from.password = name, password
		from.settle("with forged credentials")
	}
	for i := 0; i < len(ends); i += 3 {
		customer, agent := ends[i], ends[i+1]
		for _, way := range [][2]int{{i, i + 1}, {i + 1, i}} {
			ends[way[0]].say(uint16(0x4000+way[1]), "hello") //nolint:gosec // small
			if text := ends[way[1]].hears(5 * time.Second); text != "hello" {
				t.Errorf("%+v and %+v: heard %q", customer.holder, agent.holder, text)
			}
		}
	}
	if probes < 400 {
		t.Errorf("%d probes only", probes)
	}
	t.Logf("%d probes across %d allocations of 6 sessions, answers by code %v; %d packets were dropped as strangers'", probes, len(ends), codes, b.dropped("stranger"))
}

// TestNoWayAroundTheQuotaOfAllocations tries by other participants, sides, transports and addresses.
func TestNoWayAroundTheQuotaOfAllocations(t *testing.T) {
	b := start(t)
	first := b.raw(t, "udp", "", customer("s"))
	probes, open := 0, 0
	first.meet()
	for i := range 120 {
		h := Holder{"s", fmt.Sprint("p", i%7), []Side{Customer, Agent}[i%2]}
		r := b.raw(t, []string{"udp", "tcp"}[i/2%2], fmt.Sprint("127.0.0.", 1+i%5), h)
		r.nonce = first.nonce
		code := r.do(stun.MethodAllocate, overUDP, lifetime(uint32(600+i))) //nolint:gosec // small
		again := r.do(stun.MethodAllocate, overUDP, attribute(stun.AttrEvenPort, 0x80))
		if code == 0 {
			open++
		} else if code != 486 || again == 0 {
			t.Errorf("refused by %d and %d", code, again)
		}
		probes += 2
	}
	if open != 4 || b.Allocations() != 4 {
		t.Errorf("%d were opened, %d are open", open, b.Allocations())
	}
	t.Logf("%d probes, %d allocations", probes, open)
}

// TestASessionHasItsBytesAndNoMore, not by way of new allocations either.
func TestASessionHasItsBytesAndNoMore(t *testing.T) {
	const most = 10_000
	b := start(t, func(c *Config) { c.Limits.Bytes = most })
	text := string(make([]byte, 1000))
	one, two := b.pair(t, "s")
	heard := 0
	for range 30 {
		one.say(0x4000, text)
		if one.do(stun.MethodRefresh, lifetime(600)); two.hears(50*time.Millisecond) != "" {
			heard += len(text)
		}
	}
	if heard != most {
		t.Errorf("%d bytes passed, want %d", heard, most)
	}
	for _, r := range []*raw{one, two} {
		if code := r.do(stun.MethodRefresh, lifetime(0)); code != 0 {
			t.Fatal(code)
		}
	}
	eventually(t, "both have ended", func() bool { return b.Allocations() == 0 })
	one, two = b.pair(t, "s", "tcp", "tcp")
	one.say(0x4000, "once more")
	two.say(0x4001, "once more")
	if heard := one.hears(100*time.Millisecond) + two.hears(100*time.Millisecond); heard != "" {
		t.Errorf("heard %q", heard)
	}
	if one, two := b.pair(t, "another"); true {
		one.say(0x4000, "mine")
		if two.hears(5*time.Second) != "mine" {
			t.Error("another session has nothing either")
		}
	}
	t.Logf("%d bytes passed, %d packets were dropped for the quota", heard, b.dropped("quota"))
}

// TestASessionSendsNoFasterThanItMay goes by the clock of the board, so that nothing is timed.
func TestASessionSendsNoFasterThanItMay(t *testing.T) {
	now := time.Unix(1000, 0)
	out := &leap{}
	b := newBoard(netip.MustParseAddr("203.0.113.7"), Opposite{}, Limits{Rate: 10_000}, func(dropReason) {})
	b.now = func() time.Time { return now }
	one, _ := b.open(customer("s"))
	two, _ := b.open(agent("s"))
	b.settle(one.port, client{local: 1}, out)
	b.settle(two.port, client{local: 2}, out)
	b.bind(one.port, netip.AddrPortFrom(b.address, two.port), 0x4000)
	b.bind(two.port, netip.AddrPortFrom(b.address, one.port), 0x4001)
	message := make([]byte, 1004)
	for range 50 { // 5 s, and each side tries ten times as much as both may
		for range 100 {
			for from, number := range []uint16{0x4000, 0x4001} {
				binary.BigEndian.PutUint16(message, number)
				binary.BigEndian.PutUint16(message[2:], 1000)
				b.mu.RLock()
				b.channelData(client{local: uint16(1 + from)}, message, nil) //nolint:gosec // small
				b.mu.RUnlock()
			}
		}
		now = now.Add(100 * time.Millisecond)
	}
	if out.sent < 50_000 || out.sent > 60_000 {
		t.Errorf("%d bytes in 5 s, want 50,000 and one second's more at most", out.sent)
	}
}

// leap is a leg to nowhere that counts.
type leap struct{ sent int }

func (l *leap) send(message []byte, _ *courier) bool {
	l.sent += len(message) - 4
	return true
}
