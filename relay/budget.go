package relay

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	answersPerSecond = 10
	knownSources     = 65536
	// longestAnswer is the size of the longest answer to one who proves nothing.
	longestAnswer = 100
)

// budget bounds the answers to datagrams that prove nothing, by source: answersPerSecond in any second.
type budget struct {
	mu      sync.Mutex // guards sources and what they hold
	sources *lru.Cache[netip.Prefix, *answered]
}

// answered is when the last answers were, in a ring: the oldest is next to be written over.
type answered struct {
	at   [answersPerSecond]time.Time
	next int
}

func newBudget() *budget {
	sources, _ := lru.New[netip.Prefix, *answered](knownSources)
	return &budget{sources: sources}
}

// sourceOf is what counts as one source: an IPv4 address, or the /64 of an IPv6 one.
func sourceOf(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	prefix, _ := a.WithZone("").Prefix(bits)
	return prefix
}

// left reports whether a source may have one more answer, and counts none.
func (b *budget) left(source netip.Addr, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	a, known := b.sources.Get(sourceOf(source))
	return !known || now.Sub(a.at[a.next]) >= time.Second
}

// allow counts one answer; false when there were enough within a second.
func (b *budget) allow(source netip.Addr, now time.Time) bool {
	prefix := sourceOf(source)
	b.mu.Lock()
	defer b.mu.Unlock()
	a, known := b.sources.Get(prefix)
	if !known {
		a = &answered{}
		b.sources.Add(prefix, a)
	}
	if now.Sub(a.at[a.next]) < time.Second {
		return false
	}
	a.at[a.next] = now
	a.next = (a.next + 1) % answersPerSecond
	return true
}

// answers reports whether a message of pion's may go out as a datagram. What it says to one who proved a credential has MESSAGE-INTEGRITY; the rest
// is what anybody can have said to any address: it is short and rare. Whether the request had a MESSAGE-INTEGRITY says nothing, for
// that can be any bytes.
func (s *Server) answers(to netip.Addr, message []byte) bool {
	if !isSTUN(message) || proves(message) {
		return true
	}
	if len(message) > longestAnswer || !s.budget.allow(to, time.Now()) {
		s.drop(dropBudget)
		return false
	}
	return true
}

// isSTUN checks the frame of a STUN message (RFC 8489 §5): magic cookie and length.
func isSTUN(p []byte) bool {
	return len(p) >= stunHeader && p[0] <= 3 && binary.BigEndian.Uint32(p[4:]) == stunMagic &&
		int(binary.BigEndian.Uint16(p[2:]))+stunHeader == len(p) && len(p)%4 == 0
}

// proves reports whether a STUN message has MESSAGE-INTEGRITY, right or wrong; one behind MESSAGE-INTEGRITY-SHA256 counts for nothing.
// Indications are never answered: they need none.
func proves(p []byte) bool {
	const class, indication = 0x0110, 0x0010
	if binary.BigEndian.Uint16(p)&class == indication {
		return true
	}
	for rest := p[stunHeader:]; len(rest) >= 4; {
		switch binary.BigEndian.Uint16(rest) {
		case attrIntegrity:
			return true
		case attrIntegrity256:
			return false
		}
		length := (4 + int(binary.BigEndian.Uint16(rest[2:])) + 3) &^ 3
		if length > len(rest) {
			return false
		}
		rest = rest[length:]
	}
	return false
}
