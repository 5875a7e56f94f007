package relay

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// targets are addresses that no closed relay may reach: the first, a middle and the last one of every range that is not for everybody,
// services that every cloud and host has, addresses of this host, and some that anybody may reach.
func targets(t testing.TB) (all []netip.Addr) {
	t.Helper()
	seen := map[netip.Addr]bool{}
	add := func(a netip.Addr) {
		if !seen[a] {
			seen[a] = true
			all = append(all, a)
		}
	}
	var v4 []netip.Addr
	for _, text := range strings.Fields(`0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24
		192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`) {
		p := netip.MustParsePrefix(text)
		first := p.Addr().As4()
		n, size := binary.BigEndian.Uint32(first[:]), uint32(1)<<(32-p.Bits())
		for _, offset := range []uint32{0, 1, size / 2, size - 1} {
			v4 = append(v4, netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, n+offset))))
		}
	}
	for _, text := range strings.Fields("169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 8.8.8.8 1.1.1.1 93.184.216.34 203.0.113.6 203.0.113.8") {
		v4 = append(v4, netip.MustParseAddr(text))
	}
	for _, a := range v4 {
		add(a)
	}
	for _, a := range v4[:len(v4):len(v4)] { // every way to write an IPv4 address as an IPv6 one
		four := a.As4()
		if four[3] == 0 || four[3] == 255 {
			continue
		}
		for _, form := range []string{"::ffff:%x%02x:%x%02x", "64:ff9b::%x%02x:%x%02x", "2002:%x%02x:%x%02x::1", "::%x%02x:%x%02x"} {
			if mapped, err := netip.ParseAddr(fmt.Sprintf(form, four[0], four[1], four[2], four[3])); err == nil {
				add(mapped)
			}
		}
	}
	for _, text := range strings.Fields(`:: ::1 64:ff9b:1::a00:1 2001::1 2001:db8::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fec0::1 ff02::1 100::1
		2606:4700:4700::1111 2001:4860:4860::8888`) {
		add(netip.MustParseAddr(text))
	}
	own, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range own {
		if n, ok := a.(*net.IPNet); ok {
			address, _ := netip.AddrFromSlice(n.IP)
			add(address.Unmap())
		}
	}
	return all
}

// probing is a client that asks for what it must not get.
type probing struct {
	*raw
	sent, owed int               // requests, and those that must be answered
	fine       map[[12]byte]bool // what may be answered by success
	answered   int
	codes      map[int]int
}

func (p *probing) request(method stun.Method, fine bool, attributes ...stun.Setter) {
	p.t.Helper()
	m := p.build(method, stun.ClassRequest, attributes...)
	p.sent++
	p.owed++
	p.fine[m.TransactionID] = fine
	p.send(m.Raw)
}

// settle waits until the relay has dealt with everything, and looks at what it said.
func (p *probing) settle(what string) {
	p.t.Helper()
	if code := p.do(stun.MethodRefresh, lifetime(600)); code != 0 {
		p.t.Fatalf("%s: the allocation has gone: %d", what, code)
	}
	for _, message := range p.data {
		m := &stun.Message{Raw: message}
		if kindOf(message[0]) != stunMessage || m.Decode() != nil || m.Type.Class == stun.ClassIndication {
			p.t.Errorf("%s: %q came", what, message)
			continue
		}
		p.answered++
		p.codes[codeOf(m)]++
		again := m.Type.Method == stun.MethodRefresh // settle's own, which was sent twice
		if m.Type.Class == stun.ClassSuccessResponse && !p.fine[m.TransactionID] && !again {
			p.t.Errorf("%s: %v was granted", what, m.Type)
		}
	}
	p.data = nil
}

// at asks for one address in every way; granted says whether a permission for it is given, without which no packet is passed on.
func (p *probing) at(to, inside netip.AddrPort, number uint16, granted bool) {
	p.t.Helper()
	p.request(stun.MethodCreatePermission, granted, peer(to))
	p.request(stun.MethodCreatePermission, granted, peer(inside), peer(to))
	p.request(stun.MethodChannelBind, granted, channel(number), peer(to))
	p.request(stun.MethodConnect, false, peer(to))
	p.request(stun.MethodAllocate, false, overTCP, peer(to))
	p.request(stun.MethodAllocate, false, overUDP, attribute(stun.AttrEvenPort, 0x80), peer(to))
	p.request(stun.MethodAllocate, false, overUDP, attribute(stun.AttrReservationToken, 1, 2, 3, 4, 5, 6, 7, 8), peer(to))
	p.request(stun.MethodConnectionBind, false, attribute(stun.AttrConnectionID, 0, 0, 0, 1), peer(to))
	p.indicate(to, "a probe")
	p.indicate(to, "a probe", attribute(stun.AttrDontFragment))
	p.indicate(to, "a probe", attribute(mobilityTicket, 1, 2, 3, 4))
	p.say(number, "a probe")
	p.sent += 4
}

