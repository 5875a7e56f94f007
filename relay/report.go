package relay

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// Open is what may be told of an allocation that is open: no name and no address.
type Open struct {
	Session   string // a few digits of a hash, so that the allocations of one session can be seen together
	Side      Side
	Transport string // udp or stream
	Age       time.Duration
	Bytes     int64 // that were passed on for its client
}

// Report lists what is open, the oldest first.
func (s *Server) Report() []Open {
	b := s.board
	b.mu.RLock()
	defer b.mu.RUnlock()
	now := b.now()
	all := make([]Open, 0, len(b.ports))
	for _, l := range b.ports {
		hash := sha256.Sum256([]byte(l.holder.Session))
		transport := "udp"
		if l.client.tcp {
			transport = "stream"
		}
		all = append(all, Open{hex.EncodeToString(hash[:3]), l.holder.Side, transport, now.Sub(l.opened), l.sent.Load()})
	}
	slices.SortFunc(all, func(a, b Open) int { return cmp.Compare(b.Age, a.Age) })
	return all
}

// Relayed is how many bytes were passed on, in all.
func (s *Server) Relayed() int64 {
	b := s.board
	b.mu.RLock()
	defer b.mu.RUnlock()
	bytes := b.before
	for _, l := range b.ports {
		bytes += l.sent.Load()
	}
	return bytes
}
