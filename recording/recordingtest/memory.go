// Package recordingtest has what tests of recordings share: the reference of their Store, and the suite that every Store passes.
package recordingtest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"ridealong/recording"
	"ridealong/session"
)

// Memory is the reference of recording.Store.
type Memory struct {
	mu  sync.Mutex // guards all
	all map[string]*kept
}

type kept struct {
	recording recording.Recording
	documents []recording.Document
	chunks    []recording.Chunk
	notes     []recording.Note
	shares    []recording.Share
}

// NewMemory is an empty one.
func NewMemory() *Memory { return &Memory{all: map[string]*kept{}} }

func (m *Memory) with(id string, f func(*kept) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.all[id]
	if k == nil {
		return recording.ErrNotFound
	}
	return f(k)
}

// Begin is recording.Store's.
func (m *Memory) Begin(_ context.Context, r recording.Recording) (recording.Recording, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if k := m.all[r.ID]; k != nil {
		return k.recording, nil
	}
	m.all[r.ID] = &kept{recording: r}
	return r, nil
}

// Recording is recording.Store's.
func (m *Memory) Recording(_ context.Context, id string) (r recording.Recording, err error) {
	err = m.with(id, func(k *kept) error {
		r = k.recording
		r.Tags = slices.Clone(r.Tags)
		return nil
	})
	return r, err
}

func (m *Memory) list(wanted func(recording.Recording) bool) (out []recording.Recording) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.all {
		if wanted(k.recording) {
			out = append(out, k.recording)
		}
	}
	slices.SortFunc(out, func(a, b recording.Recording) int { return strings.Compare(b.ID, a.ID) })
	return out
}

// Recordings is recording.Store's.
func (m *Memory) Recordings(_ context.Context, before string, limit int) ([]recording.Recording, error) {
	all := m.list(func(r recording.Recording) bool { return before == "" || r.ID < before })
	return all[:min(len(all), limit)], nil
}

// Unfinished is recording.Store's.
func (m *Memory) Unfinished(context.Context) ([]recording.Recording, error) {
	all := m.list(func(r recording.Recording) bool { return r.State == recording.Live })
	slices.Reverse(all)
	return all, nil
}

// Update is recording.Store's.
func (m *Memory) Update(_ context.Context, id string, change func(*recording.Recording)) error {
	return m.with(id, func(k *kept) error {
		change(&k.recording)
		k.recording.ID = id
		k.recording.Tags = slices.Compact(slices.Sorted(slices.Values(k.recording.Tags)))
		return nil
	})
}

// PutDocuments is recording.Store's.
func (m *Memory) PutDocuments(_ context.Context, id string, documents []recording.Document) error {
	return m.with(id, func(k *kept) error {
		for _, d := range documents {
			k.documents = slices.DeleteFunc(k.documents, func(old recording.Document) bool { return old.Tab == d.Tab && old.Epoch == d.Epoch })
			k.documents = append(k.documents, d)
		}
		slices.SortFunc(k.documents, func(a, b recording.Document) int {
			return cmp.Or(cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Tab, b.Tab))
		})
		return nil
	})
}

// PutChunk is recording.Store's.
func (m *Memory) PutChunk(_ context.Context, id string, c recording.Chunk) error {
	return m.with(id, func(k *kept) error {
		k.chunks = append(slices.DeleteFunc(k.chunks, func(old recording.Chunk) bool { return old.N == c.N }), c)
		slices.SortFunc(k.chunks, func(a, b recording.Chunk) int { return a.N - b.N })
		return nil
	})
}

// Documents is recording.Store's.
func (m *Memory) Documents(_ context.Context, id string) (out []recording.Document, err error) {
	_ = m.with(id, func(k *kept) error { out = slices.Clone(k.documents); return nil })
	return out, nil
}

// Chunks is recording.Store's.
func (m *Memory) Chunks(_ context.Context, id string) (out []recording.Chunk, err error) {
	_ = m.with(id, func(k *kept) error { out = slices.Clone(k.chunks); return nil })
	return out, nil
}

// PutNote is recording.Store's.
func (m *Memory) PutNote(_ context.Context, id string, n recording.Note) error {
	return m.with(id, func(k *kept) error {
		k.notes = append(slices.DeleteFunc(k.notes, func(old recording.Note) bool { return old.ID == n.ID }), n)
		slices.SortFunc(k.notes, func(a, b recording.Note) int {
			return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
		})
		return nil
	})
}

// Notes is recording.Store's.
func (m *Memory) Notes(_ context.Context, id string) (out []recording.Note, err error) {
	_ = m.with(id, func(k *kept) error { out = slices.Clone(k.notes); return nil })
	return out, nil
}

// DropNote is recording.Store's.
func (m *Memory) DropNote(_ context.Context, id, note string) error {
	return m.with(id, func(k *kept) error {
		before := len(k.notes)
		k.notes = slices.DeleteFunc(k.notes, func(n recording.Note) bool { return n.ID == note })
		if len(k.notes) == before {
			return recording.ErrNotFound
		}
		return nil
	})
}

// PutShare is recording.Store's.
func (m *Memory) PutShare(_ context.Context, id string, s recording.Share) error {
	return m.with(id, func(k *kept) error {
		k.shares = append(k.shares, s)
		slices.SortFunc(k.shares, func(a, b recording.Share) int {
			return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
		})
		return nil
	})
}

// Shares is recording.Store's.
func (m *Memory) Shares(_ context.Context, id string) (out []recording.Share, err error) {
	_ = m.with(id, func(k *kept) error { out = slices.Clone(k.shares); return nil })
	return out, nil
}

// Shared is recording.Store's.
func (m *Memory) Shared(_ context.Context, secret session.Hash) (recording.Share, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, k := range m.all {
		for _, s := range k.shares {
			if s.Secret == secret {
				return s, id, nil
			}
		}
	}
	return recording.Share{}, "", recording.ErrNotFound
}

// DropShare is recording.Store's.
func (m *Memory) DropShare(_ context.Context, id, share string) error {
	return m.with(id, func(k *kept) error {
		before := len(k.shares)
		k.shares = slices.DeleteFunc(k.shares, func(s recording.Share) bool { return s.ID == share })
		if len(k.shares) == before {
			return recording.ErrNotFound
		}
		return nil
	})
}

// Clear is recording.Store's.
func (m *Memory) Clear(_ context.Context, id string) error {
	return m.with(id, func(k *kept) error {
		k.documents, k.chunks, k.notes, k.shares = nil, nil, nil, nil
		return nil
	})
}

// Drop is recording.Store's.
func (m *Memory) Drop(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all[id] == nil {
		return recording.ErrNotFound
	}
	delete(m.all, id)
	return nil
}