// mobilityTicket is RFC 8016's.
const mobilityTicket stun.AttrType = 0x8030

type opening struct {
	name       string
	given      bool
	attributes []stun.Setter
}

// openings are ways to ask for an allocation that another server might give more for, and whether they give an ordinary one here.
var openings = []opening{
	{"an ordinary one", true, []stun.Setter{overUDP}},
	{"TCP", false, []stun.Setter{overTCP}},
	{"SCTP", false, []stun.Setter{attribute(stun.AttrRequestedTransport, 132, 0, 0, 0)}},
	{"no transport", false, nil},
	{"an even port", true, []stun.Setter{overUDP, attribute(stun.AttrEvenPort, 0)}},
	{"an even port and the next", true, []stun.Setter{overUDP, attribute(stun.AttrEvenPort, 0x80)}},
	{"a reserved port", false, []stun.Setter{overUDP, attribute(stun.AttrReservationToken, 1, 2, 3, 4, 5, 6, 7, 8)}},
	{"IPv6", false, []stun.Setter{overUDP, attribute(stun.AttrRequestedAddressFamily, 2, 0, 0, 0)}},
	{"IPv6 besides", true, []stun.Setter{overUDP, attribute(0x8000, 2, 0, 0, 0)}},
	{"mobility", true, []stun.Setter{overUDP, attribute(mobilityTicket)}},
	{"whole datagrams", false, []stun.Setter{overUDP, attribute(stun.AttrDontFragment)}},
}

// transports are how clients come to a relay that is secured.
var transports = []string{"udp", "tcp", "tls"}

// probe asks a relay for every target in every way over every transport, and says how often it asked.
func probe(t testing.TB, b bench, more ...netip.AddrPort) (sent int) {
	t.Helper()
	var to []netip.AddrPort
	for i, a := range targets(t) {
		to = append(to, netip.AddrPortFrom(a, []uint16{53, 80, 443, 3478, b.Addr().Port(), 50000, 1}[i%7]))
	}
	return probeFor(t, b, append(to, more...), func(netip.AddrPort) bool { return false })
}

// probeFor asks for these; for some a permission is given.
func probeFor(t testing.TB, b bench, to []netip.AddrPort, given func(netip.AddrPort) bool) (sent int) {
	t.Helper()
	one, two := b.pair(t, "others")
	strangers := []netip.AddrPort{b.relayedOf(one), b.relayedOf(two)}
	to = append(to[:len(to):len(to)], strangers...)
	for _, a := range strangers { // the relayed address itself, at ports where nobody is, and as an IPv6 one
		for _, port := range []uint16{1, 80, 443, 3478, b.Addr().Port(), a.Port() ^ 1} {
			to = append(to, netip.AddrPortFrom(a.Addr(), port))
		}
		to = append(to, netip.AddrPortFrom(netip.AddrFrom16(a.Addr().As16()), a.Port()))
	}
	codes := map[int]int{}
	var by []string
	for _, network := range transports {
		before := sent
		p := &probing{raw: b.raw(t, network, "", customer(network)), fine: map[[12]byte]bool{}, codes: codes}
		p.allocate()
		for i, a := range to {
			granted := a.Addr().Unmap() == strangers[0].Addr() || given(a)
			p.at(a, strangers[0], uint16(0x4000+i), granted) //nolint:gosec // small
			if i%8 == 7 {
				p.settle(fmt.Sprint(network, " to ", to[i-7:i+1]))
			}
		}
		p.settle(network)
		if p.answered < p.owed*7/8 { // of a ConnectionBind nobody says anything
			t.Errorf("%s: %d of %d requests were answered: they did not get where they must be refused", network, p.answered, p.owed)
		}
		sent += p.sent
		for i, opening := range openings {
			sent += b.opens(t, network, fmt.Sprint(network, i), opening, p, to)
		}
		by = append(by, fmt.Sprint(sent-before, " over ", network))
	}
	for _, r := range []*raw{one, two} {
		if text := r.hears(50 * time.Millisecond); text != "" {
			t.Errorf("another session heard %q", text)
		}
	}
	one.say(0x4000, "still here")
	if text := two.hears(5 * time.Second); text != "still here" {
		t.Errorf("the live pair heard %q", text)
	}
	t.Logf("%d addresses, probes: %s; answers by code %v, packets dropped for outside %d, for denied %d, for strangers %d",
		len(to), strings.Join(by, ", "), codes, b.dropped("outside"), b.dropped("denied"), b.dropped("stranger"))
	return sent
}

