package shop

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestEveryPageAnswers(t *testing.T) {
	h, err := New(Config{Loader: "http://relay.test/r/loader.js", Relay: "http://relay.test", Slow: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		method, path string
		status       int
		contains     string
	}{
		{"GET", "/", 200, "Harbour pannier"},
		{"GET", "/search?q=lamp", 200, "1 found for"},
		{"GET", "/search?q=%3Cscript%3E", 200, "&lt;script&gt;"},
		{"GET", "/product/gull-saddlebag", 200, "Checking stock"},
		{"GET", "/product/nothing", 404, "Not found"},
		{"GET", "/cart", 200, "Your cart"},
		{"GET", "/checkout", 200, "cc-number"},
		{"GET", "/studio/colour", 200, "studio"},
		{"GET", "/sizes", 200, "Volume"},
		{"GET", "/slow", 200, "Repairs"},
		{"GET", "/img/gull-saddlebag.png", 200, "PNG"},
		{"GET", "/img/other.png", 404, ""},
		{"GET", "/api/stock/spray-guard", 200, `"stock":0`},
		{"POST", "/api/pay", 500, "timed out"},
		{"GET", "/static/shop.css", 200, "Bricolage"},
		{"GET", "/static/bricolage-700.woff2", 200, "wOF2"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(tt.method, tt.path, nil))
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.contains) {
			t.Errorf("%s %s: status %d, want %d with %q", tt.method, tt.path, w.Code, tt.status, tt.contains)
		}
		if !strings.Contains(w.Header().Get("Content-Security-Policy"), "script-src 'self' http://relay.test;") {
			t.Errorf("%s: policy %q", tt.path, w.Header().Get("Content-Security-Policy"))
		}
	}
}

func TestPageWithoutLoaderHasNoTag(t *testing.T) {
	h, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if strings.Contains(w.Body.String(), "<script async") {
		t.Error("a loader tag without a loader")
	}
}
