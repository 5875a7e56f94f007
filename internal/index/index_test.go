package index_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ridealong/internal/index"
	"ridealong/internal/sqlstore"
	"ridealong/recording"
	"ridealong/recording/search"
	"ridealong/wire"
)

// house is an index on a real database.
type house struct {
	*testing.T
	db     *sqlstore.DB
	store  *stubborn
	of     recording.Recording
	frames uint32
	flate  wire.Deflater
}

// stubborn takes nothing while it is down.
type stubborn struct {
	search.Store
	down bool
}

var errDown = errors.New("down")

func (s *stubborn) Add(ctx context.Context, id string, began time.Time, all []search.Moment) (search.Counts, error) {
	if s.down {
		return search.Counts{}, errDown
	}
	return s.Store.Add(ctx, id, began, all)
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	h := &house{T: t, db: db}
	h.must(err)
	t.Cleanup(func() { _ = db.Close() })
	h.store = &stubborn{Store: db.Moments()}
	h.of, err = db.Recordings().Begin(t.Context(), recording.Recording{ID: "01A", State: recording.Live, Started: time.UnixMilli(1_700_000_000_000).UTC()})
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) open() recording.Indexing {
	h.Helper()
	x, err := index.New(h.store, slog.New(slog.DiscardHandler)).Open(h.Context(), h.of)
	h.must(err)
	return x
}

// frame of one document that tells one thing for each entry.
func (h *house) frame(fresh bool, first uint32, whats ...wire.What) recording.Heard {
	h.Helper()
	h.frames++
	f := wire.Frame{Kind: wire.KindEntries, Flags: wire.FlagDeflated, Epoch: 1, Seq: h.frames, Time: 100}
	if fresh {
		f.Flags |= wire.FlagFresh
		h.flate.Fresh()
	}
	var entries []wire.Entry
	for i, what := range whats {
		entries = append(entries, wire.Entry{N: first + uint32(i), At: 1000, What: what})
	}
	payload, err := h.flate.Deflate(wire.AppendEntries(nil, f.Time, entries))
	h.must(err)
	f.Payload = payload
	return recording.Heard{Tab: 1, Lane: wire.LaneTelemetry, Frame: f, Began: 50}
}

// plain is a frame that is not compressed.
func (h *house) plain(first uint32, what wire.What) recording.Heard {
	h.Helper()
	h.frames++
	f := wire.Frame{Kind: wire.KindEntries, Epoch: 1, Seq: h.frames, Time: 100}
	f.Payload = wire.AppendEntries(nil, f.Time, []wire.Entry{{N: first, At: 1000, What: what}})
	return recording.Heard{Tab: 1, Lane: wire.LaneTelemetry, Frame: f, Began: 50}
}

func line(text string) wire.What {
	return &wire.ConsoleEntry{Values: []wire.Value{{Kind: wire.ValueString, Text: text}}}
}

// found are the titles of what is there, oldest first.
func (h *house) found() (out []string) {
	h.Helper()
	all, err := h.db.Moments().Moments(h.Context(), search.Query{}, 0, 100)
	h.must(err)
	for _, f := range slices.Backward(all) {
		out = append(out, f.Title)
	}
	return out
}

func (h *house) finds(want ...string) {
	h.Helper()
	if got := h.found(); !slices.Equal(got, want) {
		h.Errorf("found %q, want %q", got, want)
	}
}

