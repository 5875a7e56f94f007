// Package api is the HTTP API: sign-in, sessions for agents, and the two calls of a customer who has a link or a code.
//
// Guarantees: errors are RFC 9457 problems with a code for programs and a sentence for people; what is unknown, expired or used
// answers alike; nothing changes on GET; every request that changes something comes from the server's own pages.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"ridealong/internal/audit"
	"ridealong/internal/auth"
	"ridealong/internal/sourcemaps"
	"ridealong/session"
	"ridealong/wire"
)

// Config of the API.
type Config struct {
	Service      *session.Service
	Auth         *auth.Auth
	Log          *slog.Logger
	Version      string
	Organisation string
	Here         func(session string) map[uint32]bool // legs with a socket
	Maps         sourcemaps.Store
	Recordings   Recordings    // nil: nothing is recorded here
	Search       Search        // with Recordings; nil: nothing is found but by the list
	Keep         time.Duration // of recordings; 0: without end
	Audit        audit.Log     // with Recordings
	Origin       string        // the server's own
}

// Bounds of request bodies.
const (
	maxBody     = 1 << 20
	maxJoinBody = 4 << 10
)

type api struct {
	Config
	joins   *limits // join endpoints, by address
	creates *limits // new sessions, by account
}

// New returns the handler for /api/.
func New(c Config) http.Handler {
	a := &api{Config: c, joins: newLimits(20, time.Minute), creates: newLimits(60, time.Minute)}
	mux := http.NewServeMux()
	for pattern, handle := range a.routes() {
		mux.Handle(pattern, a.handler(handle))
	}
	if a.Recordings != nil {
		for pattern, handle := range a.recordingRoutes() {
			mux.Handle(pattern, a.handler(handle))
		}
	}
	if a.Search != nil {
		for pattern, handle := range a.searchRoutes() {
			mux.Handle(pattern, a.handler(handle))
		}
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { a.fail(w, r, problemNotFound) })
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.fail(w, r, problemCrossOrigin) }))
	return protection.Handler(mux)
}

// handle answers a request: a value to send as JSON, a sent, nil for 204, or an error.
type handle func(r *request) (any, error)

// request is a decoded request; Account is set unless the route is for anybody.
type request struct {
	*http.Request
	writer  http.ResponseWriter
	account auth.Account
}

func (r *request) actor() session.Actor {
	return session.Actor{Account: r.account.ID, Name: r.account.Name, Admin: r.account.Role == auth.RoleAdmin}
}

func (a *api) routes() map[string]handle {
	return map[string]handle{
		"POST /api/setup":              a.setup,
		"POST /api/login":              a.login,
		"POST /api/logout":             a.logout,
		"POST /api/join/peek":          a.joining(a.peek),
		"POST /api/join/claim":         a.joining(a.claim),
		"GET /api/me":                  a.signedIn(a.me),
		"GET /api/projects":            a.signedIn(a.projects),
		"GET /api/sessions":            a.signedIn(a.sessions),
		"POST /api/sessions":           a.signedIn(a.createSession),
		"GET /api/sessions/{id}":       a.signedIn(a.session),
		"POST /api/sessions/{id}/code": a.signedIn(a.newCode),
		"POST /api/sessions/{id}/end":  a.signedIn(a.endSession),
		"POST /api/sessions/{id}/join": a.signedIn(a.joinSession),
		"GET /api/sourcemaps":          a.signedIn(a.sourcemap),
	}
}

func (a *api) handler(h handle) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		answer, err := h(&request{Request: r, writer: w})
		if err != nil {
			a.fail(w, r, err)
			return
		}
		if answer == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if send, ok := answer.(sent); ok {
			err = send(w)
		} else {
			w.Header().Set("Content-Type", "application/json")
			err = json.NewEncoder(w).Encode(answer)
		}
		if err != nil {
			a.Log.Debug("answer", "path", r.URL.Path, "error", err)
		}
	})
}

