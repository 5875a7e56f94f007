package recording

import (
	"context"
	"slices"
	"sync"
)

// mapStore is as much of a Store as these tests need; recordingtest has the whole reference, which imports this package.
type mapStore struct {
	Store
	mu        sync.Mutex // guards what follows
	all       map[string]Recording
	documents map[string][]Document
	chunks    map[string][]Chunk
}

func newMapStore() *mapStore {
	return &mapStore{all: map[string]Recording{}, documents: map[string][]Document{}, chunks: map[string][]Chunk{}}
}

func (m *mapStore) Begin(_ context.Context, r Recording) (Recording, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.all[r.ID]; !ok {
		m.all[r.ID] = r
	}
	return m.all[r.ID], nil
}

func (m *mapStore) Recording(_ context.Context, id string) (Recording, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.all[id]
	if !ok {
		return r, ErrNotFound
	}
	return r, nil
}

func (m *mapStore) Update(_ context.Context, id string, change func(*Recording)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.all[id]
	change(&r)
	m.all[id] = r
	return nil
}

func (m *mapStore) PutDocuments(_ context.Context, id string, documents []Document) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range documents {
		m.documents[id] = append(slices.DeleteFunc(m.documents[id], func(o Document) bool { return o.Tab == d.Tab && o.Epoch == d.Epoch }), d)
	}
	return nil
}

func (m *mapStore) PutChunk(_ context.Context, id string, c Chunk) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.chunks[id] = append(slices.DeleteFunc(m.chunks[id], func(o Chunk) bool { return o.N == c.N }), c)
	return nil
}

func (m *mapStore) Documents(_ context.Context, id string) ([]Document, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.documents[id]), nil
}

func (m *mapStore) Chunks(_ context.Context, id string) ([]Chunk, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.chunks[id]), nil
}

func (m *mapStore) Unfinished(context.Context) (out []Recording, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.all {
		if r.State == Live {
			out = append(out, r)
		}
	}
	return out, nil
}

func (m *mapStore) Clear(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.documents, id)
	delete(m.chunks, id)
	return nil
}

func (m *mapStore) Notes(context.Context, string) ([]Note, error) { return nil, nil }

func (m *mapStore) Recordings(context.Context, string, int) (out []Recording, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.all {
		out = append(out, r)
	}
	return out, nil
}
