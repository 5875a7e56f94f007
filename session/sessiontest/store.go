package sessiontest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ridealong/session"
	"ridealong/wire"
)

// At is the time of the suites.
var At = time.Date(2026, 1, 2, 3, 4, 5, 678_000, time.UTC)

// Pending is a session that waits for its customer; n tells one from another.
func Pending(n int) (session.Session, session.MagicLink) {
	s := session.Session{
		ID: fmt.Sprintf("%026d", n), Project: "default", Owner: "ana", OwnerName: "Ana", State: session.StatePending, Page: "https://shop.example/",
		Reference: "order 7", NextLeg: 1, CreatedAt: At, ExpiresAt: At.Add(time.Hour),
	}
	return s, session.MagicLink{Auth: session.HashOf([]byte(s.ID)), Session: s.ID, ExpiresAt: s.ExpiresAt}
}

// Store is the conformance suite of session.Store.
func Store(t *testing.T, open func(t *testing.T) session.Store) {
	for name, test := range map[string]func(*testing.T, session.Store){
		"a session comes back as it was":                     roundTrip,
		"sessions are listed newest first, by pages":         list,
		"a change that fails changes nothing":                failedChange,
		"of many claimants exactly one wins":                 manyClaimants,
		"an expired link is as unknown":                      expiredLink,
		"a code claims once and expires":                     codes,
		"legs are given once":                                legs,
		"a ticket is used once, of its kind and in its time": tickets,
		"a resume token is good until the next one is seen":  resume,
		"dropped links open nothing":                         dropped,
		"expiry ends what is past its time, once":            expiry,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

func created(t *testing.T, store session.Store, n int) (session.Session, session.MagicLink) {
	t.Helper()
	s, l := Pending(n)
	must(t, store.CreateSession(t.Context(), s, l))
	return s, l
}

func roundTrip(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	got, err := store.Session(t.Context(), s.ID)
	must(t, err)
	if diff := cmp.Diff(s, got); diff != "" {
		t.Error(diff)
	}
	link, err := store.Link(t.Context(), l.Auth)
	must(t, err)
	if diff := cmp.Diff(l, link); diff != "" {
		t.Error(diff)
	}
	wants(t, store.CreateSession(t.Context(), s, l), session.ErrConflict)
	other, _ := Pending(2)
	wants(t, store.CreateSession(t.Context(), other, session.MagicLink{Auth: l.Auth, Session: other.ID}), session.ErrConflict)
	_, err = store.Session(t.Context(), other.ID)
	wants(t, err, session.ErrNotFound)
	_, err = store.Participant(t.Context(), "nobody")
	wants(t, err, session.ErrNotFound)
	_, err = store.Link(t.Context(), session.HashOf(nil))
	wants(t, err, session.ErrNotFound)
}

func list(t *testing.T, store session.Store) {
	for n := range 5 {
		created(t, store, n)
	}
	page, err := store.Sessions(t.Context(), "default", "", 2)
	must(t, err)
	next, err := store.Sessions(t.Context(), "", page[1].ID, 10)
	must(t, err)
	var ids []string
	for _, s := range append(page, next...) {
		ids = append(ids, s.ID[25:])
	}
	if diff := cmp.Diff([]string{"4", "3", "2", "1", "0"}, ids); diff != "" {
		t.Error(diff)
	}
	none, err := store.Sessions(t.Context(), "other", "", 10)
	must(t, err)
	if len(none) != 0 {
		t.Errorf("%d sessions of another project", len(none))
	}
}

func failedChange(t *testing.T, store session.Store) {
	s, _ := created(t, store, 1)
	refuse := errors.New("no")
	_, err := store.UpdateSession(t.Context(), s.ID, func(s *session.Session) error { s.Title = "changed"; return refuse })
	wants(t, err, refuse)
	got, err := store.Session(t.Context(), s.ID)
	must(t, err)
	if got.Title != "" {
		t.Error("the change was kept")
	}
	_, err = store.UpdateSession(t.Context(), "nothing", func(*session.Session) error { return nil })
	wants(t, err, session.ErrNotFound)
}

var consent = session.Consent{Consent: wire.Consent{View: true, TextVersion: "1"}, At: At}

func manyClaimants(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	var wg sync.WaitGroup
	results := make(chan error, 50)
	for i := range 50 {
		wg.Go(func() {
			_, err := store.ClaimLink(context.WithoutCancel(t.Context()), l.Auth, session.Participant{ID: fmt.Sprint("p", i), Role: wire.RoleCustomer}, consent, At)
			results <- err
		})
	}
	wg.Wait()
	close(results)
	won := 0
	for err := range results {
		if err == nil {
			won++
		} else if !errors.Is(err, session.ErrConflict) {
			t.Errorf("error %v", err)
		}
	}
	people, err := store.Participants(t.Context(), s.ID)
	must(t, err)
	if won != 1 || len(people) != 1 || people[0].Leg != 1 || people[0].Session != s.ID {
		t.Errorf("%d won, participants %+v", won, people)
	}
	got, err := store.Session(t.Context(), s.ID)
	must(t, err)
	link, err := store.Link(t.Context(), l.Auth)
	must(t, err)
	if got.State != session.StateClaimed || got.Consent != consent || got.NextLeg != 2 || link.ClaimedBy != people[0].ID {
		t.Errorf("session %+v, link %+v", got, link)
	}
}

func expiredLink(t *testing.T, store session.Store) {
	_, l := created(t, store, 1)
	_, err := store.ClaimLink(t.Context(), l.Auth, session.Participant{ID: "p"}, consent, l.ExpiresAt)
	wants(t, err, session.ErrNotFound)
	_, err = store.ClaimLink(t.Context(), session.HashOf([]byte("other")), session.Participant{ID: "p"}, consent, At)
	wants(t, err, session.ErrNotFound)
}

func codes(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	code := session.JoinCode{Code: session.HashOf([]byte("CODE")), Session: s.ID, ExpiresAt: At.Add(time.Minute), Tries: 5}
	must(t, store.PutCode(t.Context(), code))
	wants(t, store.PutCode(t.Context(), code), session.ErrConflict)
	_, err := store.TryCode(t.Context(), code.Code, At.Add(time.Minute))
	wants(t, err, session.ErrNotFound)
	got, err := store.TryCode(t.Context(), code.Code, At)
	must(t, err)
	if diff := cmp.Diff(code, got); diff != "" {
		t.Error(diff)
	}
	_, err = store.ClaimCode(t.Context(), code.Code, session.Participant{ID: "p", Role: wire.RoleCustomer}, consent, At)
	must(t, err)
	_, err = store.ClaimCode(t.Context(), code.Code, session.Participant{ID: "q"}, consent, At)
	wants(t, err, session.ErrConflict)
	_, err = store.ClaimLink(t.Context(), l.Auth, session.Participant{ID: "r"}, consent, At)
	wants(t, err, session.ErrConflict)
}

func legs(t *testing.T, store session.Store) {
	s, _ := created(t, store, 1)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			p := session.Participant{ID: fmt.Sprint("p", i), Session: s.ID, Role: wire.RoleAgent, Name: "A", Account: "a", Grants: []session.Grant{{Capability: session.CapView, At: At}}}
			got, err := store.AddParticipant(context.WithoutCancel(t.Context()), p)
			if err != nil {
				t.Error(err)
			}
			again, err := store.Participant(context.WithoutCancel(t.Context()), p.ID)
			if diff := cmp.Diff(got, again); err != nil || diff != "" {
				t.Error(err, diff)
			}
		})
	}
	wg.Wait()
	people, err := store.Participants(t.Context(), s.ID)
	must(t, err)
	for i, p := range people {
		if p.Leg != uint32(i+1) {
			t.Errorf("participant %d has leg %d", i, p.Leg)
		}
	}
	_, err = store.AddParticipant(t.Context(), session.Participant{ID: "x", Session: "none"})
	wants(t, err, session.ErrNotFound)
}

