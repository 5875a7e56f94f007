package sqlstore

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ridealong/recording"
	"ridealong/recording/search"
	"ridealong/recording/search/searchtest"
)

func openSearch(t *testing.T) (*DB, func(recording.Recording)) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, func(r recording.Recording) {
		if _, err := db.Recordings().Begin(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if err := db.Recordings().Update(t.Context(), r.ID, func(to *recording.Recording) { to.Tags = r.Tags }); err != nil {
			t.Fatal(err)
		}
	}
}

func TestMomentsAreAStore(t *testing.T) {
	searchtest.Store(t, func(t *testing.T) (search.Store, func(recording.Recording)) {
		db, put := openSearch(t)
		return db.Moments(), put
	})
}

// A word that is erased is not in any page of the index either; that of a recording that is dropped with all else is not.
func TestWhatIsForgottenIsNotInTheIndex(t *testing.T) {
	db, put := openSearch(t)
	for _, id := range []string{"01A", "01B"} {
		put(recording.Recording{ID: id, Started: time.Unix(1e9, 0)})
		if _, err := db.Moments().Add(t.Context(), id, time.Unix(1e9, 0), []search.Moment{{N: 1, Kind: search.KindEvent, Title: "xylophone" + id}}); err != nil {
			t.Fatal(err)
		}
	}
	inIndex := func() string {
		var all strings.Builder
		rows, err := db.read.QueryContext(t.Context(), `SELECT block FROM moments_words_data`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var block []byte
			if err := rows.Scan(&block); err != nil {
				t.Fatal(err)
			}
			all.Write(block)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		return all.String()
	}
	if !strings.Contains(inIndex(), "xylophone01a") {
		t.Fatal("the test does not see what is there")
	}
	if err := db.Moments().Forget(t.Context(), "01A"); err != nil {
		t.Fatal(err)
	}
	if err := db.Recordings().Drop(t.Context(), "01B"); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(inIndex(), "xylophone") {
		t.Error("it still is")
	}
	if _, err := db.write.ExecContext(t.Context(), `INSERT INTO moments_words (moments_words, rank) VALUES ('integrity-check', 1)`); err != nil {
		t.Error(err)
	}
}

func TestWhatIsForgottenIsNotInTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "db")
	db, err := Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Recordings().Begin(t.Context(), recording.Recording{ID: "01A", Started: time.Unix(1e9, 0)}); err != nil {
		t.Fatal(err)
	}
	var many []search.Moment
	for i := range 2000 {
		many = append(many, search.Moment{N: uint32(i), At: int64(i), Kind: search.KindEvent, Title: fmt.Sprintf("xylophone%d", i)})
	}
	if _, err := db.Moments().Add(t.Context(), "01A", time.Unix(1e9, 0), many); err != nil {
		t.Fatal(err)
	}
	if err := db.Moments().Forget(t.Context(), "01A"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil { // the log goes into the file
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(content, []byte("ylophone")); n > 0 {
		t.Errorf("%d times it is", n)
	}
}

func TestMoreOfOneMsThanThereArePlacesIsLeftOut(t *testing.T) {
	db, put := openSearch(t)
	put(recording.Recording{ID: "01A", Started: time.Unix(1e9, 0)})
	var many []search.Moment
	for i := range perMs + 10 {
		many = append(many, search.Moment{N: uint32(i), At: 1, Kind: search.KindClick})
	}
	many = append(many, search.Moment{N: 1 << 20, At: 2, Kind: search.KindNavigation})
	counts, err := db.Moments().Add(t.Context(), "01A", time.Unix(1e9, 0), many)
	if want := (search.Counts{Pages: 1, Clicks: perMs}); err != nil || counts != want {
		t.Errorf("%+v, want %+v (%v)", counts, want, err)
	}
}

func TestNoQueryIsAnErrorOfTheIndex(t *testing.T) {
	db, put := openSearch(t)
	put(recording.Recording{ID: "01A", Started: time.Unix(1e9, 0)})
	if _, err := db.Moments().Add(t.Context(), "01A", time.Unix(1e9, 0), []search.Moment{{Kind: search.KindRequest, Status: 404, Title: "a b c x"}}); err != nil {
		t.Fatal(err)
	}
	pieces := []string{
		"status:>1", "-status:404", `"a b"`, "c*", "zq*", "NEAR", "AND", "OR", "OR", "NOT", `"x (y) ^z"`, "customer:%", "tag:_", "has:note", "duration:>1ms", "-duration:<1s",
		"after:1d", "-before:2h", "-a", "state:live", "os:x", "status:<5", "url:*a", "page:zqu", "-page:b*", "𝒳", "٠", "½", "ⅷ", "Ⓐ", "a\x00b", "日本語", "e\u0301", "\u0301a", "{a}:b", "kind:dead-click", `"'"a`,
	}
	random := rand.New(rand.NewPCG(1, 2))
	asked := 0
	for range 600 {
		var terms []string
		for range 1 + random.IntN(8) {
			terms = append(terms, pieces[random.IntN(len(pieces))])
		}
		text := strings.Join(terms, " ")
		q, err := search.Parse(text, time.Unix(1e9+1, 0))
		if err != nil {
			continue
		}
		asked++
		if _, err := db.Moments().Moments(t.Context(), q, 0, 10); err != nil {
			t.Errorf("%q: moments: %v", text, err)
		}
		if _, err := db.Moments().Recordings(t.Context(), q, "", 10); err != nil {
			t.Errorf("%q: recordings: %v", text, err)
		}
	}
	if asked < 100 {
		t.Errorf("%d were queries", asked)
	}
}
