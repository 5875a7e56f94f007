package session_test

import (
	"testing"

	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

func TestOnlyASessionWhoseCustomerAgreedHasAnArchiverAndOnlyOne(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	_, err := h.Archive(t.Context(), "nothing")
	wants(t, err, session.ErrNotFound)
	without := h.Live(t)
	_, err = h.Archive(t.Context(), without.Session.ID)
	wants(t, err, session.ErrForbidden)

	_, way := h.Invite(t)
	claim, err := h.Claim(t.Context(), way, wire.Consent{View: true, Record: true, TextVersion: "1"})
	must(t, err)
	id := claim.Session.ID
	first, err := h.Archive(t.Context(), id)
	must(t, err)
	again, err := h.Archive(t.Context(), id)
	must(t, err)
	if first.Participant.Role != wire.RoleArchiver || first.Participant.ID != again.Participant.ID || len(again.Participants) != 2 {
		t.Errorf("%+v, then %+v", first.Participant, again.Participants)
	}
	_, err = h.Withdraw(t.Context(), claim.Participant.ID, wire.Consent{View: true})
	must(t, err)
	_, err = h.Archive(t.Context(), id)
	wants(t, err, session.ErrForbidden)
	must(t, h.End(t.Context(), id, wire.EndAgent))
	_, err = h.Archive(t.Context(), id)
	wants(t, err, session.ErrEnded)
}
