package session_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

// life is what sessions should be, kept beside the Service while random things happen to both.
type life struct {
	h           *sessiontest.House
	sessions    []*modelSession
	credentials []*modelCredential // all that were ever given, good or not
	codes       int                // how many may still be hashed, which takes long
}

type modelSession struct {
	id      string
	way     session.Way
	code    string
	codeEnd time.Time
	linkEnd time.Time
	end     time.Time
	state   session.State
	epoch   uint32
	consent wire.Consent
	people  map[string]*modelPerson
}

type modelPerson struct {
	role           wire.Role
	leg            uint32
	newest, before string
}

type modelCredential struct {
	session *modelSession
	person  string
	value   wire.Credential
	end     time.Time // of hand-offs and tickets
	used    bool
}

func (m *modelSession) running(now time.Time) bool { return !m.state.Over() && now.Before(m.end) }

// same fails unless err is want; nil and nil are the same.
func same(t *rapid.T, what string, err, want error) {
	t.Helper()
	if (want == nil) != (err == nil) || want != nil && err.Error() != want.Error() {
		t.Fatalf("%s: %v, want %v", what, err, want)
	}
}

func (l *life) now() time.Time { return l.h.Clock.Now() }

func (l *life) some(t *rapid.T) *modelSession {
	if len(l.sessions) == 0 {
		t.Skip("no session yet")
	}
	return rapid.SampledFrom(l.sessions).Draw(t, "session")
}

func (l *life) create(t *rapid.T) {
	if len(l.sessions) == 4 {
		t.Skip("enough")
	}
	auth := fmt.Appendf(nil, "link %010d", len(l.sessions))
	s, err := l.h.Create(context.Background(), sessiontest.Ana, session.NewSession{Project: "default", Auth: session.HashOf(auth)})
	same(t, "create", err, nil)
	l.sessions = append(l.sessions, &modelSession{
		id: s.ID, way: session.Way{Auth: auth}, linkEnd: s.ExpiresAt, end: s.ExpiresAt, state: session.StatePending, people: map[string]*modelPerson{},
	})
}

func (l *life) newCode(t *rapid.T) {
	m := l.some(t)
	if l.codes == 0 {
		t.Skip("hashing takes long")
	}
	l.codes--
	code, expires, err := l.h.NewCode(context.Background(), sessiontest.Ana, m.id)
	switch {
	case !m.running(l.now()):
		same(t, "code", err, session.ErrEnded)
	case m.state != session.StatePending:
		if err == nil {
			t.Fatal("a code for a session that somebody is in")
		}
	default:
		same(t, "code", err, nil)
		m.code, m.codeEnd = code, expires
	}
}

func (l *life) claim(t *rapid.T) {
	m := l.some(t)
	way, end := m.way, m.linkEnd
	if m.code != "" && l.codes > 0 && rapid.Bool().Draw(t, "by code") {
		l.codes--
		way, end = session.Way{Code: m.code}, m.codeEnd
	}
	control := rapid.Bool().Draw(t, "control")
	claim, err := l.h.Claim(context.Background(), way, wire.Consent{View: true, Control: control, TextVersion: "1"})
	switch {
	case !m.running(l.now()) || !l.now().Before(end):
		same(t, "claim", err, session.ErrNotFound)
	case m.state != session.StatePending:
		same(t, "claim", err, session.ErrClaimed)
	default:
		same(t, "claim", err, nil)
		m.state, m.end, m.consent = session.StateClaimed, l.now().Add(4*time.Hour), wire.Consent{View: true, Control: control, TextVersion: "1"}
		m.people[claim.Participant.ID] = &modelPerson{role: wire.RoleCustomer, leg: claim.Participant.Leg}
		l.credentials = append(l.credentials, &modelCredential{session: m, person: claim.Participant.ID, value: handoff(claim.Handoff), end: l.now().Add(wire.HandoffLife)})
	}
}

func (l *life) join(t *rapid.T) {
	m := l.some(t)
	role := rapid.SampledFrom([]wire.Role{wire.RoleAgent, wire.RoleObserver}).Draw(t, "role")
	known := rapid.SampledFrom(append(slices.Sorted(maps.Keys(m.people)), "")).Draw(t, "as")
	p, token, err := l.h.Join(context.Background(), sessiontest.Ben, m.id, known, role)
	if !m.running(l.now()) {
		same(t, "join", err, session.ErrEnded)
		return
	}
	same(t, "join", err, nil)
	if before, ok := m.people[p.ID]; ok != (known != "" && m.people[known].role == role) || ok && before.leg != p.Leg {
		t.Fatalf("joined as %+v, asked for %q", p, known)
	} else if !ok {
		m.people[p.ID] = &modelPerson{role: role, leg: p.Leg}
	}
	l.credentials = append(l.credentials, &modelCredential{session: m, person: p.ID, value: ticket(token), end: l.now().Add(30 * time.Second)})
}