// signedIn lets only accounts through.
func (a *api) signedIn(h handle) handle {
	return func(r *request) (any, error) {
		cookie, err := r.Cookie(a.Auth.CookieName())
		if err != nil {
			return nil, problemSignedOut
		}
		account, err := a.Auth.Account(r.Context(), cookie.Value)
		if errors.Is(err, auth.ErrDenied) {
			return nil, problemSignedOut
		}
		if err != nil {
			return nil, err
		}
		r.account = account
		return h(r)
	}
}

// joining limits by address what strangers may try.
func (a *api) joining(h handle) handle {
	return func(r *request) (any, error) {
		if !a.joins.allow(auth.AddressKey(address(r.Request))) {
			return nil, problemTooMany
		}
		return h(r)
	}
}

// address of the client: of the connection, whatever headers say.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// decode reads a JSON body of at most limit bytes.
func decode(r *request, limit int64, into any) error {
	body := http.MaxBytesReader(r.writer, r.Body, limit)
	decoder := json.NewDecoder(body)
	err := decoder.Decode(into)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return problemTooLarge
	case err != nil && !errors.Is(err, io.EOF):
		return problemBody
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return problemBody
	}
	return nil
}

func (a *api) me(r *request) (any, error) {
	return map[string]any{
		"account": accountView(r.account),
		"server":  map[string]string{"name": a.Organisation, "version": a.Version},
	}, nil
}

func accountView(account auth.Account) map[string]string {
	return map[string]string{"id": account.ID, "email": account.Email, "name": account.Name, "role": account.Role}
}

func (a *api) setup(r *request) (any, error) {
	var body struct{ Token, Email, Name, Password string }
	if err := decode(r, maxJoinBody, &body); err != nil {
		return nil, err
	}
	_, cookie, err := a.Auth.Setup(r.Context(), body.Token, body.Email, body.Name, body.Password, address(r.Request))
	if err != nil {
		return nil, err
	}
	http.SetCookie(r.writer, a.Auth.Cookie(cookie))
	return nil, nil
}

func (a *api) login(r *request) (any, error) {
	var body struct{ Token, Email, Password string }
	if err := decode(r, maxJoinBody, &body); err != nil {
		return nil, err
	}
	var account auth.Account
	var cookie string
	var err error
	if body.Token != "" {
		account, cookie, err = a.Auth.SignInOnce(r.Context(), body.Token, address(r.Request))
	} else {
		account, cookie, err = a.Auth.SignIn(r.Context(), body.Email, body.Password, address(r.Request))
	}
	if err != nil {
		return nil, err
	}
	http.SetCookie(r.writer, a.Auth.Cookie(cookie))
	return map[string]any{"account": accountView(account)}, nil
}

func (a *api) logout(r *request) (any, error) {
	if cookie, err := r.Cookie(a.Auth.CookieName()); err == nil {
		if err := a.Auth.SignOut(r.Context(), cookie.Value); err != nil {
			return nil, err
		}
	}
	http.SetCookie(r.writer, a.Auth.Cookie(""))
	return nil, nil
}

func (a *api) projects(*request) (any, error) {
	type view struct {
		ID      string   `json:"id"`
		Name    string   `json:"name"`
		Origins []string `json:"origins"`
		Page    string   `json:"page"`
	}
	out := []view{}
	for _, p := range a.Service.Projects().Projects() {
		out = append(out, view{p.ID, p.Name, append([]string{}, p.Origins...), p.Page})
	}
	return map[string]any{"projects": out}, nil
}

// people of a session, with who has a socket now.
func (a *api) people(ctx context.Context, actor session.Actor, id string) (session.Session, []wire.Participant, error) {
	s, participants, err := a.Service.Get(ctx, actor, id)
	if err != nil {
		return session.Session{}, nil, err
	}
	here := a.Here(id)
	out := []wire.Participant{}
	for _, p := range participants {
		out = append(out, wire.Participant{ID: p.ID, Leg: p.Leg, Role: p.Role, Name: p.Name, Here: here[p.Leg]})
	}
	return s, out, nil
}
