package relay

import (
	"net/netip"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

const (
	// streamAnswers is how many answers the streams of one source get to what proves nothing, at once and then a second. All the streams
	// that wait at a time have their turn within a fraction of one.
	streamAnswers = 320
	// longestTurn is how long a stream may wait for an answer; who would wait longer is closed.
	longestTurn = 2 * time.Second
)

// pace spreads the answers to the streams of a source that prove nothing. The address of a stream is its own, so that nobody else gets what
// is said to it, but requests over one are never sent again: each is answered, later if need be. A stream is not read meanwhile,
// so that it has one answer waiting and holds no more than before. Turns go by order of asking: a newcomer waits for one answer to each stream that is
// open, however much the others ask for.
type pace struct {
	mu      sync.Mutex // guards sources and what they hold; a limiter that is asked with an earlier time than before gives too much
	sources *lru.Cache[netip.Prefix, *rate.Limiter]
	now     func() time.Time
}

func newPace() *pace {
	sources, _ := lru.New[netip.Prefix, *rate.Limiter](knownSources)
	return &pace{sources: sources, now: time.Now}
}

// turn takes the next turn of a source and says how long it is until then; false when that is too long.
func (p *pace) turn(source netip.Addr) (time.Duration, bool) {
	prefix := sourceOf(source)
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	turns, known := p.sources.Get(prefix)
	if !known {
		turns = rate.NewLimiter(streamAnswers, streamAnswers)
		p.sources.Add(prefix, turns)
	}
	next := turns.ReserveN(now, 1)
	wait := next.DelayFrom(now)
	if wait > longestTurn {
		next.CancelAt(now)
		return 0, false
	}
	return wait, true
}
