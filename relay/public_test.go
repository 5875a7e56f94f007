package relay

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// open makes a relay public, with peers on 127.0.0.2.
func open(c *Config) {
	c.Address = netip.MustParseAddr("127.0.0.1")
	c.Public = &Public{First: 49152, Last: 65535, Allow: prefixes("127.0.0.2/32")}
}

// peerAt answers what it is sent, until the test ends.
func peerAt(t *testing.T, address string) net.PacketConn {
	t.Helper()
	conn, err := net.ListenPacket("udp4", address)
	if err != nil {
		t.Skip("NOT SHOWN that peers are reached: this system has one loopback address only: ", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// echo sends until the peer answers, which is after the permission is there.
func echo(t *testing.T, relayed, peer net.PacketConn, text string) {
	t.Helper()
	if _, err := relayed.WriteTo([]byte(text), peer.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	expect(t, peer, text)
	if _, err := peer.WriteTo([]byte(text+" back"), relayed.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	expect(t, relayed, text+" back")
}

func TestAPublicRelayReachesAPeerThatIsNotDenied(t *testing.T) {
	for _, network := range []string{"udp", "tcp"} {
		t.Run(network, func(t *testing.T) {
			b, peer := start(t, open), peerAt(t, "127.0.0.2:0")
			conn := allocate(t, b.client(t, network, customer("s")))
			// Indications first, then a channel.
			for i := range 40 {
				echo(t, conn, peer, fmt.Sprint("packet ", i))
			}
			if b.Relayed() == 0 {
				t.Error("no bytes were counted")
			}
		})
	}
}

func TestAPublicRelayReachesNoPeerThatIsDenied(t *testing.T) {
	b, here := start(t, open), peerAt(t, "127.0.0.3:0")
	conn := allocate(t, b.client(t, "udp", customer("s")))
	if _, err := conn.WriteTo([]byte("let me in"), here.LocalAddr()); err == nil {
		t.Error("there is a permission for an address that is denied")
	}
	silence(t, here)
	if b.dropped("denied") == 0 {
		t.Error("nothing was counted")
	}
	// Past pion and its permissions, the socket judges again: both ways, and ports too.
	b.board.mu.RLock()
	var r relayed
	for _, l := range b.board.ports {
		r = relayed{l}
	}
	b.board.mu.RUnlock()
	for _, to := range []net.Addr{here.LocalAddr(), &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2), Port: 1023}} {
		before := b.dropped("denied")
		if _, err := r.WriteTo([]byte("let me in"), to); err != nil || b.dropped("denied") != before+1 {
			t.Errorf("%s: %v", to, err)
		}
	}
	silence(t, here)
	before := b.dropped("denied")
	_, _ = here.WriteTo([]byte("let me in"), conn.LocalAddr())
	eventually(t, "what comes from a denied address is dropped", func() bool { return b.dropped("denied") > before })
}

func TestAPeerWithoutPermissionCostsTheSessionNothing(t *testing.T) {
	b, peer := start(t, open, func(c *Config) { c.Limits.Bytes = 100 }), peerAt(t, "127.0.0.2:0")
	conn := allocate(t, b.client(t, "udp", customer("s")))
	_, _ = peer.WriteTo(make([]byte, 1000), conn.LocalAddr())
	eventually(t, "it is dropped", func() bool { return b.dropped("stranger") == 1 })
	echo(t, conn, peer, "still")
}

func TestTheTwoSidesOfASessionReachEachOtherInAPublicRelayAndNoOtherSession(t *testing.T) {
	b := start(t, open)
	one, two := allocate(t, b.client(t, "udp", customer("s"))), allocate(t, b.client(t, "tcp", agent("s")))
	talk(t, one, two)
	other := allocate(t, b.client(t, "udp", agent("other")))
	for range 10 {
		_, _ = one.WriteTo([]byte("let me in"), other.LocalAddr())
		_, _ = other.WriteTo([]byte("let me in"), one.LocalAddr())
	}
	silence(t, other)
	if b.dropped("stranger") == 0 {
		t.Error("nothing was dropped for being a stranger's")
	}
}

func TestRevocationClosesTheSocketOfAPublicRelay(t *testing.T) {
	out := &refusing{out: map[string]bool{}}
	b, peer := start(t, open, func(c *Config) { c.Admission = out }), peerAt(t, "127.0.0.2:0")
	conn := allocate(t, b.client(t, "udp", customer("s")))
	echo(t, conn, peer, "hello")
	at := conn.LocalAddr().String()
	if taken, err := net.ListenPacket("udp4", at); err == nil {
		_ = taken.Close()
		t.Fatal("there is no socket at the relayed address")
	}
	out.end("s")
	if n := b.Revoke("s"); n != 1 {
		t.Errorf("%d allocations ended", n)
	}
	_, _ = conn.WriteTo([]byte("still there?"), peer.LocalAddr())
	silence(t, peer)
	free, err := net.ListenPacket("udp4", at)
	if err != nil {
		t.Fatal("the socket is open: ", err)
	}
	_ = free.Close()
	if _, err := b.client(t, "udp", customer("s")).Allocate(); err == nil {
		t.Error("a revoked session got an allocation")
	}
}

func TestTheQuotasOfASessionHoldInAPublicRelay(t *testing.T) {
	b, peer := start(t, open, func(c *Config) { c.Limits = Limits{Allocations: 2, Bytes: 1000} }), peerAt(t, "127.0.0.2:0")
	conn := allocate(t, b.client(t, "udp", customer("s")))
	allocate(t, b.client(t, "udp", customer("s")))
	if _, err := b.client(t, "udp", customer("s")).Allocate(); err == nil {
		t.Error("a third allocation")
	}
	echo(t, conn, peer, strings.Repeat("x", 300)) // 605 bytes of 1000
	_, _ = conn.WriteTo(make([]byte, 500), peer.LocalAddr())
	silence(t, peer)
	_, _ = peer.WriteTo(make([]byte, 500), conn.LocalAddr())
	silence(t, conn)
	if n := b.dropped("quota"); n != 2 {
		t.Errorf("%d dropped, want one each way", n)
	}
}

func TestAPublicRelayDoesNotStartWithAListThatCannotBeUsed(t *testing.T) {
	for name, p := range map[string]Public{
		"no ports": {}, "ports of services": {First: 1000, Last: 2000}, "one port": {First: 5000, Last: 5000},
		"no prefix":            {First: 5000, Last: 6000, Deny: []netip.Prefix{{}}},
		"bits behind":          {First: 5000, Last: 6000, Deny: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/8")}},
		"mapped, in the other": {First: 5000, Last: 6000, Allow: []netip.Prefix{netip.MustParsePrefix("::ffff:10.0.0.0/104")}},
	} {
		_, err := New(t.Context(), Config{
			Listen: "127.0.0.1:0", Address: netip.MustParseAddr("127.0.0.1"), Public: &p, Credentials: NewCredentials(nil), Admission: Opposite{},
			Log: slog.New(slog.DiscardHandler), Metrics: &counts{drops: map[string]int{}},
		})
		if err == nil {
			t.Errorf("%s: it started", name)
		}
	}
}

func TestCoturnsTURNClientReachesAPeerByAPublicRelay(t *testing.T) {
	path, err := exec.LookPath("turnutils_peer")
	if err != nil {
		t.Skip("NOT SHOWN that standard clients can use the public mode: there is no turnutils_peer (Debian: coturn)")
	}
	free := peerAt(t, "127.0.0.2:0")
	port := fmt.Sprint(addrPort(free.LocalAddr()).Port())
	_ = free.Close()
	peer := exec.CommandContext(t.Context(), path, "-L", "127.0.0.2", "-p", port)
	if err := peer.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = peer.Process.Kill(); _ = peer.Wait() })
	eventually(t, "the peer answers", func() bool {
		c, err := net.Dial("udp4", "127.0.0.2:"+port)
		if err != nil {
			return false
		}
		defer func() { _ = c.Close() }()
		_, _ = c.Write([]byte("there?"))
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		_, err = c.Read(make([]byte, 10))
		return err == nil
	})
	for name, arguments := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, at := reached(t, arguments, open)
			username, password := b.Credentials.Mint(customer("s"), time.Now())
			out := coturn(t, "turnutils_uclient", append(arguments, "-c", "-e", "127.0.0.2", "-r", port, "-m", "2", "-n", "20", "-l", "200",
				"-u", username, "-w", password, "-p", fmt.Sprint(at), "127.0.0.1")...)
			if !b.lossless(out, arguments) {
				t.Error(out)
			}
		})
	}
}
