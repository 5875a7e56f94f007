package relay

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// lives shortens what lasts minutes.
func lives(allocation, permission, channel time.Duration) func(*Config) {
	return func(c *Config) { c.lives = [3]time.Duration{allocation, permission, channel} }
}

func TestTheCodesOfWhatIsRefused(t *testing.T) {
	b := start(t)
	now := time.Now()
	fresh := func(h Holder) *raw {
		r := b.raw(t, "udp", "127.0.0.8", h)
		return r
	}
	first := fresh(customer("s"))
	if answer := first.answer(first.build(stun.MethodAllocate, stun.ClassRequest, overUDP), 5*time.Second); codeOf(answer) != 401 {
		t.Fatalf("without a credential: %v", answer)
	}
	first.meet()
	nonce := first.nonce
	for _, c := range []struct {
		name       string
		want       int
		change     func(*raw)
		method     stun.Method
		attributes []stun.Setter
	}{
		{"a wrong password", 401, func(r *raw) { r.password += "x" }, stun.MethodAllocate, []stun.Setter{overUDP}},
		{"an expired credential", 401, func(r *raw) {
			r.username, r.password = b.Credentials.Mint(customer("s"), now.Add(-CredentialLife-time.Second))
		}, stun.MethodAllocate, []stun.Setter{overUDP}},
		{"a name that says nothing", 401, func(r *raw) { r.username = "somebody" }, stun.MethodAllocate, []stun.Setter{overUDP}},
		{"no transport", 400, nil, stun.MethodAllocate, nil},
		{"SCTP", 442, nil, stun.MethodAllocate, []stun.Setter{attribute(stun.AttrRequestedTransport, 132, 0, 0, 0)}},
		{"an attribute that nobody knows", 420, nil, stun.MethodAllocate, []stun.Setter{overUDP, attribute(0x7fff)}},
		{"a family that there is not", 440, nil, stun.MethodAllocate, []stun.Setter{overUDP, attribute(stun.AttrRequestedAddressFamily, 9, 0, 0, 0)}},
	} {
		r := fresh(customer("s"))
		r.nonce = nonce
		if c.change != nil {
			c.change(r)
		}
		answer := r.answer(r.build(c.method, stun.ClassRequest, c.attributes...), 5*time.Second)
		if answer == nil || codeOf(answer) != c.want {
			t.Errorf("%s: %v, want %d", c.name, answer, c.want)
		}
		time.Sleep(100 * time.Millisecond) // answers without integrity are rare
	}
	r := fresh(customer("s"))
	r.nonce = stun.NewNonce("2n9c0000000000000000000")
	answer := r.answer(r.build(stun.MethodAllocate, stun.ClassRequest, overUDP), 5*time.Second)
	if answer == nil || codeOf(answer) != 438 {
		t.Fatalf("a stale nonce: %v", answer)
	}
	if at := r.allocate(); at.Addr() != b.Address { // with the nonce that came with it
		t.Errorf("relayed address %v", at)
	}
	if b.Allocations() != 1 {
		t.Errorf("%d allocations", b.Allocations())
	}
}

func TestAnAllocateThatIsSentAgainGetsTheSameAnswer(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		b := start(t)
		r := b.raw(t, network, "", customer("s"))
		r.meet()
		m := r.build(stun.MethodAllocate, stun.ClassRequest, overUDP)
		first, second := r.answer(m, 5*time.Second), r.answer(m, 5*time.Second)
		if one, two := relayedOf(t, first), relayedOf(t, second); one != two || b.Allocations() != 1 {
			t.Errorf("%s: %v, then %v; %d allocations", network, one, two, b.Allocations())
		}
		if code := r.do(stun.MethodAllocate, overUDP); code != 437 {
			t.Errorf("%s: a second one on the same path: %d", network, code)
		}
	}
}

func TestAnAllocationLastsAsLongAsItIsRefreshed(t *testing.T) {
	b := start(t)
	r, other := b.raw(t, "udp", "", customer("s")), b.raw(t, "udp", "", agent("s"))
	r.allocate(lifetime(1))
	other.nonce = r.nonce
	other.allocate(lifetime(1))
	if code := r.do(stun.MethodRefresh, lifetime(60)); code != 0 {
		t.Fatal(code)
	}
	eventually(t, "the other has expired", func() bool { return b.Allocations() == 1 })
	if code := r.do(stun.MethodRefresh, lifetime(0)); code != 0 {
		t.Fatal(code)
	}
	if n := b.Allocations(); n != 0 {
		t.Errorf("%d allocations", n)
	}
	eventually(t, "both are counted", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.allocated == 2 && b.released == 2
	})
}

