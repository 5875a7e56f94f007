package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counts is a Metrics that tests read.
type counts struct {
	mu                           sync.Mutex // guards all
	allocated, released, refused int
	drops                        map[string]int
}

func (c *counts) Allocated() { c.add(func() { c.allocated++ }) }
func (c *counts) Released()  { c.add(func() { c.released++ }) }
func (c *counts) RelayRefused() {
	c.add(func() { c.refused++ })
}
func (c *counts) RelayDropped(reason string) { c.add(func() { c.drops[reason]++ }) }
func (c *counts) add(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

func (c *counts) dropped(reason string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drops[reason]
}

type bench struct {
	*Server
	*counts
}

// start runs a relay on loopback until the test ends.
func start(t testing.TB, change ...func(*Config)) bench {
	t.Helper()
	c := Config{
		Listen: "127.0.0.1:0", Address: netip.MustParseAddr("203.0.113.7"), Credentials: NewCredentials(nil), Admission: Opposite{},
		Log: slog.New(slog.DiscardHandler), Metrics: &counts{drops: map[string]int{}},
	}
	for _, f := range change {
		f(&c)
	}
	s, err := New(t.Context(), c)
	for errors.Is(err, syscall.EADDRINUSE) {
		s, err = New(t.Context(), c) // the port that is free for UDP was taken for TCP
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return bench{s, c.Metrics.(*counts)}
}

// client of the relay over "udp" or "tcp".
func (b bench) client(t *testing.T, network string, h Holder) *turn.Client {
	t.Helper()
	username, password := b.Credentials.Mint(h, time.Now())
	return b.clientWith(t, network, username, password)
}

func (b bench) clientWith(t *testing.T, network, username, password string) *turn.Client {
	t.Helper()
	var conn net.PacketConn
	if network == "udp" {
		c, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		conn = c
	} else {
		c, err := net.Dial("tcp4", b.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn = turn.NewSTUNConn(c)
	}
	client, err := turn.NewClient(&turn.ClientConfig{
		STUNServerAddr: b.Addr().String(), TURNServerAddr: b.Addr().String(), Conn: conn, Username: username, Password: password, Realm: realm,
		RTO: 100 * time.Millisecond, LoggerFactory: quiet{},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		client.Close()
		_ = conn.Close()
	})
	return client
}

func allocate(t *testing.T, c *turn.Client) net.PacketConn {
	t.Helper()
	conn, err := c.Allocate()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func customer(session string) Holder { return Holder{session, "customer", Customer} }
func agent(session string) Holder    { return Holder{session, "agent", Agent} }

// expect reads one datagram.
func expect(t *testing.T, conn net.PacketConn, want string) {
	t.Helper()
	buffer := make([]byte, mtu)
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, _, err := conn.ReadFrom(buffer)
	if err != nil {
		t.Fatalf("waiting for %q: %v", want, err)
	}
	if string(buffer[:n]) != want {
		t.Fatalf("got %q, want %q", buffer[:n], want)
	}
}

func silence(t *testing.T, conn net.PacketConn) {
	t.Helper()
	buffer := make([]byte, mtu)
	_ = conn.SetReadDeadline(time.Now().Add(150 * time.Millisecond))
	if n, _, err := conn.ReadFrom(buffer); err == nil {
		t.Fatalf("got %q, want nothing", buffer[:n])
	}
}

func TestTheTwoSidesOfASessionReachEachOtherOverEveryPairOfTransports(t *testing.T) {
	for _, pair := range [][2]string{{"udp", "udp"}, {"tcp", "udp"}, {"udp", "tcp"}, {"tcp", "tcp"}} {
		t.Run(pair[0]+" to "+pair[1], func(t *testing.T) {
			b := start(t)
			one, two := allocate(t, b.client(t, pair[0], customer("s"))), allocate(t, b.client(t, pair[1], agent("s")))
			// The first go as indications; channels are bound meanwhile.
			for i := range 50 {
				for _, way := range [][2]net.PacketConn{{one, two}, {two, one}} {
					text := fmt.Sprint("packet ", i)
					if _, err := way[0].WriteTo([]byte(text), way[1].LocalAddr()); err != nil {
						t.Fatal(err)
					}
					if i == 0 {
						// The other side has no permission for the first one yet.
						buffer := make([]byte, mtu)
						_ = way[1].SetReadDeadline(time.Now().Add(200 * time.Millisecond))
						_, _, _ = way[1].ReadFrom(buffer)
						continue
					}
					expect(t, way[1], text)
				}
			}
		})
	}
}

func TestNobodyReachesAnotherSessionOrTheirOwnSide(t *testing.T) {
	b := start(t, func(c *Config) { c.Limits.Allocations = 8 })
	mine := allocate(t, b.client(t, "udp", customer("mine")))
	for name, other := range map[string]Holder{"another session": agent("other"), "the same side": {"mine", "second", Customer}} {
		conn := allocate(t, b.client(t, "udp", other))
		for range 20 {
			_, _ = mine.WriteTo([]byte("let me in"), conn.LocalAddr())
			_, _ = conn.WriteTo([]byte("let me in"), mine.LocalAddr())
		}
		silence(t, conn)
		silence(t, mine)
		if b.dropped("stranger") == 0 {
			t.Errorf("%s: nothing was dropped for being a stranger's", name)
		}
	}
}

func TestARevokedSessionHasNoAllocationsAndGetsNone(t *testing.T) {
	out := &refusing{out: map[string]bool{}}
	b := start(t, func(c *Config) { c.Admission = out })
	one, two := allocate(t, b.client(t, "udp", customer("s"))), allocate(t, b.client(t, "tcp", agent("s")))
	talk(t, one, two)
	out.end("s")
	if n := b.Revoke("s"); n != 2 {
		t.Errorf("%d allocations ended, want 2", n)
	}
	_, _ = one.WriteTo([]byte("still there?"), two.LocalAddr())
	silence(t, two)
	if n := b.Allocations(); n != 0 {
		t.Errorf("%d allocations", n)
	}
	if _, err := b.client(t, "udp", customer("s")).Allocate(); err == nil {
		t.Error("a revoked session got an allocation")
	}
}

// talk sends until the other side hears.
func talk(t *testing.T, from, to net.PacketConn) {
	t.Helper()
	_, _ = to.WriteTo([]byte("open"), from.LocalAddr())
	buffer := make([]byte, mtu)
	for range 50 {
		_, _ = from.WriteTo([]byte("hello"), to.LocalAddr())
		_ = to.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		if n, _, err := to.ReadFrom(buffer); err == nil && string(buffer[:n]) == "hello" {
			return
		}
	}
	t.Fatal("nothing came")
}

type refusing struct {
	Opposite
	mu  sync.Mutex // guards out
	out map[string]bool
}

func (r *refusing) end(session string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.out[session] = true
}

func (r *refusing) Admits(h Holder) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.out[h.Session] && !r.out[h.Session+"/"+h.Participant]
}

func TestCredentials(t *testing.T) {
	b := start(t)
	now := time.Now()
	username, password := b.Credentials.Mint(customer("s"), now)
	late, latePassword := b.Credentials.Mint(customer("s"), now.Add(-CredentialLife-time.Second))
	foreign, foreignPassword := NewCredentials(nil).Mint(customer("s"), now)
	for name, credential := range map[string][2]string{
		"a wrong password": {username, password + "x"}, "an expired one": {late, latePassword}, "one of another server": {foreign, foreignPassword},
		"no name": {"", ""}, "a name without meaning": {"a.b.c", "p"}, "a forged life": {"1.zzzzzz.c.s.customer", password},
	} {
		t.Run(name, func(t *testing.T) {
			if conn, err := b.clientWith(t, "udp", credential[0], credential[1]).Allocate(); err == nil {
				_ = conn.Close()
				t.Error("it opened an allocation")
			}
		})
	}
	allocate(t, b.clientWith(t, "udp", username, password))
}

func TestParallelAllocationsNeverExceedTheQuota(t *testing.T) {
	b := start(t)
	first := b.raw(t, "udp", "", customer("s"))
	first.meet()
	codes := map[int]int{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for i := range 200 {
		// Half of them over TCP, from several addresses: each of these has a goroutine of pion's.
		r := b.raw(t, []string{"udp", "tcp"}[i%2], fmt.Sprint("127.0.0.", 1+i%8), Holder{"s", fmt.Sprint("p", i%5), []Side{Customer, Agent}[i%2]})
		r.nonce = first.nonce
		group.Go(func() {
			code := r.do(stun.MethodAllocate, overUDP)
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
		})
	}
	group.Wait()
	if codes[0] != 4 || codes[486]+codes[508] != 196 || b.Allocations() != 4 {
		t.Errorf("answers by code %v and %d allocations, want 4 successes and 196 refusals", codes, b.Allocations())
	}
	t.Logf("200 requests in parallel, answers by code: %v", codes)
}

func TestOnlyRelayedAddressesCanBeAskedFor(t *testing.T) {
	b := start(t)
	client := b.client(t, "udp", customer("s"))
	conn := allocate(t, client)
	for _, ip := range []string{"127.0.0.1", "10.0.0.1", "169.254.169.254", "8.8.8.8", "100.64.0.1", "203.0.113.8"} {
		if err := client.CreatePermission(&net.UDPAddr{IP: net.ParseIP(ip), Port: 80}); err == nil {
			t.Errorf("a permission for %s", ip)
		}
		if _, err := conn.WriteTo([]byte("x"), &net.UDPAddr{IP: net.ParseIP(ip), Port: 80}); err == nil {
			t.Errorf("a packet for %s", ip)
		}
	}
}

func TestAnIllAddressIsRefusedAtTheStart(t *testing.T) {
	if _, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Address: netip.MustParseAddr("::1")}); err == nil {
		t.Error("no error")
	}
	if _, err := New(t.Context(), Config{Listen: "no address", Address: netip.MustParseAddr("192.0.2.1")}); err == nil || errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}
