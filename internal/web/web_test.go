package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func site1(t *testing.T, change func(*Config)) http.Handler {
	t.Helper()
	c := Config{
		App: fstest.MapFS{
			"index.html": file("<!doctype html><html><head></head>app</html>"), "join.html": file("<!doctype html>join"),
			"assets/a-1.js": file("plain"), "assets/a-1.js.br": file("small"),
		},
		Stage:    Stage{Page: "<!doctype html><script nonce=\"{{NONCE}}\">{{SCRIPT}}</script>", Script: "stage()"},
		Recorder: fstest.MapFS{"loader.js": file("loader"), "recorder.abc.js": file("recorder"), "part.a-_1.js": file("part")},
		Origin:   "http://relay.test",
	}
	if change != nil {
		change(&c)
	}
	h, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(h http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestJoinPageIsTheSameForEveryFetchAndTakesNoOtherMethod(t *testing.T) {
	h := site1(t, nil)
	first := get(h, "GET", "/j")
	for range 1000 {
		for _, headers := range [][]string{nil, {"Sec-Purpose", "prefetch"}, {"User-Agent", "scanner"}} {
			w := get(h, "GET", "/j", headers...)
			if w.Code != 200 || w.Body.String() != first.Body.String() || len(w.Result().Cookies()) != 0 {
				t.Fatalf("status %d, body %q", w.Code, w.Body)
			}
		}
	}
	if w := get(h, "HEAD", "/j"); w.Code != 200 {
		t.Errorf("HEAD: %d", w.Code)
	}
	if w := get(h, "POST", "/j"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestPagesCarryTheirPolicies(t *testing.T) {
	h := site1(t, nil)
	for path, want := range map[string][]string{
		"/":       {"script-src 'self'", "frame-src 'self'", "frame-ancestors 'none'", "connect-src 'self' ws://relay.test", "require-trusted-types-for 'script'; trusted-types ridealong-worker"},
		"/s/ABC":  {"script-src 'self'"},
		"/j":      {"trusted-types 'none'", "default-src 'none'", "frame-ancestors 'none'", "form-action 'none'"},
		"/stage":  {"sandbox allow-scripts;", "default-src 'none'", "connect-src 'none'", "base-uri 'none'", "form-action 'none'"},
		"/login":  {"script-src 'self'"},
		"/setup":  {"script-src 'self'"},
		"/stage?": {"script-src 'nonce-"},
	} {
		policy := get(h, "GET", path).Header().Get("Content-Security-Policy")
		for _, part := range want {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy %q lacks %q", path, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe-eval") || strings.Contains(policy, "script-src 'unsafe-inline'") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
}

func TestStageHasANewNonceEachTimeAndBothModes(t *testing.T) {
	h := site1(t, nil)
	nonce := regexp.MustCompile(`nonce="([^"]+)">stage\(\)`)
	one, two := get(h, "GET", "/stage"), get(h, "GET", "/stage?compat=quirks")
	a, b := nonce.FindStringSubmatch(one.Body.String()), nonce.FindStringSubmatch(two.Body.String())
	if a == nil || b == nil || a[1] == b[1] {
		t.Fatalf("nonces %v, %v", a, b)
	}
	if !strings.Contains(one.Header().Get("Content-Security-Policy"), "'nonce-"+a[1]+"'") {
		t.Error("the policy does not carry the nonce")
	}
	if !strings.HasPrefix(one.Body.String(), "<!doctype html>") || strings.Contains(two.Body.String(), "doctype") {
		t.Error("modes are mixed up")
	}
}

func TestFilesAreServedCompressedAndCached(t *testing.T) {
	h := site1(t, nil)
	w := get(h, "GET", "/assets/a-1.js", "Accept-Encoding", "gzip, br")
	if w.Body.String() != "small" || w.Header().Get("Content-Encoding") != "br" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%q %v", w.Body, w.Header())
	}
	if policy := w.Header().Get("Content-Security-Policy"); policy != "default-src 'none'" {
		t.Errorf("a script that runs as a worker may do what %q lets it", policy)
	}
	if w := get(h, "GET", "/assets/a-1.js", "Accept-Encoding", "gzip, br;q=0"); w.Body.String() != "plain" {
		t.Errorf("refused brotli, got %q", w.Body)
	}
	if w := get(h, "GET", "/assets/a-1.js", "If-None-Match", w.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("status %d", w.Code)
	}
	for _, path := range []string{"/assets/../index.html", "/assets/none.js", "/r/none.js", "/r/..%2findex.html", "/r/part.a-_1.js%2f..%2fmanifest", "/r/part.js", "/r/", "/nothing"} {
		if w := get(h, "GET", path); w.Code == 200 {
			t.Errorf("%s answered 200", path)
		}
	}
}

func TestEverySiteMayLoadTheRecorder(t *testing.T) {
	h := site1(t, nil)
	for path, cache := range map[string]string{"/r/loader.js": "max-age=300", "/r/recorder.abc.js": "immutable", "/r/part.a-_1.js": "immutable"} {
		w := get(h, "GET", path)
		if w.Header().Get("Access-Control-Allow-Origin") != "*" || w.Header().Get("Cross-Origin-Resource-Policy") != "cross-origin" ||
			!strings.Contains(w.Header().Get("Cache-Control"), cache) {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
}

func TestTestObjectIsMarkedOnlyInTestMode(t *testing.T) {
	if strings.Contains(get(site1(t, nil), "GET", "/").Body.String(), "ridealong-e2e") {
		t.Error("marked in production")
	}
	if !strings.Contains(get(site1(t, func(c *Config) { c.E2E = true }), "GET", "/").Body.String(), "ridealong-e2e") {
		t.Error("not marked in test mode")
	}
}

func TestMissingBuildStopsTheStart(t *testing.T) {
	if _, err := New(Config{App: fstest.MapFS{}, Recorder: fstest.MapFS{}}); err == nil || !strings.Contains(err.Error(), "make build") {
		t.Errorf("error %v", err)
	}
}
