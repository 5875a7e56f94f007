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

// admission lets participants of sessions use the relay until the session is over, on whichever node it ended. A credential was made
// while the session was alive and opens nothing after CredentialLife, so that it is enough to know what ended since.
type admission struct {
	relay.Opposite
	store  session.Store
	bus    session.Bus
	log    *slog.Logger
	revoke func(session string) int // set before Run

	mu    sync.RWMutex         // guards ended
	ended map[string]time.Time // when this node learnt it
}

func newAdmission(store session.Store, bus session.Bus, log *slog.Logger) *admission {
	return &admission{store: store, bus: bus, log: log, ended: map[string]time.Time{}}
}

// Admits implements relay.Admission.
func (a *admission) Admits(h relay.Holder) bool {
	a.mu.RLock()
	_, over := a.ended[h.Session]
	a.mu.RUnlock()
	return !over && a.Opposite.Admits(h)
}

// end is final for a session. Said before allocations are looked for: none is opened in between.
func (a *admission) end(id string) {
	a.mu.Lock()
	_, known := a.ended[id]
	a.ended[id] = time.Now()
	a.mu.Unlock()
	if known {
		return
	}
	if n := a.revoke(id); n > 0 {
		a.log.Info("relay: allocations closed with their session", "session", id, "count", n)
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
	if json.Unmarshal(data, &e) == nil && e.Kind == session.EventEnded {
		a.end(e.Session)
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
		a.end(s.ID)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, at := range a.ended {
		if time.Since(at) > remember {
			delete(a.ended, id)
		}
	}
	return true
}
