package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ridealong/internal/auth"
	"ridealong/session"
	"ridealong/wire"
)

// Every route for everybody: who is signed out learns nothing, whose session it is not changes nothing.
func TestWhoMayDoWhat(t *testing.T) {
	h := newHouse(t)
	owner, other, admin := h.account("ana", auth.RoleAgent), h.account("ben", auth.RoleAgent), h.account("root", auth.RoleAdmin)
	left := h.account("cleo", auth.RoleAgent)
	if a := h.do(call{method: "POST", path: "/api/logout", cookie: left}); a.status != http.StatusNoContent {
		t.Fatalf("sign-out: %d", a.status)
	}
	people := []struct {
		name   string
		cookie *http.Cookie
	}{
		{"nobody", nil}, {"signed out", left}, {"a made-up cookie", &http.Cookie{Name: owner.Name, Value: random(32)}}, {"owner", owner}, {"another agent", other}, {"admin", admin},
	}
	const out = http.StatusUnauthorized
	shown := h.invite(owner)
	for route, want := range map[string][6]int{
		"GET /api/me":                  {out, out, out, 200, 200, 200},
		"GET /api/projects":            {out, out, out, 200, 200, 200},
		"GET /api/sessions":            {out, out, out, 200, 200, 200},
		"GET /api/sessions/{id}":       {out, out, out, 200, 200, 200},
		"GET /api/sessions/none":       {out, out, out, 404, 404, 404},
		"POST /api/sessions/{id}/code": {out, out, out, 200, 403, 200},
		"POST /api/sessions/{id}/end":  {out, out, out, 204, 403, 204},
		"POST /api/sessions/{id}/join": {out, out, out, 200, 200, 200},
		"POST /api/sessions/none/code": {out, out, out, 404, 404, 404},
		"POST /api/sessions/none/end":  {out, out, out, 404, 404, 404},
		"POST /api/sessions/none/join": {out, out, out, 404, 404, 404},
	} {
		for i, person := range people {
			method, path, _ := strings.Cut(route, " ")
			l := shown
			if method == "POST" && strings.Contains(path, "{id}") {
				l = h.invite(owner)
			}
			a := h.do(call{method: method, path: strings.ReplaceAll(path, "{id}", l.session), cookie: person.cookie})
			if a.status != want[i] {
				t.Errorf("%s by %s: %d, want %d: %s", route, person.name, a.status, want[i], a.body)
			}
		}
	}
}

func TestOnlyTheServersOwnPagesChangeAnything(t *testing.T) {
	h := newHouse(t)
	owner := h.account("ana", auth.RoleAgent)
	l := h.invite(owner)
	end := "/api/sessions/" + l.session + "/end"
	for name, header := range map[string]map[string]string{
		"another origin":                   {"Origin": "https://evil.example"},
		"a sandboxed page":                 {"Origin": "null"},
		"another port":                     {"Origin": "http://relay.example:81"},
		"a browser that says cross-site":   {"Sec-Fetch-Site": "cross-site"},
		"a browser that says another host": {"Sec-Fetch-Site": "same-site"},
	} {
		for _, path := range []string{end, "/api/join/claim", "/api/login", "/api/logout"} {
			a := h.do(call{method: "POST", path: path, cookie: owner, header: header, body: claim(l)})
			if a.status != http.StatusForbidden || a.field("code") != "cross-origin" {
				t.Errorf("%s from %s: %d %s", path, name, a.status, a.body)
			}
		}
	}
	if a := h.do(call{method: "POST", path: end, cookie: owner, header: map[string]string{"Sec-Fetch-Site": "same-origin"}}); a.status != http.StatusNoContent {
		t.Errorf("from our own page: %d %s", a.status, a.body)
	}
}

