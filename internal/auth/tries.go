package auth

import (
	"net/netip"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// tries limits sign-ins to 20 a minute for each address; the one of 10,000 addresses that was seen longest ago is forgotten first.
type tries struct {
	now      func() time.Time
	limiters *lru.Cache[string, *rate.Limiter]
}

func newTries(now func() time.Time) *tries {
	limiters, _ := lru.New[string, *rate.Limiter](10_000) // fails only for sizes below one
	return &tries{now, limiters}
}

func (t *tries) allow(address string) bool {
	key := AddressKey(address)
	limiter := rate.NewLimiter(rate.Every(3*time.Second), 20)
	if known, ok, _ := t.limiters.PeekOrAdd(key, limiter); ok {
		limiter = known
		t.limiters.Get(key) // seen now
	}
	return limiter.AllowN(t.now(), 1)
}

// AddressKey is what counts as one address: an IPv4 address, or the /64 of an IPv6 one, in which a single customer has them all.
func AddressKey(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		if hostPort, err := netip.ParseAddrPort(address); err == nil {
			ip = hostPort.Addr()
		} else {
			return address
		}
	}
	ip = ip.Unmap()
	if ip.Is4() {
		return ip.String()
	}
	prefix, _ := ip.WithZone("").Prefix(64) // 64 is within 128
	return prefix.String()
}
