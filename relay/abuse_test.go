package relay

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// eventually waits for a condition.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// entries is how many entries the tables of a relay have that grow with its clients.
func (b bench) entries() (count int) {
	b.board.mu.RLock()
	defer b.board.mu.RUnlock()
	b.legs.mu.Lock()
	defer b.legs.mu.Unlock()
	return len(b.board.ports) + len(b.board.clients) + len(b.board.sessions) + len(b.legs.all) + len(b.legs.sources)
}

// TestTenThousandAllocationsLeaveNothing ends them in every way there is: a Refresh of zero seconds, Revoke, the end of the stream, and
// a lifetime that runs out. Raw messages, so that it takes seconds.
func TestTenThousandAllocationsLeaveNothing(t *testing.T) {
	const workers, cycles = 8, 1400 // a tenth is left out, of what would have to expire
	b := start(t)
	first := b.raw(t, "udp", "", customer("first"))
	first.meet()
	before := runtime.NumGoroutine()
	var ends [4]int
	var mu sync.Mutex
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			r := b.raw(t, "udp", "", customer("s"))
			r.nonce = first.nonce
			for i := range cycles {
				session := fmt.Sprintf("s%d-%d", w, i)
				r.username, r.password = b.Credentials.Mint(customer(session), time.Now())
				end := 0
				if i%10 > 6 {
					end = i%10 - 6
				}
				switch end {
				case 0:
					address := r.allocate()
					if i%2 == 0 {
						r.do(stun.MethodChannelBind, channel(0x4000), peer(netip.AddrPortFrom(address.Addr(), 50000)))
					}
					if code := r.do(stun.MethodRefresh, lifetime(0)); code != 0 {
						t.Errorf("not closed: %d", code)
					}
				case 1:
					r.allocate()
					b.Revoke(session)
					// pion lets go of it in its own time, and until then says that there is one.
					eventually(t, "pion lets go", func() bool { return r.do(stun.MethodAllocate, overUDP, lifetime(0)) == 508 })
				case 2:
					st := b.raw(t, "tcp", "", customer(session))
					st.nonce = first.nonce
					st.allocate()
					_ = st.conn.Close()
				case 3:
					if i%100 != 99 {
						continue
					}
					lone := b.raw(t, "udp", "", customer(session))
					lone.nonce = first.nonce
					lone.allocate(lifetime(1))
				}
				mu.Lock()
				ends[end]++
				mu.Unlock()
			}
		})
	}
	group.Wait()
	eventually(t, "no table has an entry", func() bool { return b.entries() == 0 })
	eventually(t, "no goroutine more than before", func() bool { return runtime.NumGoroutine() <= before })
	if kept := b.board.ended.Len(); kept > endedSessions {
		t.Errorf("%d ended sessions are kept", kept)
	}
	if all := ends[0] + ends[1] + ends[2] + ends[3]; all < 10_000 {
		t.Errorf("%d allocations only", all)
	}
	t.Logf("allocations closed %d, revoked %d, with their stream %d, expired %d; %d table entries, %d goroutines more than before",
		ends[0], ends[1], ends[2], ends[3], b.entries(), runtime.NumGoroutine()-before)
}