// What a stranger can send gets an answer that says what to do, and nothing of ours.
func TestProblems(t *testing.T) {
	h := newHouse(t)
	owner := h.account("ana", auth.RoleAgent)
	deep := strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000)
	for name, tt := range map[string]struct {
		call
		status int
		code   string
	}{
		"no such path":          {call{method: "GET", path: "/api/nothing"}, 404, "not-found"},
		"another method":        {call{method: "GET", path: "/api/login"}, 404, "not-found"},
		"a path that climbs":    {call{method: "GET", path: "/api/sessions/..%2f..%2fme"}, 401, "signed-out"},
		"no JSON":               {call{method: "POST", path: "/api/join/peek", body: "hello"}, 400, "bad-request"},
		"half JSON":             {call{method: "POST", path: "/api/join/peek", body: `{"auth":`}, 400, "bad-request"},
		"two values":            {call{method: "POST", path: "/api/join/peek", body: `{"auth":"a"}{"auth":"b"}`}, 400, "bad-request"},
		"a list":                {call{method: "POST", path: "/api/join/peek", body: `[]`}, 400, "bad-request"},
		"a number for a string": {call{method: "POST", path: "/api/join/peek", body: `{"auth":1}`}, 400, "bad-request"},
		"nothing":               {call{method: "POST", path: "/api/join/peek"}, 400, "bad-request"},
		"link and code":         {call{method: "POST", path: "/api/join/peek", body: `{"auth":"x","code":"y"}`}, 400, "bad-request"},
		"deep":                  {call{method: "POST", path: "/api/sessions", cookie: owner, body: deep}, 400, "bad-request"},
		"too large":             {call{method: "POST", path: "/api/join/peek", body: `{"auth":"` + strings.Repeat("x", 5000) + `"}`}, 413, "too-large"},
		"too large, signed in":  {call{method: "POST", path: "/api/sessions", cookie: owner, body: `{"reference":"` + strings.Repeat("x", 2<<20) + `"}`}, 413, "too-large"},
		"no hash":               {call{method: "POST", path: "/api/sessions", cookie: owner, body: `{"project":"default"}`}, 400, "bad-request"},
		"no project":            {call{method: "POST", path: "/api/sessions", cookie: owner, body: `{"project":"x","authHash":"` + random(32) + `"}`}, 422, "invalid"},
		"another site":          {call{method: "POST", path: "/api/sessions", cookie: owner, body: `{"project":"default","page":"https://evil.example/","authHash":"` + random(32) + `"}`}, 422, "invalid"},
		"a script as the page":  {call{method: "POST", path: "/api/sessions", cookie: owner, body: `{"project":"default","page":"javascript:alert(1)","authHash":"` + random(32) + `"}`}, 422, "invalid"},
		"a wrong password":      {call{method: "POST", path: "/api/login", from: "192.0.2.8:1", body: `{"email":"ana@shop.example","password":"x"}`}, 401, "denied"},
		"a wrong token":         {call{method: "POST", path: "/api/login", from: "192.0.2.8:1", body: `{"token":"x"}`}, 401, "denied"},
		"a second first account": {call{method: "POST", path: "/api/setup", from: "192.0.2.8:1",
			body: `{"token":"x","email":"eve@shop.example","name":"Eve","password":"correct horse battery"}`}, 401, "denied"},
	} {
		t.Run(name, func(t *testing.T) {
			a := h.do(tt.call)
			if a.status != tt.status || a.field("code") != tt.code {
				t.Fatalf("%d %s, want %d %s", a.status, a.body, tt.status, tt.code)
			}
			if got := a.header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %q", got)
			}
			if detail := a.field("detail"); len(detail) < 10 || strings.ContainsAny(detail, "{}") || !strings.HasSuffix(detail, ".") {
				t.Errorf("detail %q", detail)
			}
			if a.header.Get("Cache-Control") != "no-store" || len(a.cookies) > 0 {
				t.Errorf("headers %v", a.header)
			}
		})
	}
}