func tickets(t *testing.T, store session.Store) {
	s, _ := created(t, store, 1)
	ticket := session.Ticket{Secret: session.HashOf([]byte("t")), Kind: wire.CredentialTicket, Session: s.ID, Participant: "p", ExpiresAt: At.Add(time.Minute)}
	must(t, store.PutTicket(t.Context(), ticket))
	_, err := store.TakeTicket(t.Context(), ticket.Secret, wire.CredentialHandoff, At)
	wants(t, err, session.ErrNotFound)
	_, err = store.TakeTicket(t.Context(), ticket.Secret, ticket.Kind, ticket.ExpiresAt)
	wants(t, err, session.ErrNotFound)
	got, err := store.TakeTicket(t.Context(), ticket.Secret, ticket.Kind, At)
	must(t, err)
	if diff := cmp.Diff(ticket, got); diff != "" {
		t.Error(diff)
	}
	_, err = store.TakeTicket(t.Context(), ticket.Secret, ticket.Kind, At)
	wants(t, err, session.ErrNotFound)
}

func resume(t *testing.T, store session.Store) {
	s, _ := created(t, store, 1)
	_, err := store.AddParticipant(t.Context(), session.Participant{ID: "p", Session: s.ID, Role: wire.RoleCustomer})
	must(t, err)
	token := func(name string) session.Hash { return session.HashOf([]byte(name)) }
	try := func(seen, next string, want error) {
		t.Helper()
		p, err := store.Resume(t.Context(), token(seen), token(next))
		wants(t, err, want)
		if err == nil && p.ID != "p" {
			t.Errorf("participant %q", p.ID)
		}
	}
	must(t, store.SetResume(t.Context(), "p", token("1")))
	try("1", "2", nil)                 // the answer with 2 may be lost,
	try("1", "3", nil)                 // so 1 is still good and 2 was never seen
	try("2", "x", session.ErrNotFound) // 3 took its place
	try("3", "4", nil)                 // 3 was seen: 1 is worthless now
	try("1", "x", session.ErrNotFound)
	try("3", "5", nil)
	must(t, store.SetResume(t.Context(), "p", token("9")))
	try("5", "x", session.ErrNotFound)
	try("3", "x", session.ErrNotFound)
	_, err = store.Resume(t.Context(), session.Hash{}, token("x"))
	wants(t, err, session.ErrNotFound)
	wants(t, store.SetResume(t.Context(), "nobody", token("x")), session.ErrNotFound)
}

