package session_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

// flaky is a Store whose sweeps fail while broken is set.
type flaky struct {
	session.Store
	broken atomic.Bool
}

func (f *flaky) Expire(ctx context.Context, now time.Time) ([]session.Session, error) {
	if f.broken.Load() {
		return nil, errors.New("disk")
	}
	return f.Store.Expire(ctx, now)
}

// running is a Service by the bubble's clock, with its Run under way.
func running(t *testing.T, store session.Store) (*session.Service, *sessiontest.Events) {
	t.Helper()
	events := &sessiontest.Events{}
	s := session.New(session.Config{Store: store, Bus: events, Projects: sessiontest.Projects{sessiontest.Shop}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s, events
}

func create(t *testing.T, s *session.Service, name string) session.Session {
	t.Helper()
	made, err := s.Create(t.Context(), sessiontest.Ana, session.NewSession{Project: "default", Auth: session.HashOf([]byte(name))})
	must(t, err)
	return made
}

func TestRunEndsWhatIsPastItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, events := running(t, sessiontest.NewMemory())
		early := create(t, s, "early")
		time.Sleep(20 * time.Minute)
		late := create(t, s, "late")
		time.Sleep(10*time.Minute - time.Millisecond)
		synctest.Wait()
		if got := events.Take(); len(got) != 0 {
			t.Fatalf("too early: %v", got)
		}
		time.Sleep(1001 * time.Millisecond)
		synctest.Wait()
		got := events.Take()
		if len(got) == 0 || got[0] != (session.Event{Kind: session.EventEnded, Session: early.ID, Reason: "expired"}) {
			t.Fatalf("events %v", got)
		}
		for id, want := range map[string]session.State{early.ID: session.StateExpired, late.ID: session.StatePending} {
			one, _, err := s.Get(t.Context(), sessiontest.Ana, id)
			must(t, err)
			if one.State != want {
				t.Errorf("%s is %s", id, one.State)
			}
		}
	})
}

// An announcement that got lost, or came while a room was being made, comes again; not for ever.
func TestAnEndIsAnnouncedAgainForTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, events := running(t, sessiontest.NewMemory())
		one := create(t, s, "one")
		time.Sleep(500 * time.Millisecond)
		events.Fail(errors.New("no bus"))
		must(t, s.End(t.Context(), one.ID, wire.EndTampered))
		events.Fail(nil)
		time.Sleep(time.Second)
		synctest.Wait()
		want := session.Event{Kind: session.EventEnded, Session: one.ID, Reason: "tampered"}
		if got := events.Take(); len(got) != 1 || got[0] != want {
			t.Fatalf("a second later: %v", got)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := len(events.Take()); n < 5 || n > 12 {
			t.Errorf("announced %d times more", n)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := len(events.Take()); n != 0 {
			t.Errorf("still announced, %d times", n)
		}
	})
}

func TestRunOutlivesADatabaseThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{Store: sessiontest.NewMemory()}
		s, events := running(t, store)
		create(t, s, "one")
		store.broken.Store(true)
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := events.Take(); len(got) != 0 {
			t.Fatalf("events %v", got)
		}
		store.broken.Store(false)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := events.Take(); len(got) == 0 {
			t.Error("nothing ended after the database came back")
		}
	})
}

// Whoever is in the middle of the bus hears of an end at once: the whole way with the reference bus.
func TestASubscriberHearsOfTheEnd(t *testing.T) {
	bus := sessiontest.NewMemoryBus()
	defer bus.Close()
	s := session.New(session.Config{Store: sessiontest.NewMemory(), Bus: bus, Projects: sessiontest.Projects{sessiontest.Shop}})
	one := create(t, s, "one")
	heard := make(chan string, 10)
	stop, err := bus.Subscribe(t.Context(), session.Subject(one.ID), func(_ string, data []byte) { heard <- string(data) })
	must(t, err)
	defer stop()
	must(t, s.End(t.Context(), one.ID, wire.EndAgent))
	select {
	case got := <-heard:
		if want := `{"kind":"ended","session":"` + one.ID + `","reason":"agent"}`; got != want {
			t.Errorf("got %s", got)
		}
	case <-time.After(5 * time.Second):
		t.Error("nothing came")
	}
}
