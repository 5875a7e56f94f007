package session_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

func TestASessionIsMadeForAPageOfItsProject(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	good := session.NewSession{Project: "default", Page: "https://shop.example/cart?a=1#b", Auth: session.HashOf([]byte("good")), Reference: "order 7"}
	s, err := h.Create(t.Context(), sessiontest.Ana, good)
	must(t, err)
	want := session.Session{
		ID: s.ID, Project: "default", Owner: "ana", OwnerName: "Ana", State: session.StatePending, Page: good.Page, Reference: "order 7",
		NextLeg: 1, CreatedAt: sessiontest.At, ExpiresAt: sessiontest.At.Add(30 * time.Minute),
	}
	got, people, err := h.Get(t.Context(), sessiontest.Ben, s.ID)
	must(t, err)
	if diff := cmp.Diff(want, got); diff != "" || len(people) != 0 {
		t.Error(diff, people)
	}
	for name, change := range map[string]func(*session.NewSession){
		"unknown project":   func(n *session.NewSession) { n.Project = "other" },
		"another site":      func(n *session.NewSession) { n.Page = "https://evil.example/" },
		"another scheme":    func(n *session.NewSession) { n.Page = "http://shop.example/" },
		"a script":          func(n *session.NewSession) { n.Page = "javascript:alert(1)" },
		"a long page":       func(n *session.NewSession) { n.Page += strings.Repeat("x", 2000) },
		"a long reference":  func(n *session.NewSession) { n.Reference = strings.Repeat("x", 201) },
		"no link":           func(n *session.NewSession) { n.Auth = session.Hash{} },
		"a link used twice": func(*session.NewSession) {},
	} {
		n := good
		if name != "a link used twice" {
			n.Auth = session.HashOf([]byte(name))
		}
		change(&n)
		if _, err := h.Create(t.Context(), sessiontest.Ana, n); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	byDefault, err := h.Create(t.Context(), sessiontest.Ana, session.NewSession{Project: "default", Auth: session.HashOf([]byte("default"))})
	must(t, err)
	if byDefault.Page != sessiontest.Shop.Page {
		t.Errorf("page %q", byDefault.Page)
	}
	list, err := h.List(t.Context(), sessiontest.Ana, "", 0)
	must(t, err)
	if len(list) != 2 {
		t.Errorf("%d sessions; what was refused was kept", len(list))
	}
}

func TestAThousandLooksAtALinkChangeNothing(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	s, way := h.Invite(t)
	for range 1000 {
		invitation, err := h.Peek(t.Context(), way)
		must(t, err)
		if invitation.Agent != "Ana" || invitation.Session.ID != s.ID || invitation.Project.Name != "Shop" {
			t.Fatalf("%+v", invitation)
		}
	}
	after, people, err := h.Get(t.Context(), sessiontest.Ana, s.ID)
	must(t, err)
	if diff := cmp.Diff(s, after); diff != "" || len(people) != 0 || len(h.Events.Take()) != 0 {
		t.Error(diff, people)
	}
	_, err = h.Claim(t.Context(), way, sessiontest.Agreed)
	must(t, err)
}

func TestOnlyOwnerOrAdminEndsASession(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	s, way := h.Invite(t)
	wants(t, h.EndBy(t.Context(), sessiontest.Ben, s.ID, wire.EndAgent), session.ErrForbidden)
	wants(t, h.EndBy(t.Context(), sessiontest.Ana, "no such session", wire.EndAgent), session.ErrNotFound)
	_, err := h.Peek(t.Context(), way)
	must(t, err)
	must(t, h.EndBy(t.Context(), sessiontest.Root, s.ID, wire.EndAgent))
	must(t, h.EndBy(t.Context(), sessiontest.Ana, s.ID, wire.EndAgent))
	want := []session.Event{{Kind: session.EventEnded, Session: s.ID, Reason: "agent"}}
	if diff := cmp.Diff(want, h.Events.Take()); diff != "" {
		t.Error("told once:", diff)
	}
	ended, _, err := h.Get(t.Context(), sessiontest.Ana, s.ID)
	must(t, err)
	if ended.State != session.StateEnded || ended.EndReason != wire.EndAgent || ended.EndedAt != sessiontest.At {
		t.Errorf("%+v", ended)
	}
}

func TestAnEndedSessionOpensNothingForAnybody(t *testing.T) {
	for name, end := range map[string]func(*sessiontest.House, session.Session){
		"ended":                             func(h *sessiontest.House, s session.Session) { must(t, h.End(t.Context(), s.ID, wire.EndTampered)) },
		"past its time, before it is swept": func(h *sessiontest.House, s session.Session) { h.Clock.Pass(s.ExpiresAt.Sub(h.Clock.Now())) },
	} {
		t.Run(name, func(t *testing.T) {
			h := sessiontest.NewHouse(nil)
			pending, way := h.Invite(t)
			code, _, err := h.NewCode(t.Context(), sessiontest.Ana, pending.ID)
			must(t, err)
			end(h, pending)
			for _, way := range []session.Way{way, {Code: code}} {
				_, err = h.Peek(t.Context(), way)
				wants(t, err, session.ErrNotFound)
				_, err = h.Claim(t.Context(), way, sessiontest.Agreed)
				wants(t, err, session.ErrNotFound)
			}
			_, _, err = h.NewCode(t.Context(), sessiontest.Ana, pending.ID)
			wants(t, err, session.ErrEnded)

			live := h.Live(t)
			_, ours, err := h.Join(t.Context(), sessiontest.Ana, live.Session.ID, "", wire.RoleAgent)
			must(t, err)
			agent, err := h.Open(t.Context(), ticket(ours), false)
			must(t, err)
			end(h, live.Session)
			for _, token := range []string{live.Resume, agent.Resume} {
				_, err = h.Open(t.Context(), resume(token), false)
				wants(t, err, session.ErrEnded)
			}
			_, _, err = h.Join(t.Context(), sessiontest.Ana, live.Session.ID, agent.Participant.ID, wire.RoleAgent)
			wants(t, err, session.ErrEnded)
		})
	}
}

func TestABusThatFailsChangesNothingOfTheTruth(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	h.Events.Fail(errors.New("no bus"))
	must(t, h.End(t.Context(), live.Session.ID, wire.EndCustomer))
	_, err := h.Open(t.Context(), resume(live.Resume), false)
	wants(t, err, session.ErrEnded)
}

func TestConsentIsKeptWithItsTextAndTimeAndOnlyEverShrinks(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	_, way := h.Invite(t)
	for name, consent := range map[string]wire.Consent{
		"without view":        {Control: true, TextVersion: "1"},
		"without a text":      {View: true},
		"with an endless one": {View: true, TextVersion: strings.Repeat("1", 41)},
	} {
		if _, err := h.Claim(t.Context(), way, consent); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	given := wire.Consent{View: true, Control: true, TextVersion: "2026-11"}
	h.Clock.Pass(time.Minute)
	claim, err := h.Claim(t.Context(), way, given)
	must(t, err)
	h.Events.Take()
	want := session.Consent{Consent: given, At: h.Clock.Now()}
	if claim.Session.Consent != want {
		t.Errorf("%+v", claim.Session.Consent)
	}
	customer := claim.Participant.ID
	step := func(less wire.Consent, wantErr error, then session.Consent) {
		t.Helper()
		h.Clock.Pass(time.Minute)
		_, err := h.Withdraw(t.Context(), customer, less)
		wants(t, err, wantErr)
		s, _, err := h.Get(t.Context(), sessiontest.Ana, claim.Session.ID)
		must(t, err)
		if diff := cmp.Diff(then, s.Consent); diff != "" {
			t.Errorf("after %+v: %s", less, diff)
		}
	}
	step(wire.Consent{View: true, Control: true, Record: true}, session.ErrInvalid, want) // more
	step(wire.Consent{View: true, Control: true}, nil, want)                              // the same
	want.Control, want.WithdrawnAt = false, h.Clock.Now().Add(time.Minute)
	step(wire.Consent{View: true, TextVersion: "another"}, nil, want)       // less
	step(wire.Consent{View: true, Control: true}, session.ErrInvalid, want) // back again
	told := []session.Event{{Kind: session.EventConsent, Session: claim.Session.ID}, {Kind: session.EventConsent, Session: claim.Session.ID}}
	if diff := cmp.Diff(told, h.Events.Take()); diff != "" {
		t.Error(diff)
	}
	want.View, want.WithdrawnAt = false, h.Clock.Now().Add(time.Minute)
	step(wire.Consent{}, nil, want) // nothing at all: the end
	step(wire.Consent{}, nil, want)
	if diff := cmp.Diff([]session.Event{{Kind: session.EventEnded, Session: claim.Session.ID, Reason: "customer"}}, h.Events.Take()); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyTheCustomerWithdrawsAndMoves(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	agent, _, err := h.Join(t.Context(), sessiontest.Ana, live.Session.ID, "", wire.RoleAgent)
	must(t, err)
	_, err = h.Withdraw(t.Context(), agent.ID, wire.Consent{})
	wants(t, err, session.ErrForbidden)
	_, err = h.Withdraw(t.Context(), "nobody", wire.Consent{})
	wants(t, err, session.ErrNotFound)
	wants(t, h.Visit(t.Context(), agent.ID, "https://evil.example/", "x"), session.ErrForbidden)
	must(t, h.Visit(t.Context(), live.Participant.ID, "https://shop.example/cart"+strings.Repeat("ü", 1000), "Cart\x00 \xff"+strings.Repeat("ü", 1000)))
	s, _, err := h.Get(t.Context(), sessiontest.Ana, live.Session.ID)
	must(t, err)
	if len(s.URL) > 500 || len(s.Title) > 200 || !strings.HasPrefix(s.URL, "https://shop.example/cart") || !strings.HasPrefix(s.Title, "Cart \uFFFDü") {
		t.Errorf("%q %q", s.URL, s.Title)
	}
	must(t, h.End(t.Context(), live.Session.ID, wire.EndAgent))
	wants(t, h.Visit(t.Context(), live.Participant.ID, "https://shop.example/late", ""), session.ErrEnded)
}

func TestSessionsAreListedByPages(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	var made []string
	for range 5 {
		h.Clock.Pass(time.Second)
		s, _ := h.Invite(t)
		made = append(made, s.ID)
	}
	slices.Reverse(made)
	var got []string
	for before := ""; ; {
		page, err := h.List(t.Context(), sessiontest.Ben, before, 2)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, s := range page {
			got = append(got, s.ID)
		}
		before = got[len(got)-1]
	}
	if diff := cmp.Diff(made, got); diff != "" {
		t.Error(diff)
	}
}
