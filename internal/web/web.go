// Package web serves everything that is the same for everybody: the agent's app, the customer's consent page, the stage's
// document, the loader and the recorder. It reads no cookie, keeps no state and answers only GET and HEAD, so that a scanner
// that fetches a link changes nothing.
package web

import (
	"fmt"
	"io/fs"
	"net/http"
	"strings"
)

// Config names the built files.
type Config struct {
	App      fs.FS // viewer/dist: index.html, join.html, assets/
	Stage    Stage
	Recorder fs.FS  // recorder-js/dist: loader.js, recorder.<hash>.js and its parts
	HTTPS    bool   // adds Strict-Transport-Security
	E2E      bool   // marks index.html so that the app shows its test object
	Origin   string // of this server, for the socket in the app's policy
}

// Stage is the document in which a customer's page is shown.
type Stage struct {
	Page   string // with {{NONCE}} and {{SCRIPT}}
	Script string
}

// New returns the handler. It fails when a built file is missing, because a server without its app helps nobody.
func New(c Config) (http.Handler, error) {
	index, err := pageOf(c.App, "index.html")
	if err != nil {
		return nil, err
	}
	join, err := pageOf(c.App, "join.html")
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(c.Recorder, "loader.js"); err != nil {
		return nil, missing("recorder-js/dist/loader.js", err)
	}
	if c.E2E {
		index = []byte(strings.Replace(string(index), "<head>", `<head><meta name="ridealong-e2e" content="1">`, 1))
	}
	s := &site{config: c, assets: newAssets(c.App), recorder: newAssets(c.Recorder)}
	mux := http.NewServeMux()
	app := s.page(index, s.appPolicy())
	for _, pattern := range []string{"GET /{$}", "GET /login", "GET /setup", "GET /s/{id}", "GET /recordings", "GET /recordings/{id}", "GET /m"} {
		mux.Handle(pattern, app)
	}
	mux.Handle("GET /j", s.page(join, joinPolicy))
	mux.HandleFunc("GET /stage", s.stage)
	mux.HandleFunc("GET /assets/", s.asset)
	mux.HandleFunc("GET /r/{file}", s.recorderFile)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return s.common(mux), nil
}

type site struct {
	config   Config
	assets   *assets
	recorder *assets
}

func pageOf(files fs.FS, name string) ([]byte, error) {
	page, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, missing("viewer/dist/"+name, err)
	}
	return page, nil
}

func missing(name string, err error) error {
	return fmt.Errorf("web: %s is not built (run `make build`): %w", name, err)
}

// common sets what every answer carries.
func (s *site) common(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.config.HTTPS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

const joinPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// appPolicy lets the app make one worker, by a Trusted Types policy that gives that one's address (viewer/src/sourcemaps/far.ts).
func (s *site) appPolicy() string {
	socket := "ws" + strings.TrimPrefix(s.config.Origin, "http")
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self' " + socket +
		"; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types ridealong-worker"
}

// page serves one document, the same for every request.
func (s *site) page(body []byte, policy string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-cache")
		_, _ = w.Write(body)
	})
}
