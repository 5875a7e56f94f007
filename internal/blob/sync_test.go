package blob

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// watched is a store whose syncs are written down, and fail when fail says so.
func watched(t *testing.T, fail func(n int) error) (store *File, dir string, syncs func() []string) {
	t.Helper()
	dir = t.TempDir()
	store, err := OpenFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	var seen []string
	store.sync = func(f *os.File) error {
		name := strings.TrimPrefix(strings.TrimPrefix(f.Name(), dir), "/")
		if strings.HasPrefix(name, temporary) {
			name = "the content"
			if matches, _ := filepath.Glob(filepath.Join(dir, "a", "b", "*")); len(matches) > 0 {
				name = "the content, too late"
			}
		}
		seen = append(seen, name)
		return errors.Join(fail(len(seen)), f.Sync())
	}
	return store, dir, func() []string { return slices.Clone(seen) }
}

// The content before it has its name; then its folder, and those that were made.
func TestAnObjectIsSyncedBeforeItHasItsNameAndItsFolderAfter(t *testing.T) {
	store, _, syncs := watched(t, func(int) error { return nil })
	if err := store.Put(t.Context(), "a/b/c", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(syncs()), "[the content . a a/b]"; got != want {
		t.Errorf("synced %s, want %s", got, want)
	}
	before := len(syncs())
	if err := store.Delete(t.Context(), "a/b/c"); err != nil {
		t.Fatal(err)
	}
	if got := syncs()[before:]; !slices.Equal(got, []string{"a/b"}) {
		t.Errorf("deleting synced %v", got)
	}
}

func TestADiskThatFailsIsToldAndNothingHalfIsLeft(t *testing.T) {
	bad := errors.New("bad disk")
	for failing := 1; failing <= 4; failing++ {
		store, dir, _ := watched(t, func(n int) error {
			if n == failing {
				return bad
			}
			return nil
		})
		if err := store.Put(t.Context(), "a/b/c", []byte("x")); !errors.Is(err, bad) {
			t.Errorf("sync %d failed: %v", failing, err)
		}
		if left, err := os.ReadDir(filepath.Join(dir, temporary)); err != nil || len(left) > 0 {
			t.Error(left, err)
		}
		if got, err := store.Get(t.Context(), "a/b/c"); err == nil && string(got) != "x" {
			t.Errorf("%q", got)
		}
		if err := store.Put(t.Context(), "a/b/c", []byte("x")); err != nil {
			t.Error(err)
		}
	}
}
