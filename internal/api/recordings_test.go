package api_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ridealong/internal/audit"
	"ridealong/recording"
	"ridealong/wire"
)

// recorded makes a recording that ana's session left.
func (h *house) recorded(id string) {
	h.t.Helper()
	_, err := h.db.Recordings().Begin(h.t.Context(), recording.Recording{
		ID: id, Project: "default", Owner: "ana", OwnerName: "ana", State: recording.Complete, Started: h.clock.Now(), Duration: 90 * time.Second, Title: "Checkout",
	})
	h.must(err)
	h.must(h.db.Recordings().PutDocuments(h.t.Context(), id, []recording.Document{
		{Tab: 1, Epoch: 1, Began: 5, Ended: 900, URL: "https://shop.example/", Gaps: []recording.Gap{{Lane: wire.LaneDOM, From: 2, To: 3}}},
	}))
}

// done lists what the audit log has, as "who what subject".
func (h *house) done() (out []string) {
	h.t.Helper()
	entries, err := h.db.Audit().Entries(h.t.Context(), 0, 1000)
	h.must(err)
	for _, e := range entries {
		out = append(out, e.Actor+" "+e.What+" "+e.Subject)
	}
	if _, _, err := audit.Verify(h.t.Context(), h.db.Audit()); err != nil {
		h.t.Error(err)
	}
	return out
}

func TestRecordingsAreForThoseWhoAreSignedInAndEveryLookIsWrittenDown(t *testing.T) {
	h := newHouse(t)
	ana := h.account("ana", "agent")
	h.recorded("01A")
	h.recorded("01B")
	for _, path := range []string{"", "/01A", "/01A/chunks/1", "/01A/blobs/AAAAAAAAAAAAAAAAAAAAAA", "/01A/notes", "/01A/shares"} {
		if got := h.do(call{method: "GET", path: "/api/recordings" + path}); got.status != http.StatusUnauthorized {
			t.Errorf("%s: %d to a stranger", path, got.status)
		}
	}
	list := h.do(call{method: "GET", path: "/api/recordings?limit=1", cookie: ana})
	if list.status != http.StatusOK || !strings.Contains(list.body, `"id":"01B"`) || strings.Contains(list.body, `"id":"01A"`) || list.field("next") != "01B" {
		t.Errorf("list: %d %s", list.status, list.body)
	}
	detail := h.do(call{method: "GET", path: "/api/recordings/01A", cookie: ana})
	for _, part := range []string{`"durationMs":90000`, `"beganAt":5`, `"gaps":[{"lane":1,"from":2,"to":3}]`, `"tags":[]`, `"state":"complete"`} {
		if !strings.Contains(detail.body, part) {
			t.Errorf("detail has no %s: %s", part, detail.body)
		}
	}
	for _, path := range []string{"/nothing", "/01A/chunks/1", "/01A/chunks/x", "/01A/chunks/-1", "/01A/blobs/short", "/..%2f/chunks/1"} {
		if got := h.do(call{method: "GET", path: "/api/recordings" + path, cookie: ana}); got.status != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if want := []string{"ana recording.view 01A"}; !slices.Equal(h.done(), want) {
		t.Errorf("written down: %v, want %v", h.done(), want)
	}
}

func TestOnlyTheOwnerAndAdminsDeleteAndHold(t *testing.T) {
	h := newHouse(t)
	ana, ben, root := h.account("ana", "agent"), h.account("ben", "agent"), h.account("root", "admin")
	h.recorded("01A")
	try := func(who *http.Cookie, method, path, body string, want int) {
		t.Helper()
		if got := h.do(call{method: method, path: "/api/recordings/01A" + path, body: body, cookie: who}); got.status != want {
			t.Errorf("%s %s: %d %s, want %d", method, path, got.status, got.body, want)
		}
	}
	try(ben, "DELETE", "", "", http.StatusForbidden)
	try(ben, "PUT", "/hold", `{"hold":true}`, http.StatusForbidden)
	try(ana, "PUT", "/hold", `{"hold":true}`, http.StatusNoContent)
	try(ana, "DELETE", "", "", http.StatusConflict)
	try(root, "PUT", "/hold", `{"hold":false}`, http.StatusNoContent)
	try(ana, "DELETE", "", "", http.StatusNoContent)
	gone := h.do(call{method: "GET", path: "/api/recordings/01A", cookie: ana})
	if gone.status != http.StatusOK || gone.field("state") != "erased" || gone.field("title") != "" || strings.Contains(gone.body, "shop.example") {
		t.Errorf("what is left of it: %s", gone.body)
	}
	want := []string{"ana recording.hold 01A", "ana recording.delete 01A", "root recording.unhold 01A", "ana recording.delete 01A", "ana recording.view 01A"}
	if got := h.done(); !slices.Equal(got, want) {
		t.Errorf("written down: %v, want %v", got, want)
	}
}

func TestALinkToAMomentEndsByItselfAndCanBeTakenBack(t *testing.T) {
	h := newHouse(t)
	ana := h.account("ana", "agent")
	h.recorded("01A")
	post := func(body string) answer {
		return h.do(call{method: "POST", path: "/api/recordings/01A/shares", body: body, cookie: ana})
	}
	for _, bad := range []string{`{"at":1,"days":0}`, `{"at":1,"days":91}`, `{"days":"x"}`, `[]`} {
		if got := post(bad); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, got.status)
		}
	}
	open := func(made answer, cookie *http.Cookie) answer {
		secret := strings.TrimPrefix(made.field("url"), "http://relay.example/m#")
		return h.do(call{method: "GET", path: "/api/shares/" + secret, cookie: cookie})
	}
	first, second := post(`{"at":61500.7,"days":1}`), post(`{"at":2,"days":7}`)
	if got := open(first, ana); got.field("recording") != "01A" || !strings.Contains(got.body, `"at":61500`) {
		t.Errorf("opened: %d %s", got.status, got.body)
	}
	if got := open(first, nil); got.status != http.StatusUnauthorized {
		t.Errorf("to a stranger: %d", got.status)
	}
	if secret := strings.TrimPrefix(first.field("url"), "http://relay.example/m#"); strings.Contains(h.files(), secret) {
		t.Error("the database has the secret of a link")
	}
	if got := h.do(call{method: "DELETE", path: "/api/recordings/01A/shares/" + second.field("id"), cookie: ana}); got.status != http.StatusNoContent {
		t.Errorf("taken back: %d", got.status)
	}
	if got := open(second, ana); got.status != http.StatusNotFound {
		t.Errorf("one that was taken back: %d", got.status)
	}
	h.clock.Pass(25 * time.Hour)
	cookie := h.account("late", "agent")
	if got := open(first, cookie); got.status != http.StatusNotFound {
		t.Errorf("one that is past its time: %d", got.status)
	}
	if left := h.do(call{method: "GET", path: "/api/recordings/01A/shares", cookie: cookie}); left.body != `{"shares":[]}`+"\n" {
		t.Errorf("left: %s", left.body)
	}
}

