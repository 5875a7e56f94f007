package relay

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
)

func theList(t testing.TB) *denied {
	t.Helper()
	d := newDenied(Public{}, netip.MustParseAddr("8.8.4.4"))
	if err := d.look(); err != nil {
		t.Fatal(err)
	}
	return d
}

// last is the last address of a prefix.
func last(p netip.Prefix) netip.Addr {
	bytes := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	address, _ := netip.AddrFromSlice(bytes)
	return address
}

// written are the ways to write an IPv4 address in IPv6.
func written(a netip.Addr) map[string]netip.Addr {
	four := a.As4()
	at := func(prefix string, i int) netip.Addr {
		bytes := netip.MustParseAddr(prefix).As16()
		copy(bytes[i:], four[:])
		return netip.AddrFrom16(bytes)
	}
	teredo := netip.MustParseAddr("2001::").As16()
	binary.BigEndian.PutUint32(teredo[12:], ^binary.BigEndian.Uint32(four[:]))
	return map[string]netip.Addr{
		"mapped": at("::ffff:0:0", 12), "compatible": at("::", 12), "NAT64": at("64:ff9b::", 12), "local NAT64": at("64:ff9b:1::", 12),
		"6to4": at("2002::", 2), "Teredo server": at("2001::", 4), "Teredo client": netip.AddrFrom16(teredo),
	}
}

func TestEverySpecialAddressIsDeniedHoweverItIsWritten(t *testing.T) {
	d, count := theList(t), 0
	for _, text := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32", "168.63.129.16/32", "::/96", "64:ff9b::/96", "64:ff9b:1::/48",
		"100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
		"fec0::/10", "ff00::/8", "169.254.169.254/32", "100.100.100.200/32", "192.0.0.192/32", "0.0.0.1/32", "fd00:ec2::254/128",
	} {
		p := netip.MustParsePrefix(text)
		for _, a := range []netip.Addr{p.Addr(), last(p)} {
			if count++; !d.holds(a) || !d.peer(netip.AddrPortFrom(a, 5000)) {
				t.Errorf("%s is allowed", a)
			}
			if !a.Is4() {
				continue
			}
			for name, w := range written(a) {
				if count++; !d.holds(w) {
					t.Errorf("%s is allowed, which is %s, %s", w, a, name)
				}
			}
		}
	}
	for address := range *d.host.Load() {
		if count++; !d.holds(address) || !d.holds(netip.AddrFrom16(address.As16())) {
			t.Errorf("%s, of this host, is allowed", address)
		}
	}
	if !d.holds(d.address) {
		t.Error("the address that relayed addresses carry is allowed")
	}
	if count < 300 {
		t.Errorf("only %d addresses", count)
	}
	t.Log(count, "addresses")
}

func TestWhatIsBesideAPrefixIsNotDenied(t *testing.T) {
	d := theList(t)
	for _, text := range []string{
		"1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17",
		"169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.1.255", "192.0.3.0",
		"192.31.195.255", "192.31.197.0", "192.52.192.255", "192.52.194.0", "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0",
		"192.175.47.255", "192.175.49.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0",
		"223.255.255.255", "2001:200::", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::", "2003::", "2600::1",
		"2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	} {
		a := netip.MustParseAddr(text)
		if d.holds(a) {
			t.Errorf("%s is denied", a)
		}
		if a.Is4() {
			for name, w := range written(a) {
				// A mapped address is the IPv4 address; there is no need for the others, whatever is inside.
				if d.holds(w) != (name != "mapped") {
					t.Errorf("%s (%s): %v", w, name, d.holds(w))
				}
			}
		}
	}
}

func TestPortsOfTheSystemsServicesAreDenied(t *testing.T) {
	d, a := theList(t), netip.MustParseAddr("8.8.8.8")
	for port, want := range map[uint16]bool{0: true, 53: true, 443: true, 1023: true, 1024: false, 65535: false} {
		if got := d.peer(netip.AddrPortFrom(a, port)); got != want {
			t.Errorf("port %d: %v", port, got)
		}
	}
}

