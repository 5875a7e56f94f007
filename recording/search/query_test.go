package search

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2026, 12, 1, 15, 30, 0, 0, time.UTC)

func TestEveryFieldIsRead(t *testing.T) {
	q, err := Parse(`status:>=400 url:/api/pay level:error "Cannot read" customer:acme browser:firefox has:rage-click after:7d before:2026-11-01 `+
		`method:post kind:request -level:debug tag:vip owner:"ann b" page:/checkout duration:>2s time* TypeError: https://shop.example/a`, now)
	if err != nil {
		t.Fatal(err)
	}
	want := []Term{
		{Field: Status, Op: GreaterOrEqual, Number: 400},
		{Field: URL, Text: "/api/pay"},
		{Field: Level, Text: "error"},
		{Text: "Cannot read"},
		{Field: Customer, Text: "acme"},
		{Field: Browser, Text: "firefox"},
		{Field: Has, Text: "rage-click"},
		{Field: After, Time: now.AddDate(0, 0, -7)},
		{Field: Before, Time: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)},
		{Field: Method, Text: "POST"},
		{Field: KindOf, Text: "request"},
		{Field: Level, Not: true, Text: "debug"},
		{Field: Tag, Text: "vip"},
		{Field: Owner, Text: "ann b"},
		{Field: Page, Text: "/checkout"},
		{Field: Duration, Op: Greater, Number: 2000},
		{Text: "time", Prefix: true},
		{Text: "TypeError"},
		{Text: "https://shop.example/a"},
	}
	var got []Term
	for _, clause := range q.Clauses {
		for _, term := range clause {
			term.At = 0
			got = append(got, term)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestORJoinsItsTwoNeighbours(t *testing.T) {
	q, err := Parse(`a level:error OR level:warn OR timeout b`, now)
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for _, clause := range q.Clauses {
		sizes = append(sizes, len(clause))
	}
	if diff := cmp.Diff([]int{1, 3, 1}, sizes); diff != "" {
		t.Error(diff)
	}
}

func TestAnErrorNamesThePlaceAndSaysWhatWouldBeRight(t *testing.T) {
	for q, want := range map[string]struct {
		from, to int
		text     string
	}{
		`a status:abc`:              {2, 12, "status: needs a number, such as status:404 or status:>=400"},
		`level:`:                    {0, 6, "level: needs one of error, warn, info, log, debug"},
		`statu:4`:                   {0, 7, `there is no field "statu", is it status:?; for the text itself write "statu:4"`},
		`x after:soon`:              {2, 12, "after: needs a day or how long ago, such as after:2026-11-01 or after:7d"},
		`duration:>2x`:              {0, 12, "duration: needs a length of time, such as duration:>2s or duration:<500ms"},
		`"open`:                     {0, 5, `a phrase ends with a quotation mark: "open"`},
		`a OR`:                      {2, 4, `OR stands between two terms, such as level:error OR level:warn; for the word itself write "OR"`},
		`a OR tag:vip`:              {5, 12, "OR joins terms of moments, or terms of recordings, that are not excluded; times stand alone"},
		`ok --`:                     {3, 5, "a word has letters or digits"},
		strings.Repeat("a ", 31):    {60, 62, "a query has at most 30 terms"},
		strings.Repeat("a", 501):    {500, 501, "a query has at most 500 letters"},
		"a\xff":                     {0, 2, "this is not a text"},
		`kind:nothing`:              {0, 12, "kind: needs one of error, request, console, navigation, click, rage-click, dead-click, form, message, event"},
		`status:>=`:                 {0, 9, "status: needs a number, such as status:404 or status:>=400"},
		`duration:-2s`:              {0, 12, "duration: needs a length of time, such as duration:>2s or duration:<500ms"},
		`after:99999d`:              {0, 12, "after: needs a day or how long ago, such as after:2026-11-01 or after:7d"},
		`url:///`:                   {0, 7, "url: needs a part of an address, such as url:/api/pay"},
		`url:%%`:                    {0, 6, "url: needs a part of an address, such as url:/api/pay"},
		`OR a`:                      {0, 2, `OR stands between two terms, such as level:error OR level:warn; for the word itself write "OR"`},
		`-level:error OR level:log`: {16, 25, "OR joins terms of moments, or terms of recordings, that are not excluded; times stand alone"},
	} {
		_, err := Parse(q, now)
		var wrong *Error
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v", q, err)
			continue
		}
		if want.text != "" && (wrong.Text != want.text || wrong.From != want.from || wrong.To != want.to) {
			t.Errorf("%s: %d to %d: %s", q, wrong.From, wrong.To, wrong.Text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, q := range []string{`status:>=400 -"a b" x OR y`, `after:7d "`, `-:`, "\xff", `OR OR`, `duration:>1h`} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		out, err := Parse(q, now)
		var wrong *Error
		if err != nil && (!errors.As(err, &wrong) || wrong.Text == "" || wrong.From < 0 || wrong.To < wrong.From || wrong.To > len(q)) {
			t.Fatalf("%q: %#v", q, err)
		}
		for _, clause := range out.Clauses {
			if len(clause) == 0 {
				t.Fatal("a clause of nothing")
			}
			for _, term := range clause {
				if term.Field == Text && len(Words(term.Text)) == 0 {
					t.Fatalf("%q: a term of nothing", q)
				}
			}
		}
	})
}
