package session_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

func TestOfFiftyWhoClaimAtOnceOneWinsAndTheAgentsHearOfTheOthers(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	s, way := h.Invite(t)
	ctx := context.WithoutCancel(t.Context())
	results := make(chan error, 50)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			_, err := h.Claim(ctx, way, sessiontest.Agreed)
			results <- err
		})
	}
	wg.Wait()
	close(results)
	won := 0
	for err := range results {
		if err == nil {
			won++
		} else {
			wants(t, err, session.ErrClaimed)
		}
	}
	count := map[session.EventKind]int{}
	for _, e := range h.Events.Take() {
		if e.Session != s.ID {
			t.Errorf("event of %s", e.Session)
		}
		count[e.Kind]++
	}
	if won != 1 || count[session.EventClaimed] != 1 || count[session.EventSecondClaim] != 49 {
		t.Errorf("%d won, events %v", won, count)
	}
}

func TestASecondClaimantIsRefusedAndShown(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	s, way := h.Invite(t)
	code, _, err := h.NewCode(t.Context(), sessiontest.Ana, s.ID)
	must(t, err)
	_, err = h.Claim(t.Context(), way, sessiontest.Agreed)
	must(t, err)
	h.Events.Take()
	for _, way := range []session.Way{way, {Code: code}} {
		_, err = h.Peek(t.Context(), way)
		wants(t, err, session.ErrClaimed)
		if got := kinds(h); len(got) != 0 {
			t.Errorf("a look was announced: %v", got)
		}
		_, err = h.Claim(t.Context(), way, sessiontest.Agreed)
		wants(t, err, session.ErrClaimed)
		if got := kinds(h); !slices.Equal(got, []session.EventKind{session.EventSecondClaim}) {
			t.Errorf("events %v", got)
		}
	}
}

