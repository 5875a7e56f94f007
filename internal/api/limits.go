package api

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// limits is a rate for each key; the longest unused of 50,000 keys is forgotten first.
type limits struct {
	each  rate.Limit
	burst int
	keys  *lru.Cache[string, *rate.Limiter]
}

func newLimits(n int, per time.Duration) *limits {
	keys, _ := lru.New[string, *rate.Limiter](50_000) // fails only for sizes below one
	return &limits{rate.Limit(float64(n) / per.Seconds()), n, keys}
}

func (l *limits) allow(key string) bool {
	limiter := rate.NewLimiter(l.each, l.burst)
	if known, ok, _ := l.keys.PeekOrAdd(key, limiter); ok {
		limiter = known
	}
	return limiter.Allow()
}
