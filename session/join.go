package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ridealong/wire"
)

// Way is how a customer comes in: exactly one field is set.
type Way struct {
	Auth []byte // of the magic link, 16 bytes
	Code string // as typed
}

// Invitation is what a customer reads before deciding.
type Invitation struct {
	Session Session
	Project Project
	Agent   string
}

// Claim is what a customer gets for consenting.
type Claim struct {
	Handoff     string // one use, wire.HandoffLife
	Session     Session
	Participant Participant
}

// find resolves a way to its session without changing anything.
func (s *Service) find(ctx context.Context, w Way) (Session, error) {
	now := s.c.Now()
	var id string
	switch {
	case w.Code != "":
		code := ReadCode(w.Code)
		if code == "" {
			return Session{}, ErrNotFound
		}
		c, err := s.c.Store.TryCode(ctx, HashOf([]byte(code)), now)
		if err != nil {
			return Session{}, err
		}
		id = c.Session
	default:
		link, err := s.c.Store.Link(ctx, HashOf(w.Auth))
		if err != nil {
			return Session{}, err
		}
		if !now.Before(link.ExpiresAt) {
			return Session{}, ErrNotFound
		}
		id = link.Session
	}
	session, err := s.c.Store.Session(ctx, id)
	if err != nil {
		return Session{}, err
	}
	if session.State.Over() {
		return Session{}, ErrNotFound
	}
	if session.State != StatePending {
		return session, ErrClaimed
	}
	return session, nil
}

// Peek says who asks and for what. It changes nothing, however often it is called.
func (s *Service) Peek(ctx context.Context, w Way) (Invitation, error) {
	session, err := s.find(ctx, w)
	if err != nil {
		return Invitation{}, err
	}
	project, _ := s.c.Projects.Project(session.Project)
	return Invitation{session, project, session.OwnerName}, nil
}

// Claim makes the caller the session's customer. Whoever comes second gets ErrClaimed, and the agents are told.
func (s *Service) Claim(ctx context.Context, w Way, consent wire.Consent) (Claim, error) {
	if !consent.View {
		return Claim{}, fmt.Errorf("%w: sharing needs consent to view", ErrInvalid)
	}
	found, err := s.find(ctx, w)
	if errors.Is(err, ErrClaimed) {
		s.publish(ctx, Event{Kind: EventSecondClaim, Session: found.ID})
	}
	if err != nil {
		return Claim{}, err
	}
	now := s.c.Now()
	given := Consent{Consent: consent, At: now}
	p := Participant{ID: newID(now), Role: wire.RoleCustomer, Name: "Customer"}
	var session Session
	if w.Code != "" {
		session, err = s.c.Store.ClaimCode(ctx, HashOf([]byte(ReadCode(w.Code))), p, given, now)
	} else {
		session, err = s.c.Store.ClaimLink(ctx, HashOf(w.Auth), p, given, now)
	}
	if errors.Is(err, ErrConflict) {
		s.publish(ctx, Event{Kind: EventSecondClaim, Session: found.ID})
		return Claim{}, ErrClaimed
	}
	if err != nil {
		return Claim{}, err
	}
	if session, err = s.c.Store.UpdateSession(ctx, session.ID, func(session *Session) error {
		session.ExpiresAt = now.Add(s.c.SessionLife)
		return nil
	}); err != nil {
		return Claim{}, err
	}
	token, err := s.ticket(ctx, wire.CredentialHandoff, session.ID, p.ID, wire.HandoffLife)
	if err != nil {
		return Claim{}, err
	}
	s.publish(ctx, Event{Kind: EventClaimed, Session: session.ID})
	p.Session = session.ID
	return Claim{token, session, p}, nil
}

func (s *Service) ticket(ctx context.Context, kind, session, participant string, life time.Duration) (string, error) {
	token, hash := newToken()
	return token, s.c.Store.PutTicket(ctx, Ticket{Secret: hash, Kind: kind, Session: session, Participant: participant, ExpiresAt: s.c.Now().Add(life)})
}

