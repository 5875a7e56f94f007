package searchtest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ridealong/recording"
	"ridealong/recording/search"
)

var began = time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)

// put makes a recording in the store that is tested.
type put func(recording.Recording)

// Store holds a store to what search.Store promises.
func Store(t *testing.T, open func(*testing.T) (search.Store, func(recording.Recording))) {
	for name, test := range map[string]func(*testing.T, search.Store, put){
		"each query finds what it asks for, newest first":   finds,
		"pages follow one another without a moment twice":   pages,
		"a moment is there once, however often it is told":  once,
		"what is forgotten is not found":                    forgets,
		"a recording is found by what it and a moment have": findsRecordings,
		"a long recording stands where it began":            long,
		"markers are by time":                               markers,
		"values are those that there are":                   values,
		"nothing is added to a recording that is gone":      gone,
	} {
		t.Run(name, func(t *testing.T) {
			s, put := open(t)
			test(t, s, put)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, q string) search.Query {
	t.Helper()
	out, err := search.Parse(q, began.Add(48*time.Hour))
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return out
}

// fill makes two recordings, a day apart.
func fill(t *testing.T, s search.Store, put put) {
	put(recording.Recording{ID: "01A", Reference: "ACME 17", OwnerName: "Ana", State: recording.Complete, Started: began, Duration: time.Hour, Browser: "Firefox 152", OS: "Linux", Tags: []string{"vip"}})
	put(recording.Recording{ID: "01B", Reference: "100% wool", OwnerName: "Bo", State: recording.Partial, Started: began.Add(24 * time.Hour), Duration: time.Minute, Browser: "Chrome 149", OS: "Windows"})
	const shop = "https://shop.example"
	_, err := s.Add(t.Context(), "01A", began, []search.Moment{
		{N: 1, At: 10, Kind: search.KindNavigation, URL: shop + "/cart", Page: shop + "/cart", Title: "/cart"},
		{N: 2, At: 20, Kind: search.KindConsole, Level: "error", Page: shop + "/cart", Title: "Cannot read properties", Detail: "Cannot read properties\nof undefined (reading total)"},
		{N: 3, At: 20, Kind: search.KindConsole, Level: "debug", Page: shop + "/cart", Title: "read, but cannot"},
		{N: 4, At: 30, Kind: search.KindRequest, Method: "POST", Status: 500, Took: 2500, Failed: true, URL: shop + "/api/pay?amount=1", Page: shop + "/checkout", Title: "POST /api/pay 500"},
		{N: 5, At: 40, Kind: search.KindRequest, Method: "GET", Status: 404, Took: 12, Failed: true, URL: shop + "/api/payments", Page: shop + "/checkout", Title: "GET /api/payments 404"},
		{N: 6, At: 50, Kind: search.KindRage, Page: shop + "/checkout", Title: "button “Pay”"},
	})
	must(t, err)
	_, err = s.Add(t.Context(), "01B", began.Add(24*time.Hour), []search.Moment{
		{N: 1, At: 5, Kind: search.KindRequest, Method: "GET", Status: 200, Took: 3, URL: shop + "/api/pay", Page: shop + "/", Title: "GET /api/pay 200"},
		{N: 2, At: 6, Kind: search.KindRequest, Method: "GET", Took: 9000, Failed: true, URL: shop + "/slow", Page: shop + "/", Title: "GET /slow timed out"},
		{N: 3, At: 7, Kind: search.KindConsole, Level: "log", Page: shop + "/", Title: "Über zqfall größe: Café", Detail: `zqflevelerror "quoted"`},
		{N: 4, At: 8, Kind: search.KindClick, Page: shop + "/", Title: "a “Sale 50%”"},
	})
	must(t, err)
}

func finds(t *testing.T, s search.Store, put put) {
	fill(t, s, put)
	for q, want := range map[string]string{
		`status:>=400`:                           "A5 A4",
		`status:>404`:                            "A4",
		`status:<=404 kind:request`:              "B2 B1 A5",
		`status:0`:                               "B2",
		`url:/api/pay`:                           "B1 A4",
		`url:/api/pay*`:                          "B1 A5 A4",
		`level:error`:                            "A2",
		`level:error OR level:debug`:             "A3 A2",
		`"cannot read"`:                          "A2",
		`cannot read`:                            "A3 A2",
		`cannot read -level:debug`:               "A2",
		`-cannot customer:acme`:                  "A6 A5 A4 A1",
		`read OR sale`:                           "B4 A3 A2",
		`proper*`:                                "A2",
		`total`:                                  "A2",
		`kind:rage-click`:                        "A6",
		`method:post`:                            "A4",
		`page:/checkout`:                         "A6 A5 A4",
		`duration:>2s`:                           "B2 A4",
		`kind:request -duration:>10ms`:           "B1",
		`duration:<=12ms`:                        "B1 A5",
		`customer:acme status:404`:               "A5",
		`customer:100%`:                          "B4 B3 B2 B1",
		`customer:1%0`:                           "",
		`browser:chrome level:log`:               "B3",
		`os:linux kind:navigation`:               "A1",
		`tag:VIP kind:request`:                   "A5 A4",
		`-tag:vip kind:request`:                  "B2 B1",
		`tag:vip OR browser:chrome kind:console`: "B3 A3 A2",
		`has:rage-click level:error`:             "A2",
		`has:failed-request kind:navigation`:     "A1",
		`has:message`:                            "",
		`owner:bo kind:click`:                    "B4",
		`state:partial kind:click`:               "B4",
		`after:2026-12-01 kind:console`:          "B3",
		`before:2026-12-01 kind:console`:         "A3 A2",
		`-after:2026-12-01 kind:console`:         "A3 A2",
		`after:7d before:36h level:error`:        "A2",
		`uber cafe`:                              "B3",
		`zqflevelerror`:                          "B3",
		`zqfall`:                                 "B3",
		`quoted`:                                 "B3",
		`AND`:                                    "",
		`NEAR`:                                   "",
		`properties cannot`:                      "A2",
		`"properties cannot"`:                    "",
		`-status:>=400 kind:request`:             "B2 B1",
		``:                                       "B4 B3 B2 B1 A6 A5 A4 A3 A2 A1",
	} {
		found, err := s.Moments(t.Context(), ask(t, q), 0, 50)
		if err != nil {
			t.Errorf("%s: %v", q, err)
		}
		if got := named(found); got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
}

func named(found []search.Found) string {
	names := []string{}
	for _, f := range found {
		names = append(names, strings.TrimPrefix(f.Recording, "01")+string(rune('0'+f.N)))
	}
	return strings.Join(names, " ")
}

func pages(t *testing.T, s search.Store, put put) {
	fill(t, s, put)
	var got []search.Found
	for before := int64(0); ; {
		page, err := s.Moments(t.Context(), search.Query{}, before, 3)
		must(t, err)
		if len(page) == 0 {
			break
		}
		got, before = append(got, page...), page[len(page)-1].Place
	}
	if want := "B4 B3 B2 B1 A6 A5 A4 A3 A2 A1"; named(got) != want {
		t.Errorf("%s, want %s", named(got), want)
	}
	if first := got[0]; first.Reference != "100% wool" || first.Owner != "Bo" || !first.Started.Equal(began.Add(24*time.Hour)) {
		t.Errorf("its recording is %s of %s at %s", first.Reference, first.Owner, first.Started)
	}
}

func once(t *testing.T, s search.Store, put put) {
	fill(t, s, put)
	counts, err := s.Add(t.Context(), "01A", began, []search.Moment{
		{N: 1, At: 10, Kind: search.KindNavigation, Title: "again"}, {N: 6, At: 50, Kind: search.KindRage}, {N: 7, At: 60, Kind: search.KindClick, Title: "new"},
	})
	must(t, err)
	if want := (search.Counts{Clicks: 1}); counts != want {
		t.Errorf("added %+v, want %+v", counts, want)
	}
	all, err := s.Counts(t.Context(), "01A")
	must(t, err)
	if want := (search.Counts{Pages: 1, Failed: 2, Clicks: 1}); all != want {
		t.Errorf("there are %+v, want %+v", all, want)
	}
	found, err := s.Moments(t.Context(), ask(t, "again"), 0, 10)
	must(t, err)
	if len(found) > 0 {
		t.Error("the second took the first one's place")
	}
}

func forgets(t *testing.T, s search.Store, put put) {
	fill(t, s, put)
	must(t, s.Forget(t.Context(), "01A"))
	found, err := s.Moments(t.Context(), search.Query{}, 0, 50)
	must(t, err)
	if want := "B4 B3 B2 B1"; named(found) != want {
		t.Errorf("%s, want %s", named(found), want)
	}
	ids, err := s.Recordings(t.Context(), ask(t, "has:rage-click"), "", 10)
	must(t, err)
	if len(ids) > 0 {
		t.Error("it is still known for what it had")
	}
}

func findsRecordings(t *testing.T, s search.Store, put put) {
	fill(t, s, put)
	put(recording.Recording{ID: "01C", Reference: "acme 18", State: recording.Live, Started: began.Add(25 * time.Hour)})
	for q, want := range map[string][]string{
		``:                             {"01C", "01B", "01A"},
		`customer:acme`:                {"01C", "01A"},
		`customer:acme status:>=500`:   {"01A"},
		`kind:request`:                 {"01B", "01A"},
		`status:200 level:log`:         nil, // of one moment
		`-level:error kind:console`:    {"01B", "01A"},
		`duration:>30m`:                {"01A"},
		`duration:<30m kind:request`:   {"01B"},
		`after:2026-12-01`:             {"01C", "01B"},
		`has:rage-click OR state:live`: {"01C", "01A"},
	} {
		got, err := s.Recordings(t.Context(), ask(t, q), "", 10)
		if err != nil {
			t.Errorf("%s: %v", q, err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", q, got, want)
		}
	}
	second, err := s.Recordings(t.Context(), search.Query{}, "01C", 1)
	must(t, err)
	if !slices.Equal(second, []string{"01B"}) {
		t.Errorf("the second page is %v", second)
	}
}

// long is a recording that began before the others and tells something after them.
func long(t *testing.T, s search.Store, put put) {
	fill(t, s, put)
	put(recording.Recording{ID: "010", Started: began.Add(-time.Hour), Duration: 100 * time.Hour, Browser: "Safari 26", State: recording.Live})
	var many []search.Moment
	for n := range 250 {
		many = append(many, search.Moment{N: uint32(n), At: (50 * time.Hour).Milliseconds() + int64(n), Kind: search.KindRequest, Method: "GET", Status: 200})
	}
	_, err := s.Add(t.Context(), "010", began.Add(-time.Hour), many)
	must(t, err)
	for _, q := range []string{"kind:request", "kind:request -os:none", "kind:request before:2026-12-05"} {
		var got []string
		for before := ""; len(got) < 10; {
			page, err := s.Recordings(t.Context(), ask(t, q), before, 1)
			must(t, err)
			if len(page) == 0 {
				break
			}
			got, before = append(got, page[0]), page[0]
		}
		if want := []string{"01B", "01A", "010"}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", q, got, want)
		}
	}
}

func markers(t *testing.T, s search.Store, put put) {
	fill(t, s, put)
	got, err := s.Markers(t.Context(), "01A", 3)
	must(t, err)
	var kinds []search.Kind
	for _, m := range got {
		kinds = append(kinds, m.Kind)
	}
	if diff := cmp.Diff([]search.Kind{search.KindNavigation, search.KindRequest, search.KindRequest}, kinds); diff != "" {
		t.Error(diff)
	}
	if m := got[1]; m.At != 30 || m.N != 4 || m.Status != 500 || !m.Failed || m.Took != 2500 || m.Recording != "01A" {
		t.Errorf("%+v", m)
	}
}

func values(t *testing.T, s search.Store, put put) {
	fill(t, s, put)
	for _, c := range []struct {
		field  search.Field
		prefix string
		want   []string
	}{
		{search.Customer, "ac", []string{"ACME 17"}}, {search.Customer, "100%", []string{"100% wool"}}, {search.Browser, "f", []string{"Firefox 152"}},
		{search.OS, "win", []string{"Windows"}}, {search.Tag, "", []string{"vip"}}, {search.Owner, "x", nil}, {search.Status, "", nil},
	} {
		got, err := s.Values(t.Context(), c.field, c.prefix, 10)
		must(t, err)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:%s: %v, want %v", c.field, c.prefix, got, c.want)
		}
	}
}

func gone(t *testing.T, s search.Store, _ put) {
	if _, err := s.Add(t.Context(), "01X", began, []search.Moment{{Kind: search.KindClick}}); !errors.Is(err, recording.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
