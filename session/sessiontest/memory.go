// Package sessiontest has what tests of the domain need: the reference Store, a Bus in memory, and the conformance suites that
// every Store and Bus has to pass.
package sessiontest

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"ridealong/session"
	"ridealong/wire"
)

// Memory is the reference Store: the shortest code that keeps the contract.
type Memory struct {
	mu           sync.Mutex // guards what follows
	sessions     map[string]session.Session
	links        map[session.Hash]session.MagicLink
	codes        map[session.Hash]session.JoinCode
	participants map[string]session.Participant
	tickets      map[session.Hash]session.Ticket
}

// NewMemory is empty.
func NewMemory() *Memory {
	return &Memory{
		sessions: map[string]session.Session{}, links: map[session.Hash]session.MagicLink{}, codes: map[session.Hash]session.JoinCode{},
		participants: map[string]session.Participant{}, tickets: map[session.Hash]session.Ticket{},
	}
}

var _ session.Store = (*Memory)(nil)

// CreateSession keeps a session and its link.
func (m *Memory) CreateSession(_ context.Context, s session.Session, link session.MagicLink) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.sessions[s.ID]; taken {
		return session.ErrConflict
	}
	if _, taken := m.links[link.Auth]; taken {
		return session.ErrConflict
	}
	m.sessions[s.ID], m.links[link.Auth] = s, link
	return nil
}

// Session by id.
func (m *Memory) Session(_ context.Context, id string) (session.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[id]
	if !ok {
		return session.Session{}, session.ErrNotFound
	}
	return s, nil
}

// Sessions newest first.
func (m *Memory) Sessions(_ context.Context, project, before string, limit int) ([]session.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []session.Session
	for _, s := range m.sessions {
		if (project == "" || s.Project == project) && (before == "" || s.ID < before) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b session.Session) int { return cmp.Compare(b.ID, a.ID) })
	return out[:min(limit, len(out))], nil
}

// UpdateSession changes one session.
func (m *Memory) UpdateSession(_ context.Context, id string, change func(*session.Session) error) (session.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[id]
	if !ok {
		return session.Session{}, session.ErrNotFound
	}
	if err := change(&s); err != nil {
		return session.Session{}, err
	}
	m.sessions[id] = s
	return s, nil
}

// Link by its hash.
func (m *Memory) Link(_ context.Context, auth session.Hash) (session.MagicLink, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.links[auth]
	if !ok {
		return session.MagicLink{}, session.ErrNotFound
	}
	return l, nil
}

// ClaimLink lets exactly one caller win.
func (m *Memory) ClaimLink(_ context.Context, auth session.Hash, p session.Participant, c session.Consent, now time.Time) (session.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.links[auth]
	if !ok || !now.Before(l.ExpiresAt) {
		return session.Session{}, session.ErrNotFound
	}
	return m.claim(l.Session, p, c)
}

// claim is called with mu held.
func (m *Memory) claim(id string, p session.Participant, c session.Consent) (session.Session, error) {
	s := m.sessions[id]
	if s.State != session.StatePending {
		return session.Session{}, session.ErrConflict
	}
	p.Session, p.Leg = id, s.NextLeg
	s.NextLeg++
	s.State, s.Consent = session.StateClaimed, c
	m.sessions[id], m.participants[p.ID] = s, p
	for auth, l := range m.links {
		if l.Session == id {
			l.ClaimedBy = p.ID
			m.links[auth] = l
		}
	}
	return s, nil
}

// DropLinks forgets a session's links, codes and tickets.
func (m *Memory) DropLinks(_ context.Context, id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, v := range m.links {
		if v.Session == id {
			delete(m.links, k)
		}
	}
	for k, v := range m.codes {
		if v.Session == id {
			delete(m.codes, k)
		}
	}
	for k, v := range m.tickets {
		if v.Session == id {
			delete(m.tickets, k)
		}
	}
	return nil
}

// PutCode keeps a join code.
func (m *Memory) PutCode(_ context.Context, c session.JoinCode) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.codes[c.Code]; taken {
		return session.ErrConflict
	}
	m.codes[c.Code] = c
	return nil
}

// TryCode finds a code that is still good.
func (m *Memory) TryCode(_ context.Context, code session.Hash, now time.Time) (session.JoinCode, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.codes[code]
	if !ok || c.Tries < 1 || !now.Before(c.ExpiresAt) {
		return session.JoinCode{}, session.ErrNotFound
	}
	return c, nil
}

// ClaimCode is ClaimLink by code.
func (m *Memory) ClaimCode(ctx context.Context, code session.Hash, p session.Participant, c session.Consent, now time.Time) (session.Session, error) {
	found, err := m.TryCode(ctx, code, now)
	if err != nil {
		return session.Session{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.claim(found.Session, p, c)
}

// AddParticipant gives the next leg.
func (m *Memory) AddParticipant(_ context.Context, p session.Participant) (session.Participant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[p.Session]
	if !ok {
		return session.Participant{}, session.ErrNotFound
	}
	p.Leg = s.NextLeg
	s.NextLeg++
	m.sessions[s.ID], m.participants[p.ID] = s, p
	return p, nil
}

// Participant by id.
func (m *Memory) Participant(_ context.Context, id string) (session.Participant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.participants[id]
	if !ok {
		return session.Participant{}, session.ErrNotFound
	}
	return p, nil
}

// Participants by leg.
func (m *Memory) Participants(_ context.Context, id string) ([]session.Participant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []session.Participant
	for _, p := range m.participants {
		if p.Session == id {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b session.Participant) int { return cmp.Compare(a.Leg, b.Leg) })
	return out, nil
}

// PutTicket keeps a ticket.
func (m *Memory) PutTicket(_ context.Context, t session.Ticket) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tickets[t.Secret] = t
	return nil
}

// TakeTicket uses a ticket up.
func (m *Memory) TakeTicket(_ context.Context, secret session.Hash, kind string, now time.Time) (session.Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tickets[secret]
	if !ok || t.Kind != kind || !now.Before(t.ExpiresAt) {
		return session.Ticket{}, session.ErrNotFound
	}
	delete(m.tickets, secret)
	return t, nil
}

// Resume rotates.
func (m *Memory) Resume(_ context.Context, token, next session.Hash) (session.Participant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, p := range m.participants {
		switch token {
		case session.Hash{}:
			continue
		case p.Resume:
			p.Before = p.Resume
		case p.Before:
		default:
			continue
		}
		p.Resume = next
		m.participants[id] = p
		return p, nil
	}
	return session.Participant{}, session.ErrNotFound
}

// SetResume begins anew.
func (m *Memory) SetResume(_ context.Context, id string, token session.Hash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.participants[id]
	if !ok {
		return session.ErrNotFound
	}
	p.Resume, p.Before = token, session.Hash{}
	m.participants[id] = p
	return nil
}

// Expire ends what is past its time and drops its links.
func (m *Memory) Expire(ctx context.Context, now time.Time) ([]session.Session, error) {
	m.mu.Lock()
	var ended []session.Session
	for id, s := range m.sessions {
		if !s.State.Over() && !now.Before(s.ExpiresAt) {
			s.State, s.EndedAt, s.EndReason = session.StateExpired, now, wire.EndExpired
			m.sessions[id] = s
			ended = append(ended, s)
		}
	}
	m.mu.Unlock()
	for _, s := range ended {
		if err := m.DropLinks(ctx, s.ID); err != nil {
			return nil, err
		}
	}
	return ended, nil
}