// NewCode makes a join code for a session that waits for its customer. The one before it stays good until its own end.
func (s *Service) NewCode(ctx context.Context, actor Actor, id string) (code string, expires time.Time, err error) {
	session, err := s.c.Store.Session(ctx, id)
	if err != nil {
		return "", time.Time{}, err
	}
	if session.State != StatePending {
		return "", time.Time{}, fmt.Errorf("%w: somebody is in this session already", ErrInvalid)
	}
	if session.Owner != actor.Account && !actor.Admin {
		return "", time.Time{}, ErrForbidden
	}
	code, expires = newCode(), s.c.Now().Add(s.c.CodeLife)
	err = s.c.Store.PutCode(ctx, JoinCode{Code: HashOf([]byte(code)), Session: id, ExpiresAt: expires, Tries: 5})
	return ShowCode(code), expires, err
}

// ticketLife is how long an agent's browser may take from asking for a ticket to opening its socket.
const ticketLife = 30 * time.Second

// Join gives an agent a ticket for the session's socket: as the participant they were, or as a new one.
func (s *Service) Join(ctx context.Context, actor Actor, id, participant string, role wire.Role) (Participant, string, error) {
	session, err := s.c.Store.Session(ctx, id)
	if err != nil {
		return Participant{}, "", err
	}
	if session.State.Over() {
		return Participant{}, "", ErrEnded
	}
	if role != wire.RoleAgent && role != wire.RoleObserver {
		return Participant{}, "", ErrForbidden
	}
	p, err := s.c.Store.Participant(ctx, participant)
	known := err == nil && p.Session == id && p.Account == actor.Account
	if !known {
		now := s.c.Now()
		p, err = s.c.Store.AddParticipant(ctx, Participant{
			ID: newID(now), Session: id, Role: role, Name: actor.Name, Account: actor.Account, Grants: []Grant{{Capability: CapView, At: now}},
		})
		if err != nil {
			return Participant{}, "", err
		}
	}
	token, err := s.ticket(ctx, wire.CredentialTicket, id, p.ID, ticketLife)
	return p, token, err
}

// Opened is what a socket's hello opens.
type Opened struct {
	Session      Session
	Participant  Participant
	Resume       string
	Participants []Participant
}

// Open takes a hello's credential. With newDocument a customer's session gets its next epoch.
func (s *Service) Open(ctx context.Context, c wire.Credential, newDocument bool) (Opened, error) {
	resume, hash := newToken()
	p, err := s.credential(ctx, c, hash)
	if errors.Is(err, ErrNotFound) {
		return Opened{}, ErrCredential
	}
	if err != nil {
		return Opened{}, err
	}
	session, err := s.c.Store.UpdateSession(ctx, p.Session, func(session *Session) error {
		if session.State.Over() {
			return ErrEnded
		}
		if p.Role == wire.RoleCustomer {
			session.State = StateLive
			if newDocument {
				session.Epoch++
			}
		}
		return nil
	})
	if err != nil {
		return Opened{}, err
	}
	participants, err := s.c.Store.Participants(ctx, p.Session)
	return Opened{session, p, resume, participants}, err
}

func (s *Service) credential(ctx context.Context, c wire.Credential, next Hash) (Participant, error) {
	secret := HashOf([]byte(c.Value))
	switch c.Kind {
	case wire.CredentialResume:
		return s.c.Store.Resume(ctx, secret, next)
	case wire.CredentialHandoff, wire.CredentialTicket:
		t, err := s.c.Store.TakeTicket(ctx, secret, c.Kind, s.c.Now())
		if err != nil {
			return Participant{}, err
		}
		if err := s.c.Store.SetResume(ctx, t.Participant, next); err != nil {
			return Participant{}, err
		}
		return s.c.Store.Participant(ctx, t.Participant)
	}
	return Participant{}, ErrNotFound
}

// publish tells the rooms. A bus that fails costs promptness, not truth: the Store has it.
func (s *Service) publish(ctx context.Context, e Event) {
	data, err := json.Marshal(e)
	if err == nil {
		err = s.c.Bus.Publish(ctx, Subject(e.Session), data)
	}
	if err != nil {
		s.c.Log.Error("publish", "event", e.Kind, "session", e.Session, "error", err)
	}
}
