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

// race runs n calls at once and counts the winners; every other one has to lose with the error lost.
func race(t *testing.T, n int, lost error, call func(ctx context.Context, i int) error) (won int) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	start, results := make(chan struct{}), make(chan error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			results <- call(ctx, i)
		})
	}
	close(start)
	wg.Wait()
	close(results)
	for err := range results {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, lost):
			t.Errorf("error %v, want %v", err, lost)
		}
	}
	return won
}

func manyClaimants(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	won := race(t, 50, session.ErrConflict, func(ctx context.Context, i int) error {
		c, _ := Claimant(i)
		_, _, err := store.ClaimLink(ctx, l.Auth, c, At)
		return err
	})
	oneClaimed(t, store, s, l, won)
}

func bothWays(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	code := session.JoinCode{Code: session.HashOf([]byte("CODE")), Session: s.ID, ExpiresAt: At.Add(time.Minute)}
	must(t, store.PutCode(t.Context(), code))
	won := race(t, 20, session.ErrConflict, func(ctx context.Context, i int) error {
		claim, key := store.ClaimLink, l.Auth
		if i%2 == 0 {
			claim, key = store.ClaimCode, code.Code
		}
		c, _ := Claimant(i)
		_, _, err := claim(ctx, key, c, At)
		return err
	})
	oneClaimed(t, store, s, l, won)
}

func oneClaimed(t *testing.T, store session.Store, s session.Session, l session.MagicLink, won int) {
	t.Helper()
	people, err := store.Participants(t.Context(), s.ID)
	must(t, err)
	if won != 1 || len(people) != 1 || people[0].Leg != 1 || people[0].Session != s.ID {
		t.Fatalf("%d won, participants %+v", won, people)
	}
	link, err := store.Link(t.Context(), l.Auth)
	must(t, err)
	if link.ClaimedBy != people[0].ID {
		t.Errorf("link claimed by %q, the customer is %q", link.ClaimedBy, people[0].ID)
	}
}

func claimBrings(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	c, secret := Claimant(1)
	got, p, err := store.ClaimLink(t.Context(), l.Auth, c, At)
	must(t, err)
	if got.State != session.StateClaimed || got.Consent != c.Consent || !got.ExpiresAt.Equal(c.Until) || got.NextLeg != 2 {
		t.Errorf("session %+v", got)
	}
	again, err := store.Session(t.Context(), s.ID)
	must(t, err)
	if diff := cmp.Diff(got, again); diff != "" {
		t.Error(diff)
	}
	if p.ID != c.Participant.ID || p.Session != s.ID || p.Leg != 1 || p.Role != wire.RoleCustomer {
		t.Errorf("participant %+v", p)
	}
	opened, err := store.TakeTicket(t.Context(), secret, wire.CredentialHandoff, session.HashOf([]byte("r")), At)
	must(t, err)
	if opened.ID != p.ID || opened.Leg != p.Leg {
		t.Errorf("the hand-off opens %+v", opened)
	}
}

func lateClaim(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	c, _ := Claimant(1)
	code := session.JoinCode{Code: session.HashOf([]byte("CODE")), Session: s.ID, ExpiresAt: l.ExpiresAt.Add(time.Hour)}
	must(t, store.PutCode(t.Context(), code))
	_, _, err := store.ClaimLink(t.Context(), l.Auth, c, l.ExpiresAt)
	wants(t, err, session.ErrNotFound)
	_, _, err = store.ClaimCode(t.Context(), code.Code, c, s.ExpiresAt) // the code is good, its session is late
	wants(t, err, session.ErrNotFound)
	_, _, err = store.ClaimLink(t.Context(), session.HashOf([]byte("other")), c, At)
	wants(t, err, session.ErrNotFound)
	_, _, err = store.ClaimCode(t.Context(), session.HashOf([]byte("other")), c, At)
	wants(t, err, session.ErrNotFound)
	people, err := store.Participants(t.Context(), s.ID)
	must(t, err)
	if len(people) != 0 {
		t.Errorf("participants %+v", people)
	}
}

func codes(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	code := session.JoinCode{Code: session.HashOf([]byte("CODE")), Session: s.ID, ExpiresAt: At.Add(time.Minute)}
	must(t, store.PutCode(t.Context(), code))
	_, err := store.Code(t.Context(), code.Code, code.ExpiresAt)
	wants(t, err, session.ErrNotFound)
	got, err := store.Code(t.Context(), code.Code, At)
	must(t, err)
	if diff := cmp.Diff(code, got); diff != "" {
		t.Error(diff)
	}
	first, _ := Claimant(1)
	second, _ := Claimant(2)
	_, _, err = store.ClaimCode(t.Context(), code.Code, first, code.ExpiresAt)
	wants(t, err, session.ErrNotFound)
	_, _, err = store.ClaimCode(t.Context(), code.Code, first, At)
	must(t, err)
	_, _, err = store.ClaimCode(t.Context(), code.Code, second, At)
	wants(t, err, session.ErrConflict)
	_, _, err = store.ClaimLink(t.Context(), l.Auth, second, At)
	wants(t, err, session.ErrConflict)
}

