// Whom the clients of a public relay may not reach. An address is judged in one form only, and compared as a number: an IPv4 address in an
// IPv6 one (RFC 4291 §2.5.5.2) is that IPv4 address; every other way to write IPv4 inside IPv6 is denied whole.

package relay

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

const (
	// leastPeerPort is the first port that peers may have: what is below is of the system's services.
	leastPeerPort = 1024
	hostEvery     = time.Minute
	// patience is how long a name is waited for.
	patience = 2 * time.Second
)

// special are the prefixes that are never a peer's (the special-purpose registries of IANA, multicast, and what clouds keep for themselves).
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
	"168.63.129.16/32", // a cloud's own services

	"::/128", "::1/128", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
	"fec0::/10", "ff00::/8",

	// IPv4 inside IPv6: compatible, translated (NAT64), 6to4, Teredo.
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32",
)

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// denied is the list in force: special, the addresses of this host and of those that it uses, and what the operator adds and takes out.
type denied struct {
	deny, allow []netip.Prefix
	address     netip.Addr // of every relayed address: that of this host, as others see it
	host        atomic.Pointer[map[netip.Addr]bool]
	used        atomic.Pointer[map[netip.Addr]bool] // by hosts; it only grows
	hosts       func() []string
	resolve     func(ctx context.Context, name string) ([]netip.Addr, error)
	unknown     map[string]bool // names that were not found, as the log has been told; of one goroutine at a time
}

func newDenied(p Public, address netip.Addr) *denied {
	d := &denied{deny: p.Deny, allow: p.Allow, address: address, hosts: p.Hosts, unknown: map[string]bool{}}
	d.resolve = func(ctx context.Context, name string) ([]netip.Addr, error) {
		return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	}
	d.used.Store(&map[netip.Addr]bool{})
	return d
}

// lookUp learns the addresses of the hosts that this server uses. A name that is not found is said once; until it is, its address is
// denied if its class is.
func (d *denied) lookUp(ctx context.Context, log *slog.Logger) {
	if d.hosts == nil {
		return
	}
	used := maps.Clone(*d.used.Load())
	for _, name := range d.hosts() {
		if address, err := netip.ParseAddr(name); err == nil {
			used[address.Unmap().WithZone("")] = true
			continue
		}
		waiting, cancel := context.WithTimeout(ctx, patience)
		found, err := d.resolve(waiting, name)
		cancel()
		if err != nil && !d.unknown[name] {
			log.Warn("relay: A HOST THAT THIS SERVER USES IS NOT FOUND: the public mode does not deny it by itself, unless its address is of a class that is always denied; name its addresses in relay-deny",
				"host", name, "error", err)
		}
		d.unknown[name] = err != nil
		for _, address := range found {
			used[address.Unmap().WithZone("")] = true
		}
	}
	d.used.Store(&used)
}

// look learns which addresses this host has.
func (d *denied) look() error {
	found, err := net.InterfaceAddrs()
	if err != nil {
		return fmt.Errorf("relay: the addresses of this host: %w", err)
	}
	host := make(map[netip.Addr]bool, len(found))
	for _, a := range found {
		if network, ok := a.(*net.IPNet); ok {
			if address, ok := netip.AddrFromSlice(network.IP); ok {
				host[address.Unmap()] = true
			}
		}
	}
	d.host.Store(&host)
	return nil
}

// watch keeps the addresses of this host and of those that it uses until ctx is done.
func (d *denied) watch(ctx context.Context, log *slog.Logger) {
	again := time.NewTicker(hostEvery)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
			if err := d.look(); err != nil {
				log.Warn("relay: those that were known stay denied", "error", err)
			}
			d.lookUp(ctx, log)
		}
	}
}

// holds reports whether an address is denied. What the operator denies is, and what this server uses, whatever they allow.
func (d *denied) holds(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	switch {
	case !address.IsValid() || address == d.address || within(d.deny, address) || (*d.used.Load())[address]:
		return true
	case within(d.allow, address):
		return false
	}
	return (*d.host.Load())[address] || within(special, address)
}

// peer reports whether a peer is denied, by address or port.
func (d *denied) peer(peer netip.AddrPort) bool {
	return peer.Port() < leastPeerPort || d.holds(peer.Addr())
}

func within(list []netip.Prefix, address netip.Addr) bool {
	for _, prefix := range list {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}
