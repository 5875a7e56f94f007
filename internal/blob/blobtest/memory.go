package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"ridealong/internal/blob"
)

// Memory keeps objects in memory.
type Memory struct {
	mu      sync.Mutex
	objects map[string][]byte
}

// NewMemory is empty.
func NewMemory() *Memory { return &Memory{objects: map[string][]byte{}} }

// Put keeps a copy.
func (m *Memory) Put(ctx context.Context, name string, content []byte) error {
	if err := errors.Join(blob.CheckName(name), ctx.Err()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.objects[name] = bytes.Clone(content)
	return nil
}

// Get gives a copy.
func (m *Memory) Get(ctx context.Context, name string) ([]byte, error) {
	if err := errors.Join(blob.CheckName(name), ctx.Err()); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	content, ok := m.objects[name]
	if !ok {
		return nil, fmt.Errorf("%w: %s", blob.ErrNotFound, name)
	}
	return append([]byte{}, content...), nil
}

// GetRange gives a copy of a part.
func (m *Memory) GetRange(ctx context.Context, name string, from, length int64) ([]byte, error) {
	content, err := m.Get(ctx, name)
	if err != nil {
		return nil, err
	}
	if size := int64(len(content)); from < 0 || length < 0 || from > size || length > size-from {
		return nil, blob.ErrRange
	}
	return content[from : from+length], nil
}

// Head tells the size.
func (m *Memory) Head(ctx context.Context, name string) (blob.Info, error) {
	content, err := m.Get(ctx, name)
	if err != nil {
		return blob.Info{}, err
	}
	return blob.Info{Name: name, Size: int64(len(content))}, nil
}

// List gives the names.
func (m *Memory) List(ctx context.Context, prefix string) ([]string, error) {
	if err := errors.Join(blob.CheckPrefix(prefix), ctx.Err()); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for name := range m.objects {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// Delete forgets.
func (m *Memory) Delete(ctx context.Context, name string) error {
	if err := errors.Join(blob.CheckName(name), ctx.Err()); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, name)
	return nil
}

// Close does nothing.
func (m *Memory) Close() error { return nil }