func TestAnAllocationOutlivesTheCredentialThatOpenedIt(t *testing.T) {
	b := start(t)
	r := b.raw(t, "udp", "", customer("s"))
	r.username, r.password = b.Credentials.Mint(customer("s"), time.Now().Add(2*time.Second-CredentialLife))
	r.allocate()
	fresh := b.raw(t, "udp", "", customer("s"))
	fresh.username, fresh.password, fresh.nonce = r.username, r.password, r.nonce
	eventually(t, "the credential is too old for another", func() bool {
		m := fresh.build(stun.MethodAllocate, stun.ClassRequest, overUDP)
		answer := fresh.answer(m, time.Second)
		if codeOf(answer) == 0 {
			_ = fresh.do(stun.MethodRefresh, lifetime(0))
		}
		time.Sleep(200 * time.Millisecond)
		return codeOf(answer) == 401
	})
	if code := r.do(stun.MethodRefresh, lifetime(60)); code != 0 {
		t.Errorf("refreshed with the credential that opened it: %d", code)
	}
}

func TestAChannelIsBoundToOnePeerAndAPeerToOneChannel(t *testing.T) {
	b := start(t)
	one, two := b.pair(t, "s")
	ofTwo := b.relayedOf(two)
	elsewhere := netip.AddrPortFrom(ofTwo.Addr(), ofTwo.Port()^1)
	for _, c := range []struct {
		name   string
		number uint16
		to     netip.AddrPort
		want   int
	}{
		{"again, the same", 0x4000, ofTwo, 0}, {"the same peer by another number", 0x4002, ofTwo, 400}, {"another peer by the same number", 0x4000, elsewhere, 400},
		{"another peer by another number", 0x4003, elsewhere, 0},
	} {
		if code := one.do(stun.MethodChannelBind, channel(c.number), peer(c.to)); code != c.want {
			t.Errorf("%s: %d, want %d", c.name, code, c.want)
		}
	}
	one.say(0x4000, "still bound")
	if got := two.hears(5 * time.Second); got != "still bound" {
		t.Errorf("heard %q", got)
	}
}

func TestPermissionsAndChannelsEnd(t *testing.T) {
	b := start(t, lives(0, 300*time.Millisecond, 600*time.Millisecond))
	one, two := b.pair(t, "s")
	one.say(0x4000, "bound")
	if got := two.hears(5 * time.Second); got != "bound" {
		t.Fatalf("heard %q", got)
	}
	bound := func() (n int) {
		b.board.mu.RLock()
		defer b.board.mu.RUnlock()
		for _, l := range b.board.ports {
			n += len(l.numbers) + len(l.peers)
		}
		return n
	}
	eventually(t, "both channels have ended", func() bool { return bound() == 0 })
	one.say(0x4000, "unbound")
	one.indicate(b.relayedOf(two), "without permission")
	if got := two.hears(200 * time.Millisecond); got != "" {
		t.Errorf("heard %q", got)
	}
	for _, r := range []*raw{one, two} {
		other := map[*raw]*raw{one: two, two: one}[r]
		if code := r.do(stun.MethodCreatePermission, peer(b.relayedOf(other))); code != 0 {
			t.Fatal(code)
		}
	}
	one.indicate(b.relayedOf(two), "with permission")
	if got := two.hears(5 * time.Second); got != "with permission" {
		t.Errorf("heard %q", got)
	}
}

