package sessiontest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"time"

	"ridealong/session"
	"ridealong/wire"
)

// Actors of the tests.
var (
	Ana  = session.Actor{Account: "ana", Name: "Ana"}
	Ben  = session.Actor{Account: "ben", Name: "Ben"}
	Root = session.Actor{Account: "root", Name: "Root", Admin: true}
)

// Agreed is a customer's consent to be watched.
var Agreed = wire.Consent{View: true, TextVersion: "1"}

// Shop is the one project.
var Shop = session.Project{ID: "default", Name: "Shop", Origins: []string{"https://shop.example"}, Page: "https://shop.example/"}

// Projects holds projects by id.
type Projects []session.Project

// Project by id.
func (p Projects) Project(id string) (session.Project, bool) {
	for _, project := range p {
		if project.ID == id {
			return project, true
		}
	}
	return session.Project{}, false
}

// Projects lists them.
func (p Projects) Projects() []session.Project { return p }

// Clock stands still until it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time // guarded by mu
}

// NewClock shows At.
func NewClock() *Clock { return &Clock{now: At} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Pass moves the clock.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Events is a Bus that notes what is published and delivers nothing.
type Events struct {
	session.Bus // nil: a test that subscribes wants MemoryBus
	mu          sync.Mutex
	events      []session.Event // guarded by mu
	fails       error           // guarded by mu
}

// Publish notes the event.
func (e *Events) Publish(_ context.Context, subject string, data []byte) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fails != nil {
		return e.fails
	}
	var event session.Event
	if err := json.Unmarshal(data, &event); err != nil {
		return err
	}
	if subject != session.Subject(event.Session) {
		panic("sessiontest: an event of " + event.Session + " on " + subject)
	}
	e.events = append(e.events, event)
	return nil
}

// Fail makes every Publish fail, until nil.
func (e *Events) Fail(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fails = err
}

// Take gives the events since the last call.
func (e *Events) Take() []session.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	events := e.events
	e.events = nil
	return events
}

// House is a Service with everything it needs, in memory.
type House struct {
	*session.Service
	Store  session.Store
	Events *Events
	Clock  *Clock
}

// NewHouse is empty. With a nil store it has one in memory.
func NewHouse(store session.Store) *House {
	if store == nil {
		store = NewMemory()
	}
	h := &House{Store: store, Events: &Events{}, Clock: NewClock()}
	h.Service = session.New(session.Config{
		Store: store, Bus: h.Events, Projects: Projects{Shop}, Now: h.Clock.Now, Log: slog.New(slog.DiscardHandler),
	})
	return h
}

// Invite has Ana make a session; the way is its magic link.
func (h *House) Invite(t testing.TB) (session.Session, session.Way) {
	t.Helper()
	auth := make([]byte, 16)
	_, _ = rand.Read(auth)
	s, err := h.Create(t.Context(), Ana, session.NewSession{Project: Shop.ID, Page: Shop.Page, Auth: session.HashOf(auth)})
	if err != nil {
		t.Fatal(err)
	}
	return s, session.Way{Auth: auth}
}

// Live has a customer claim a new session and connect; resume is the token they hold then.
func (h *House) Live(t testing.TB) (opened session.Opened) {
	t.Helper()
	_, way := h.Invite(t)
	claim, err := h.Claim(t.Context(), way, Agreed)
	if err != nil {
		t.Fatal(err)
	}
	opened, err = h.Open(t.Context(), wire.Credential{Kind: wire.CredentialHandoff, Value: claim.Handoff}, true)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}
