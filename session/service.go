package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"
	"unicode"

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
	Origins  []string     // scheme://host[:port], lower case
	Page     string       // where a new session goes by default
	Privacy  wire.Privacy // what is hidden on every page
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

// Service is the life of sessions. Its methods may be called from any goroutine; each changes the Store in one transaction, and
// what others have to know goes out by the Bus after it is on disk.
type Service struct {
	c       Config
	hashing chan struct{} // a place for each join code that is being hashed
}

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
	return &Service{c, make(chan struct{}, 2)}
}

// Projects of this server.
func (s *Service) Projects() Projects { return s.c.Projects }

// NewSession is what an agent asks for.
type NewSession struct {
	Project, Page string
	Auth          Hash // SHA-256 of the link's `auth`, made in the agent's browser
	Reference     string
}

const (
	maxReference = 200
	maxPage      = 2000
)

// check says what is wrong in words for people.
func (n NewSession) check(project Project) error {
	origin, ok := OriginOf(n.Page)
	switch {
	case !ok || !project.Allows(origin):
		return fmt.Errorf("%w: the page has to be on one of the project's sites", ErrInvalid)
	case len(n.Page) > maxPage:
		return fmt.Errorf("%w: the page's address is too long", ErrInvalid)
	case len(n.Reference) > maxReference:
		return fmt.Errorf("%w: the reference is too long", ErrInvalid)
	case n.Auth == Hash{}:
		return fmt.Errorf("%w: a session needs a link", ErrInvalid)
	}
	return nil
}

// Create makes a session whose link can be opened until LinkLife is over.
func (s *Service) Create(ctx context.Context, actor Actor, n NewSession) (Session, error) {
	project, ok := s.c.Projects.Project(n.Project)
	if !ok {
		return Session{}, fmt.Errorf("%w: there is no project %q", ErrInvalid, n.Project)
	}
	if n.Page == "" {
		n.Page = project.Page
	}
	if err := n.check(project); err != nil {
		return Session{}, err
	}
	now := s.c.Now()
	session := Session{
		ID: newID(now), Project: project.ID, Owner: actor.Account, OwnerName: actor.Name, State: StatePending, Page: n.Page,
		Reference: cut(n.Reference, maxReference), NextLeg: 1, CreatedAt: now, ExpiresAt: now.Add(s.c.LinkLife),
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

// OriginOf a URL of http or https, as browsers write it: lower case, without the usual port.
func OriginOf(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "", false
	}
	host := strings.ToLower(u.Host)
	usual := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	return u.Scheme + "://" + strings.TrimSuffix(strings.TrimSuffix(host, usual), ":"), true
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

// owned is a session that actor may decide about.
func (s *Service) owned(ctx context.Context, actor Actor, id string) (Session, error) {
	session, err := s.c.Store.Session(ctx, id)
	if err == nil && session.Owner != actor.Account && !actor.Admin {
		return Session{}, ErrForbidden
	}
	return session, err
}

// cut makes what a stranger wrote fit for a list and a database: UTF-8 without control characters, at most n bytes.
func cut(s string, n int) string {
	if len(s) > 4*n {
		s = s[:4*n]
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
