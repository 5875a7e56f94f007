package recordingtest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ridealong/recording"
	"ridealong/recording/chunk"
	"ridealong/session"
	"ridealong/wire"
)

// Store holds a Store to what recording.Store promises.
func Store(t *testing.T, open func(*testing.T) recording.Store) {
	for name, test := range map[string]func(*testing.T, recording.Store){
		"a recording begins once":                         beginsOnce,
		"the list is newest first, by pages":              listed,
		"parts are replaced in their place and in order":  parts,
		"what is dropped is gone, and its parts stay out": dropped,
		"notes are by time, and taken away one by one":    notes,
		"a share is found by its secret until it is gone": shares,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

var began = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)

// Example is a recording with something in every field.
func Example(id string) recording.Recording {
	return recording.Recording{
		ID: id, Project: "default", Reference: "acme 17", Owner: "ana", OwnerName: "Ana", State: recording.Live, Started: began,
		Duration: 61_234 * time.Millisecond, Title: "Checkout", URL: "https://shop.example/checkout", Browser: "Firefox 152", OS: "Linux",
		Pages: 3, Errors: 2, Failed: 1, Clicks: 14, Bytes: 123_456,
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(recording.Document{})); diff != "" {
		t.Error(diff)
	}
}

func missing(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, recording.ErrNotFound) {
		t.Errorf("%v, want not found", err)
	}
}

func beginsOnce(t *testing.T, s recording.Store) {
	first, err := s.Begin(t.Context(), Example("01A"))
	must(t, err)
	same(t, Example("01A"), first)
	other := Example("01A")
	other.Reference, other.Started = "another", began.Add(time.Hour)
	again, err := s.Begin(t.Context(), other)
	must(t, err)
	same(t, Example("01A"), again)
	must(t, s.Update(t.Context(), "01A", func(r *recording.Recording) {
		r.State, r.Why, r.Hold, r.Tags, r.ID = recording.Partial, "A part is missing.", true, []string{"vip", "broken", "vip"}, "02"
	}))
	want := Example("01A")
	want.State, want.Why, want.Hold, want.Tags = recording.Partial, "A part is missing.", true, []string{"broken", "vip"}
	got, err := s.Recording(t.Context(), "01A")
	must(t, err)
	same(t, want, got)
	must(t, s.Update(t.Context(), "01A", func(r *recording.Recording) { r.Tags = nil }))
	got, err = s.Recording(t.Context(), "01A")
	must(t, err)
	same(t, []string(nil), got.Tags)
	_, err = s.Recording(t.Context(), "nothing")
	missing(t, err)
	missing(t, s.Update(t.Context(), "nothing", func(*recording.Recording) {}))
}

func ids(all []recording.Recording) (out []string) {
	for _, r := range all {
		out = append(out, r.ID)
	}
	return out
}

func listed(t *testing.T, s recording.Store) {
	for _, id := range []string{"01B", "01D", "01A", "01C"} {
		_, err := s.Begin(t.Context(), Example(id))
		must(t, err)
	}
	must(t, s.Update(t.Context(), "01C", func(r *recording.Recording) { r.State = recording.Complete }))
	first, err := s.Recordings(t.Context(), "", 3)
	must(t, err)
	rest, err := s.Recordings(t.Context(), "01B", 3)
	must(t, err)
	live, err := s.Unfinished(t.Context())
	must(t, err)
	same(t, [][]string{{"01D", "01C", "01B"}, {"01A"}, {"01A", "01B", "01D"}}, [][]string{ids(first), ids(rest), ids(live)})
}

func parts(t *testing.T, s recording.Store) {
	_, err := s.Begin(t.Context(), Example("01A"))
	must(t, err)
	document := func(tab, epoch uint32, url string) recording.Document {
		return recording.Document{
			Tab: tab, Epoch: epoch, Began: -5, Ended: 900, URL: url, Title: "T", Gaps: []recording.Gap{{Lane: wire.LaneDOM, From: 3, To: 9}},
			Last: recording.Position{DOM: 12, DOMBegun: true},
		}
	}
	must(t, s.PutDocuments(t.Context(), "01A", []recording.Document{document(1, 2, "b"), document(3, 1, "a")}))
	must(t, s.PutDocuments(t.Context(), "01A", []recording.Document{document(1, 2, "c"), document(1, 1, "d")}))
	got, err := s.Documents(t.Context(), "01A")
	must(t, err)
	same(t, []recording.Document{document(1, 1, "d"), document(3, 1, "a"), document(1, 2, "c")}, got)
	c := recording.Chunk{N: 2, Bytes: 17, From: 1, To: 2, Keyframes: []chunk.Keyframe{{Tab: 1, Epoch: 2, Seq: 3, At: 4, Offset: 5}}}
	must(t, s.PutChunk(t.Context(), "01A", c))
	must(t, s.PutChunk(t.Context(), "01A", recording.Chunk{N: 1}))
	c.Sealed, c.Bytes = true, 18
	must(t, s.PutChunk(t.Context(), "01A", c))
	chunks, err := s.Chunks(t.Context(), "01A")
	must(t, err)
	same(t, []recording.Chunk{{N: 1}, c}, chunks)
	none, err := s.Documents(t.Context(), "nothing")
	must(t, err)
	same(t, []recording.Document(nil), none)
}