// opens asks for an allocation in one way, with the nonce of another client, and through it for every seventh target.
func (b bench) opens(t testing.TB, network, session string, o opening, other *probing, to []netip.AddrPort) (sent int) {
	t.Helper()
	r := &probing{raw: b.raw(t, network, "", Holder{session, "x", Customer}), fine: map[[12]byte]bool{}, codes: other.codes}
	r.nonce = other.nonce
	code := r.do(stun.MethodAllocate, o.attributes...)
	if (code == 0) != o.given {
		t.Errorf("%s: an allocation of %s: %d", network, o.name, code)
	}
	for j := 0; j < len(to); j += 7 {
		r.request(stun.MethodConnect, false, peer(to[j]))
		r.indicate(to[j], "a probe")
		r.sent++
	}
	if o.given {
		r.settle(network + " with " + o.name)
	} else if code := r.do(stun.MethodAllocate, attribute(stun.AttrRequestedTransport, 132, 0, 0, 0)); code != 442 {
		t.Errorf("the relay does not answer any more: %d", code)
	}
	return r.sent + 1
}

// relayedOf is the relayed address of a raw client.
func (b bench) relayedOf(r *raw) netip.AddrPort {
	r.t.Helper()
	b.board.mu.RLock()
	defer b.board.mu.RUnlock()
	for c, l := range b.board.clients {
		if c.addr == addrPort(r.conn.LocalAddr()) && c.tcp == r.stream {
			return netip.AddrPortFrom(b.board.address, l.port)
		}
	}
	r.t.Fatal("no allocation")
	return netip.AddrPort{}
}

// TestNoProbeReachesASocketOfThisHost listens at addresses of this host and asks the relay for them.
func TestNoProbeReachesASocketOfThisHost(t *testing.T) {
	b := start(t, secured(t))
	var at []netip.AddrPort
	var sockets []net.PacketConn
	var listeners []net.Listener
	own, _ := net.InterfaceAddrs()
	hosts := []string{"127.0.0.1", "127.0.0.2", "127.8.9.10", "::1"}
	for _, a := range own {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			hosts = append(hosts, n.IP.String())
		}
	}
	for _, host := range hosts {
		udp, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Logf("no socket at %s: %v", host, err)
			continue
		}
		defer udp.Close()
		tcp, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		defer tcp.Close()
		sockets, listeners = append(sockets, udp), append(listeners, tcp)
		for _, a := range []netip.AddrPort{addrPort(udp.LocalAddr()), addrPort(tcp.Addr())} {
			at = append(at, a, netip.AddrPortFrom(netip.AddrFrom16(a.Addr().As16()), a.Port()))
		}
	}
	if sent := probe(t, b, at...); sent < 1000 {
		t.Errorf("%d probes only", sent)
	}
	for _, s := range sockets {
		_ = s.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if n, from, err := s.ReadFrom(make([]byte, mtu)); err == nil {
			t.Errorf("%d bytes from %v came to %v", n, from, s.LocalAddr())
		}
	}
	for _, l := range listeners {
		_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Millisecond))
		if conn, err := l.Accept(); err == nil {
			t.Errorf("%v connected to %v", conn.RemoteAddr(), l.Addr())
		}
	}
	// The guard can fail: a packet from elsewhere is seen.
	conn, err := net.Dial("udp", sockets[0].LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = conn.Write([]byte("seen"))
	expect(t, sockets[0], "seen")
	t.Logf("%d sockets and %d listeners of this host heard nothing", len(sockets), len(listeners))
}
