// Package keystoretest has what tests of keys need: the conformance suite, and a memory implementation, which is its reference.
package keystoretest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"
)

// Keys is what the suite tests. Its like is declared where keys are needed.
type Keys interface {
	// New is a new key, on disk when it returns, or the one there is.
	New(ctx context.Context, recording string) ([32]byte, error)
	// Key is fs.ErrNotExist when there is none.
	Key(ctx context.Context, recording string) ([32]byte, error)
	// Erase forgets a key for good; one that is not there too.
	Erase(ctx context.Context, recording string) error
}

// Memory keeps keys in memory.
type Memory struct {
	mu   sync.Mutex
	keys map[string][32]byte
}

// NewMemory has no keys.
func NewMemory() *Memory { return &Memory{keys: map[string][32]byte{}} }

// New is a new key, or the one there is.
func (m *Memory) New(ctx context.Context, recording string) ([32]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if recording == "" {
		return [32]byte{}, errors.New("keystoretest: a recording without a name")
	}
	key, ok := m.keys[recording]
	if !ok {
		_, _ = rand.Read(key[:])
		m.keys[recording] = key
	}
	return key, ctx.Err()
}

// Key is the one there is.
func (m *Memory) Key(ctx context.Context, recording string) ([32]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key, ok := m.keys[recording]
	if !ok {
		return key, fmt.Errorf("keystoretest: no key: %w", fs.ErrNotExist)
	}
	return key, ctx.Err()
}

// Erase forgets.
func (m *Memory) Erase(ctx context.Context, recording string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.keys, recording)
	return ctx.Err()
}

// Suite is the conformance suite. open gives a store without keys, closed by the caller's own cleanup.
func Suite(t *testing.T, open func(t *testing.T) Keys) {
	for name, test := range map[string]func(*testing.T, Keys){
		"a recording has one key, which stays":                         stays,
		"recordings have different keys":                               differ,
		"a recording without a key is told":                            absent,
		"an erased key is gone, and the next one is another":           erased,
		"erasing one leaves the others, and may be done twice":         twice,
		"a recording that is begun by many at a time has one key":      together,
		"nothing is done for whom nobody waits any more":               cancelled,
		"a recording without a name has no key":                        nameless,
		"names that mean something elsewhere are names like any other": names,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func made(t *testing.T, keys Keys, recording string) [32]byte {
	t.Helper()
	key, err := keys.New(t.Context(), recording)
	must(t, err)
	if key == [32]byte{} {
		t.Fatal("a key of zeros")
	}
	return key
}

func stays(t *testing.T, keys Keys) {
	first := made(t, keys, "a")
	if again := made(t, keys, "a"); again != first {
		t.Error("New gave another key")
	}
	if got, err := keys.Key(t.Context(), "a"); err != nil || got != first {
		t.Errorf("Key gave another: %v", err)
	}
}

func differ(t *testing.T, keys Keys) {
	seen := map[[32]byte]bool{}
	for n := range 20 {
		seen[made(t, keys, fmt.Sprint("recording ", n))] = true
	}
	if len(seen) != 20 {
		t.Errorf("%d keys for 20 recordings", len(seen))
	}
}

func gone(t *testing.T, keys Keys, recording string) {
	t.Helper()
	if key, err := keys.Key(t.Context(), recording); !errors.Is(err, fs.ErrNotExist) || key != [32]byte{} {
		t.Errorf("%q: %x, %v", recording, key, err)
	}
}

func absent(t *testing.T, keys Keys) {
	made(t, keys, "a")
	gone(t, keys, "b")
	gone(t, keys, "")
	gone(t, keys, "A")
}

func erased(t *testing.T, keys Keys) {
	first := made(t, keys, "a")
	must(t, keys.Erase(t.Context(), "a"))
	gone(t, keys, "a")
	if made(t, keys, "a") == first {
		t.Error("the key is back")
	}
}

func twice(t *testing.T, keys Keys) {
	made(t, keys, "a")
	b := made(t, keys, "b")
	for range 2 {
		must(t, keys.Erase(t.Context(), "a"))
	}
	must(t, keys.Erase(t.Context(), "never there"))
	if got, err := keys.Key(t.Context(), "b"); err != nil || got != b {
		t.Errorf("the other key: %v", err)
	}
}

func together(t *testing.T, keys Keys) {
	var got [8][32]byte
	var all sync.WaitGroup
	for n := range got {
		all.Go(func() { got[n], _ = keys.New(t.Context(), "a") })
	}
	all.Wait()
	for _, key := range got {
		if key != got[0] || key == [32]byte{} {
			t.Fatal("not one key for all")
		}
	}
}

func cancelled(t *testing.T, keys Keys) {
	made(t, keys, "a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := keys.Key(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("key: %v", err)
	}
	if _, err := keys.New(ctx, "b"); !errors.Is(err, context.Canceled) {
		t.Errorf("new: %v", err)
	}
	if err := keys.Erase(ctx, "c"); !errors.Is(err, context.Canceled) {
		t.Errorf("erase: %v", err)
	}
}

func nameless(t *testing.T, keys Keys) {
	if _, err := keys.New(t.Context(), ""); err == nil {
		t.Error("it has one")
	}
}

func names(t *testing.T, keys Keys) {
	all := []string{"../a", "a/b", "' OR 1=1 --", "ü", "a\x00b", "%"}
	got := map[string][32]byte{}
	for _, name := range all {
		got[name] = made(t, keys, name)
	}
	must(t, keys.Erase(t.Context(), "%"))
	for _, name := range all[:len(all)-1] {
		if key, err := keys.Key(t.Context(), name); err != nil || key != got[name] {
			t.Errorf("%q: %v", name, err)
		}
	}
}
