package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

const (
	relayAnywhere = ":3478"
	relayHere     = "127.0.0.1:3478"
	leastSecret   = 16
	leastRate     = 16 << 10
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

// Local says that browsers reach the server on this machine only.
func (c *Config) Local() bool {
	u, err := url.Parse(c.PublicURL)
	return err == nil && loopback(net.JoinHostPort(u.Hostname(), "0"))
}
