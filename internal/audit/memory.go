package audit

import (
	"context"
	"slices"
	"sync"
)

// Memory is the reference of Log.
type Memory struct {
	mu  sync.Mutex // guards all
	all []Entry
}

// Append is Log's.
func (m *Memory) Append(_ context.Context, e Entry) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	before := ""
	if n := len(m.all); n > 0 {
		before = m.all[n-1].Hash
	}
	e.N = int64(len(m.all)) + 1
	m.all = append(m.all, Chained(e, before))
	return nil
}

// Entries is Log's.
func (m *Memory) Entries(_ context.Context, after int64, limit int) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if after >= int64(len(m.all)) {
		return nil, nil
	}
	rest := m.all[after:]
	return slices.Clone(rest[:min(len(rest), limit)]), nil
}
