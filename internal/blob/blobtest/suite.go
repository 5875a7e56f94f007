// Package blobtest has what tests of object storage need: the conformance suite, a memory implementation, which is its reference, and a
// store that fails as disks and object stores do.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"ridealong/internal/blob"
)

// Suite is the conformance suite. open gives a store without objects.
func Suite(t *testing.T, open func(t *testing.T) blob.Store) {
	for name, test := range map[string]func(*testing.T, blob.Store){
		"what was put is what is got":                                  puts,
		"put again it is the same, put anew it is the new one":         again,
		"the store shares no memory with its callers":                  shares,
		"what is not there is told":                                    absent,
		"a part is just that part, and one beyond the end is an error": ranges,
		"names are listed by prefix and sorted, thousands too":         lists,
		"what was deleted is gone, and may be deleted again":           deletes,
		"names that lead elsewhere are refused":                        strange,
		"every name that is allowed works":                             allowed,
		"of several at a time one is there, whole":                     together,
		"putting and deleting beside each other disturbs nobody":       beside,
		"nothing is done for whom nobody waits any more":               cancelled,
	} {
		t.Run(name, func(t *testing.T) {
			store := open(t)
			defer func() { must(t, store.Close()) }()
			test(t, store)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func noise(seed uint64, n int) []byte {
	random := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

// has: the object is there with this content, by every way of asking.
func has(t *testing.T, store blob.Store, name string, want []byte) {
	t.Helper()
	got, err := store.Get(t.Context(), name)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("get %s: %d bytes, want %d; %v", name, len(got), len(want), err)
	}
	info, err := store.Head(t.Context(), name)
	if err != nil || info != (blob.Info{Name: name, Size: int64(len(want))}) {
		t.Fatalf("head %s: %+v, %v", name, info, err)
	}
}

func hasNot(t *testing.T, store blob.Store, name string) {
	t.Helper()
	_, err := store.Get(t.Context(), name)
	_, ranged := store.GetRange(t.Context(), name, 0, 1)
	_, head := store.Head(t.Context(), name)
	for what, err := range map[string]error{"get": err, "a part": ranged, "head": head} {
		if !errors.Is(err, blob.ErrNotFound) || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s of %s: %v", what, name, err)
		}
	}
}

func puts(t *testing.T, store blob.Store) {
	for n, size := range []int{0, 1, 4096, 100_000, 20 << 20} {
		name, content := fmt.Sprintf("recordings/a/%06d", n), noise(uint64(n), size)
		must(t, store.Put(t.Context(), name, content))
		has(t, store, name, content)
	}
}

func again(t *testing.T, store blob.Store) {
	for _, content := range []string{"one", "one", "another, longer", ""} {
		must(t, store.Put(t.Context(), "a/b", []byte(content)))
		has(t, store, "a/b", []byte(content))
	}
	if names, err := store.List(t.Context(), ""); err != nil || !slices.Equal(names, []string{"a/b"}) {
		t.Error(names, err)
	}
}

func shares(t *testing.T, store blob.Store) {
	content := []byte("content")
	must(t, store.Put(t.Context(), "a", content))
	clear(content)
	got, err := store.Get(t.Context(), "a")
	must(t, err)
	clear(got)
	has(t, store, "a", []byte("content"))
}

func absent(t *testing.T, store blob.Store) {
	must(t, store.Put(t.Context(), "folder/object", []byte("x")))
	for _, name := range []string{"never", "folder", "folder/never", "folder/obj"} {
		hasNot(t, store, name)
	}
}

func ranges(t *testing.T, store blob.Store) {
	content := noise(1, 1000)
	must(t, store.Put(t.Context(), "a", content))
	must(t, store.Put(t.Context(), "empty", nil))
	for _, r := range [][2]int64{{0, 1000}, {0, 1}, {999, 1}, {10, 500}, {0, 0}, {500, 0}, {1000, 0}} {
		got, err := store.GetRange(t.Context(), "a", r[0], r[1])
		if err != nil || !bytes.Equal(got, content[r[0]:r[0]+r[1]]) {
			t.Errorf("%d bytes from %d: %d bytes, %v", r[1], r[0], len(got), err)
		}
	}
	if got, err := store.GetRange(t.Context(), "empty", 0, 0); err != nil || len(got) > 0 {
		t.Errorf("nothing of an empty one: %q, %v", got, err)
	}
	for _, r := range [][2]int64{{0, 1001}, {999, 2}, {1000, 1}, {2000, 0}, {2000, 5}, {-1, 2}, {0, -1}, {1, 1<<63 - 1}} {
		if got, err := store.GetRange(t.Context(), "a", r[0], r[1]); !errors.Is(err, blob.ErrRange) || got != nil {
			t.Errorf("%d bytes from %d: %d bytes, %v", r[1], r[0], len(got), err)
		}
	}
}

func lists(t *testing.T, store blob.Store) {
	var want []string
	for n := range 1200 {
		want = append(want, fmt.Sprintf("recordings/b/%06d", n))
	}
	all := append([]string{"other/x", "recordings/a/000001", "recordings/a/blobs/x", "recordings/bc/1"}, want...)
	var each sync.WaitGroup
	todo := make(chan string)
	for range 8 {
		each.Go(func() {
			for name := range todo {
				if err := store.Put(t.Context(), name, []byte("x")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, name := range all {
		todo <- name
	}
	close(todo)
	each.Wait()
	slices.Sort(all)
	for prefix, want := range map[string][]string{
		"": all, "recordings/b/": want, "recordings/b/00000": want[:10], "recordings/b": append(slices.Clone(want), "recordings/bc/1"),
		"recordings/a/": {"recordings/a/000001", "recordings/a/blobs/x"}, "other": {"other/x"}, "none": nil, "none/x": nil, "other/x/": nil,
	} {
		got, err := store.List(t.Context(), prefix)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %d names, want %d; %v", prefix, len(got), len(want), err)
		}
	}
}

func deletes(t *testing.T, store blob.Store) {
	for _, name := range []string{"a/b/c", "a/b/d", "a/e"} {
		must(t, store.Put(t.Context(), name, []byte("x")))
	}
	for range 2 {
		must(t, store.Delete(t.Context(), "a/b/c"))
		hasNot(t, store, "a/b/c")
	}
	must(t, store.Delete(t.Context(), "a"))
	must(t, store.Delete(t.Context(), "never/there"))
	if names, err := store.List(t.Context(), ""); err != nil || !slices.Equal(names, []string{"a/b/d", "a/e"}) {
		t.Error(names, err)
	}
	must(t, store.Put(t.Context(), "a/b/c", []byte("y")))
	has(t, store, "a/b/c", []byte("y"))
}

func strange(t *testing.T, store blob.Store) {
	long := strings.Repeat("x", 201)
	for _, name := range []string{
		"", "/", "a/", "/a", "a//b", ".", "..", "../a", "a/../b", "a/./b", ".hidden", "a/.incomplete", `a\b`, "a b", "a\x00b", "ü", "a?b", "a:b",
		"a*", long, "a/" + long, "1/2/3/4/5/6/7/8/9",
	} {
		_, get := store.Get(t.Context(), name)
		_, part := store.GetRange(t.Context(), name, 0, 0)
		_, head := store.Head(t.Context(), name)
		for what, err := range map[string]error{
			"put": store.Put(t.Context(), name, nil), "get": get, "a part": part, "head": head, "delete": store.Delete(t.Context(), name),
		} {
			if !errors.Is(err, blob.ErrName) {
				t.Errorf("%s of %q: %v", what, name, err)
			}
		}
	}
	for _, prefix := range []string{"/", "../", "a//", "a b", ".incomplete/"} {
		if _, err := store.List(t.Context(), prefix); !errors.Is(err, blob.ErrName) {
			t.Errorf("list %q: %v", prefix, err)
		}
	}
}

func allowed(t *testing.T, store blob.Store) {
	names := []string{
		"-", "_", "--x--", "A.b-C_9", "a.", "x/y..z", "1/2/3/4/5/6/7/8", strings.Repeat("x", 200) + "/" + strings.Repeat("y", 200),
		"recordings/01JQ8Z6W4T9V3K2M5N7P0R1S8X/blobs/-_AAAAAAAAAAAAAAAAAAAA",
	}
	for n, name := range names {
		must(t, store.Put(t.Context(), name, []byte{byte(n)}))
	}
	for n, name := range names {
		has(t, store, name, []byte{byte(n)})
	}
	got, err := store.List(t.Context(), "")
	slices.Sort(names)
	if err != nil || !slices.Equal(got, names) {
		t.Error(got, err)
	}
}

func together(t *testing.T, store blob.Store) {
	var contents [4][]byte
	var all sync.WaitGroup
	for n := range contents {
		contents[n] = noise(uint64(n), 50_000+n)
		all.Go(func() {
			for range 5 {
				if err := store.Put(t.Context(), "a/b", contents[n]); err != nil {
					t.Error(err)
				}
				got, err := store.Get(t.Context(), "a/b")
				if err != nil || !slices.ContainsFunc(contents[:], func(c []byte) bool { return bytes.Equal(c, got) }) {
					t.Errorf("%d bytes that nobody put; %v", len(got), err)
				}
			}
		})
	}
	all.Wait()
}

func beside(t *testing.T, store blob.Store) {
	must(t, store.Put(t.Context(), "a/b/kept", nil))
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			name, content := fmt.Sprintf("a/b/%d", n), []byte{byte(n)}
			for range 10 {
				if err := store.Put(t.Context(), name, content); err != nil {
					t.Error(err)
					return
				}
				if got, err := store.Get(t.Context(), name); err != nil || !bytes.Equal(got, content) {
					t.Errorf("%q, %v", got, err)
				}
				if err := store.Delete(t.Context(), name); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if names, err := store.List(t.Context(), ""); err != nil || !slices.Equal(names, []string{"a/b/kept"}) {
		t.Error(names, err)
	}
}

func cancelled(t *testing.T, store blob.Store) {
	must(t, store.Put(t.Context(), "a", []byte("x")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, get := store.Get(ctx, "a")
	_, part := store.GetRange(ctx, "a", 0, 1)
	_, head := store.Head(ctx, "a")
	_, list := store.List(ctx, "")
	for what, err := range map[string]error{
		"put": store.Put(ctx, "b", nil), "get": get, "a part": part, "head": head, "list": list, "delete": store.Delete(ctx, "a"),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", what, err)
		}
	}
	has(t, store, "a", []byte("x"))
	hasNot(t, store, "b")
}
