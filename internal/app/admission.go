package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"ridealong/relay"
	"ridealong/session"
)

const (
	// lookEvery is how soon an end is seen that the bus did not tell.
	lookEvery = 5 * time.Second
	// lookBack covers clocks that differ, and what was being written at the last look.
	lookBack = 15 * time.Second
	// remember is for longer than a credential can open anything.
	remember = 2 * relay.CredentialLife
)

// admission lets participants of sessions use the relay until the session is over, on whichever node it ended, or they were taken out of
// it. A credential was made while the session was alive and opens nothing after CredentialLife, so that it is enough to know what ended since.
type admission struct {
	relay.Opposite
	store  session.Store
	bus    session.Bus
	log    *slog.Logger
	revoke func(who) int // set before Run

	mu   sync.RWMutex      // guards gone
	gone map[who]time.Time // when this node learnt it
}

// who is one participant of a session, or all of them when none is named.
type who struct{ session, participant string }

func newAdmission(store session.Store, bus session.Bus, log *slog.Logger) *admission {
	return &admission{store: store, bus: bus, log: log, gone: map[who]time.Time{}}
}

// revokeAt is what an admission does where it closes allocations.
func revokeAt(r *relay.Server) func(who) int {
	return func(w who) int {
		if w.participant == "" {
			return r.Revoke(w.session)
		}
		return r.RevokeParticipant(w.session, w.participant)
	}
}

// Admits implements relay.Admission.
func (a *admission) Admits(h relay.Holder) bool {
	a.mu.RLock()
	_, over := a.gone[who{session: h.Session}]
	_, removed := a.gone[who{h.Session, h.Participant}]
	a.mu.RUnlock()
	return !over && !removed && a.Opposite.Admits(h)
}

// end is final. Said before allocations are looked for: none is opened in between.
func (a *admission) end(w who) {
	a.mu.Lock()
	_, known := a.gone[w]
	a.gone[w] = time.Now()
	a.mu.Unlock()
	if known {
		return
	}
	if n := a.revoke(w); n > 0 {
		a.log.Info("relay: allocations closed with their session or participant", "session", w.session, "participant", w.participant, "count", n)
	}
}

// run hears of ends by the bus, and looks into the store for what the bus did not tell, until ctx is done.
func (a *admission) run(ctx context.Context) error {
	stop, err := a.bus.Subscribe(ctx, session.AllSubjects, a.event)
	if err != nil {
		return err
	}
	defer stop()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for since := time.Now().Add(-lookBack); ; {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if looked := time.Now(); a.look(ctx, since) {
			since = looked.Add(-lookBack)
		}
	}
}

func (a *admission) event(_ string, data []byte) {
	var e session.Event
	if json.Unmarshal(data, &e) != nil {
		return
	}
	switch {
	case e.Kind == session.EventEnded:
		a.end(who{session: e.Session})
	case e.Kind == session.EventRemoved && e.Participant != "":
		a.end(who{e.Session, e.Participant})
	}
}

// look takes what ended since then from the store, and forgets what nobody can use any more.
func (a *admission) look(ctx context.Context, since time.Time) bool {
	ended, err := a.store.Ended(ctx, since)
	if err != nil {
		if ctx.Err() == nil {
			a.log.Error("relay: sessions that ended", "error", err)
		}
		return false
	}
	for _, s := range ended {
		a.end(who{session: s.ID})
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for w, at := range a.gone {
		if time.Since(at) > remember {
			delete(a.gone, w)
		}
	}
	return true
}
