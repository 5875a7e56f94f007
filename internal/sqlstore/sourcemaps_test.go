package sqlstore

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ridealong/internal/sourcemaps"
)

const mapText = `{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}`

func TestASourceMapIsFoundByWhatIsToldOfItsScript(t *testing.T) {
	store := opened(t).SourceMaps()
	put := func(script, text string, now time.Time) sourcemaps.Entry {
		t.Helper()
		e, packed, err := sourcemaps.New(script, []byte(text), now)
		must(t, err)
		must(t, store.Put(t.Context(), e, packed, sourcemaps.DefaultTotal))
		return e
	}
	app := put("https://shop.test/app.js?v=1", mapText, at)
	old := put("https://shop.test/assets/B3wrgTda5Kx2Qp.js", mapText, at)
	newer := put("https://shop.test/assets/C4xxgTdb5Kx2Qp.js", mapText, at.Add(time.Hour))
	beside := put("https://shop.test/assets/A5xxgTdb5Kx2Qp.js", mapText, at.Add(time.Hour))
	if old.Told != newer.Told || old.Told != "https://shop.test/assets/:id" {
		t.Fatalf("%+v, %+v", old, newer)
	}
	for i, want := range []sourcemaps.Found{{Entry: app, Alike: 1}, {Entry: beside, Alike: 2}, {Entry: newer, Alike: 2}} {
		got, err := store.Find(t.Context(), want.Told, max(0, i-1))
		must(t, err)
		if len(got.Packed) != int(got.Kept) {
			t.Errorf("%d bytes, %d are kept", len(got.Packed), got.Kept)
		}
		got.Packed = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	_, err := store.Find(t.Context(), "https://shop.test/other.js", 0)
	wants(t, err, sourcemaps.ErrNotFound)
	_, err = store.Find(t.Context(), old.Told, 2) // of an upload before
	wants(t, err, sourcemaps.ErrNotFound)

	app = put("https://shop.test/app.js", mapText+" ", at.Add(time.Minute)) // in place of the one before
	list, err := store.List(t.Context())
	must(t, err)
	if diff := cmp.Diff([]sourcemaps.Entry{app, beside, newer, old}, list); diff != "" {
		t.Error(diff)
	}
	must(t, store.Delete(t.Context(), beside.Script))
	must(t, store.Delete(t.Context(), newer.Script))
	wants(t, store.Delete(t.Context(), newer.Script), sourcemaps.ErrNotFound)
	got, err := store.Find(t.Context(), old.Told, 0)
	must(t, err)
	if got.Script != old.Script || got.Alike != 1 {
		t.Errorf("%+v", got.Entry)
	}
}

func TestMapsTakeNoMoreThanTheyMay(t *testing.T) {
	store := opened(t).SourceMaps()
	e, packed, err := sourcemaps.New("https://shop.test/a.js", []byte(mapText), at)
	must(t, err)
	must(t, store.Put(t.Context(), e, packed, e.Kept))
	must(t, store.Put(t.Context(), e, packed, e.Kept)) // what it takes the place of does not count
	other := e
	other.Script = "https://shop.test/b.js"
	if err := store.Put(t.Context(), other, packed, 2*e.Kept-1); !errors.Is(err, sourcemaps.ErrFull) {
		t.Errorf("error %v", err)
	}
	list, err := store.List(t.Context())
	must(t, err)
	if len(list) != 1 {
		t.Errorf("%v", list)
	}
	must(t, store.Put(t.Context(), other, packed, 2*e.Kept))
}
