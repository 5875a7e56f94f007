package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"ridealong/wire"
)

// Errors of a Service that callers branch on. Unknown, expired and used are one, so that nothing can be learnt from the answer.
var (
	ErrClaimed    = errors.New("session: claimed by somebody else")
	ErrEnded      = errors.New("session: over")
	ErrCredential = errors.New("session: credential is not valid")
	ErrForbidden  = errors.New("session: not allowed")
	ErrInvalid    = errors.New("session: invalid")
)

// Project is a customer organisation's set of sites.
type Project struct {
	ID, Name string
	Origins  []string // scheme://host[:port], lower case
	Page     string   // where a new session goes by default
}

// Allows says whether origin is one of the project's.
func (p Project) Allows(origin string) bool {
	for _, o := range p.Origins {
		if o == origin {
			return true
		}
	}
	return false
}

// Projects finds projects.
type Projects interface {
	Project(id string) (Project, bool)
	Projects() []Project
}

// Actor is a signed-in agent.
type Actor struct {
	Account, Name string
	Admin         bool
}

// Config of a Service. Zero times get their defaults.
type Config struct {
	Store                           Store
	Bus                             Bus
	Projects                        Projects
	Now                             func() time.Time
	Log                             *slog.Logger
	LinkLife, SessionLife, CodeLife time.Duration
}

// Service is the life of sessions. Its methods may be called from any goroutine; each is one transaction of the Store, and what
// others have to know goes out by the Bus after it is on disk.
type Service struct{ c Config }

// New fills in defaults.
func New(c Config) *Service {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&c.LinkLife, 30*time.Minute)
	def(&c.SessionLife, 4*time.Hour)
	def(&c.CodeLife, 10*time.Minute)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{c}
}

// Projects of this server.
func (s *Service) Projects() Projects { return s.c.Projects }

// NewSession is what an agent asks for.
type NewSession struct {
	Project, Page string
	Auth          Hash // SHA-256 of the link's `auth`, made in the agent's browser
	Reference     string
}

// Create makes a session whose link can be opened until LinkLife is over.
func (s *Service) Create(ctx context.Context, actor Actor, n NewSession) (Session, error) {
	project, ok := s.c.Projects.Project(n.Project)
	if !ok {
		return Session{}, fmt.Errorf("%w: there is no project %q", ErrInvalid, n.Project)
	}
	origin, ok := OriginOf(n.Page)
	if !ok || !project.Allows(origin) {
		return Session{}, fmt.Errorf("%w: the page has to be on one of the project's sites", ErrInvalid)
	}
	if len(n.Reference) > 200 || len(n.Page) > 2000 {
		return Session{}, fmt.Errorf("%w: the reference or the page is too long", ErrInvalid)
	}
	now := s.c.Now()
	session := Session{
		ID: newID(now), Project: project.ID, Owner: actor.Account, OwnerName: actor.Name, State: StatePending, Page: n.Page,
		Reference: n.Reference, NextLeg: 1, CreatedAt: now, ExpiresAt: now.Add(s.c.LinkLife),
	}
	link := MagicLink{Auth: n.Auth, Session: session.ID, ExpiresAt: session.ExpiresAt}
	if err := s.c.Store.CreateSession(ctx, session, link); err != nil {
		if errors.Is(err, ErrConflict) {
			return Session{}, fmt.Errorf("%w: this link exists already", ErrInvalid)
		}
		return Session{}, err
	}
	s.c.Log.Info("session created", "session", session.ID, "owner", actor.Account)
	return session, nil
}

// OriginOf a URL of http or https.
func OriginOf(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}

// Get shows a session to an agent of its project.
func (s *Service) Get(ctx context.Context, _ Actor, id string) (Session, []Participant, error) {
	session, err := s.c.Store.Session(ctx, id)
	if err != nil {
		return Session{}, nil, err
	}
	participants, err := s.c.Store.Participants(ctx, id)
	return session, participants, err
}

// List pages through the sessions, newest first.
func (s *Service) List(ctx context.Context, _ Actor, before string, limit int) ([]Session, error) {
	if limit < 1 || limit > 200 {
		limit = 50
	}
	return s.c.Store.Sessions(ctx, "", before, limit)
}

// EndBy ends a session for its owner or an admin.
func (s *Service) EndBy(ctx context.Context, actor Actor, id string, reason wire.EndReason) error {
	session, err := s.c.Store.Session(ctx, id)
	if err != nil {
		return err
	}
	if session.Owner != actor.Account && !actor.Admin {
		return ErrForbidden
	}
	return s.End(ctx, id, reason)
}

// End closes a session for everybody: nothing opens it any more, and its rooms are told. Ending twice is ending once.
func (s *Service) End(ctx context.Context, id string, reason wire.EndReason) error {
	now := s.c.Now()
	state := StateEnded
	if reason == wire.EndExpired {
		state = StateExpired
	}
	_, err := s.c.Store.UpdateSession(ctx, id, func(session *Session) error {
		if session.State.Over() {
			return ErrEnded
		}
		session.State, session.EndedAt, session.EndReason = state, now, reason
		return nil
	})
	if errors.Is(err, ErrEnded) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.c.Store.DropLinks(ctx, id); err != nil {
		return err
	}
	s.c.Log.Info("session ended", "session", id, "reason", reason)
	s.publish(ctx, Event{Kind: EventEnded, Session: id, Reason: string(reason)})
	return nil
}

// Withdraw takes back part of what the customer agreed to; withdrawing the view ends the session.
func (s *Service) Withdraw(ctx context.Context, participant string, less wire.Consent) (Session, error) {
	p, err := s.c.Store.Participant(ctx, participant)
	if err != nil {
		return Session{}, err
	}
	if p.Role != wire.RoleCustomer {
		return Session{}, ErrForbidden
	}
	session, err := s.c.Store.UpdateSession(ctx, p.Session, func(session *Session) error {
		c := &session.Consent
		if less.View && !c.View || less.Control && !c.Control || less.Record && !c.Record {
			return fmt.Errorf("%w: consent can only be taken back here", ErrInvalid)
		}
		c.View, c.Control, c.Record = less.View, less.Control, less.Record
		c.WithdrawnAt = s.c.Now()
		return nil
	})
	if err == nil && !session.Consent.View {
		err = s.End(ctx, session.ID, wire.EndCustomer)
	}
	return session, err
}

// Visit notes where the customer is, for the list.
func (s *Service) Visit(ctx context.Context, participant, url, title string) error {
	p, err := s.c.Store.Participant(ctx, participant)
	if err != nil {
		return err
	}
	_, err = s.c.Store.UpdateSession(ctx, p.Session, func(session *Session) error {
		session.URL, session.Title = cut(url, 500), cut(title, 200)
		return nil
	})
	return err
}

// cut shortens s to n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}

// May says whether p has a capability now.
func (s *Service) May(p Participant, c Capability, now time.Time) bool {
	for _, g := range p.Grants {
		if g.Capability == c && (g.Until.IsZero() || now.Before(g.Until)) {
			return true
		}
	}
	return false
}

// Run ends what is past its time, every few seconds, until ctx is done.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		expired, err := s.c.Store.Expire(ctx, s.c.Now())
		if err != nil {
			if ctx.Err() == nil {
				s.c.Log.Error("expire sessions", "error", err)
			}
			continue
		}
		for _, session := range expired {
			s.publish(ctx, Event{Kind: EventEnded, Session: session.ID, Reason: string(wire.EndExpired)})
		}
	}
}