func codeReplaced(t *testing.T, store session.Store) {
	s, _ := created(t, store, 1)
	other, _ := created(t, store, 2)
	put := func(name, id string) error {
		return store.PutCode(t.Context(), session.JoinCode{Code: session.HashOf([]byte(name)), Session: id, ExpiresAt: At.Add(time.Minute)})
	}
	must(t, put("one", s.ID))
	must(t, put("two", s.ID))
	_, err := store.Code(t.Context(), session.HashOf([]byte("one")), At)
	wants(t, err, session.ErrNotFound)
	must(t, put("theirs", other.ID))
	wants(t, put("two", other.ID), session.ErrConflict)
	for name, id := range map[string]string{"two": s.ID, "theirs": other.ID} { // the refused one replaced nothing
		got, err := store.Code(t.Context(), session.HashOf([]byte(name)), At)
		must(t, err)
		if got.Session != id {
			t.Errorf("%s is of %s", name, got.Session)
		}
	}
	wants(t, put("three", "no such session"), session.ErrNotFound)
}

// ticketed has a participant "p" and a ticket for it.
func ticketed(t *testing.T, store session.Store, n int) (session.Session, session.Ticket) {
	t.Helper()
	s, _ := created(t, store, n)
	_, err := store.AddParticipant(t.Context(), session.Participant{ID: "p", Session: s.ID, Role: wire.RoleAgent})
	must(t, err)
	ticket := session.Ticket{
		Secret: session.HashOf([]byte("t")), Kind: wire.CredentialTicket, Session: s.ID, Participant: "p", ExpiresAt: At.Add(time.Minute),
	}
	must(t, store.PutTicket(t.Context(), ticket))
	return s, ticket
}

func tickets(t *testing.T, store session.Store) {
	_, ticket := ticketed(t, store, 1)
	take := func(kind string, now time.Time) (session.Participant, error) {
		return store.TakeTicket(t.Context(), ticket.Secret, kind, session.HashOf([]byte("r")), now)
	}
	_, err := take(wire.CredentialHandoff, At)
	wants(t, err, session.ErrNotFound)
	_, err = take(ticket.Kind, ticket.ExpiresAt)
	wants(t, err, session.ErrNotFound)
	p, err := take(ticket.Kind, At)
	must(t, err)
	if p.ID != "p" || p.Session != ticket.Session || p.Leg != 1 {
		t.Errorf("participant %+v", p)
	}
	_, err = take(ticket.Kind, At)
	wants(t, err, session.ErrNotFound)
	ticket.Session = "no such session"
	wants(t, store.PutTicket(t.Context(), ticket), session.ErrNotFound)
}

func manyTickets(t *testing.T, store session.Store) {
	_, ticket := ticketed(t, store, 1)
	won := race(t, 20, session.ErrNotFound, func(ctx context.Context, i int) error {
		_, err := store.TakeTicket(ctx, ticket.Secret, ticket.Kind, session.HashOf(fmt.Append(nil, "r", i)), At)
		return err
	})
	if won != 1 {
		t.Errorf("%d got in", won)
	}
}

func token(name string) session.Hash { return session.HashOf([]byte(name)) }

func resume(t *testing.T, store session.Store) {
	s, ticket := ticketed(t, store, 1)
	_, err := store.AddParticipant(t.Context(), session.Participant{ID: "q", Session: s.ID, Role: wire.RoleAgent}) // has no token
	must(t, err)
	try := func(seen, next string, want error) {
		t.Helper()
		p, err := store.Resume(t.Context(), token(seen), token(next))
		wants(t, err, want)
		if err == nil && p.ID != "p" {
			t.Errorf("participant %q", p.ID)
		}
	}
	_, err = store.TakeTicket(t.Context(), ticket.Secret, ticket.Kind, token("1"), At)
	must(t, err)
	try("1", "2", nil)                 // the answer with 2 may be lost,
	try("1", "3", nil)                 // so 1 is still good and 2 was never seen
	try("2", "x", session.ErrNotFound) // 3 took its place
	try("3", "4", nil)                 // 3 was seen: 1 is worthless now
	try("1", "x", session.ErrNotFound)
	try("3", "5", nil)
	must(t, store.PutTicket(t.Context(), ticket))
	_, err = store.TakeTicket(t.Context(), ticket.Secret, ticket.Kind, token("9"), At)
	must(t, err)
	try("5", "x", session.ErrNotFound) // a new ticket ends all tokens before it
	try("3", "x", session.ErrNotFound)
	try("9", "10", nil)
	_, err = store.Resume(t.Context(), session.Hash{}, token("x"))
	wants(t, err, session.ErrNotFound)
}