func TestUnknownExpiredAndUnreadableWaysAreOne(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	s, way := h.Invite(t)
	code, expires, err := h.NewCode(t.Context(), sessiontest.Ana, s.ID)
	must(t, err)
	for name, bad := range map[string]session.Way{
		"none": {}, "unknown": {Auth: []byte("0123456789abcdef")}, "short": {Auth: way.Auth[:15]}, "unknown code": {Code: "ABCD-2345"},
		"unreadable code": {Code: "hello"}, "both": {Auth: way.Auth, Code: code},
	} {
		if _, err := h.Peek(t.Context(), bad); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := h.Claim(t.Context(), bad, sessiontest.Agreed); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.Clock.Pass(expires.Sub(h.Clock.Now()))
	_, err = h.Peek(t.Context(), session.Way{Code: code})
	wants(t, err, session.ErrNotFound)
	_, err = h.Peek(t.Context(), way)
	must(t, err)
	h.Clock.Pass(s.ExpiresAt.Sub(h.Clock.Now()))
	_, err = h.Peek(t.Context(), way)
	wants(t, err, session.ErrNotFound)
}

func TestAJoinCodeIsTheOwnersToMakeAndWorksHoweverItIsTyped(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	s, _ := h.Invite(t)
	_, _, err := h.NewCode(t.Context(), sessiontest.Ben, s.ID)
	wants(t, err, session.ErrForbidden)
	_, _, err = h.NewCode(t.Context(), sessiontest.Ana, "no such session")
	wants(t, err, session.ErrNotFound)
	first, expires, err := h.NewCode(t.Context(), sessiontest.Root, s.ID)
	must(t, err)
	if expires != h.Clock.Now().Add(10*time.Minute) {
		t.Errorf("expires %v", expires)
	}
	h.Clock.Pass(25 * time.Minute)
	second, expires, err := h.NewCode(t.Context(), sessiontest.Ana, s.ID)
	must(t, err)
	if expires != s.ExpiresAt {
		t.Errorf("a code lives until %v, longer than its link", expires)
	}
	_, err = h.Claim(t.Context(), session.Way{Code: first}, sessiontest.Agreed)
	wants(t, err, session.ErrNotFound)
	claim, err := h.Claim(t.Context(), session.Way{Code: " " + strings.ToLower(second) + " "}, sessiontest.Agreed)
	must(t, err)
	if claim.Session.ID != s.ID {
		t.Errorf("claimed %s", claim.Session.ID)
	}
	_, _, err = h.NewCode(t.Context(), sessiontest.Ana, s.ID)
	wants(t, err, session.ErrInvalid)
}

func TestAHandOffOpensOnceWithinItsMinute(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	for after, want := range map[time.Duration]error{0: nil, wire.HandoffLife - time.Millisecond: nil, wire.HandoffLife: session.ErrCredential} {
		_, way := h.Invite(t)
		claim, err := h.Claim(t.Context(), way, sessiontest.Agreed)
		must(t, err)
		if want := h.Clock.Now().Add(4 * time.Hour); claim.Session.ExpiresAt != want || claim.Session.State != session.StateClaimed {
			t.Errorf("%+v", claim.Session)
		}
		h.Clock.Pass(after)
		_, err = h.Open(t.Context(), ticket(claim.Handoff), true)
		wants(t, err, session.ErrCredential)
		_, err = h.Open(t.Context(), resume(claim.Handoff), true)
		wants(t, err, session.ErrCredential)
		opened, err := h.Open(t.Context(), handoff(claim.Handoff), true)
		wants(t, err, want)
		if want != nil {
			continue
		}
		if opened.Session.State != session.StateLive || opened.Session.Epoch != 1 || opened.Participant.ID != claim.Participant.ID || len(opened.Participants) != 1 {
			t.Errorf("%+v", opened)
		}
		_, err = h.Open(t.Context(), handoff(claim.Handoff), true)
		wants(t, err, session.ErrCredential)
	}
	_, err := h.Open(t.Context(), wire.Credential{Kind: "password", Value: "x"}, true)
	wants(t, err, session.ErrCredential)
	_, err = h.Open(t.Context(), wire.Credential{}, true)
	wants(t, err, session.ErrCredential)
}

// PROTOCOL §2: a resume token may be used again until the next one is seen in use.
func TestALostWelcomeDoesNotLockOut(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	_, err := h.Open(t.Context(), resume(live.Resume), false) // its answer is lost,
	must(t, err)
	second, err := h.Open(t.Context(), resume(live.Resume), false) // so the same one is shown again
	must(t, err)
	third, err := h.Open(t.Context(), resume(second.Resume), false) // the newest is seen
	must(t, err)
	_, err = h.Open(t.Context(), resume(live.Resume), false)
	wants(t, err, session.ErrCredential)
	again, err := h.Open(t.Context(), resume(third.Resume), false)
	must(t, err)
	if again.Participant.Leg != live.Participant.Leg || again.Participant.ID != live.Participant.ID {
		t.Errorf("%+v, was %+v", again.Participant, live.Participant)
	}
}

func TestResumesThatRaceLeaveOneNewestToken(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	ctx := context.WithoutCancel(t.Context())
	tokens := make(chan string, 20)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			opened, err := h.Open(ctx, resume(live.Resume), false)
			if err != nil {
				t.Error(err)
			}
			tokens <- opened.Resume
		})
	}
	wg.Wait()
	close(tokens)
	good := 0
	for token := range tokens {
		if _, err := h.Open(ctx, resume(token), false); err == nil {
			good++
		} else {
			wants(t, err, session.ErrCredential)
		}
	}
	if good != 1 {
		t.Errorf("%d of the tokens given are good", good)
	}
}

func TestTheEpochRisesWithNewDocumentsOfTheCustomerOnly(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	token := live.Resume
	for i, step := range []struct {
		newDocument bool
		want        uint32
	}{{false, 1}, {true, 2}, {false, 2}, {true, 3}} {
		opened, err := h.Open(t.Context(), resume(token), step.newDocument)
		must(t, err)
		if opened.Session.Epoch != step.want {
			t.Errorf("step %d: epoch %d, want %d", i, opened.Session.Epoch, step.want)
		}
		token = opened.Resume
	}
	_, ours, err := h.Join(t.Context(), sessiontest.Ana, live.Session.ID, "", wire.RoleAgent)
	must(t, err)
	opened, err := h.Open(t.Context(), ticket(ours), true)
	must(t, err)
	if opened.Session.Epoch != 3 {
		t.Errorf("an agent made epoch %d", opened.Session.Epoch)
	}
	// Who claims to have a document before there was one begins the first.
	_, way := h.Invite(t)
	claim, err := h.Claim(t.Context(), way, sessiontest.Agreed)
	must(t, err)
	opened, err = h.Open(t.Context(), handoff(claim.Handoff), false)
	must(t, err)
	if opened.Session.Epoch != 1 {
		t.Errorf("epoch %d", opened.Session.Epoch)
	}
}

