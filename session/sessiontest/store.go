package sessiontest

import (
	"context"
	"errors"
	"fmt"
	"strings"
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

// Claimant number n, who comes with the secret of a hand-off.
func Claimant(n int) (session.Claimant, session.Hash) {
	secret := session.HashOf(fmt.Append(nil, "hand-off ", n))
	return session.Claimant{
		Participant: session.Participant{ID: fmt.Sprint("customer", n), Role: wire.RoleCustomer, Name: "Customer"},
		Consent:     session.Consent{Consent: wire.Consent{View: true, TextVersion: "1"}, At: At},
		Until:       At.Add(4 * time.Hour),
		Handoff:     session.Ticket{Secret: secret, Kind: wire.CredentialHandoff, ExpiresAt: At.Add(time.Minute)},
	}, secret
}

// Store is the conformance suite of session.Store.
func Store(t *testing.T, open func(t *testing.T) session.Store) {
	for name, test := range map[string]func(*testing.T, session.Store){
		"a session comes back as it was":                     roundTrip,
		"text of any script comes back as it was":            scripts,
		"sessions are listed newest first, by pages":         list,
		"a change that fails changes nothing":                failedChange,
		"changes at the same time are all kept":              manyChanges,
		"of many claimants exactly one wins":                 manyClaimants,
		"of claims by link and by code one wins":             bothWays,
		"a claim brings consent, time and hand-off with it":  claimBrings,
		"a link or session that is late is as unknown":       lateClaim,
		"a code claims once and expires":                     codes,
		"a new code takes the place of the one before":       codeReplaced,
		"legs are given once":                                legs,
		"a ticket is used once, of its kind and in its time": tickets,
		"of many who show a ticket one gets in":              manyTickets,
		"a resume token is good until the next one is seen":  resume,
		"resume tokens raced for leave one newest":           manyResumes,
		"tabs of one customer have tokens of their own":      tabs,
		"a session that is over opens nothing":               overOpensNothing,
		"an end that races a join leaves no way in":          endRacesJoin,
		"expiry ends what is past its time, once":            expiry,
		"what ended lately is listed":                        endedLately,
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

func manyChanges(t *testing.T, store session.Store) {
	s, _ := created(t, store, 1)
	ctx := context.WithoutCancel(t.Context())
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := store.UpdateSession(ctx, s.ID, func(s *session.Session) error { s.Epoch++; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got, err := store.Session(ctx, s.ID)
	must(t, err)
	if got.Epoch != 20 {
		t.Errorf("%d of 20 changes were kept", got.Epoch)
	}
}

func scripts(t *testing.T, store session.Store) {
	s, _ := created(t, store, 1)
	for _, title := range []string{"Bestellung für Jörg", "الطلب ٧", "注文七", "👩‍👩‍👧‍👦 'quoted' \"double\" $1 ; --", "", strings.Repeat("ж", 5000)} {
		s.Title, s.URL, s.Reference = title, title, title
		_, err := store.UpdateSession(t.Context(), s.ID, func(old *session.Session) error { *old = s; return nil })
		must(t, err)
		got, err := store.Session(t.Context(), s.ID)
		must(t, err)
		if diff := cmp.Diff(s, got); diff != "" {
			t.Error(diff)
		}
	}
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

func endedLately(t *testing.T, store session.Store) {
	for n := range 3 {
		s, _ := created(t, store, n)
		_, err := store.UpdateSession(t.Context(), s.ID, func(s *session.Session) error {
			return s.Finish(wire.EndAgent, At.Add(time.Duration(n)*time.Minute))
		})
		must(t, err)
	}
	created(t, store, 3) // goes on
	for since, want := range map[time.Duration]int{-time.Hour: 3, time.Minute: 2, 2 * time.Minute: 1, time.Hour: 0} {
		got, err := store.Ended(t.Context(), At.Add(since))
		must(t, err)
		if len(got) != want {
			t.Errorf("%d ended since %v, want %d", len(got), since, want)
		}
	}
}