func TestWhatIsOursToMendIsLoggedAndNotTold(t *testing.T) {
	h := newHouse(t)
	owner := h.account("ana", auth.RoleAgent)
	h.must(h.db.Close())
	before := h.log.Len()
	a := h.do(call{method: "GET", path: "/api/sessions", cookie: owner})
	if a.status != http.StatusInternalServerError || strings.Contains(a.body, "sql") || strings.Contains(a.body, "closed") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if lines := strings.Count(h.log.String()[before:], "level=ERROR"); lines != 1 {
		t.Errorf("%d lines in the log: %s", lines, h.log.String()[before:])
	}
}

func TestEveryAnswerForbidsToBeKeptOrFramed(t *testing.T) {
	h := newHouse(t)
	owner := h.account("ana", auth.RoleAgent)
	for _, path := range []string{"/api/me", "/api/sessions", "/api/projects"} {
		a := h.do(call{method: "GET", path: path, cookie: owner})
		want := map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Content-Type": "application/json",
		}
		for name, value := range want {
			if a.header.Get(name) != value {
				t.Errorf("%s: %s is %q", path, name, a.header.Get(name))
			}
		}
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may be read from other sites", path)
		}
	}
}

// A link that is unknown, expired or over looks the same, so nobody learns which ones there were.
func TestWhatIsGoneAnswersAlike(t *testing.T) {
	h := newHouse(t)
	owner := h.account("ana", auth.RoleAgent)
	ended, expired := h.invite(owner), h.invite(owner)
	code := h.do(call{method: "POST", path: "/api/sessions/" + expired.session + "/code", cookie: owner}).field("code")
	h.do(call{method: "POST", path: "/api/sessions/" + ended.session + "/end", cookie: owner})
	h.clock.Pass(time.Hour)
	for _, path := range []string{"/api/join/peek", "/api/join/claim"} {
		var first answer
		for i, body := range []string{
			`{"auth":"` + random(16) + `"`, `{"auth":"short"`, `{"auth":"***"`, `{"auth":"` + ended.auth + `"`, `{"auth":"` + expired.auth + `"`, `{"code":"` + code + `"`, `{"code":"K7QD-M2XP"`, `{"code":"x"`,
		} {
			a := h.do(call{method: "POST", path: path, body: body + consent, from: fmt.Sprintf("192.0.2.%d:1", i+1)})
			if i == 0 {
				first = a
			}
			if a.status != http.StatusNotFound || a.field("code") != "gone" || a.body != first.body || !cmp.Equal(a.header, first.header) {
				t.Errorf("%s %s: %d %s", path, body, a.status, a.body)
			}
		}
	}
}

func TestAThousandLooksChangeNothing(t *testing.T) {
	h := newHouse(t)
	owner := h.account("ana", auth.RoleAgent)
	l := h.invite(owner)
	state := func() string {
		return h.do(call{method: "GET", path: "/api/sessions/" + l.session, cookie: owner}).body
	}
	before := state()
	for i := range 1000 {
		a := h.do(call{method: "POST", path: "/api/join/peek", body: peek(l), from: fmt.Sprintf("198.51.%d.%d:1", i/250, i%250)})
		if a.status != http.StatusOK || a.field("agent") != "ana" || a.field("page") != "https://shop.example/" || a.field("organisation") != "Shop support" {
			t.Fatalf("look %d: %d %s", i, a.status, a.body)
		}
	}
	if after := state(); after != before {
		t.Errorf("%s\nbefore %s", after, before)
	}
	a := h.do(call{method: "POST", path: "/api/join/claim", body: claim(l)})
	if a.status != http.StatusOK || a.field("handoff") == "" || a.field("page") != "https://shop.example/" {
		t.Fatalf("claim: %d %s", a.status, a.body)
	}
	for _, path := range []string{"/api/join/claim", "/api/join/peek"} {
		if a := h.do(call{method: "POST", path: path, body: claim(l)}); a.status != http.StatusConflict || a.field("code") != "claimed" {
			t.Errorf("a second time: %d %s", a.status, a.body)
		}
	}
}