func TestWhatTheOperatorDeniesIsDeniedAndWhatTheyAllowIsNotOtherwise(t *testing.T) {
	d := theList(t)
	d.deny, d.allow = prefixes("8.8.0.0/16", "10.1.2.3/32"), prefixes("10.1.0.0/16", "127.0.0.0/8")
	for text, want := range map[string]bool{
		"8.8.8.8": true, "::ffff:8.8.8.8": true, "8.9.0.0": false, "10.1.0.1": false, "::ffff:10.1.0.1": false, "10.1.2.3": true, "10.2.0.1": true,
		"127.0.0.1": false, "::127.0.0.1": true, "64:ff9b::10.1.0.1": true,
	} {
		if got := d.holds(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestTheHostsThatThisServerUsesAreDeniedByWhateverAddressTheyHaveHad(t *testing.T) {
	d := theList(t)
	names := map[string][]string{"database.example": {"8.8.1.1", "2606:4700::1"}}
	d.hosts = func() []string {
		return []string{"database.example", "bus.example", "8.8.3.3", "::ffff:8.8.3.4", "2606:4700::3"}
	}
	d.resolve = func(_ context.Context, name string) (found []netip.Addr, err error) {
		for _, text := range names[name] {
			found = append(found, netip.MustParseAddr(text))
		}
		if found == nil {
			err = errors.New("no such host")
		}
		return found, err
	}
	d.allow = prefixes("8.8.0.0/16")
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	check := func(when string, denied map[string]bool) {
		t.Helper()
		for text, want := range denied {
			if got := d.holds(netip.MustParseAddr(text)); got != want {
				t.Errorf("%s, %s: %v", when, text, got)
			}
		}
	}
	d.lookUp(t.Context(), log)
	check("at the start", map[string]bool{
		"8.8.1.1": true, "::ffff:8.8.1.1": true, "2606:4700::1": true, "8.8.3.3": true, "8.8.3.4": true, "2606:4700::3": true, "8.8.2.2": false, "2606:4700::2": false,
	})
	if n := strings.Count(said.String(), "bus.example"); n != 1 || strings.Contains(said.String(), "database.example") {
		t.Errorf("the log: %s", said.String())
	}
	names["database.example"], names["bus.example"] = []string{"8.8.1.2"}, []string{"8.8.2.2"}
	d.lookUp(t.Context(), log)
	check("a minute later", map[string]bool{"8.8.1.1": true, "8.8.1.2": true, "8.8.2.2": true, "8.8.2.3": false})
	clear(names)
	d.lookUp(t.Context(), log)
	d.lookUp(t.Context(), log)
	check("when nobody answers", map[string]bool{"8.8.1.1": true, "8.8.1.2": true, "8.8.2.2": true, "2606:4700::1": true})
	if n := strings.Count(said.String(), "bus.example"); n != 2 {
		t.Errorf("the log says it %d times", n)
	}
}

func TestAHostOfThisServersOwnIsOutOfReachOfAPublicRelay(t *testing.T) {
	own, other := peerAt(t, "127.0.0.2:0"), peerAt(t, "127.0.0.4:0")
	var said bytes.Buffer
	b := start(t, open, func(c *Config) {
		c.Public.Allow = prefixes("127.0.0.2/32", "127.0.0.4/32")
		c.Public.Hosts = func() []string { return []string{"127.0.0.2", "nobody.invalid"} }
		c.Log = slog.New(slog.NewTextHandler(&said, nil))
	})
	if !strings.Contains(said.String(), "nobody.invalid") {
		t.Errorf("the log does not name who was not found: %s", said.String())
	}
	conn := allocate(t, b.client(t, "udp", customer("s")))
	if _, err := conn.WriteTo([]byte("let me in"), own.LocalAddr()); err == nil {
		t.Error("there is a permission for a host that this server uses")
	}
	silence(t, own)
	echo(t, conn, other, "one that it does not")
}