// nonsense are datagrams that prove nothing, by what they are.
func nonsense(b bench, r *raw) map[string][]byte {
	junk := attribute(stun.AttrMessageIntegrity, make([]byte, 20)...)
	named := []stun.Setter{stun.NewUsername(r.username), stun.NewRealm(realm), stun.NewNonce("abc"), junk}
	var unknown []stun.Setter
	for i := range 300 {
		unknown = append(unknown, attribute(stun.AttrType(0x7000+i))) //nolint:gosec // small
	}
	request := func(method stun.Method, s ...stun.Setter) []byte { return r.build(method, stun.ClassRequest, s...).Raw }
	foreign := NewCredentials(nil)
	username, password := foreign.Mint(customer("live"), time.Now())
	stranger := &raw{t: r.t, username: username, password: password, nonce: r.nonce}
	cut := request(stun.MethodAllocate, overUDP)
	long := make([]byte, 1500)
	copy(long, request(stun.MethodBinding))
	return map[string][]byte{
		"a binding request":                   request(stun.MethodBinding),
		"a request without credential":        request(stun.MethodAllocate, overUDP),
		"a refresh without credential":        request(stun.MethodRefresh),
		"a made-up integrity":                 request(stun.MethodAllocate, overUDP, junk),
		"a made-up integrity and nonce":       request(stun.MethodAllocate, append([]stun.Setter{overUDP}, named...)...),
		"a made-up integrity of no length":    request(stun.MethodAllocate, overUDP, attribute(stun.AttrMessageIntegrity)),
		"a foreign credential":                stranger.build(stun.MethodAllocate, stun.ClassRequest, overUDP).Raw,
		"300 unknown attributes":              request(stun.MethodBinding, unknown...),
		"300 unknown attributes, integrity":   request(stun.MethodAllocate, append(unknown, junk)...),
		"a channel bind without credential":   request(stun.MethodChannelBind, channel(0x4000), peer(netip.MustParseAddrPort("203.0.113.7:50000"))),
		"a connect without credential":        request(stun.MethodConnect, peer(netip.MustParseAddrPort("203.0.113.7:50000"))),
		"a response":                          r.build(stun.MethodAllocate, stun.ClassSuccessResponse).Raw,
		"a Send indication of nobody":         r.build(stun.MethodSend, stun.ClassIndication, attribute(stun.AttrData, 1)).Raw,
		"a method that nobody knows":          request(stun.Method(0x0ff)),
		"ChannelData of nobody":               {0x40, 0, 0, 4, 1, 2, 3, 4},
		"a message cut short":                 cut[:len(cut)-4],
		"a message with a tail":               long,
		"TLS":                                 {22, 3, 1, 0, 5, 1, 0, 0, 1, 0},
		"DTLS":                                {22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"RTP":                                 {0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1},
		"nothing":                             {},
		"one byte":                            {0},
		"a name service's question":           {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1},
		"random bytes that start like STUN's": append([]byte{0, 1}, binary.BigEndian.AppendUint64(nil, rand.Uint64())...),
	}
}

// TestAFloodThatProvesNothingLeavesALivePairUntouched counts what comes back and what passes between the two meanwhile.
func TestAFloodThatProvesNothingLeavesALivePairUntouched(t *testing.T) {
	b := start(t)
	one, two := b.pair(t, "live")
	asking := b.raw(t, "udp", "127.0.0.9", customer("live"))
	asking.meet()
	var sources []*raw
	for i := range 4 {
		r := b.raw(t, "udp", fmt.Sprint("127.0.0.", 2+i), customer("live"))
		sources = append(sources, r)
	}
	kinds := nonsense(b, &raw{t: t, username: asking.username, password: asking.password})
	kinds["a foreign credential"] = nonsense(b, asking)["a foreign credential"] // with a nonce that is real
	began := time.Now()
	sent, heard := 0, 0
	for round := 0; sent < 20_000; round++ {
		for _, p := range kinds {
			for _, r := range sources {
				r.send(p)
				sent++
			}
		}
		// A window at a time: what the system's buffer drops is not the relay's.
		text := fmt.Sprint("round ", round)
		one.say(0x4000, text)
		if two.hears(5*time.Second) == text {
			heard++
		}
		two.say(0x4001, text)
		if one.hears(5*time.Second) == text {
			heard++
		}
		if heard != 2*(round+1) {
			t.Fatalf("round %d: a packet of the live pair is lost", round)
		}
	}
	answers, longest := map[int]int{}, 0
	for i, r := range sources {
		for p := r.read(200 * time.Millisecond); p != nil; p = r.read(50 * time.Millisecond) {
			answers[i]++
			longest = max(longest, len(p))
		}
	}
	took := time.Since(began)
	for i, n := range answers {
		if most := answersPerSecond * (int(took/time.Second) + 1); n > most {
			t.Errorf("source %d had %d answers in %v, want %d at most", i, n, took, most)
		}
	}
	if len(answers) != len(sources) || longest > longestAnswer {
		t.Errorf("%d of %d sources had answers, the longest %d bytes", len(answers), len(sources), longest)
	}
	t.Logf("%d datagrams of %d kinds from %d sources in %v: answers %v, longest %d bytes; %d of %d packets of the live pair came",
		sent, len(kinds), len(sources), took.Round(time.Millisecond), answers, longest, heard, heard)
}

// TestEveryKindOfAnswerToOneWhoProvesNothingIsShortAndRare sends each kind alone, so that none hides behind another's budget.
func TestEveryKindOfAnswerToOneWhoProvesNothingIsShortAndRare(t *testing.T) {
	b := start(t)
	asking := b.raw(t, "udp", "127.0.0.9", customer("s"))
	asking.meet()
	kinds := nonsense(b, &raw{t: t, username: asking.username, password: asking.password})
	kinds["a foreign credential"] = nonsense(b, asking)["a foreign credential"]
	answered := 0
	var group sync.WaitGroup
	var mu sync.Mutex
	i := 0
	for name, p := range kinds {
		i++
		r := b.raw(t, "udp", fmt.Sprint("127.0.1.", i), customer("s"))
		group.Go(func() {
			began, answers := time.Now(), 0
			for range 200 {
				r.send(p)
				time.Sleep(time.Millisecond)
			}
			for p := r.read(100 * time.Millisecond); p != nil; p = r.read(100 * time.Millisecond) {
				answers++
				if len(p) > longestAnswer {
					t.Errorf("%s: an answer of %d bytes", name, len(p))
				}
			}
			if most := answersPerSecond * (int(time.Since(began)/time.Second) + 1); answers > most {
				t.Errorf("%s: %d answers, want %d at most", name, answers, most)
			}
			mu.Lock()
			defer mu.Unlock()
			if answers > 0 {
				answered++
			}
		})
	}
	group.Wait()
	if answered < 8 {
		t.Errorf("%d kinds are answered at all", answered)
	}
	t.Logf("%d kinds of datagram, 200 each, %d of them answered", len(kinds), answered)
}

func TestTheBudgetIsTenAnswersInAnySecond(t *testing.T) {
	b := newBudget()
	now := time.Unix(1000, 0)
	source := netip.MustParseAddr("192.0.2.1")
	var allowed []time.Time
	for i := range 5000 {
		when := now.Add(time.Duration(i*i%7+i) * time.Millisecond)
		left := b.left(source, when)
		if got := b.allow(source, when); got != left {
			t.Fatal("left and allow do not agree")
		} else if got {
			allowed = append(allowed, when)
		}
	}
	for i := answersPerSecond; i < len(allowed); i++ {
		if in := allowed[i].Sub(allowed[i-answersPerSecond]); in < time.Second {
			t.Fatalf("%d answers in %v", answersPerSecond+1, in)
		}
	}
	if len(allowed) != 5*answersPerSecond {
		t.Errorf("%d answers in 5 s", len(allowed))
	}
	same := netip.MustParseAddr("2001:db8::1")
	for range answersPerSecond {
		b.allow(same, now)
	}
	if b.allow(netip.MustParseAddr("2001:db8::2"), now) || !b.allow(netip.MustParseAddr("2001:db8:0:1::1"), now) {
		t.Error("one source of IPv6 is a /64")
	}
	for i := range knownSources + 1000 {
		b.allow(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if n := b.sources.Len(); n > knownSources {
		t.Errorf("%d sources are kept", n)
	}
}

// TestAClosedAllocationHandsOutNothing: what waited in it is not handed out either.
func TestAClosedAllocationHandsOutNothing(t *testing.T) {
	for range 100 {
		b := newBoard(netip.MustParseAddr("203.0.113.7"), Opposite{}, Limits{}, func(dropReason) {})
		l, err := b.open(customer("s"))
		if err != nil {
			t.Fatal(err)
		}
		for range inboxSize {
			l.inbox.put(parcel{netip.AddrPort{}, []byte("late")})
		}
		l.close()
		if n, _, err := (relayed{l}).ReadFrom(make([]byte, mtu)); err == nil {
			t.Fatalf("%d bytes after its end", n)
		}
		if _, err := (relayed{l}).WriteTo([]byte("late"), net.UDPAddrFromAddrPort(netip.AddrPortFrom(b.address, 50000))); err == nil {
			t.Fatal("it sends after its end")
		}
	}
}

// TestNoAllocationOutlivesARevocation runs the two against each other.
func TestNoAllocationOutlivesARevocation(t *testing.T) {
	for i := range 2000 {
		out := &refusing{out: map[string]bool{}}
		b := newBoard(netip.MustParseAddr("203.0.113.7"), out, Limits{}, func(dropReason) {})
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() { _, _ = b.open(customer("s")) })
		}
		group.Go(func() {
			if i%2 == 0 {
				runtime.Gosched()
			}
			out.end("s")
			b.revoke(func(h Holder) bool { return h.Session == "s" })
		})
		group.Wait()
		if len(b.ports) != 0 {
			t.Fatalf("%d allocations are open after it", len(b.ports))
		}
	}
}

// TestAnAllocationThatFollowsAnotherOfTheSameClientStays: what ends the first one must not take the second with it.
func TestAnAllocationThatFollowsAnotherOfTheSameClientStays(t *testing.T) {
	b := start(t)
	r := b.raw(t, "udp", "", customer("s"))
	for i := range 300 {
		r.allocate()
		if code := r.do(stun.MethodRefresh, lifetime(600)); code != 0 {
			t.Fatalf("allocation %d has gone: %d", i, code)
		}
		if code := r.do(stun.MethodRefresh, lifetime(0)); code != 0 {
			t.Fatalf("allocation %d has gone: %d", i, code)
		}
	}
}