func TestAfterRevokeNothingPasses(t *testing.T) {
	for _, networks := range [][]string{{"udp", "udp"}, {"tcp", "udp"}, {"udp", "tcp"}, {"tcp", "tcp"}} {
		out := &refusing{out: map[string]bool{}}
		b := start(t, func(c *Config) { c.Admission = out })
		one, two := b.pair(t, "s", networks...)
		ofTwo := b.relayedOf(two)
		one.say(0x4000, "hello")
		if got := two.hears(5 * time.Second); got != "hello" {
			t.Fatalf("heard %q", got)
		}
		out.end("s")
		if n := b.Revoke("s"); n != 2 {
			t.Fatalf("%d ended", n)
		}
		if networks[0] == "udp" {
			one.say(0x4000, "after")
			one.indicate(ofTwo, "after")
			for _, m := range []*stun.Message{
				one.build(stun.MethodRefresh, stun.ClassRequest), one.build(stun.MethodChannelBind, stun.ClassRequest, channel(0x4000), peer(ofTwo)),
				one.build(stun.MethodCreatePermission, stun.ClassRequest, peer(ofTwo)), one.build(stun.MethodAllocate, stun.ClassRequest, overUDP),
			} {
				if answer := one.answer(m, 5*time.Second); answer == nil || codeOf(answer) != 401 {
					t.Errorf("%v: %v, want 401", m.Type, answer)
				}
			}
		}
		if got := two.hears(100 * time.Millisecond); got != "" {
			t.Errorf("heard %q", got)
		}
		if n := b.Allocations(); n != 0 {
			t.Errorf("%d allocations", n)
		}
	}
}

func TestAfterAParticipantIsRevokedTheyAreOutAndTheOthersTalkOn(t *testing.T) {
	for _, networks := range [][]string{{"udp", "udp"}, {"udp", "tcp"}, {"tcp", "tls"}} {
		out := &refusing{out: map[string]bool{}}
		b := start(t, secured(t), func(c *Config) { c.Admission = out })
		one, two := b.pair(t, "s", networks...)
		removed := b.raw(t, networks[1], "", Holder{"s", "removed", Agent})
		to := b.relayedOf(one)
		removed.allocate()
		elsewhere := b.raw(t, "udp", "", Holder{"another", "removed", Agent})
		elsewhere.nonce = removed.nonce
		elsewhere.allocate()
		if code := removed.do(stun.MethodChannelBind, channel(0x4002), peer(to)); code != 0 {
			t.Fatal(code)
		}
		if code := one.do(stun.MethodCreatePermission, peer(to)); code != 0 {
			t.Fatal(code)
		}
		removed.say(0x4002, "hello")
		if got := one.hears(5 * time.Second); got != "hello" {
			t.Fatalf("heard %q", got)
		}
		out.end("s/removed")
		if n := b.RevokeParticipant("s", "removed"); n != 1 || b.Allocations() != 3 {
			t.Fatalf("%d ended, %d are left", n, b.Allocations())
		}
		if networks[1] == "udp" {
			removed.say(0x4002, "after")
			for _, m := range []*stun.Message{removed.build(stun.MethodRefresh, stun.ClassRequest), removed.build(stun.MethodAllocate, stun.ClassRequest, overUDP)} {
				if answer := removed.answer(m, 5*time.Second); answer == nil || codeOf(answer) != 401 {
					t.Errorf("%v: %v, want 401", m.Type, answer)
				}
			}
		} else if p := removed.read(5 * time.Second); p != nil {
			t.Errorf("%x came", p)
		}
		again := b.raw(t, networks[1], "127.0.0.2", Holder{"s", "removed", Agent})
		again.nonce = one.nonce
		if code := again.do(stun.MethodAllocate, overUDP); code != 401 {
			t.Errorf("a new allocation: %d, want 401", code)
		}
		one.say(0x4000, "the two talk on")
		two.say(0x4001, "the two talk on")
		if a, b := one.hears(5*time.Second), two.hears(5*time.Second); a != "the two talk on" || a != b {
			t.Errorf("heard %q and %q", a, b)
		}
		if code := elsewhere.do(stun.MethodRefresh, lifetime(600)); code != 0 {
			t.Errorf("in another session: %d", code)
		}
	}
}

func TestAnEvenPortIsGivenToWhoAsksForOne(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.Allocations = 40 })
	var nonce stun.Nonce
	for range 20 {
		r := b.raw(t, "udp", "", customer("s"))
		r.nonce = nonce
		code, answer := r.ask(stun.MethodAllocate, overUDP, attribute(stun.AttrEvenPort, 0x80))
		if code != 0 {
			t.Fatal(code)
		}
		nonce = r.nonce
		at := relayedOf(t, answer)
		token, err := answer.Get(stun.AttrReservationToken)
		if at.Port()%2 != 0 || at.Port() < firstPort || err != nil {
			t.Errorf("%v (%v)", at, err)
		}
		next := b.raw(t, "udp", "", customer("s"))
		next.nonce = nonce
		if second := next.allocate(attribute(stun.AttrReservationToken, token...)); second.Port() != at.Port()+1 {
			t.Errorf("%v after %v", second, at)
		}
	}
}