func TestAClaimNeedsConsentToTheWordsOfToday(t *testing.T) {
	h := newHouse(t)
	owner := h.account("ana", auth.RoleAgent)
	l := h.invite(owner)
	for body, want := range map[string]int{
		`{"auth":"` + l.auth + `"}`: http.StatusConflict,
		`{"auth":"` + l.auth + `","consent":{"view":true,"textVersion":"2020-01"}}`:              http.StatusConflict,
		`{"auth":"` + l.auth + `","consent":{"view":false,"textVersion":"` + consentText + `"}}`: http.StatusUnprocessableEntity,
	} {
		if a := h.do(call{method: "POST", path: "/api/join/claim", body: body}); a.status != want {
			t.Errorf("%s: %d %s", body, a.status, a.body)
		}
	}
	if a := h.do(call{method: "POST", path: "/api/join/claim", body: claim(l)}); a.status != http.StatusOK {
		t.Errorf("then: %d %s", a.status, a.body)
	}
}

// Strangers are counted by the address of their connection, whatever their headers say.
func TestStrangersAreLimitedByAddress(t *testing.T) {
	h := newHouse(t)
	try := func(from string, i int) answer {
		header := map[string]string{"X-Forwarded-For": fmt.Sprintf("203.0.113.%d", i), "Forwarded": fmt.Sprintf("for=203.0.113.%d", i)}
		return h.do(call{method: "POST", path: "/api/join/peek", body: `{"auth":"AAAAAAAAAAAAAAAAAAAAAA"}`, from: from, header: header})
	}
	for i := range 20 {
		if a := try("192.0.2.9:1000", i); a.status != http.StatusNotFound {
			t.Fatalf("try %d: %d %s", i, a.status, a.body)
		}
	}
	a := try("192.0.2.9:2000", 21)
	if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "60" || a.field("code") != "too-many" {
		t.Errorf("then: %d %v %s", a.status, a.header, a.body)
	}
	if a := try("192.0.2.10:1000", 22); a.status != http.StatusNotFound {
		t.Errorf("from another address: %d", a.status)
	}
	for i := range 21 { // a household has a /64
		a = try(fmt.Sprintf("[2001:db8::%x]:1", i), i)
	}
	if a.status != http.StatusTooManyRequests {
		t.Errorf("from 21 addresses of a /64: %d", a.status)
	}
}

func TestAnAgentMakesSixtySessionsAMinute(t *testing.T) {
	h := newHouse(t)
	owner, other := h.account("ana", auth.RoleAgent), h.account("ben", auth.RoleAgent)
	began := time.Now()
	made := 0
	for ; made < 200; made++ {
		a := h.do(call{method: "POST", path: "/api/sessions", cookie: owner, body: `{"project":"default","authHash":"` + random(32) + `"}`})
		if a.status == http.StatusTooManyRequests {
			break
		}
	}
	// A slow machine earns one more for each second that it takes.
	if most := 61 + int(time.Since(began).Seconds()); made < 60 || made > most {
		t.Errorf("%d sessions in %s, %d at most", made, time.Since(began), most)
	}
	h.invite(other)
}