func dropped(t *testing.T, s recording.Store) {
	_, err := s.Begin(t.Context(), Example("01A"))
	must(t, err)
	must(t, s.PutDocuments(t.Context(), "01A", []recording.Document{{Tab: 1, Epoch: 1}}))
	must(t, s.PutChunk(t.Context(), "01A", recording.Chunk{N: 1}))
	must(t, s.PutNote(t.Context(), "01A", recording.Note{ID: "n", Text: "x", Created: began}))
	missing(t, s.Clear(t.Context(), "nothing"))
	must(t, s.Clear(t.Context(), "01A"))
	cleared, err := s.Documents(t.Context(), "01A")
	must(t, err)
	same(t, []recording.Document(nil), cleared)
	must(t, s.Drop(t.Context(), "01A"))
	missing(t, s.Drop(t.Context(), "01A"))
	missing(t, s.PutDocuments(t.Context(), "01A", []recording.Document{{Tab: 1, Epoch: 1}}))
	missing(t, s.PutChunk(t.Context(), "01A", recording.Chunk{N: 1}))
	missing(t, s.PutNote(t.Context(), "01A", recording.Note{ID: "n", Created: began}))
	_, err = s.Begin(t.Context(), Example("01A"))
	must(t, err)
	documents, _ := s.Documents(t.Context(), "01A")
	chunks, _ := s.Chunks(t.Context(), "01A")
	notes, _ := s.Notes(t.Context(), "01A")
	if len(documents)+len(chunks)+len(notes) > 0 {
		t.Errorf("what was dropped came back: %v %v %v", documents, chunks, notes)
	}
}

func notes(t *testing.T, s recording.Store) {
	_, err := s.Begin(t.Context(), Example("01A"))
	must(t, err)
	a := recording.Note{ID: "a", At: 5000, Tab: 1, Text: "Here it fails.", Author: "Ana", Created: began}
	b := recording.Note{ID: "b", At: 100, Text: "Begins.", Author: "Ben", Created: began.Add(time.Second)}
	must(t, s.PutNote(t.Context(), "01A", a))
	must(t, s.PutNote(t.Context(), "01A", b))
	a.Text = "Here it fails, too."
	must(t, s.PutNote(t.Context(), "01A", a))
	got, err := s.Notes(t.Context(), "01A")
	must(t, err)
	same(t, []recording.Note{b, a}, got)
	missing(t, s.DropNote(t.Context(), "nothing", "a"))
	must(t, s.DropNote(t.Context(), "01A", "a"))
	missing(t, s.DropNote(t.Context(), "01A", "a"))
}

func shares(t *testing.T, s recording.Store) {
	_, err := s.Begin(t.Context(), Example("01A"))
	must(t, err)
	share := recording.Share{ID: "s", Secret: session.HashOf([]byte("one")), At: 1234, Author: "Ana", Created: began, Expires: began.Add(time.Hour)}
	other := recording.Share{ID: "r", Secret: session.HashOf([]byte("two")), Author: "Ben", Created: began.Add(-time.Hour), Expires: began}
	must(t, s.PutShare(t.Context(), "01A", share))
	must(t, s.PutShare(t.Context(), "01A", other))
	missing(t, s.PutShare(t.Context(), "nothing", share))
	all, err := s.Shares(t.Context(), "01A")
	must(t, err)
	same(t, []recording.Share{other, share}, all)
	got, id, err := s.Shared(t.Context(), share.Secret)
	must(t, err)
	same(t, share, got)
	same(t, "01A", id)
	_, _, err = s.Shared(t.Context(), session.HashOf([]byte("three")))
	missing(t, err)
	must(t, s.DropShare(t.Context(), "01A", "s"))
	missing(t, s.DropShare(t.Context(), "01A", "s"))
	_, _, err = s.Shared(t.Context(), share.Secret)
	missing(t, err)
	must(t, s.Clear(t.Context(), "01A"))
	_, _, err = s.Shared(t.Context(), other.Secret)
	missing(t, err)
}
