// Package shop is the demo site: a small real shop with full navigations and a single-page part, a failing payment, a slow
// page, shadow DOM, an iframe and CSS-in-JS. It keeps nothing: the cart lives in the visitor's browser.
package shop

import (
	"embed"
	"encoding/json"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed pages/*.html
var pageFiles embed.FS

//go:embed static
var staticFiles embed.FS

// Config of the shop.
type Config struct {
	Loader string        // URL of the loader, empty for a site without Ridealong
	Relay  string        // origin of the Ridealong server, for the Content-Security-Policy
	Slow   time.Duration // how long the slow page takes; default 1.5 s
}

type page struct {
	Title    string
	Loader   string
	Products []Product
	Product  Product
	Query    string
	Path     string
}

// New returns the shop's handler.
func New(c Config) (http.Handler, error) {
	if c.Slow == 0 {
		c.Slow = 1500 * time.Millisecond
	}
	templates, err := template.New("").Funcs(template.FuncMap{"money": money}).ParseFS(pageFiles, "pages/*.html")
	if err != nil {
		return nil, err
	}
	s := &site{config: c, templates: templates}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /search", s.home)
	mux.HandleFunc("GET /product/{slug}", s.product)
	mux.HandleFunc("GET /cart", s.plain("cart", "Your cart"))
	mux.HandleFunc("GET /checkout", s.plain("checkout", "Checkout"))
	mux.HandleFunc("GET /studio", s.plain("studio", "Build your bike bag"))
	mux.HandleFunc("GET /studio/", s.plain("studio", "Build your bike bag"))
	mux.HandleFunc("GET /sizes", s.plain("sizes", "Sizes"))
	mux.HandleFunc("GET /slow", s.slow)
	mux.HandleFunc("GET /img/{name}", picture)
	mux.HandleFunc("GET /api/products", s.products)
	mux.HandleFunc("GET /api/stock/{slug}", s.stock)
	mux.HandleFunc("POST /api/pay", pay)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /static/", s.static)
	return s.policy(mux), nil
}

type site struct {
	config    Config
	templates *template.Template
}

// policy sets a Content-Security-Policy as strict as a careful site's: what Ridealong needs of it is in the two additions.
func (s *site) policy(next http.Handler) http.Handler {
	relay := s.config.Relay
	socket := "ws" + strings.TrimPrefix(relay, "http")
	csp := "default-src 'self'; script-src 'self' " + relay + "; connect-src 'self' " + relay + " " + socket +
		"; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';  img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'; form-action 'self'" +
		"; require-trusted-types-for 'script'; trusted-types ridealong"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", csp)
		w.Header().Set("Referrer-Policy", "strict-origin-when-cross-origin")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func (s *site) render(w http.ResponseWriter, name string, p page) {
	p.Loader = s.config.Loader
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := s.templates.ExecuteTemplate(w, name+".html", p); err != nil {
		http.Error(w, "The page could not be shown.", http.StatusInternalServerError)
	}
}

func (s *site) plain(name, title string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.render(w, name, page{Title: title, Path: r.URL.Path, Products: products})
	}
}

func (s *site) home(w http.ResponseWriter, r *http.Request) {
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	s.render(w, "home", page{Title: "Tern & Tide", Products: search(query), Query: query, Path: "/"})
}

func (s *site) product(w http.ResponseWriter, r *http.Request) {
	p, ok := find(r.PathValue("slug"))
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		s.render(w, "missing", page{Title: "Not found"})
		return
	}
	s.render(w, "product", page{Title: p.Name, Product: p, Products: products[:3], Path: "/product"})
}

func (s *site) slow(w http.ResponseWriter, r *http.Request) {
	select {
	case <-time.After(s.config.Slow):
	case <-r.Context().Done():
		return
	}
	s.render(w, "slow", page{Title: "Repairs", Path: "/slow"})
}

func (s *site) products(w http.ResponseWriter, r *http.Request) {
	answer(w, http.StatusOK, search(r.URL.Query().Get("q")))
}

func (s *site) stock(w http.ResponseWriter, r *http.Request) {
	p, ok := find(r.PathValue("slug"))
	if !ok {
		answer(w, http.StatusNotFound, map[string]string{"error": "no such product"})
		return
	}
	answer(w, http.StatusOK, map[string]int{"stock": p.Stock})
}

// pay always fails: it is what the demo's customer calls support about.
func pay(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusInternalServerError, map[string]string{"error": "payment provider timed out", "reference": "pay_5xx"})
}

func (s *site) static(w http.ResponseWriter, r *http.Request) {
	if path.Ext(r.URL.Path) == ".woff2" {
		w.Header().Set("Content-Type", "font/woff2")
	}
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.ServeFileFS(w, r, staticFiles, strings.TrimPrefix(r.URL.Path, "/"))
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
