package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const (
	relayAnywhere = ":3478"
	relayHere     = "127.0.0.1:3478"
	leastSecret   = 16
	leastRate     = 16 << 10
	leastPort     = 1024
)

// Transports are how browsers may come to the relay.
var Transports = []string{"udp", "tcp", "tls"}

// checkRelay runs after the public URL is known.
func (c *Config) checkRelay() error {
	if c.Relay == relayAnywhere && c.Local() {
		c.Relay = relayHere
	}
	if err := c.checkRelayAddresses(); err != nil {
		return err
	}
	if err := c.CheckRelayAccess(); err != nil {
		return err
	}
	if err := c.checkRelayMode(); err != nil {
		return err
	}
	for key, n := range map[string]int64{"relay-allocations": int64(c.RelayAllocations), "relay-rate": int64(c.RelayRate), "relay-bytes": c.RelayBytes} {
		if n < 1 {
			return &KeyError{key, fmt.Sprintf("%d is less than 1", n)}
		}
	}
	// A whole datagram has to fit, or nothing passes.
	if c.RelayRate < leastRate {
		return &KeyError{"relay-rate", fmt.Sprintf("%d is less than %d", c.RelayRate, leastRate)}
	}
	return nil
}

// CheckRelayAccess checks what those who come to the relay have to know of it too: ways and secret.
func (c *Config) CheckRelayAccess() error {
	if n := len(c.RelaySecret); n > 0 && n < leastSecret {
		return &KeyError{"relay-secret", fmt.Sprintf("%d characters are too few: %d at least", n, leastSecret)}
	}
	for _, transport := range c.RelayTransports {
		if !slices.Contains(Transports, transport) {
			return &KeyError{"relay-transports", fmt.Sprintf("%q is none of %s", transport, strings.Join(Transports, ", "))}
		}
	}
	return nil
}

func (c *Config) checkRelayAddresses() error {
	if c.Relay == "" {
		if c.RelayOnly && !slices.ContainsFunc(c.STUN, func(s string) bool { return strings.HasPrefix(s, "turn") }) {
			return &KeyError{"relay-only", "there is no relay: set relay, or a turn: URL in stun"}
		}
	} else if _, _, err := net.SplitHostPort(c.Relay); err != nil {
		return &KeyError{"relay", fmt.Sprintf("%q is not an address like :3478", c.Relay)}
	}
	if c.RelayAddress == "" {
		return nil
	}
	if address, err := netip.ParseAddr(c.RelayAddress); err != nil || !address.Is4() || address.IsUnspecified() {
		return &KeyError{"relay-address", fmt.Sprintf("%q is not an IPv4 address", c.RelayAddress)}
	}
	return nil
}

func (c *Config) checkRelayMode() error {
	if c.RelayMode == "public" && c.Relay != "" && c.RelayAddress == "" {
		return &KeyError{"relay-address", "the public mode needs the IPv4 address under which others reach this host"}
	}
	if c.RelayMode == "public" || c.RelayPorts != "" {
		if _, _, err := c.RelayRange(); err != nil {
			return err
		}
	}
	if _, err := prefixes("relay-deny", c.RelayDeny); err != nil {
		return err
	}
	_, err := prefixes("relay-allow", c.RelayAllow)
	return err
}

// RelayRange is the range of ports of the public mode.
func (c *Config) RelayRange() (first, last uint16, err error) {
	from, to, _ := strings.Cut(c.RelayPorts, "-")
	a, problem := strconv.ParseUint(from, 10, 16)
	b, problem2 := strconv.ParseUint(to, 10, 16)
	if problem != nil || problem2 != nil || a < leastPort || b <= a {
		return 0, 0, &KeyError{"relay-ports", fmt.Sprintf("%q is not a range like 49152-65535, from %d on", c.RelayPorts, leastPort)}
	}
	return uint16(a), uint16(b), nil
}

// RelayPrefixes are what the public mode denies and allows beside what it does by itself.
func (c *Config) RelayPrefixes() (deny, allow []netip.Prefix, err error) {
	if deny, err = prefixes("relay-deny", c.RelayDeny); err != nil {
		return nil, nil, err
	}
	allow, err = prefixes("relay-allow", c.RelayAllow)
	return deny, allow, err
}

// prefixes reads a list of prefixes and addresses. What would match nothing, or not what it seems to, is refused.
func prefixes(key string, texts []string) (all []netip.Prefix, err error) {
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if address, problem := netip.ParseAddr(text); problem == nil && address.Zone() == "" {
			prefix, err = address.Prefix(address.BitLen())
		}
		switch {
		case err != nil:
			return nil, &KeyError{key, fmt.Sprintf("%q is neither an address nor a prefix like 198.51.100.0/24", text)}
		case prefix.Addr().Is4In6():
			return nil, &KeyError{key, fmt.Sprintf("%q: write it as IPv4", text)}
		case prefix != prefix.Masked():
			return nil, &KeyError{key, fmt.Sprintf("%q has bits behind its length: is %s meant?", text, prefix.Masked())}
		}
		all = append(all, prefix)
	}
	return all, nil
}

// Local says that browsers reach the server on this machine only.
func (c *Config) Local() bool {
	u, err := url.Parse(c.PublicURL)
	return err == nil && loopback(net.JoinHostPort(u.Hostname(), "0"))
}
