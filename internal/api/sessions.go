package api

import (
	"encoding/base64"
	"strconv"
	"time"

	"ridealong/session"
	"ridealong/wire"
)

// sessionView is a session as the app sees it.
type sessionView struct {
	ID           string             `json:"id"`
	Project      string             `json:"project"`
	Owner        map[string]string  `json:"owner"`
	State        session.State      `json:"state"`
	Page         string             `json:"page"`
	Reference    string             `json:"reference"`
	URL          string             `json:"url"`
	Title        string             `json:"title"`
	Consent      *wire.Consent      `json:"consent"`
	CreatedAt    time.Time          `json:"createdAt"`
	ExpiresAt    time.Time          `json:"expiresAt"`
	EndedAt      *time.Time         `json:"endedAt,omitempty"`
	EndReason    wire.EndReason     `json:"endReason,omitempty"`
	Participants []wire.Participant `json:"participants"`
}

func viewOf(s session.Session, people []wire.Participant) sessionView {
	v := sessionView{
		ID: s.ID, Project: s.Project, Owner: map[string]string{"id": s.Owner, "name": s.OwnerName}, State: s.State, Page: s.Page, Reference: s.Reference,
		URL: s.URL, Title: s.Title, CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt, EndReason: s.EndReason, Participants: people,
	}
	if !s.Consent.At.IsZero() {
		v.Consent = &s.Consent.Consent
	}
	if !s.EndedAt.IsZero() {
		v.EndedAt = &s.EndedAt
	}
	return v
}

func (a *api) sessions(r *request) (any, error) {
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit")) // what is no number is the default
	list, err := a.Service.List(r.Context(), r.actor(), r.URL.Query().Get("before"), limit)
	if err != nil {
		return nil, err
	}
	out := []sessionView{}
	for _, s := range list {
		_, people, err := a.people(r.Context(), r.actor(), s.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, viewOf(s, people))
	}
	return map[string]any{"sessions": out}, nil
}

func (a *api) session(r *request) (any, error) {
	s, people, err := a.people(r.Context(), r.actor(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return viewOf(s, people), nil
}

func (a *api) createSession(r *request) (any, error) {
	if !a.creates.allow(r.account.ID) {
		return nil, problemTooMany
	}
	var body struct{ Project, Page, AuthHash, Reference string }
	if err := decode(r, maxBody, &body); err != nil {
		return nil, err
	}
	hash, err := base64.RawURLEncoding.DecodeString(body.AuthHash)
	if err != nil || len(hash) != len(session.Hash{}) {
		return nil, problemBody
	}
	s, err := a.Service.Create(r.Context(), r.actor(), session.NewSession{
		Project: body.Project, Page: body.Page, Auth: session.Hash(hash), Reference: body.Reference,
	})
	if err != nil {
		return nil, err
	}
	return viewOf(s, []wire.Participant{}), nil
}

func (a *api) newCode(r *request) (any, error) {
	code, expires, err := a.Service.NewCode(r.Context(), r.actor(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return map[string]any{"code": code, "expiresAt": expires}, nil
}

// endSession ends it for everybody: links, tickets and the live view.
func (a *api) endSession(r *request) (any, error) {
	return nil, a.Service.EndBy(r.Context(), r.actor(), r.PathValue("id"), wire.EndAgent)
}

func (a *api) joinSession(r *request) (any, error) {
	var body struct {
		Participant string
		Observer    bool
	}
	if err := decode(r, maxJoinBody, &body); err != nil {
		return nil, err
	}
	role := wire.RoleAgent
	if body.Observer {
		role = wire.RoleObserver
	}
	p, ticket, err := a.Service.Join(r.Context(), r.actor(), r.PathValue("id"), body.Participant, role)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"participant": wire.Participant{ID: p.ID, Leg: p.Leg, Role: p.Role, Name: p.Name}, "ticket": ticket, "socket": "/ws/agent",
	}, nil
}