func (l *life) open(t *rapid.T) {
	if len(l.credentials) == 0 {
		t.Skip("no credential yet")
	}
	c := rapid.SampledFrom(l.credentials).Draw(t, "credential")
	newDocument := rapid.Bool().Draw(t, "new document")
	opened, err := l.h.Open(context.Background(), c.value, newDocument)
	m := c.session
	p := m.people[c.person]
	good := p.newest == c.value.Value || p.before == c.value.Value
	if c.value.Kind != wire.CredentialResume {
		good = !c.used && l.now().Before(c.end) && !m.state.Over()
	}
	if !good {
		same(t, "open", err, session.ErrCredential)
		return
	}
	c.used = true
	if !m.running(l.now()) {
		same(t, "open", err, session.ErrEnded)
		// The credential was good and is used; the token that would have followed was given to nobody.
		l.rotate(c, "given to nobody")
		return
	}
	same(t, "open", err, nil)
	l.rotate(c, opened.Resume)
	l.credentials = append(l.credentials, &modelCredential{session: m, person: c.person, value: resume(opened.Resume)})
	if p.role == wire.RoleCustomer {
		m.state = session.StateLive
		if newDocument || m.epoch == 0 {
			m.epoch++
		}
	}
	if opened.Session.Epoch != m.epoch || opened.Participant.ID != c.person || opened.Participant.Leg != p.leg || len(opened.Participants) != len(m.people) {
		t.Fatalf("opened %+v", opened)
	}
}

func (l *life) rotate(c *modelCredential, next string) {
	p := c.session.people[c.person]
	switch {
	case c.value.Kind != wire.CredentialResume:
		p.before = "nothing"
	case p.newest == c.value.Value:
		p.before = c.value.Value
	}
	p.newest = next
}

func (l *life) end(t *rapid.T) {
	m := l.some(t)
	same(t, "end", l.h.End(context.Background(), m.id, wire.EndAgent), nil)
	if !m.state.Over() {
		m.state = session.StateEnded
	}
}

func (l *life) withdraw(t *rapid.T) {
	m := l.some(t)
	less := wire.Consent{View: rapid.Bool().Draw(t, "view"), Control: rapid.Bool().Draw(t, "control")}
	for id, p := range m.people {
		_, err := l.h.Withdraw(context.Background(), id, less)
		switch {
		case p.role != wire.RoleCustomer:
			same(t, "withdraw", err, session.ErrForbidden)
		case m.state.Over():
			same(t, "withdraw", err, nil)
		case less.Control && !m.consent.Control:
			if err == nil {
				t.Fatal("consent grew")
			}
		default:
			same(t, "withdraw", err, nil)
			m.consent.View, m.consent.Control = less.View, less.View && less.Control
			if !less.View {
				m.state = session.StateEnded
			}
		}
	}
}

func (l *life) pass(t *rapid.T) {
	l.h.Clock.Pass(rapid.SampledFrom([]time.Duration{time.Second, 20 * time.Second, time.Minute, 10 * time.Minute, time.Hour}).Draw(t, "time"))
}

func (l *life) sweep(t *rapid.T) {
	_, err := l.h.Store.Expire(context.Background(), l.now())
	same(t, "sweep", err, nil)
	for _, m := range l.sessions {
		if !m.state.Over() && !l.now().Before(m.end) {
			m.state = session.StateExpired
		}
	}
}

// check compares the Service with the model.
func (l *life) check(t *rapid.T) {
	for _, m := range l.sessions {
		s, people, err := l.h.Get(context.Background(), sessiontest.Ana, m.id)
		same(t, "get", err, nil)
		if s.State != m.state || s.Epoch != m.epoch || s.Consent.Consent != m.consent || s.ExpiresAt != m.end || s.State.Over() != !s.EndedAt.IsZero() {
			t.Fatalf("session %+v, want %+v", s, m)
		}
		if len(people) != len(m.people) {
			t.Fatalf("%d participants, want %d", len(people), len(m.people))
		}
		customers := 0
		for i, p := range people {
			if want := m.people[p.ID]; want == nil || p.Leg != uint32(i+1) || p.Leg != want.leg || p.Role != want.role {
				t.Fatalf("participant %+v, want %+v", p, want)
			}
			if p.Role == wire.RoleCustomer {
				customers++
			}
		}
		if customers > 1 || customers == 0 && (m.state == session.StateClaimed || m.state == session.StateLive) {
			t.Fatalf("%d customers in a session that is %s", customers, m.state)
		}
	}
}

func TestWhateverHappensASessionIsWhatItShouldBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &life{h: sessiontest.NewHouse(nil)}
		if rapid.IntRange(0, 9).Draw(t, "codes are used if 0") == 0 {
			l.codes = 5
		}
		t.Repeat(map[string]func(*rapid.T){
			"": l.check, "create": l.create, "code": l.newCode, "claim": l.claim, "join": l.join, "open": l.open, "open again": l.open,
			"end": l.end, "withdraw": l.withdraw, "pass": l.pass, "sweep": l.sweep,
		})
	})
}