func TestASessionAsTheAppSeesIt(t *testing.T) {
	h := newHouse(t)
	owner := h.account("ana", auth.RoleAgent)
	l := h.invite(owner)
	joined := h.do(call{method: "POST", path: "/api/sessions/" + l.session + "/join", cookie: owner})
	if joined.field("ticket") == "" || joined.field("socket") != "/ws/agent" || joined.field("participant.name") != "ana" || joined.field("participant.role") != "agent" {
		t.Fatalf("join: %s", joined.body)
	}
	again := h.do(call{method: "POST", path: "/api/sessions/" + l.session + "/join", cookie: owner, body: `{"participant":"` + joined.field("participant.id") + `"}`})
	if again.field("participant.id") != joined.field("participant.id") || again.field("ticket") == joined.field("ticket") {
		t.Errorf("a reload: %s, before %s", again.body, joined.body)
	}
	observer := h.do(call{method: "POST", path: "/api/sessions/" + l.session + "/join", cookie: owner, body: `{"observer":true}`})
	if observer.field("participant.role") != "observer" {
		t.Errorf("observer: %s", observer.body)
	}
	var list struct {
		Sessions []struct {
			ID, State    string
			Consent      *wire.Consent
			Participants []wire.Participant
		}
	}
	h.must(json.Unmarshal([]byte(h.do(call{method: "GET", path: "/api/sessions?limit=5", cookie: owner}).body), &list))
	if len(list.Sessions) != 1 || list.Sessions[0].State != string(session.StatePending) || list.Sessions[0].Consent != nil || len(list.Sessions[0].Participants) != 2 || !list.Sessions[0].Participants[0].Here {
		t.Errorf("list: %+v", list)
	}
	h.do(call{method: "POST", path: "/api/join/claim", body: claim(l)})
	seen := h.do(call{method: "GET", path: "/api/sessions/" + l.session, cookie: owner})
	if !strings.Contains(seen.body, `"consent":{"view":true`) {
		t.Errorf("after the claim: %s", seen.body)
	}
}

// PROMISES S10: whoever gets the files gets no way in.
func TestADumpOfTheDatabaseHoldsNoUsableCredential(t *testing.T) {
	h := newHouse(t)
	secrets := map[string]string{"password": "correct horse battery"}
	setup, _, err := h.auth.SetupToken(t.Context())
	h.must(err)
	secrets["setup link"] = setup
	first := h.do(call{method: "POST", path: "/api/setup", body: `{"token":"` + setup + `","email":"ana@shop.example","name":"Ana","password":"` + secrets["password"] + `"}`})
	if len(first.cookies) != 1 {
		t.Fatalf("setup: %d %s", first.status, first.body)
	}
	cookie := first.cookies[0]
	secrets["cookie"] = cookie.Value
	demo, err := h.auth.DemoLink(t.Context(), "ben@shop.example", "Ben")
	h.must(err)
	secrets["sign-in link"] = demo

	open, claimed := h.invite(cookie), h.invite(cookie)
	secrets["link"], secrets["claimed link"] = open.auth, claimed.auth
	code := h.do(call{method: "POST", path: "/api/sessions/" + open.session + "/code", cookie: cookie}).field("code")
	secrets["join code"], secrets["join code as kept"] = code, strings.ReplaceAll(code, "-", "")
	secrets["ticket"] = h.do(call{method: "POST", path: "/api/sessions/" + open.session + "/join", cookie: cookie}).field("ticket")
	unused := h.invite(cookie)
	secrets["hand-off"] = h.do(call{method: "POST", path: "/api/join/claim", body: claim(unused)}).field("handoff")
	used := h.do(call{method: "POST", path: "/api/join/claim", body: claim(claimed)}).field("handoff")
	opened, err := h.service.Open(t.Context(), wire.Credential{Kind: wire.CredentialHandoff, Value: used}, true)
	h.must(err)
	secrets["used hand-off"], secrets["resume token"] = used, opened.Resume

	dump := h.files()
	if !strings.Contains(dump, "ana@shop.example") || !strings.Contains(dump, open.session) {
		t.Fatal("the dump is none: what may stand in it does not")
	}
	for name, secret := range secrets {
		if len(secret) < 8 {
			t.Errorf("%s: %q", name, secret)
		}
		if strings.Contains(dump, secret) {
			t.Errorf("the dump holds the %s", name)
		}
	}
	for _, name := range []string{"link", "claimed link", "cookie", "ticket", "hand-off", "resume token", "setup link", "sign-in link"} {
		for _, form := range forms(secrets[name]) {
			if strings.Contains(dump, form) {
				t.Errorf("the dump holds the %s in another form", name)
			}
		}
	}
}
