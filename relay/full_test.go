package relay

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// held is how many channels and permissions the allocations have, as the board knows them.
func (b bench) held() (channels, permissions int) {
	b.board.mu.RLock()
	defer b.board.mu.RUnlock()
	for _, l := range b.board.ports {
		channels, permissions = channels+len(l.numbers), permissions+len(l.permitted)
	}
	return channels, permissions
}

func TestAnAllocationHasItsChannelsAndNoMore(t *testing.T) {
	for _, network := range transports {
		b := start(t, secured(t))
		r := b.raw(t, network, "", customer("s"))
		at := r.allocate()
		to := func(i int) stun.Setter { return peer(netip.AddrPortFrom(at.Addr(), uint16(50000+i))) }       //nolint:gosec // small
		bindAt := func(i int) int { return r.do(stun.MethodChannelBind, channel(uint16(0x4000+i)), to(i)) } //nolint:gosec // small
		for i := range mostChannels {
			if code := bindAt(i); code != 0 {
				t.Fatalf("%s: channel %d: %d", network, i, code)
			}
		}
		for i := range 20 {
			if code := bindAt(mostChannels + i); code != 508 {
				t.Errorf("%s: channel %d: %d, want 508", network, mostChannels+i, code)
			}
		}
		if n, _ := b.held(); n != mostChannels || b.dropped("full") != 20 {
			t.Errorf("%s: %d channels, %d refusals counted", network, n, b.dropped("full"))
		}
		// The refusal is proven to be the relay's, and what proves nothing is not told that there is an allocation.
		m := r.build(stun.MethodChannelBind, stun.ClassRequest, channel(0x4fff), to(500))
		answer := r.answer(m, 5*time.Second)
		if key := stun.NewLongTermIntegrity(r.username, realm, r.password); codeOf(answer) != 508 || key.Check(answer) != nil {
			t.Errorf("%s: %v", network, answer)
		}
		password := r.password
		r.password += "x"
		if code := r.do(stun.MethodChannelBind, channel(0x4fff), to(500)); code != 401 {
			t.Errorf("%s: with a wrong password: %d, want 401", network, code)
		}
		r.password = password
		// One that there is can be renewed, and the other allocations have their own.
		if code := bindAt(3); code != 0 {
			t.Errorf("%s: renewed: %d", network, code)
		}
		other := b.raw(t, network, "", agent("s"))
		other.nonce = r.nonce
		other.allocate()
		if code := other.do(stun.MethodChannelBind, channel(0x4000), peer(at)); code != 0 {
			t.Errorf("%s: of another allocation: %d", network, code)
		}
	}
}

func TestAChannelThatEndedMakesRoomForAnother(t *testing.T) {
	b := start(t, lives(0, time.Minute, 300*time.Millisecond))
	r := b.raw(t, "tcp", "", customer("s"))
	at := r.allocate()
	to := func(i int) stun.Setter { return peer(netip.AddrPortFrom(at.Addr(), uint16(50000+i))) } //nolint:gosec // small
	for round := range 2 {
		for i := range mostChannels {
			if code := r.do(stun.MethodChannelBind, channel(uint16(0x4000+i)), to(i+100*round)); code != 0 { //nolint:gosec // small
				t.Fatalf("round %d, channel %d: %d", round, i, code)
			}
		}
		eventually(t, "they have ended", func() bool { n, _ := b.held(); return n == 0 })
	}
}

func TestAnAllocationOfAPublicRelayHasItsPermissionsAndNoMore(t *testing.T) {
	b := start(t, open)
	r := b.raw(t, "udp", "", customer("s"))
	r.allocate()
	public := func(i int) peer { return peer(netip.AddrPortFrom(netip.AddrFrom4([4]byte{8, 8, 8, byte(i)}), 50000)) } //nolint:gosec // small
	var many []stun.Setter
	for i := range mostPermissions - 2 {
		many = append(many, public(i))
	}
	if code := r.do(stun.MethodCreatePermission, many...); code != 0 {
		t.Fatal(code)
	}
	for name, c := range map[string]struct {
		want  int
		peers []stun.Setter
	}{
		"the same": {0, many}, "three more": {508, []stun.Setter{public(200), public(201), public(202)}}, "one of them three times": {0, []stun.Setter{public(1), public(1), public(1)}},
	} {
		if code := r.do(stun.MethodCreatePermission, c.peers...); code != c.want {
			t.Errorf("%s: %d, want %d", name, code, c.want)
		}
	}
	for i := range 4 { // a channel brings a permission, and is counted though its peer is not ours
		want := 0
		if i >= 2 {
			want = 508
		}
		if code := r.do(stun.MethodChannelBind, channel(uint16(0x4000+i)), public(100+i)); code != want { //nolint:gosec // small
			t.Errorf("channel %d: %d, want %d", i, code, want)
		}
	}
	if channels, permissions := b.held(); channels != 2 || permissions != mostPermissions || b.dropped("full") != 3 {
		t.Errorf("%d channels, %d permissions, %d refusals counted", channels, permissions, b.dropped("full"))
	}
}
