package session

import (
	"context"
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

// found is a way that leads to a session.
type found struct {
	key     Hash
	claim   func(ctx context.Context, key Hash, c Claimant, now time.Time) (Session, Participant, error)
	session Session
}

// find resolves a way without changing anything. With ErrClaimed it says of which session.
func (s *Service) find(ctx context.Context, w Way) (f found, err error) {
	now := s.c.Now()
	var id string
	switch code := ReadCode(w.Code); {
	case w.Code != "" && (code == "" || len(w.Auth) > 0):
		return f, ErrNotFound
	case w.Code != "":
		if f.key, err = s.codeHash(ctx, code); err != nil {
			return f, err
		}
		c, err := s.c.Store.Code(ctx, f.key, now)
		if err != nil {
			return f, err
		}
		f.claim, id = s.c.Store.ClaimCode, c.Session
	default:
		f.key = HashOf(w.Auth)
		link, err := s.c.Store.Link(ctx, f.key)
		if err != nil {
			return f, err
		}
		if !now.Before(link.ExpiresAt) {
			return f, ErrNotFound
		}
		f.claim, id = s.c.Store.ClaimLink, link.Session
	}
	if f.session, err = s.c.Store.Session(ctx, id); err != nil {
		return f, err
	}
	if !f.session.Running(now) {
		return f, ErrNotFound
	}
	if f.session.State != StatePending {
		return f, ErrClaimed
	}
	return f, nil
}

// codeHash hashes at most two codes at a time, so that strangers who try codes leave the processor to the others.
func (s *Service) codeHash(ctx context.Context, code string) (Hash, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
		return CodeHash(code)
	case <-ctx.Done():
		return Hash{}, ctx.Err()
	}
}

// Peek says who asks and for what. It changes nothing, however often it is called.
func (s *Service) Peek(ctx context.Context, w Way) (Invitation, error) {
	f, err := s.find(ctx, w)
	if err != nil {
		return Invitation{}, err
	}
	project, _ := s.c.Projects.Project(f.session.Project)
	return Invitation{f.session, project, f.session.OwnerName}, nil
}

// Claim makes the caller the session's customer. Whoever comes second gets ErrClaimed, and the agents are told.
func (s *Service) Claim(ctx context.Context, w Way, consent wire.Consent) (Claim, error) {
	if !consent.View {
		return Claim{}, fmt.Errorf("%w: sharing needs consent to view", ErrInvalid)
	}
	if n := len(consent.TextVersion); n == 0 || n > 40 {
		return Claim{}, fmt.Errorf("%w: consent has to name the text it was given to", ErrInvalid)
	}
	f, err := s.find(ctx, w)
	if err == nil {
		var c Claim
		if c, err = s.take(ctx, f, consent); err == nil {
			return c, nil
		}
	}
	if errors.Is(err, ErrClaimed) {
		s.c.Log.Warn("second claim refused", "session", f.session.ID)
		s.publish(ctx, Event{Kind: EventSecondClaim, Session: f.session.ID})
	}
	return Claim{}, err
}

func (s *Service) take(ctx context.Context, f found, consent wire.Consent) (Claim, error) {
	now := s.c.Now()
	token, secret := newToken()
	session, p, err := f.claim(ctx, f.key, Claimant{
		Participant: Participant{ID: newID(now), Role: wire.RoleCustomer, Name: "Customer"},
		Consent:     Consent{Consent: consent, At: now},
		Until:       now.Add(s.c.SessionLife),
		Handoff:     Ticket{Secret: secret, Kind: wire.CredentialHandoff, ExpiresAt: now.Add(wire.HandoffLife)},
	}, now)
	if errors.Is(err, ErrConflict) {
		return Claim{}, ErrClaimed
	}
	if err != nil {
		return Claim{}, err
	}
	s.c.Log.Info("session claimed", "session", session.ID, "participant", p.ID)
	s.publish(ctx, Event{Kind: EventClaimed, Session: session.ID})
	return Claim{token, session, p}, nil
}

// NewCode makes a join code for a session that waits for its customer. It takes the place of the one before it.
func (s *Service) NewCode(ctx context.Context, actor Actor, id string) (code string, expires time.Time, err error) {
	session, err := s.owned(ctx, actor, id)
	if err != nil {
		return "", time.Time{}, err
	}
	now := s.c.Now()
	if !session.Running(now) {
		return "", time.Time{}, ErrEnded
	}
	if session.State != StatePending {
		return "", time.Time{}, fmt.Errorf("%w: somebody is in this session already", ErrInvalid)
	}
	expires = now.Add(s.c.CodeLife)
	if session.ExpiresAt.Before(expires) {
		expires = session.ExpiresAt
	}
	// Two sessions with one code are as rare as 40 bits make them; three times in a row is something else.
	for range 3 {
		code = newCode()
		var hash Hash
		if hash, err = s.codeHash(ctx, code); err != nil {
			break
		}
		if err = s.c.Store.PutCode(ctx, JoinCode{Code: hash, Session: id, ExpiresAt: expires}); !errors.Is(err, ErrConflict) {
			break
		}
	}
	if err != nil {
		return "", time.Time{}, overMeanwhile(err)
	}
	return ShowCode(code), expires, nil
}

// overMeanwhile is for a Store that finds no session where there was one a moment ago.
func overMeanwhile(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrEnded
	}
	return err
}

const (
	// ticketLife is how long an agent's browser may take from asking for a ticket to opening its socket.
	ticketLife = 30 * time.Second
	// maxLegs is how many participants a session may have had; every reload of an agent without its participant's id makes one, and
	// every tab of the customer.
	maxLegs = 200
)