func TestNotesAndTagsAreKeptWithinBounds(t *testing.T) {
	h := newHouse(t)
	ana := h.account("ana", "agent")
	h.recorded("01A")
	do := func(method, path, body string) answer {
		return h.do(call{method: method, path: "/api/recordings/01A" + path, body: body, cookie: ana})
	}
	if got := do("PUT", "/tags", `{"tags":["VIP","broken","vip"]}`); got.body != `{"tags":["broken","vip"]}`+"\n" {
		t.Errorf("tags: %d %s", got.status, got.body)
	}
	for _, bad := range []string{`{"tags":["two words"]}`, `{"tags":[""]}`, `{"tags":["` + strings.Repeat("x", 41) + `"]}`, `{"tags":[` + strings.Repeat(`"a",`, 20) + `"b"]}`} {
		if got := do("PUT", "/tags", bad); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%.40s: %d", bad, got.status)
		}
	}
	note := do("POST", "/notes", `{"at":1500,"tab":1,"text":" Here it fails. "}`)
	if note.field("text") != "Here it fails." || note.field("author") != "ana" {
		t.Errorf("note: %d %s", note.status, note.body)
	}
	for _, bad := range []string{`{"at":1,"text":"  "}`, `{"at":1,"text":"` + strings.Repeat("x", 2001) + `"}`} {
		if got := do("POST", "/notes", bad); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%.40s: %d", bad, got.status)
		}
	}
	if got := do("DELETE", "/notes/"+note.field("id"), ""); got.status != http.StatusNoContent {
		t.Errorf("taken away: %d", got.status)
	}
	if got := do("DELETE", "/notes/"+note.field("id"), ""); got.status != http.StatusNotFound {
		t.Errorf("taken away twice: %d", got.status)
	}
}

func TestAnExportIsAFileWithANameAndIsWrittenDown(t *testing.T) {
	h := newHouse(t)
	ana := h.account("ana", "agent")
	h.recorded("01A")
	get := func(path string, cookie *http.Cookie) answer {
		return h.do(call{method: "GET", path: "/api/recordings/" + path, cookie: cookie})
	}
	if got := get("01A/export/har", nil); got.status != http.StatusUnauthorized {
		t.Errorf("to a stranger: %d", got.status)
	}
	for _, path := range []string{"01A/export/exe", "nothing/export/har"} {
		if got := get(path, ana); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	got := get("01A/export/har", ana)
	name := regexp.MustCompile(`^attachment; filename="ridealong-01a-\d{8}-\d{4}\.har"$`)
	if got.status != http.StatusOK || !strings.Contains(got.body, `"version": "1.2"`) || !name.MatchString(got.header.Get("Content-Disposition")) {
		t.Errorf("%d %v %s", got.status, got.header, got.body)
	}
	if want := []string{"ana recording.export 01A"}; !slices.Equal(h.done(), want) {
		t.Errorf("written down: %v, want %v", h.done(), want)
	}
	h.do(call{method: "DELETE", path: "/api/recordings/01A", cookie: ana})
	if got := get("01A/export/har", ana); got.status != http.StatusNotFound {
		t.Errorf("an erased one: %d", got.status)
	}
}
