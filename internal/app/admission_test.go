package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"ridealong/relay"
	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

// node is one server's admission, with what it revoked.
func node(t *testing.T, store session.Store, bus session.Bus) (a *admission, revoked *atomic.Int32) {
	t.Helper()
	a, revoked = newAdmission(store, bus, slog.New(slog.DiscardHandler)), new(atomic.Int32)
	a.revoke = func(who) int { return int(revoked.Add(1)) }
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return a, revoked
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(what)
		}
	}
}

func TestWhatEndsOnOneNodeEndsInTheRelaysOfAll(t *testing.T) {
	bus := sessiontest.NewMemoryBus()
	store := sessiontest.NewMemory()
	one, revokedOne := node(t, store, bus)
	two, revokedTwo := node(t, store, bus)
	h := holder(session.Participant{ID: "P", Session: "S", Role: wire.RoleAgent})
	if !one.Admits(h) || !two.Admits(h) {
		t.Fatal("a live session is not admitted")
	}
	// Published until it is heard: a subscription begins when it begins.
	data, _ := json.Marshal(session.Event{Kind: session.EventEnded, Session: "S"})
	eventually(t, "the end was not heard", func() bool {
		_ = bus.Publish(t.Context(), session.Subject("S"), data)
		return !one.Admits(h) && !two.Admits(h)
	})
	eventually(t, "not revoked", func() bool { return revokedOne.Load() == 1 && revokedTwo.Load() == 1 })
	if other := holder(session.Participant{ID: "P", Session: "other", Role: wire.RoleAgent}); !one.Admits(other) {
		t.Error("another session ended too")
	}
}

func TestWhoIsTakenOutIsOutOnEveryNodeAndTheOthersStay(t *testing.T) {
	bus, store := sessiontest.NewMemoryBus(), sessiontest.NewMemory()
	one, revokedOne := node(t, store, bus)
	two, revokedTwo := node(t, store, bus)
	out, stays := holder(session.Participant{ID: "P", Session: "S", Role: wire.RoleAgent}), holder(session.Participant{ID: "Q", Session: "S", Role: wire.RoleAgent})
	elsewhere := holder(session.Participant{ID: "P", Session: "other", Role: wire.RoleAgent})
	nobody, _ := json.Marshal(session.Event{Kind: session.EventRemoved, Session: "S"})
	data, _ := json.Marshal(session.Event{Kind: session.EventRemoved, Session: "S", Participant: "P"})
	eventually(t, "it was not heard", func() bool {
		_ = bus.Publish(t.Context(), session.Subject("S"), nobody)
		_ = bus.Publish(t.Context(), session.Subject("S"), data)
		return !one.Admits(out) && !two.Admits(out)
	})
	for _, h := range []relay.Holder{stays, elsewhere} {
		if !one.Admits(h) || !two.Admits(h) {
			t.Errorf("%+v is out too", h)
		}
	}
	eventually(t, "not revoked once", func() bool { return revokedOne.Load() == 1 && revokedTwo.Load() == 1 })
}

func TestWhatEndedBeforeTheStartOpensNothing(t *testing.T) {
	house := sessiontest.NewHouse(nil)
	live := house.Live(t)
	if err := house.End(t.Context(), live.Session.ID, wire.EndAgent); err != nil {
		t.Fatal(err)
	}
	a := newAdmission(house.Store, sessiontest.NewMemoryBus(), slog.New(slog.DiscardHandler))
	a.revoke = func(who) int { return 0 }
	h := holder(live.Participant)
	if !a.Admits(h) {
		t.Fatal("known before anybody looked")
	}
	if !a.look(t.Context(), house.Clock.Now().Add(-relay.CredentialLife)) || a.Admits(h) {
		t.Error("the store was not believed")
	}
}

func TestWatchersAreOneSideAndCustomersTheOther(t *testing.T) {
	a := newAdmission(nil, nil, nil)
	as := func(role wire.Role) relay.Holder {
		return holder(session.Participant{Session: "S", ID: "P", Role: role})
	}
	for _, watcher := range []wire.Role{wire.RoleAgent, wire.RoleObserver, wire.RoleArchiver} {
		if !a.Connects(as(watcher), as(wire.RoleCustomer)) || !a.Connects(as(wire.RoleCustomer), as(watcher)) {
			t.Errorf("%s and the customer are kept apart", watcher)
		}
		if a.Connects(as(watcher), as(wire.RoleAgent)) {
			t.Errorf("%s reaches an agent", watcher)
		}
	}
	if a.Connects(as(wire.RoleCustomer), as(wire.RoleCustomer)) {
		t.Error("two tabs reach each other")
	}
}