var errTooMany = fmt.Errorf("%w: too many have joined this session", ErrInvalid)

// Join gives an agent a ticket for the session's socket: as the participant they were in that role, or as a new one.
func (s *Service) Join(ctx context.Context, actor Actor, id, participant string, role wire.Role) (Participant, string, error) {
	if role != wire.RoleAgent && role != wire.RoleObserver || actor.Account == "" {
		return Participant{}, "", ErrForbidden
	}
	session, err := s.c.Store.Session(ctx, id)
	if err != nil {
		return Participant{}, "", err
	}
	if !session.Running(s.c.Now()) {
		return Participant{}, "", ErrEnded
	}
	p, err := s.c.Store.Participant(ctx, participant)
	switch known := err == nil && p.Session == id && p.Account == actor.Account && p.Role == role; {
	case known:
	case err != nil && !errors.Is(err, ErrNotFound):
		return Participant{}, "", err
	default:
		if p, err = s.add(ctx, session, actor, role); err != nil {
			return Participant{}, "", err
		}
	}
	token, secret := newToken()
	err = s.c.Store.PutTicket(ctx, Ticket{
		Secret: secret, Kind: wire.CredentialTicket, Session: id, Participant: p.ID, ExpiresAt: s.c.Now().Add(ticketLife),
	})
	if err != nil {
		return Participant{}, "", overMeanwhile(err)
	}
	return p, token, nil
}

// NewTab is a way in for another tab of the customer who is there: a participant of its own, so that links, documents and sockets
// of two tabs have nothing in common, and a hand-off as Claim gives one. What was consented to holds for all of them.
func (s *Service) NewTab(ctx context.Context, participant string) (Participant, string, error) {
	opener, err := s.customer(ctx, participant)
	if err != nil {
		return Participant{}, "", err
	}
	session, err := s.c.Store.Session(ctx, opener.Session)
	if err != nil {
		return Participant{}, "", err
	}
	now := s.c.Now()
	if !session.Running(now) {
		return Participant{}, "", ErrEnded
	}
	if session.NextLeg > maxLegs {
		return Participant{}, "", errTooMany
	}
	p, err := s.c.Store.AddParticipant(ctx, Participant{ID: newID(now), Session: session.ID, Role: wire.RoleCustomer, Name: opener.Name})
	if err != nil {
		return Participant{}, "", err
	}
	token, secret := newToken()
	err = s.c.Store.PutTicket(ctx, Ticket{
		Secret: secret, Kind: wire.CredentialHandoff, Session: session.ID, Participant: p.ID, ExpiresAt: now.Add(wire.HandoffLife),
	})
	if err != nil {
		return Participant{}, "", overMeanwhile(err)
	}
	s.c.Log.Info("another tab", "session", session.ID, "participant", p.ID, "opener", opener.ID)
	return p, token, nil
}

func (s *Service) add(ctx context.Context, session Session, actor Actor, role wire.Role) (Participant, error) {
	if session.NextLeg > maxLegs {
		return Participant{}, errTooMany
	}
	now := s.c.Now()
	return s.c.Store.AddParticipant(ctx, Participant{
		ID: newID(now), Session: session.ID, Role: role, Name: actor.Name, Account: actor.Account, Grants: []Grant{{Capability: CapView, At: now}},
	})
}

// Opened is what a socket's hello opens.
type Opened struct {
	Session      Session
	Participant  Participant
	Resume       string
	Participants []Participant
}

// Open takes a hello's credential. With newDocument a customer's session gets its next epoch. Whoever is not known gets
// ErrCredential, whoever is known and late ErrEnded.
func (s *Service) Open(ctx context.Context, c wire.Credential, newDocument bool) (Opened, error) {
	token, resume := newToken()
	p, err := s.redeem(ctx, c, resume)
	if errors.Is(err, ErrNotFound) {
		return Opened{}, ErrCredential
	}
	if err != nil {
		return Opened{}, err
	}
	session, err := s.enter(ctx, p, newDocument)
	if err != nil {
		return Opened{}, err
	}
	participants, err := s.c.Store.Participants(ctx, p.Session)
	if err != nil {
		return Opened{}, err
	}
	return Opened{session, p, token, participants}, nil
}

// redeem changes a credential for its participant and their next resume token.
func (s *Service) redeem(ctx context.Context, c wire.Credential, resume Hash) (Participant, error) {
	secret := HashOf([]byte(c.Value))
	switch c.Kind {
	case wire.CredentialResume:
		return s.c.Store.Resume(ctx, secret, resume)
	case wire.CredentialHandoff, wire.CredentialTicket:
		return s.c.Store.TakeTicket(ctx, secret, c.Kind, resume, s.c.Now())
	}
	return Participant{}, ErrNotFound
}

// enter is the session as it is once p has a socket. Agents who come and go write nothing.
func (s *Service) enter(ctx context.Context, p Participant, newDocument bool) (Session, error) {
	session, err := s.c.Store.Session(ctx, p.Session)
	if err != nil {
		return Session{}, err
	}
	if !session.Running(s.c.Now()) {
		return Session{}, ErrEnded
	}
	if p.Role != wire.RoleCustomer || session.State == StateLive && session.Epoch > 0 && !newDocument {
		return session, nil
	}
	return s.c.Store.UpdateSession(ctx, p.Session, func(session *Session) error {
		if session.State.Over() {
			return ErrEnded
		}
		if newDocument || session.Epoch == 0 {
			session.Epoch++
		}
		return session.To(StateLive)
	})
}