func dropped(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	_, kept := created(t, store, 2)
	code := session.JoinCode{Code: session.HashOf([]byte("c")), Session: s.ID, ExpiresAt: At.Add(time.Hour), Tries: 5}
	must(t, store.PutCode(t.Context(), code))
	ticket := session.Ticket{Secret: session.HashOf([]byte("t")), Kind: wire.CredentialTicket, Session: s.ID, ExpiresAt: At.Add(time.Hour)}
	must(t, store.PutTicket(t.Context(), ticket))
	must(t, store.DropLinks(t.Context(), s.ID))
	_, err := store.Link(t.Context(), l.Auth)
	wants(t, err, session.ErrNotFound)
	_, err = store.TryCode(t.Context(), code.Code, At)
	wants(t, err, session.ErrNotFound)
	_, err = store.TakeTicket(t.Context(), ticket.Secret, ticket.Kind, At)
	wants(t, err, session.ErrNotFound)
	_, err = store.Link(t.Context(), kept.Auth)
	must(t, err)
}

func expiry(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	late, lateLink := Pending(2)
	late.ExpiresAt = At.Add(10 * time.Hour)
	must(t, store.CreateSession(t.Context(), late, lateLink))
	none, err := store.Expire(t.Context(), s.ExpiresAt.Add(-time.Second))
	must(t, err)
	ended, err := store.Expire(t.Context(), s.ExpiresAt)
	must(t, err)
	again, err := store.Expire(t.Context(), s.ExpiresAt)
	must(t, err)
	if len(none) != 0 || len(ended) != 1 || len(again) != 0 || ended[0].ID != s.ID || ended[0].State != session.StateExpired || ended[0].EndReason != wire.EndExpired {
		t.Errorf("%v, %v, %v", none, ended, again)
	}
	_, err = store.Link(t.Context(), l.Auth)
	wants(t, err, session.ErrNotFound)
}