func manyResumes(t *testing.T, store session.Store) {
	_, ticket := ticketed(t, store, 1)
	_, err := store.TakeTicket(t.Context(), ticket.Secret, ticket.Kind, token("0"), At)
	must(t, err)
	// All show the same token, as a page does that lost every answer: all get in, and the last one's next token is the newest.
	won := race(t, 20, session.ErrNotFound, func(ctx context.Context, i int) error {
		_, err := store.Resume(ctx, token("0"), token(fmt.Sprint("next", i)))
		return err
	})
	if won != 20 {
		t.Fatalf("%d of 20 got in", won)
	}
	good := 0
	for i := range 20 {
		name := fmt.Sprint("next", i)
		if _, err := store.Resume(t.Context(), token(name), token("then "+name)); err == nil {
			good++
		} else {
			wants(t, err, session.ErrNotFound)
		}
	}
	if good != 1 {
		t.Errorf("%d next tokens are good", good)
	}
	_, err = store.Resume(t.Context(), token("0"), token("x"))
	wants(t, err, session.ErrNotFound)
}

func tabs(t *testing.T, store session.Store) {
	s, l := created(t, store, 1)
	c, first := Claimant(1)
	_, _, err := store.ClaimLink(t.Context(), l.Auth, c, At)
	must(t, err)
	second, err := store.AddParticipant(t.Context(), session.Participant{ID: "tab", Session: s.ID, Role: wire.RoleCustomer, Name: "Customer"})
	must(t, err)
	must(t, store.PutTicket(t.Context(), session.Ticket{
		Secret: token("t"), Kind: wire.CredentialHandoff, Session: s.ID, Participant: second.ID, ExpiresAt: At.Add(time.Minute),
	}))
	_, err = store.TakeTicket(t.Context(), first, wire.CredentialHandoff, token("a"), At)
	must(t, err)
	_, err = store.TakeTicket(t.Context(), token("t"), wire.CredentialHandoff, token("b"), At)
	must(t, err)
	for resume, want := range map[string]string{"a": c.Participant.ID, "b": second.ID} {
		p, err := store.Resume(t.Context(), token(resume), token(resume+" next"))
		must(t, err)
		if p.ID != want || p.Role != wire.RoleCustomer {
			t.Errorf("%s opens %+v", resume, p)
		}
	}
}

func overOpensNothing(t *testing.T, store session.Store) {
	s, ticket := ticketed(t, store, 1)
	_, l := Pending(1)
	_, kept := created(t, store, 2)
	code := session.JoinCode{Code: session.HashOf([]byte("c")), Session: s.ID, ExpiresAt: At.Add(time.Hour)}
	must(t, store.PutCode(t.Context(), code))
	_, err := store.UpdateSession(t.Context(), s.ID, func(s *session.Session) error { return s.Finish(wire.EndAgent, At) })
	must(t, err)
	nothingOpens(t, store, s, l, code, ticket)
	_, err = store.Link(t.Context(), kept.Auth)
	must(t, err)
}

func nothingOpens(t *testing.T, store session.Store, s session.Session, l session.MagicLink, code session.JoinCode, ticket session.Ticket) {
	t.Helper()
	_, err := store.Link(t.Context(), l.Auth)
	wants(t, err, session.ErrNotFound)
	_, err = store.Code(t.Context(), code.Code, At)
	wants(t, err, session.ErrNotFound)
	_, err = store.TakeTicket(t.Context(), ticket.Secret, ticket.Kind, token("r"), At)
	wants(t, err, session.ErrNotFound)
	c, _ := Claimant(1)
	_, _, err = store.ClaimLink(t.Context(), l.Auth, c, At)
	wants(t, err, session.ErrNotFound)
	wants(t, store.PutTicket(t.Context(), ticket), session.ErrNotFound)
	wants(t, store.PutCode(t.Context(), code), session.ErrNotFound)
}

func endRacesJoin(t *testing.T, store session.Store) {
	s, ticket := ticketed(t, store, 1)
	race(t, 20, session.ErrNotFound, func(ctx context.Context, i int) error {
		if i == 10 {
			_, err := store.UpdateSession(ctx, s.ID, func(s *session.Session) error { return s.Finish(wire.EndAgent, At) })
			return err
		}
		one := ticket
		one.Secret = token(fmt.Sprint("t", i))
		return store.PutTicket(ctx, one)
	})
	for i := range 20 {
		_, err := store.TakeTicket(t.Context(), token(fmt.Sprint("t", i)), ticket.Kind, token("r"), At)
		wants(t, err, session.ErrNotFound)
	}
}
