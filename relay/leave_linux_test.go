// What a network namespace shows: no packet leaves. Skipped, loudly, where none can be made.

package relay

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// inNamespace runs the test that calls it again, alone, in a network namespace of its own, where every packet has a way out: a default
// route of either family through an interface that takes everything. It reports whether this is that run.
func inNamespace(t *testing.T) bool {
	t.Helper()
	if os.Getenv("RELAY_NAMESPACE") != "" {
		return true
	}
	flags := uintptr(syscall.CLONE_NEWNET)
	attributes := &syscall.SysProcAttr{}
	if os.Getuid() != 0 {
		flags |= syscall.CLONE_NEWUSER
		attributes.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		attributes.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	attributes.Cloneflags = flags
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("NOT SHOWN that no packet leaves: there is no ip (iproute2) to set up a namespace with")
	}
	probe := exec.Command("true")
	probe.SysProcAttr = attributes
	if err := probe.Run(); err != nil {
		t.Skip("NOT SHOWN that no packet leaves: no network namespace can be made here: ", err)
	}
	setUp := "ip link set lo up && ip link add out type veth peer name far && ip link set far up && ip link set out arp off && ip addr add 198.51.100.200/24 dev out && ip link set out up && " +
		"ip route add default dev out && (ip -6 route add default dev out || true) && exec \"$0\" \"$@\""
	again := exec.Command("sh", "-c", setUp, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	again.SysProcAttr = attributes
	again.Env = append(os.Environ(), "RELAY_NAMESPACE=1")
	out, err := again.CombinedOutput()
	t.Logf("in a namespace:\n%s", out)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatal("it did not run there")
	}
	return false
}

// watch counts the packets of TCP, UDP and ICMP that the host sends on any interface and that are not between clients and the ports of the
// relay, until stop says how many there were, and all it saw.
func watch(t *testing.T, ports ...uint16) (stop func() (strange []string, seen int)) {
	t.Helper()
	const everything = 0x0300 // ETH_P_ALL in network order
	fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, everything)
	if err != nil {
		t.Fatal(err)
	}
	_ = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_RCVBUFFORCE, 64<<20)
	_ = syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Usec: 100_000})
	var strange []string
	var seen int
	ending := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		packet := make([]byte, 65536)
		for {
			n, from, err := syscall.Recvfrom(fd, packet, 0)
			if err != nil {
				select {
				case <-ending: // nothing came for a while
					return
				default:
				}
				if !errors.Is(err, syscall.EAGAIN) && !errors.Is(err, syscall.EINTR) {
					t.Error(err)
					return
				}
				continue
			}
			link, ok := from.(*syscall.SockaddrLinklayer)
			if !ok || link.Pkttype != syscall.PACKET_OUTGOING {
				continue
			}
			seen++
			if text, is := stray(packet[:n], ports); is {
				strange = append(strange, text)
			}
		}
	})
	return func() ([]string, int) {
		close(ending)
		group.Wait()
		_ = syscall.Close(fd)
		return strange, seen
	}
}

// stray reports a packet that is not between a port of the relay's and another one, and what it is.
func stray(p []byte, ports []uint16) (string, bool) {
	if len(p) < 20 {
		return "", false
	}
	var protocol byte
	var to netip.Addr
	var rest []byte
	if p[0]>>4 == 4 {
		protocol, rest = p[9], p[min(len(p), int(p[0]&15)*4):]
		to = netip.AddrFrom4([4]byte(p[16:20]))
	} else if len(p) >= 40 {
		protocol, rest = p[6], p[40:]
		to = netip.AddrFrom16([16]byte(p[24:40]))
	}
	if protocol == syscall.IPPROTO_ICMPV6 || protocol == 0 || len(rest) < 4 { // the kernel's own: neighbours and groups
		return "", false
	}
	source, target := binary.BigEndian.Uint16(rest), binary.BigEndian.Uint16(rest[2:])
	if (protocol == syscall.IPPROTO_UDP || protocol == syscall.IPPROTO_TCP) && (slices.Contains(ports, source) || slices.Contains(ports, target)) && to.IsLoopback() {
		return "", false
	}
	return "protocol " + net.IP{protocol}.String() + " to " + netip.AddrPortFrom(to, target).String(), true
}

