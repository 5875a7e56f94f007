package relay

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

const (
	answersPerSecond = 10
	knownSources     = 65536
)

// budget bounds the answers to datagrams that prove nothing, by source address: an IPv4 address, or the /64 of an IPv6 one.
type budget struct {
	mu      sync.Mutex // guards sources
	sources *lru.Cache[netip.Prefix, *rate.Limiter]
}

func newBudget() *budget {
	sources, _ := lru.New[netip.Prefix, *rate.Limiter](knownSources)
	return &budget{sources: sources}
}

// allow counts one answer.
func (b *budget) allow(source netip.Addr, now time.Time) bool {
	bits := 32
	if source.Is6() {
		bits = 64
	}
	prefix, err := source.Prefix(bits)
	if err != nil {
		return false
	}
	b.mu.Lock()
	limiter, known := b.sources.Get(prefix)
	if !known {
		limiter = rate.NewLimiter(answersPerSecond, answersPerSecond)
		b.sources.Add(prefix, limiter)
	}
	b.mu.Unlock()
	return limiter.AllowN(now, 1)
}

// isSTUN checks the frame of a STUN message (RFC 8489 §5): magic cookie and length.
func isSTUN(p []byte) bool {
	return len(p) >= stunHeader && p[0] <= 3 && binary.BigEndian.Uint32(p[4:]) == stunMagic &&
		int(binary.BigEndian.Uint16(p[2:]))+stunHeader == len(p) && len(p)%4 == 0
}

// proves reports whether a STUN message has MESSAGE-INTEGRITY, right or wrong. Indications are never answered: they need none.
func proves(p []byte) bool {
	const class = 0x0110
	if binary.BigEndian.Uint16(p)&class != 0 {
		return true
	}
	for rest := p[stunHeader:]; len(rest) >= 4; {
		if binary.BigEndian.Uint16(rest) == attrIntegrity {
			return true
		}
		length := (4 + int(binary.BigEndian.Uint16(rest[2:])) + 3) &^ 3
		if length > len(rest) {
			return false
		}
		rest = rest[length:]
	}
	return false
}
