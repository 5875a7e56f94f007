package session_test

import (
	"testing"
	"time"

	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

// Every pair of states is here: what is not listed must not be possible.
func TestStatesFollowTheTable(t *testing.T) {
	allowed := map[[2]session.State]bool{
		{"pending", "claimed"}: true, {"pending", "ended"}: true, {"pending", "expired"}: true,
		{"claimed", "live"}: true, {"claimed", "ended"}: true, {"claimed", "expired"}: true,
		{"live", "ended"}: true, {"live", "expired"}: true,
	}
	if len(session.States) != 5 {
		t.Fatalf("%d states: add the new one's pairs here", len(session.States))
	}
	for _, from := range session.States {
		for _, to := range session.States {
			want := from == to || allowed[[2]session.State{from, to}]
			if got := from.May(to); got != want {
				t.Errorf("%s may become %s: %v", from, to, got)
			}
			s := session.Session{State: from}
			if err := s.To(to); (err == nil) != want || want && s.State != to || !want && s.State != from {
				t.Errorf("%s to %s: %v, is %s", from, to, err, s.State)
			}
		}
		if over := from == session.StateEnded || from == session.StateExpired; from.Over() != over {
			t.Errorf("%s is over: %v", from, from.Over())
		}
	}
}

func TestEveryStateFinishesOnceAndIsClaimedOnlyWhilePending(t *testing.T) {
	at := sessiontest.At
	for _, state := range session.States {
		for _, reason := range []wire.EndReason{wire.EndAgent, wire.EndCustomer, wire.EndTampered, wire.EndExpired} {
			s := session.Session{State: state, ExpiresAt: at.Add(time.Hour)}
			err := s.Finish(reason, at)
			if state.Over() {
				wants(t, err, session.ErrEnded)
				continue
			}
			must(t, err)
			if !s.State.Over() || s.EndReason != reason || s.EndedAt != at || (s.State == session.StateExpired) != (reason == wire.EndExpired) {
				t.Errorf("%s finished by %s: %+v", state, reason, s)
			}
		}
		c, _ := sessiontest.Claimant(1)
		want := session.ErrConflict
		switch {
		case state == session.StatePending:
			want = nil
		case state.Over():
			want = session.ErrNotFound
		}
		s := session.Session{State: state, ExpiresAt: at.Add(time.Hour)}
		wants(t, s.Claim(c, at), want)
		s = session.Session{State: state, ExpiresAt: at}
		wants(t, s.Claim(c, at), session.ErrNotFound)
	}
}

// Every role with every capability: what is not listed must not be possible, whatever was granted.
func TestARoleHasWhatItCanBeGivenAndWasGiven(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	at := sessiontest.At
	possible := map[wire.Role]string{
		wire.RoleCustomer: "", wire.RoleAgent: "view point control navigate ", wire.RoleObserver: "view ", wire.RoleArchiver: "view record ", "other": "",
	}
	for role, want := range possible {
		all := session.Participant{Role: role}
		var got string
		for _, c := range session.Capabilities {
			all.Grants = append(all.Grants, session.Grant{Capability: c, At: at})
			if h.May(session.Participant{Role: role}, c, at) {
				t.Errorf("%s may %s without a grant", role, c)
			}
		}
		for _, c := range session.Capabilities {
			if h.May(all, c, at) {
				got += string(c) + " "
			}
		}
		if got != want {
			t.Errorf("%s may %q, want %q", role, got, want)
		}
	}
}

func TestAGrantHasItsTime(t *testing.T) {
	h := sessiontest.NewHouse(nil)
	at := sessiontest.At
	p := session.Participant{Role: wire.RoleAgent, Grants: []session.Grant{{Capability: session.CapControl, At: at, Until: at.Add(time.Minute)}}}
	for after, want := range map[time.Duration]bool{-time.Second: false, 0: true, 59 * time.Second: true, time.Minute: false} {
		if got := h.May(p, session.CapControl, at.Add(after)); got != want {
			t.Errorf("after %v: %v", after, got)
		}
	}
	if h.May(p, session.CapNavigate, at) {
		t.Error("one grant gave another capability")
	}
}