func TestAgentsKeepTheirLegAndNobodyElsesIsGiven(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	s, _ := h.Invite(t)
	join := func(actor session.Actor, participant string, role wire.Role) session.Participant {
		t.Helper()
		p, _, err := h.Join(t.Context(), actor, s.ID, participant, role)
		must(t, err)
		return p
	}
	ana := join(sessiontest.Ana, "", wire.RoleAgent)
	if ana.Leg != 1 || ana.Name != "Ana" || ana.Role != wire.RoleAgent || !h.May(ana, session.CapView, h.Clock.Now()) || h.May(ana, session.CapControl, h.Clock.Now()) {
		t.Errorf("%+v", ana)
	}
	if again := join(sessiontest.Ana, ana.ID, wire.RoleAgent); again.ID != ana.ID || again.Leg != 1 {
		t.Errorf("came back as %+v", again)
	}
	other, _ := h.Invite(t)
	elsewhere, _, err := h.Join(t.Context(), sessiontest.Ana, other.ID, ana.ID, wire.RoleAgent)
	must(t, err)
	for name, p := range map[string]session.Participant{
		"another account": join(sessiontest.Ben, ana.ID, wire.RoleAgent), "another role": join(sessiontest.Ana, ana.ID, wire.RoleObserver),
		"an unknown one": join(sessiontest.Ana, "nobody", wire.RoleAgent), "another session": elsewhere,
	} {
		if p.ID == ana.ID {
			t.Errorf("%s came in as Ana's participant", name)
		}
	}
	for _, role := range []wire.Role{wire.RoleCustomer, wire.RoleArchiver, ""} {
		_, _, err := h.Join(t.Context(), sessiontest.Ana, s.ID, "", role)
		wants(t, err, session.ErrForbidden)
	}
	_, _, err = h.Join(t.Context(), session.Actor{}, s.ID, "", wire.RoleAgent)
	wants(t, err, session.ErrForbidden)
	_, _, err = h.Join(t.Context(), sessiontest.Ana, "no such session", "", wire.RoleAgent)
	wants(t, err, session.ErrNotFound)
}

func TestATicketOpensOnceWithinItsTime(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	_, late, err := h.Join(t.Context(), sessiontest.Ana, live.Session.ID, "", wire.RoleAgent)
	must(t, err)
	h.Clock.Pass(30 * time.Second)
	_, err = h.Open(t.Context(), ticket(late), false)
	wants(t, err, session.ErrCredential)
	p, token, err := h.Join(t.Context(), sessiontest.Ana, live.Session.ID, "", wire.RoleObserver)
	must(t, err)
	_, err = h.Open(t.Context(), handoff(token), false)
	wants(t, err, session.ErrCredential)
	opened, err := h.Open(t.Context(), ticket(token), false)
	must(t, err)
	if opened.Participant.ID != p.ID || opened.Participant.Role != wire.RoleObserver || len(opened.Participants) != 3 {
		t.Errorf("%+v", opened)
	}
	_, err = h.Open(t.Context(), ticket(token), false)
	wants(t, err, session.ErrCredential)
	// A new ticket of the same participant ends the tokens before it.
	_, again, err := h.Join(t.Context(), sessiontest.Ana, live.Session.ID, p.ID, wire.RoleObserver)
	must(t, err)
	_, err = h.Open(t.Context(), ticket(again), false)
	must(t, err)
	_, err = h.Open(t.Context(), resume(opened.Resume), false)
	wants(t, err, session.ErrCredential)
}

func TestASessionDoesNotTakeEndlessParticipants(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	s, _ := h.Invite(t)
	for i := range 1000 {
		_, _, err := h.Join(t.Context(), session.Actor{Account: fmt.Sprint(i), Name: "A"}, s.ID, "", wire.RoleAgent)
		if errors.Is(err, session.ErrInvalid) {
			if i < 100 {
				t.Errorf("only %d may join", i)
			}
			return
		}
		must(t, err)
	}
	t.Error("a thousand joined")
}

// failing is a Store that is broken where a test says so.
type failing struct {
	session.Store
	participant error
}

func (f failing) Participant(ctx context.Context, id string) (session.Participant, error) {
	if f.participant != nil {
		return session.Participant{}, f.participant
	}
	return f.Store.Participant(ctx, id)
}

func TestAStoreThatFailsMakesNoSecondParticipant(t *testing.T) {
	broken := errors.New("disk")
	h := sessiontest.NewHouse(failing{sessiontest.NewMemory(), broken})
	s, _ := h.Invite(t)
	_, _, err := h.Join(t.Context(), sessiontest.Ana, s.ID, "p", wire.RoleAgent)
	wants(t, err, broken)
	_, people, err := h.Get(t.Context(), sessiontest.Ana, s.ID)
	must(t, err)
	if len(people) != 0 {
		t.Errorf("%+v", people)
	}
}
