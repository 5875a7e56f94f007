package api_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ridealong/internal/auth"
	"ridealong/internal/sourcemaps"
)

const mapText = `{"version":3,"sources":["cart.ts"],"names":[],"mappings":"AAAA"}`

func (h *house) keepMap(script, text string, age time.Duration) {
	h.t.Helper()
	e, packed, err := sourcemaps.New(script, []byte(text), h.clock.Now().Add(-age))
	h.must(err)
	h.must(h.db.SourceMaps().Put(h.t.Context(), e, packed, sourcemaps.DefaultTotal))
}

// A map holds the site's sources: strangers learn not even whether there is one, and customers are strangers here.
func TestSourceMapsAreForWhoeverIsSignedIn(t *testing.T) {
	h := newHouse(t)
	h.keepMap("https://shop.test/app.js", mapText, 0)
	path := "/api/sourcemaps?url=" + url.QueryEscape("https://shop.test/app.js")
	for name, cookie := range map[string]*http.Cookie{"nobody": nil, "a made up login": {Name: "ridealong", Value: random(32)}} {
		for _, path := range []string{path, "/api/sourcemaps?url=none", "/api/sourcemaps"} {
			if a := h.do(call{method: "GET", path: path, cookie: cookie}); a.status != http.StatusUnauthorized || a.field("code") != "signed-out" {
				t.Errorf("%s at %s: %d %s", name, path, a.status, a.body)
			}
		}
	}
	for _, role := range []string{auth.RoleAgent, auth.RoleAdmin} {
		a := h.do(call{method: "GET", path: path, cookie: h.account(role, role)})
		if a.status != http.StatusOK || a.body != mapText || a.header.Get("Content-Type") != "application/json" || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %v", role, a.status, a.body, a.header)
		}
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Error("other sites may read it")
		}
	}
}

func TestASourceMapIsAnsweredForWhatThePageTold(t *testing.T) {
	h := newHouse(t)
	agent := h.account("ana", auth.RoleAgent)
	h.keepMap("https://shop.test/assets/B3wrgTda5Kx2Qp.js", mapText, time.Hour)
	h.keepMap("https://shop.test/assets/C4xxgTdb5Kx2Qp.js", mapText+" ", 0)
	h.keepMap("https://shop.test/assets/P5xxgTdb5Kx2Qp.js", mapText+"  ", 0)
	h.keepMap("https://shop.test/v/20261130/app.js", mapText, 0)
	for script, want := range map[string]struct {
		status      int
		body, alike string
	}{
		"https://shop.test/assets/:id":                {200, mapText + " ", "2"}, // of the newest upload
		"https://shop.test/assets/:id &n=1":           {200, mapText + "  ", "2"},
		"https://shop.test/assets/:id &n=2":           {404, "", ""},
		"https://shop.test/assets/:id &n=-1":          {400, "", ""},
		"https://shop.test/assets/:id &n=one":         {400, "", ""},
		"https://shop.test/v/:id/app.js":              {200, mapText, "1"},
		"https://shop.test/v/20261130/app.js":         {200, mapText, "1"},
		"https://shop.test/v/:id/app.js?v=":           {200, mapText, "1"}, // the name of a value in the query
		"https://shop.test/app.js":                    {404, "", ""},
		"https://other.test/assets/:id":               {404, "", ""},
		"nonsense":                                    {404, "", ""},
		"":                                            {400, "", ""},
		"https://x.test/" + strings.Repeat("a", 2000): {400, "", ""},
	} {
		script, n, _ := strings.Cut(script, " ")
		a := h.do(call{method: "GET", path: "/api/sourcemaps?url=" + url.QueryEscape(script) + n, cookie: agent})
		if a.status != want.status || want.status == 200 && a.body != want.body || a.header.Get("Ridealong-Alike") != want.alike {
			t.Errorf("%.60q: %d %s, alike %q", script, a.status, a.body, a.header.Get("Ridealong-Alike"))
		}
	}
	zipped := h.do(call{method: "GET", path: "/api/sourcemaps?url=https://shop.test/v/:id/app.js", cookie: agent, header: map[string]string{"Accept-Encoding": "gzip, br"}})
	reader, err := gzip.NewReader(strings.NewReader(zipped.body))
	h.must(err)
	text, err := io.ReadAll(reader)
	if zipped.header.Get("Content-Encoding") != "gzip" || string(text) != mapText || err != nil {
		t.Errorf("%v %s %v", zipped.header, text, err)
	}
}

// There is no way to bring a map in by the API: who works on the data directory may.
func TestNobodyBringsASourceMapInByTheAPI(t *testing.T) {
	h := newHouse(t)
	admin := h.account("ana", auth.RoleAdmin)
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		a := h.do(call{method: method, path: "/api/sourcemaps?url=https://shop.test/app.js", cookie: admin, body: mapText, header: map[string]string{"Origin": "http://relay.example"}})
		if a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d %s", method, a.status, a.body)
		}
	}
	if list, err := h.db.SourceMaps().List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("%v %v", list, err)
	}
}
