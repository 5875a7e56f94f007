package blob_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ridealong/internal/blob"
	"ridealong/internal/blob/blobtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestMemoryKeepsTheContract(t *testing.T) {
	blobtest.Suite(t, func(*testing.T) blob.Store { return blobtest.NewMemory() })
}

func TestFilesKeepTheContract(t *testing.T) {
	blobtest.Suite(t, func(t *testing.T) blob.Store { return files(t, t.TempDir()) })
}

func files(t *testing.T, dir string) *blob.File {
	t.Helper()
	store, err := blob.OpenFile(dir)
	must(t, err)
	return store
}

func TestAFaultyStoreWithoutAFaultKeepsTheContract(t *testing.T) {
	blobtest.Suite(t, func(*testing.T) blob.Store { return blobtest.NewFaulty(blobtest.NewMemory()) })
}

func TestALinkDoesNotLeadOutOfTheFolder(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("x"), 0o600))
	store := files(t, dir)
	defer func() { _ = store.Close() }()
	must(t, os.Symlink(outside, filepath.Join(dir, "link")))
	must(t, os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "file")))
	for _, name := range []string{"link/secret", "file"} {
		if got, err := store.Get(t.Context(), name); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	if err := store.Put(t.Context(), "link/new", nil); err == nil {
		t.Error("written outside")
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) != 1 {
		t.Error(left, err)
	}
	if names, err := store.List(t.Context(), ""); err != nil || len(names) > 0 {
		t.Error(names, err)
	}
}

func TestOnlyTheOwnerMayReadAndNothingIsLeftOfACrash(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "objects")
	store := files(t, dir)
	must(t, store.Put(t.Context(), "a/b", []byte("x")))
	for _, name := range []string{"", "a", "a/b"} {
		info, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q: %v", name, info.Mode())
		}
	}
	half, now := filepath.Join(dir, ".incomplete", "half"), filepath.Join(dir, ".incomplete", "now")
	must(t, os.WriteFile(half, []byte("h"), 0o600))
	must(t, os.Chtimes(half, time.Time{}, time.Now().Add(-2*time.Hour)))
	must(t, os.WriteFile(now, []byte("n"), 0o600))
	must(t, store.Close())
	store = files(t, dir)
	defer func() { _ = store.Close() }()
	if _, err := os.Stat(half); err == nil {
		t.Error("it is still there")
	}
	if _, err := os.Stat(now); err != nil {
		t.Error("what another process writes now was taken away")
	}
	if got, err := store.Get(t.Context(), "a/b"); err != nil || string(got) != "x" {
		t.Error(got, err)
	}
	must(t, store.Delete(t.Context(), "a/b"))
	if _, err := os.Stat(filepath.Join(dir, "a")); err == nil {
		t.Error("an empty folder is left")
	}
}

// The folder goes with the last object in it, while others are being put there.
func TestAFolderThatGoesTakesNothingWithIt(t *testing.T) {
	store := files(t, t.TempDir())
	defer func() { _ = store.Close() }()
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			name := fmt.Sprintf("a/b/%d", n)
			for range 100 {
				if err := store.Put(t.Context(), name, []byte{byte(n)}); err != nil {
					t.Error(err)
					return
				}
				if got, err := store.Get(t.Context(), name); err != nil || len(got) != 1 || got[0] != byte(n) {
					t.Errorf("%q, %v", got, err)
				}
				if err := store.Delete(t.Context(), name); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestFaultsAreSwitchedOnAndOff(t *testing.T) {
	store := blobtest.NewFaulty(blobtest.NewMemory())
	put := func() error { return store.Put(t.Context(), "a", []byte("x")) }
	for name, fault := range map[string]blobtest.Fault{"gone": blobtest.Gone, "full": blobtest.Full, "broken": blobtest.Broken} {
		store.Fail(fault)
		if put() == nil {
			t.Errorf("%s: it works", name)
		}
	}
	store.Fail(blobtest.Hangs)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := store.Get(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	store.Fail(blobtest.Every(2, blobtest.ErrGone))
	if first, second := put(), put(); first != nil || !errors.Is(second, blobtest.ErrGone) {
		t.Error(first, second)
	}
	store.Fail(blobtest.Slow(0))
	must(t, store.Delete(t.Context(), "a"))
	store.Fail(nil)
	store.LoseAnswers(true)
	if put() == nil {
		t.Error("an answer came")
	}
	store.LoseAnswers(false)
	if got, err := store.Get(t.Context(), "a"); err != nil || string(got) != "x" || store.Calls(blobtest.Put) != 6 {
		t.Error(got, err, store.Calls(blobtest.Put))
	}
}