// TestNoPacketLeavesForAnyProbe counts at the interfaces of a namespace.
func TestNoPacketLeavesForAnyProbe(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	b := start(t, secured(t))
	ports := []uint16{b.Addr().Port(), addrPort(b.Streams[0].Addr()).Port()}
	stop := watch(t, ports...)
	sent := probe(t, b)
	time.Sleep(50 * time.Millisecond)
	strange, seen := stop()
	if len(strange) > 0 {
		t.Errorf("%d packets left, the first %v", len(strange), strange[:min(5, len(strange))])
	}
	if sent < 1000 || seen < 1000 { // over streams several go in a packet
		t.Errorf("%d probes, and %d packets seen", sent, seen)
	}
	// The guard can fail: the same packets sent by hand are seen to leave, on the way out and on loopback.
	stop = watch(t, ports...)
	direct := []string{"10.0.0.1:80", "8.8.8.8:53", "169.254.169.254:80", "127.0.0.1:80", "[2001:db8::1]:53", "[::1]:80"}
	for _, to := range direct {
		conn, err := net.ListenPacket("udp", ":0")
		if err != nil {
			t.Fatal(err)
		}
		address := net.UDPAddrFromAddrPort(netip.MustParseAddrPort(to))
		if _, err := conn.WriteTo([]byte("by hand"), address); err != nil {
			t.Errorf("by hand to %s: %v", to, err)
		}
		_ = conn.Close()
	}
	byHand, _ := stop()
	if len(byHand) < len(direct) {
		t.Errorf("of %d packets sent by hand %d were seen: %v", len(direct), len(byHand), byHand)
	}
	t.Logf("%d probes, %d packets on the interfaces, %d of them not between a client and the relay; by hand %d of %d are seen", sent, seen, len(strange), len(byHand), len(direct))
}

// anybody are the targets that a public relay reaches for its clients, but for the ports of services.
var anybody = prefixes("8.8.8.8/32", "1.1.1.1/32", "93.184.216.34/32")

// TestNoPacketLeavesAPublicRelayForWhatIsDenied counts as above: every denied address, and every address at the ports of services. What
// is not denied is seen to leave, over each transport.
func TestNoPacketLeavesAPublicRelayForWhatIsDenied(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	b := start(t, secured(t), func(c *Config) {
		c.Listen, c.Address = "0.0.0.0:0", netip.MustParseAddr("198.51.100.200")
		c.Public = &Public{First: 49152, Last: 65535, Deny: prefixes("8.8.4.0/24", "2606:4700::/32")}
	})
	ports := []uint16{b.Addr().Port(), addrPort(b.Streams[0].Addr()).Port()}
	allowed := func(a netip.AddrPort) bool { return within(anybody, a.Addr().Unmap()) }
	var to []netip.AddrPort
	for i, a := range append(targets(t), netip.MustParseAddr("8.8.4.4"), netip.MustParseAddr("::ffff:8.8.4.4"), netip.MustParseAddr("2606:4700::1")) {
		port := uint16(1024 + 500*(i%100)) //nolint:gosec // a port that is not of a service
		if within(anybody, a.Unmap()) {
			port = []uint16{1, 53, 80, 443, 1023}[i%5]
		}
		to = append(to, netip.AddrPortFrom(a, port))
	}
	stop := watch(t, ports...)
	sent := probeFor(t, b, to, allowed)
	time.Sleep(50 * time.Millisecond)
	strange, seen := stop()
	if len(strange) > 0 {
		t.Errorf("%d packets left, the first %v", len(strange), strange[:min(5, len(strange))])
	}
	if sent < 1000 || seen < 1000 {
		t.Errorf("%d probes, and %d packets seen", sent, seen)
	}
	stop = watch(t, ports...)
	asked := 0
	for _, network := range transports {
		r := b.raw(t, network, "", customer("allowed-"+network))
		r.allocate()
		for i, p := range anybody {
			at := netip.AddrPortFrom(p.Addr(), 50000)
			number := uint16(0x4000 + i) //nolint:gosec // small
			if code := r.do(stun.MethodChannelBind, channel(number), peer(at)); code != 0 {
				t.Errorf("%s: no channel to %v: %d", network, at, code)
			}
			r.indicate(at, "to one who is not denied")
			r.say(number, "to one who is not denied")
			asked += 2
		}
		if code := r.do(stun.MethodRefresh, lifetime(0)); code != 0 {
			t.Error(code)
		}
	}
	left, _ := stop()
	if len(left) != asked {
		t.Errorf("%d of %d packets for whom they may reach were seen: %v", len(left), asked, left)
	}
	t.Logf("%d probes, %d packets on the interfaces, %d of them not between a client and the relay; of %d for whom they may reach %d are seen", sent, seen, len(strange), asked, len(left))
}
