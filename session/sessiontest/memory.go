// Package sessiontest has what tests of the domain need: the reference Store, a Bus in memory, and the conformance suites that
// every Store and Bus has to pass.
package sessiontest

import (
	"cmp"
	"context"
	"maps"
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
	if s.State.Over() {
		m.dropWays(id)
	}
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
func (m *Memory) ClaimLink(_ context.Context, auth session.Hash, c session.Claimant, now time.Time) (session.Session, session.Participant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l, ok := m.links[auth]
	if !ok || !now.Before(l.ExpiresAt) {
		return session.Session{}, session.Participant{}, session.ErrNotFound
	}
	return m.claim(l.Session, c, now)
}

// claim is called with mu held.
func (m *Memory) claim(id string, c session.Claimant, now time.Time) (session.Session, session.Participant, error) {
	s, p := m.sessions[id], c.Participant
	if err := s.Claim(c, now); err != nil {
		return session.Session{}, session.Participant{}, err
	}
	p.Session, p.Leg = id, s.NextLeg
	s.NextLeg++
	c.Handoff.Session, c.Handoff.Participant = id, p.ID
	m.sessions[id], m.participants[p.ID], m.tickets[c.Handoff.Secret] = s, p, c.Handoff
	for auth, l := range m.links {
		if l.Session == id {
			l.ClaimedBy = p.ID
			m.links[auth] = l
		}
	}
	return s, p, nil
}

// dropWays is called with mu held.
func (m *Memory) dropWays(id string) {
	maps.DeleteFunc(m.links, func(_ session.Hash, l session.MagicLink) bool { return l.Session == id })
	maps.DeleteFunc(m.codes, func(_ session.Hash, c session.JoinCode) bool { return c.Session == id })
	maps.DeleteFunc(m.tickets, func(_ session.Hash, t session.Ticket) bool { return t.Session == id })
}

// going is called with mu held: a session that is not over.
func (m *Memory) going(id string) bool {
	s, ok := m.sessions[id]
	return ok && !s.State.Over()
}

// PutCode keeps a join code.
func (m *Memory) PutCode(_ context.Context, c session.JoinCode) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.going(c.Session) {
		return session.ErrNotFound
	}
	if other, taken := m.codes[c.Code]; taken && other.Session != c.Session {
		return session.ErrConflict
	}
	maps.DeleteFunc(m.codes, func(_ session.Hash, before session.JoinCode) bool { return before.Session == c.Session })
	m.codes[c.Code] = c
	return nil
}

// Code finds a code that is still good.
func (m *Memory) Code(_ context.Context, code session.Hash, now time.Time) (session.JoinCode, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c, ok := m.codes[code]
	if !ok || !now.Before(c.ExpiresAt) {
		return session.JoinCode{}, session.ErrNotFound
	}
	return c, nil
}

// ClaimCode is ClaimLink by code.
func (m *Memory) ClaimCode(_ context.Context, code session.Hash, c session.Claimant, now time.Time) (session.Session, session.Participant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	found, ok := m.codes[code]
	if !ok || !now.Before(found.ExpiresAt) {
		return session.Session{}, session.Participant{}, session.ErrNotFound
	}
	return m.claim(found.Session, c, now)
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
	if !m.going(t.Session) {
		return session.ErrNotFound
	}
	m.tickets[t.Secret] = t
	return nil
}

// TakeTicket uses a ticket up.
func (m *Memory) TakeTicket(_ context.Context, secret session.Hash, kind string, resume session.Hash, now time.Time) (session.Participant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.tickets[secret]
	if !ok || t.Kind != kind || !now.Before(t.ExpiresAt) {
		return session.Participant{}, session.ErrNotFound
	}
	p, ok := m.participants[t.Participant]
	if !ok {
		return session.Participant{}, session.ErrNotFound
	}
	delete(m.tickets, secret)
	p.Resume, p.Before = resume, session.Hash{}
	m.participants[p.ID] = p
	return p, nil
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

// Expire ends what is past its time.
func (m *Memory) Expire(_ context.Context, now time.Time) ([]session.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ended []session.Session
	for id, s := range m.sessions {
		if s.State.Over() || now.Before(s.ExpiresAt) || len(ended) == expireAtOnce {
			continue
		}
		if err := s.Finish(wire.EndExpired, now); err != nil {
			return nil, err
		}
		m.sessions[id] = s
		m.dropWays(id)
		ended = append(ended, s)
	}
	maps.DeleteFunc(m.codes, func(_ session.Hash, c session.JoinCode) bool { return !now.Before(c.ExpiresAt) })
	maps.DeleteFunc(m.tickets, func(_ session.Hash, t session.Ticket) bool { return !now.Before(t.ExpiresAt) })
	return ended, nil
}

const expireAtOnce = 500

// Ended lists what ended lately.
func (m *Memory) Ended(_ context.Context, since time.Time) ([]session.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []session.Session
	for _, s := range m.sessions {
		if s.State.Over() && !s.EndedAt.Before(since) {
			out = append(out, s)
		}
	}
	return out, nil
}