func TestWhatAPageTellsIsFoundAndCounted(t *testing.T) {
	h := newHouse(t)
	x := h.open()
	h.must(x.Add(t.Context(), []recording.Heard{
		h.frame(true, 1, line("one"), &wire.EnvironmentEntry{Values: []wire.Pair{{Name: "userAgent", Value: "Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0"}}}),
		h.frame(false, 3, &wire.FailureEntry{Name: "Error", Message: "two"}),
		h.plain(4, line("plain")), // the stream of the others goes on around it
		h.frame(false, 5, &wire.HappeningEntry{Kind: wire.HappeningClick, Label: "three"}),
		h.frame(false, 6, &wire.RequestEntry{ID: 1, Method: "GET", URL: "https://a.example/x"}),
		h.frame(false, 7, &wire.ResponseEntry{ID: 1, Status: 500}, &wire.DoneEntry{ID: 1}),
	}))
	h.finds("one", "Error: two", "plain", "three", "GET /x 500")
	var r recording.Recording
	x.Facts()(&r)
	if r.Errors != 1 || r.Failed != 1 || r.Clicks != 1 || r.Browser != "Firefox 152" || r.OS != "Linux" {
		t.Errorf("%+v", r)
	}
	all, err := h.db.Moments().Moments(t.Context(), search.Query{}, 0, 1)
	h.must(err)
	if all[0].At != 150 || all[0].Tab != 1 || all[0].Epoch != 1 || all[0].N != 8 || !all[0].Started.Equal(h.of.Started) {
		t.Errorf("%+v", all[0])
	}
}

func TestWhatComesAgainAfterACrashIsThereOnce(t *testing.T) {
	h := newHouse(t)
	first, second := h.frame(true, 1, line("one"), &wire.FailureEntry{Message: "bad"}), h.frame(false, 3, line("two"))
	h.must(h.open().Add(t.Context(), []recording.Heard{first}))
	x := h.open()
	h.must(x.Add(t.Context(), []recording.Heard{first, second}))
	h.must(x.Add(t.Context(), []recording.Heard{second, h.frame(false, 4, line("three"))}))
	h.finds("one", "bad", "two", "three")
	var r recording.Recording
	if x.Facts()(&r); r.Errors != 1 {
		t.Errorf("%d errors", r.Errors)
	}
}

func TestAFrameThatCannotBeReadEndsItsStreamUntilAFreshOne(t *testing.T) {
	h := newHouse(t)
	x := h.open()
	early := h.frame(false, 1, line("before anything"))
	good := h.frame(true, 2, line("one"))
	bad, after := h.frame(false, 3, line("two")), h.frame(false, 4, line("three"))
	bad.Frame.Payload = []byte{5, 0xff, 0xff}
	fresh := h.frame(true, 5, line("four"))
	h.frame(false, 6, line("five")) // does not arrive
	behind := h.frame(false, 7, line("six"))
	other := h.frame(true, 1, line("of another tab"))
	other.Tab = 2
	if err := x.Add(t.Context(), []recording.Heard{early, good, bad, after, fresh, behind, other}); !errors.Is(err, wire.ErrDecode) {
		t.Errorf("error %v", err)
	}
	h.finds("one", "four", "of another tab")
}

func TestWhatTheStoreDidNotTakeIsGivenToItAgain(t *testing.T) {
	h := newHouse(t)
	x := h.open()
	h.store.down = true
	if err := x.Add(t.Context(), []recording.Heard{h.frame(true, 1, line("one"))}); !errors.Is(err, errDown) {
		t.Errorf("error %v", err)
	}
	h.store.down = false
	h.must(x.Add(t.Context(), []recording.Heard{h.frame(false, 2, line("two"))}))
	h.must(x.Close(t.Context()))
	h.finds("one", "two")
}

func TestManyDocumentsHoldOnlySoMuchMemory(t *testing.T) {
	h := newHouse(t)
	x := h.open()
	var all []recording.Heard
	for epoch := range uint32(100) {
		f := h.frame(true, 1, line("begins"))
		f.Frame.Epoch = epoch
		all = append(all, f)
	}
	late := h.frame(false, 2, line("of one that is not read any more"))
	late.Frame.Epoch = 0
	h.must(x.Add(t.Context(), append(all, late)))
	if got := h.found(); len(got) != 100 {
		t.Errorf("%d moments", len(got))
	}
}
