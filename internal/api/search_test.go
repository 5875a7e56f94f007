package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ridealong/recording"
	"ridealong/recording/search"
)

// searchable is a recording with three moments.
func (h *house) searchable(id string) {
	h.t.Helper()
	h.recorded(id)
	h.must(h.db.Recordings().Update(h.t.Context(), id, func(r *recording.Recording) { r.Reference, r.Browser = "acme 17", "Firefox 152" }))
	_, err := h.db.Moments().Add(h.t.Context(), id, h.clock.Now(), []search.Moment{
		{Tab: 1, Epoch: 2, N: 1, At: 100, Kind: search.KindNavigation, Title: "/checkout"},
		{Tab: 1, Epoch: 2, N: 2, At: 200, Kind: search.KindConsole, Level: "error", Title: "Cannot read x"},
		{Tab: 1, Epoch: 2, N: 3, At: 300, Kind: search.KindRequest, Method: "POST", Status: 500, Failed: true, URL: "https://shop.example/api/pay", Title: "POST /api/pay 500"},
	})
	h.must(err)
}

func TestASearchAnswersWithMoments(t *testing.T) {
	h := newHouse(t)
	ana := h.account("ana", "agent")
	h.searchable("01A")
	get := func(path, q, rest string) answer {
		return h.do(call{method: "GET", path: path + "?q=" + url.QueryEscape(q) + rest, cookie: ana})
	}
	got := get("/api/search", "status:>=400 url:/api/pay customer:acme", "")
	for _, part := range []string{`"recording":"01A"`, `"tab":1`, `"epoch":2`, `"at":300`, `"kind":"request"`, `"title":"POST /api/pay 500"`, `"reference":"acme 17"`, `"startedAt":`} {
		if !strings.Contains(got.body, part) {
			t.Errorf("no %s in %s", part, got.body)
		}
	}
	first := get("/api/search", "", "&limit=2")
	if second := get("/api/search", "", "&limit=2&before="+first.field("next")); !strings.Contains(second.body, "/checkout") || strings.Contains(second.body, "Cannot") {
		t.Errorf("the second page: %s", second.body)
	}
	wrong := get("/api/search", "ä status:abc", "")
	if wrong.status != http.StatusUnprocessableEntity || wrong.field("detail") != "At letter 3: status: needs a number, such as status:404 or status:>=400." {
		t.Errorf("%d %s", wrong.status, wrong.body)
	}
	if stranger := h.do(call{method: "GET", path: "/api/search?q="}); stranger.status != http.StatusUnauthorized {
		t.Errorf("to a stranger: %d", stranger.status)
	}
	for q, want := range map[string]bool{"customer:acme": true, "customer:other": false, "level:error": true, "level:warn": false} {
		if list := get("/api/recordings", q, ""); strings.Contains(list.body, `"id":"01A"`) != want {
			t.Errorf("the list for %s: %s", q, list.body)
		}
	}
	if wrong := get("/api/recordings", "after:", ""); wrong.status != http.StatusUnprocessableEntity {
		t.Errorf("the list for what is wrong: %d", wrong.status)
	}
}

func TestCompletionsKnowWhatThereIs(t *testing.T) {
	h := newHouse(t)
	ana := h.account("ana", "agent")
	h.searchable("01A")
	got := h.do(call{method: "GET", path: "/api/search/complete?at=10&q=" + url.QueryEscape("browser:fi x"), cookie: ana})
	if want := `{"from":8,"options":[{"text":"\"Firefox 152\"","hint":""}],"to":10}` + "\n"; got.body != want {
		t.Errorf("%s, want %s", got.body, want)
	}
}

func TestARecordingComesWithItsMarkers(t *testing.T) {
	h := newHouse(t)
	ana := h.account("ana", "agent")
	h.searchable("01A")
	got := h.do(call{method: "GET", path: "/api/recordings/01A", cookie: ana})
	want := `"markers":[{"at":100,"tab":1,"epoch":2,"kind":"navigation","label":"/checkout"},{"at":300,"tab":1,"epoch":2,"kind":"failed-request","label":"POST /api/pay 500"}]`
	if !strings.Contains(got.body, want) {
		t.Errorf("%s", got.body)
	}
}
