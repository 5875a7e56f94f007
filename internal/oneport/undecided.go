package oneport

import (
	"net"
	"net/netip"
	"sync"
)

// undecided counts connections that nobody has yet, by source: an IPv4 address, or the /64 of an IPv6 one.
type undecided struct {
	mu      sync.Mutex // guards what follows
	all     int
	sources map[netip.Prefix]int
}

// sourceOf is the zero prefix for what is no IP address.
func sourceOf(conn net.Conn) netip.Prefix {
	tcp, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	address := tcp.AddrPort().Addr().Unmap()
	bits := 32
	if address.Is6() {
		bits = 64
	}
	prefix, _ := address.WithZone("").Prefix(bits) // fails for lengths that an address does not have
	return prefix
}

// add reports whether there is a place.
func (u *undecided) add(source netip.Prefix) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all >= MaxUndecided || u.sources[source] >= MaxPerSource {
		return false
	}
	u.all++
	u.sources[source]++
	return true
}

func (u *undecided) remove(source netip.Prefix) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all--
	if u.sources[source]--; u.sources[source] <= 0 {
		delete(u.sources, source)
	}
}
