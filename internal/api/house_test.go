package api_test

// The API on a real database, spoken to by HTTP as browsers and strangers do.

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ridealong/internal/api"
	"ridealong/internal/auth"
	"ridealong/internal/blob"
	"ridealong/internal/keystore"
	"ridealong/internal/sqlstore"
	"ridealong/recording"
	"ridealong/session"
	"ridealong/session/sessiontest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const consentText = "2026-12-01"

type house struct {
	t          *testing.T
	handler    http.Handler
	db         *sqlstore.DB
	file       string
	service    *session.Service
	auth       *auth.Auth
	clock      *sessiontest.Clock
	log        *bytes.Buffer
	recordings *recording.Service
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, file: filepath.Join(t.TempDir(), "ridealong.db"), clock: sessiontest.NewClock(), log: &bytes.Buffer{}}
	db, err := sqlstore.Open(t.Context(), h.file)
	h.must(err)
	t.Cleanup(func() { _ = db.Close() })
	h.db = db
	log := slog.New(slog.NewTextHandler(h.log, nil))
	h.auth = auth.New(auth.Config{Store: db.Accounts(), Now: h.clock.Now, Log: log})
	h.service = session.New(session.Config{
		Store: db.Sessions(), Bus: &sessiontest.Events{}, Projects: sessiontest.Projects{sessiontest.Shop}, Now: h.clock.Now, Log: log,
	})
	keys, err := keystore.Open(t.Context(), filepath.Dir(h.file), "")
	h.must(err)
	t.Cleanup(func() { _ = keys.Close() })
	objects, err := blob.OpenFile(filepath.Join(filepath.Dir(h.file), "objects"))
	h.must(err)
	t.Cleanup(func() { _ = objects.Close() })
	h.recordings = recording.New(recording.Config{Store: db.Recordings(), Blobs: objects, Keys: keys, Dir: filepath.Join(filepath.Dir(h.file), "spool"), Now: h.clock.Now})
	h.handler = api.New(api.Config{
		Recordings: h.recordings, Search: db.Moments(), Keep: 36 * time.Hour, Audit: db.Audit(), Origin: "http://relay.example",
		Service: h.service, Auth: h.auth, Log: log, Version: "1.2.3", Organisation: "Shop support",
		Here: func(string) map[uint32]bool { return map[uint32]bool{1: true} }, Maps: db.SourceMaps(),
	})
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// account makes one and signs it in; the cookie.
func (h *house) account(name, role string) *http.Cookie {
	h.t.Helper()
	account := auth.Account{ID: name, Email: name + "@shop.example", Name: name, Role: role}
	h.must(h.db.Accounts().CreateAccount(h.t.Context(), account, "none", h.clock.Now()))
	token := random(32)
	h.must(h.db.Accounts().PutOneTime(h.t.Context(), auth.OneTime{
		Secret: sha256.Sum256([]byte(token)), Purpose: "login", Account: account.ID, ExpiresAt: h.clock.Now().Add(time.Hour),
	}))
	answer := h.do(call{method: "POST", path: "/api/login", body: `{"token":"` + token + `"}`})
	if answer.status != http.StatusOK || len(answer.cookies) != 1 {
		h.t.Fatalf("sign-in: %d %s", answer.status, answer.body)
	}
	return answer.cookies[0]
}

type call struct {
	method, path, body string
	cookie             *http.Cookie
	from               string // address; one of its own by default
	header             map[string]string
}

type answer struct {
	status  int
	header  http.Header
	body    string
	cookies []*http.Cookie
}

// field of a JSON answer, by its path.
func (a answer) field(path string) string {
	var v any
	if json.Unmarshal([]byte(a.body), &v) != nil {
		return ""
	}
	for _, name := range strings.Split(path, ".") {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	text, _ := v.(string)
	return text
}

func (h *house) do(c call) answer {
	h.t.Helper()
	r := httptest.NewRequest(c.method, "http://relay.example"+c.path, strings.NewReader(c.body))
	r.RemoteAddr = c.from
	if c.from == "" {
		r.RemoteAddr = "192.0.2.1:1234"
	}
	if c.method != "GET" {
		r.Header.Set("Origin", "http://relay.example")
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	if c.cookie != nil {
		r.AddCookie(c.cookie)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	response := w.Result()
	body, err := io.ReadAll(response.Body)
	h.must(err)
	h.must(response.Body.Close())
	return answer{response.StatusCode, response.Header, string(body), response.Cookies()}
}

// link is what a magic link gives the server.
type link struct{ auth, session string }

// invite makes a session as the app does.
func (h *house) invite(cookie *http.Cookie) link {
	h.t.Helper()
	secret := make([]byte, 16)
	_, _ = rand.Read(secret)
	hash := sha256.Sum256(secret)
	made := h.do(call{method: "POST", path: "/api/sessions", cookie: cookie, body: `{"project":"default","authHash":"` + base64.RawURLEncoding.EncodeToString(hash[:]) + `"}`})
	if made.status != http.StatusOK {
		h.t.Fatalf("new session: %d %s", made.status, made.body)
	}
	return link{base64.RawURLEncoding.EncodeToString(secret), made.field("id")}
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

const consent = `,"consent":{"view":true,"textVersion":"` + consentText + `"}}`

func peek(l link) string  { return `{"auth":"` + l.auth + `"}` }
func claim(l link) string { return `{"auth":"` + l.auth + `"` + consent }

// files is everything that the database has on disk.
func (h *house) files() string {
	h.t.Helper()
	names, err := filepath.Glob(h.file + "*")
	h.must(err)
	var all strings.Builder
	for _, name := range names {
		bytes, err := os.ReadFile(name)
		h.must(err)
		all.Write(bytes)
	}
	return all.String()
}

// forms in which a secret in base64url might be kept by somebody who was careless.
func forms(secret string) []string {
	raw, err := base64.RawURLEncoding.DecodeString(secret)
	if err != nil {
		return nil
	}
	return []string{string(raw), hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)), base64.StdEncoding.EncodeToString(raw)}
}
