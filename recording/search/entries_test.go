package search

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ridealong/wire"
)

// take gives the moments of entries, told one ms after the other by a document that began 1 s into its recording.
func take(whats ...wire.What) (out []Moment) {
	d := Document{Tab: 2, Epoch: 3}
	for i, what := range whats {
		if m, ok := d.Take(wire.Entry{N: uint32(i + 1), At: int32(i * 10), What: what}, 1000); ok {
			out = append(out, m)
		}
	}
	return out
}

func text(s string) wire.Value { return wire.Value{Kind: wire.ValueString, Text: s} }

func TestEachKindOfEntryIsItsMoment(t *testing.T) {
	page := "https://shop.example/checkout?step=2"
	got := take(
		&wire.HappeningEntry{Kind: wire.HappeningNavigation, URL: page, Label: "navigate"},
		&wire.ConsoleEntry{Method: wire.ConsoleWarn, Values: []wire.Value{text("low"), {Kind: wire.ValueNumber, Text: "3"}}, Where: "https://shop.example/a.js:1:2"},
		&wire.FailureEntry{Name: "TypeError", Message: "Cannot read x", Stack: "at pay (a.js:1:2)"},
		&wire.RequestEntry{ID: 7, Method: "post", URL: "https://shop.example/api/pay?amount=1"},
		&wire.ResponseEntry{ID: 7, Status: 500, Reason: "Internal Server Error"},
		&wire.DoneEntry{ID: 7, Transfer: wire.Transfer{Duration: 12_345}},
		&wire.RequestEntry{ID: 8, Method: "GET", URL: "https://shop.example/api/cart"},
		&wire.DoneEntry{ID: 8, Outcome: wire.OutcomeAborted},
		&wire.HappeningEntry{Kind: wire.HappeningClick, Label: "button “Pay”"},
		&wire.HappeningEntry{Kind: wire.HappeningRage, Label: "button “Pay”", Count: 5},
		&wire.HappeningEntry{Kind: wire.HappeningDead, Label: "div"},
		&wire.HappeningEntry{Kind: wire.HappeningSubmit, Label: "form"},
		&wire.HappeningEntry{Kind: wire.HappeningMessage, Label: "Payment failed"},
		&wire.HappeningEntry{Kind: wire.HappeningCustom, Label: "plan", Data: `{"to":"pro"}`},
		&wire.HappeningEntry{Kind: wire.HappeningVisibility, Label: "hidden"},
		&wire.ResourceEntry{Kind: "img", URL: "https://shop.example/no.png", Status: 404},
		&wire.ResourceEntry{Kind: "img", URL: "https://shop.example/yes.png", Status: 200},
		&wire.DoneEntry{ID: 99},
		&wire.GaugeEntry{},
	)
	of := func(n uint32, m Moment) Moment {
		m.Tab, m.Epoch, m.N, m.At, m.Page = 2, 3, n, 1000+int64(n)-1, page
		return m
	}
	want := []Moment{
		of(1, Moment{Kind: KindNavigation, URL: page, Title: "/checkout"}),
		of(2, Moment{Kind: KindConsole, Level: "warn", Title: "low 3", Detail: "low 3\nhttps://shop.example/a.js:1:2"}),
		of(3, Moment{Kind: KindError, Level: "error", Title: "TypeError: Cannot read x", Detail: "Cannot read x\n\nat pay (a.js:1:2)"}),
		of(6, Moment{Kind: KindRequest, Method: "POST", Status: 500, Took: 1234, Failed: true, URL: "https://shop.example/api/pay?amount=1", Title: "POST /api/pay 500", Detail: "Internal Server Error"}),
		of(8, Moment{Kind: KindRequest, Method: "GET", URL: "https://shop.example/api/cart", Title: "GET /api/cart aborted by the page", Detail: "aborted by the page"}),
		of(9, Moment{Kind: KindClick, Title: "button “Pay”"}),
		of(10, Moment{Kind: KindRage, Title: "button “Pay”", Detail: "5 clicks"}),
		of(11, Moment{Kind: KindDead, Title: "div"}),
		of(12, Moment{Kind: KindForm, Title: "form"}),
		of(13, Moment{Kind: KindMessage, Title: "Payment failed"}),
		of(14, Moment{Kind: KindEvent, Title: "plan", Detail: `{"to":"pro"}`}),
		of(16, Moment{Kind: KindRequest, Method: "GET", Status: 404, Failed: true, URL: "https://shop.example/no.png", Title: "GET /no.png 404"}),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var counts Counts
	for _, m := range got {
		counts = counts.Plus(m.Counts())
	}
	if want := (Counts{Pages: 1, Errors: 1, Failed: 2, Clicks: 1}); counts != want {
		t.Errorf("%+v, want %+v", counts, want)
	}
}

func TestAConsoleLineIsAsABrowserShowsIt(t *testing.T) {
	line := Line([]wire.Value{
		{Kind: wire.ValueFormat, Text: "%c%s of %d%% %o %"}, text("color: red"), text("cart"), {Kind: wire.ValueNumber, Text: "40"},
		{Kind: wire.ValueObject, Text: "Cart", Size: 3, Items: []wire.Item{{Name: "a", Value: text("b")}, {Name: "secret", Value: wire.Value{Kind: wire.ValueMasked, Size: 4}}}},
		{Kind: wire.ValueFault, Text: "Error: no", Items: []wire.Item{{Name: "stack", Value: text("at x")}, {Name: "cause", Value: text("why")}}},
		{Kind: wire.ValueUndefined},
	})
	if want := `cart of 40% Cart {a: "b", secret: ••••••, …} % Error: no ← "why" undefined`; line != want {
		t.Errorf("%s, want %s", line, want)
	}
}

func TestAMomentIsBounded(t *testing.T) {
	long := strings.Repeat("ä", 100_000)
	for _, m := range take(
		&wire.HappeningEntry{Kind: wire.HappeningNavigation, URL: long, Label: long},
		&wire.HappeningEntry{Kind: wire.HappeningCustom, Label: long, Data: long},
		&wire.ConsoleEntry{Values: []wire.Value{text(long), text(long)}, Where: long},
		&wire.FailureEntry{Name: long, Message: long, Stack: long, Causes: []string{long}},
		&wire.RequestEntry{Method: long, URL: long}, &wire.ResponseEntry{Reason: long, Status: 1 << 31}, &wire.DoneEntry{Reason: long},
	) {
		if n := len(m.Title) + len(m.Detail) + len(m.URL) + len(m.Page) + len(m.Method); n > maxTitle+maxDetail+2*maxURL+40 {
			t.Errorf("%s of %d bytes", m.Kind, n)
		}
	}
}

func TestTheBrowserIsNamedByItsAgentString(t *testing.T) {
	for agent, want := range map[string][2]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0":                                                                    {"Firefox 152", "Linux"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36 Edg/149.0.0.0":             {"Edge 149", "Windows"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/149.0.0.0 Safari/537.36":                     {"Chrome 149", "macOS"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1":   {"Safari 26.0", "iOS"},
		"Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/149.0.0.0 Mobile Safari/537.36": {"Samsung Internet 29", "Android"},
		"something": {"", ""},
	} {
		browser, os := BrowserAndOS(&wire.EnvironmentEntry{Values: []wire.Pair{{Name: "userAgent", Value: agent}}})
		if browser != want[0] || os != want[1] {
			t.Errorf("%s: %s on %s", agent, browser, os)
		}
	}
}
