package session_test

import (
	"errors"
	"testing"

	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

func TestAnotherTabIsAParticipantOfItsOwn(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	p, token, err := h.NewTab(t.Context(), live.Participant.ID)
	must(t, err)
	opened, err := h.Open(t.Context(), handoff(token), true)
	must(t, err)
	if p.ID == live.Participant.ID || opened.Participant.ID != p.ID || p.Role != wire.RoleCustomer || p.Leg != live.Participant.Leg+1 || p.Name != "Customer" {
		t.Errorf("%+v beside %+v", opened.Participant, live.Participant)
	}
	if opened.Session.ID != live.Session.ID || opened.Session.Epoch != live.Session.Epoch+1 || opened.Session.Consent != live.Session.Consent {
		t.Errorf("%+v", opened.Session)
	}
	_, err = h.Open(t.Context(), handoff(token), true) // one use
	wants(t, err, session.ErrCredential)
	// The tabs do not take each other's place: both tokens are good.
	for _, token := range []string{live.Resume, opened.Resume} {
		_, err := h.Open(t.Context(), resume(token), false)
		must(t, err)
	}
}

func TestAHandoffForATabIsGoodForAMinute(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	_, token, err := h.NewTab(t.Context(), live.Participant.ID)
	must(t, err)
	h.Clock.Pass(wire.HandoffLife)
	_, err = h.Open(t.Context(), handoff(token), true)
	wants(t, err, session.ErrCredential)
}

func TestOnlyACustomerOfARunningSessionOpensTabs(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	agent, _, err := h.Join(t.Context(), sessiontest.Ana, live.Session.ID, "", wire.RoleAgent)
	must(t, err)
	_, _, err = h.NewTab(t.Context(), agent.ID)
	wants(t, err, session.ErrForbidden)
	_, _, err = h.NewTab(t.Context(), "nobody")
	wants(t, err, session.ErrNotFound)
	_, token, err := h.NewTab(t.Context(), live.Participant.ID)
	must(t, err)
	must(t, h.End(t.Context(), live.Session.ID, wire.EndCustomer))
	_, _, err = h.NewTab(t.Context(), live.Participant.ID)
	wants(t, err, session.ErrEnded)
	_, err = h.Open(t.Context(), handoff(token), true)
	wants(t, err, session.ErrCredential)
}

func TestASessionPastItsTimeTakesNoTabs(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	h.Clock.Pass(live.Session.ExpiresAt.Sub(h.Clock.Now()))
	_, _, err := h.NewTab(t.Context(), live.Participant.ID)
	wants(t, err, session.ErrEnded)
}

func TestASessionDoesNotTakeEndlessTabs(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	live := h.Live(t)
	for i := range 1000 {
		_, _, err := h.NewTab(t.Context(), live.Participant.ID)
		if errors.Is(err, session.ErrInvalid) {
			if i < 100 {
				t.Errorf("only %d tabs", i)
			}
			return
		}
		must(t, err)
	}
	t.Error("a thousand tabs")
}
