package recording

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"ridealong/session"
	"ridealong/wire"
)

// Domain is what recordings need of the session service.
type Domain interface {
	Archive(ctx context.Context, id string) (session.Opened, error)
}

// Config of a Service.
type Config struct {
	Sessions Domain
	Sit      func(session.Opened) (Socket, error)
	Bus      session.Bus
	Store    Store
	Blobs    Blobs
	Keys     Keys
	Index    Index // nil: nothing is found again but by the list
	Dir      string
	Log      *slog.Logger
	Now      func() time.Time
	Disk     Disk          // nil: the real one
	Keep     time.Duration // of a recording, from its end; 0: without end
	// Withdrawn hears that a customer took a recording back, before it is deleted; nil: nobody does.
	Withdrawn func(ctx context.Context, id string)
	// Free is what the disk has left, and its size; nil: that of Dir.
	Free func() (free, total uint64, err error)
}

// Service records sessions, and gives recordings back. Its methods may be called from any goroutine.
type Service struct {
	c     Config
	space *space

	mu      sync.Mutex // guards what follows
	live    map[string]*running
	refused map[string]bool // erased ones: their sessions are not recorded again
	ctx     context.Context // of Run; nil before it
	work    sync.WaitGroup
	toMove  map[string]*spool
	moving  chan struct{}
	resumed chan struct{} // closed when what an earlier process left is in order
}

// running is one session that is recorded now.
type running struct {
	key    [32]byte // of links, not of the disk
	cancel context.CancelCauseFunc
	done   chan struct{}
	keeper *keeper // nil until it is open
}

// New fills in defaults.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Disk == nil {
		c.Disk = osDisk{}
	}
	if c.Free == nil {
		c.Free = func() (free, total uint64, err error) { return freeOf(c.Dir) }
	}
	return &Service{c: c, space: &space{free: c.Free, now: c.Now}, live: map[string]*running{}, refused: map[string]bool{}, toMove: map[string]*spool{},
		moving: make(chan struct{}, 1), resumed: make(chan struct{})}
}

// Ends of a recording before its session's.
var (
	errWithdrawn = errors.New("recording: the customer does not want it any more")
	errErased    = errors.New("recording: it was erased")
)

// Archive gives the key of a session's links with its archiver, which begins to record when it does not yet. It does not wait for that.
func (s *Service) Archive(opened session.Opened) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := opened.Session.ID
	r := s.live[id]
	if r == nil {
		if s.ctx == nil || s.ctx.Err() != nil || s.refused[id] {
			return ""
		}
		r = &running{done: make(chan struct{})}
		if _, err := rand.Read(r.key[:]); err != nil {
			return ""
		}
		ctx, cancel := context.WithCancelCause(s.ctx)
		r.cancel = cancel
		s.live[id] = r
		s.work.Add(1)
		go func() {
			defer s.work.Done()
			defer close(r.done)
			defer cancel(nil)
			err := s.record(ctx, id, r)
			s.mu.Lock()
			delete(s.live, id)
			s.mu.Unlock()
			if err != nil && ctx.Err() == nil && !errors.Is(err, errErased) {
				s.c.Log.Error("recording", "recording", id, "error", err)
			}
		}()
	}
	return base64.RawURLEncoding.EncodeToString(r.key[:])
}

// Run finishes what a crash left, records, and moves what is whole to the object store, until ctx is done and every open chunk is sealed.
func (s *Service) Run(ctx context.Context) error {
	stop, err := s.c.Bus.Subscribe(ctx, session.AllSubjects, func(_ string, data []byte) { s.event(data) })
	if err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	defer stop()
	s.mu.Lock()
	s.ctx = ctx
	s.mu.Unlock()
	if err := s.resume(ctx); err != nil {
		s.c.Log.Error("recordings of before", "error", err)
	}
	close(s.resumed)
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		s.sweep(ctx)
	}()
	s.move(ctx)
	s.work.Wait()
	// The last chunks, as far as the store takes them now; the rest at the next start.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	s.moveAll(last)
	return nil
}

// event ends a recording that the customer took back.
func (s *Service) event(data []byte) {
	var e session.Event
	if json.Unmarshal(data, &e) != nil || e.Kind != session.EventConsent {
		return
	}
	s.mu.Lock()
	r, ctx := s.live[e.Session], s.ctx
	s.mu.Unlock()
	if r == nil || ctx == nil {
		return
	}
	if _, err := s.c.Sessions.Archive(ctx, e.Session); errors.Is(err, session.ErrForbidden) {
		r.cancel(errWithdrawn)
	}
}

// record keeps one session until it is over, or the server goes.
func (s *Service) record(ctx context.Context, id string, r *running) error {
	// Who comes back at once finds their recording as it was left: only one may mend its files.
	select {
	case <-s.resumed:
	case <-ctx.Done():
		return nil
	}
	k, err := s.open(ctx, id)
	if err != nil {
		return err
	}
	k.erased = func() { r.cancel(errErased) }
	s.mu.Lock()
	r.keeper = k
	s.mu.Unlock()
	committing, done := context.WithCancel(context.WithoutCancel(ctx))
	committed := make(chan struct{})
	go func() {
		defer close(committed)
		k.run(committing)
	}()
	over := s.follow(ctx, id, r, k)
	done()
	<-committed
	if over == nil {
		return nil // the server goes: whoever comes next goes on
	}
	last := context.WithoutCancel(ctx)
	switch {
	case errors.Is(over, errErased):
		return s.erase(last, id) // what was written since
	case errors.Is(over, errWithdrawn), errors.Is(over, session.ErrForbidden):
		return s.withdraw(last, k)
	}
	return s.finish(last, k, over)
}

// withdraw is the customer's word: what was kept goes. On hold it stays as it is.
func (s *Service) withdraw(ctx context.Context, k *keeper) error {
	s.mu.Lock()
	delete(s.live, k.rec.ID) // it is this one that would be waited for
	s.mu.Unlock()
	if s.c.Withdrawn != nil {
		s.c.Withdrawn(ctx, k.rec.ID)
	}
	err := s.Delete(ctx, k.rec.ID)
	if errors.Is(err, ErrHeld) {
		return s.finish(ctx, k, errWithdrawn)
	}
	return err
}

// follow sits in the session's room as long as there is one; nil when the session goes on without this process.
func (s *Service) follow(ctx context.Context, id string, r *running, k *keeper) error {
	for wait := time.Duration(0); ; wait = min(max(2*wait, 100*time.Millisecond), 5*time.Second) {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return withdrawn(ctx)
		}
		opened, err := s.c.Sessions.Archive(ctx, id)
		switch {
		case errors.Is(err, session.ErrEnded), errors.Is(err, session.ErrNotFound), errors.Is(err, session.ErrForbidden):
			return err
		case err != nil:
			s.c.Log.Error("a recording waits for the database", "recording", id, "error", err)
			continue
		}
		if k.settled(ctx) != nil {
			return withdrawn(ctx)
		}
		err = s.sit(ctx, opened, r, k)
		switch {
		case ctx.Err() != nil:
			return withdrawn(ctx)
		case errors.Is(err, errOver):
			return err
		case errors.Is(err, errStuck):
			wait = 0
		}
	}
}

func (s *Service) sit(ctx context.Context, opened session.Opened, r *running, k *keeper) error {
	socket, err := s.c.Sit(opened)
	if err != nil {
		return err
	}
	defer socket.Leave()
	began := k.rec.Started
	since := func() uint32 { return uint32(max(0, s.c.Now().Sub(began).Milliseconds())) }
	a := newArchiver(opened.Session.ID, r.key, socket, k, s.c.Log.With("recording", k.rec.ID), since, s.c.Now)
	return a.run(ctx)
}

// withdrawn tells a recording that was taken back from a server that goes.
func withdrawn(ctx context.Context) error {
	for _, end := range []error{errWithdrawn, errErased} {
		if errors.Is(context.Cause(ctx), end) {
			return end
		}
	}
	return nil
}

// open begins a session's recording, or goes on with it.
func (s *Service) open(ctx context.Context, id string) (*keeper, error) {
	opened, err := s.c.Sessions.Archive(ctx, id)
	if err != nil {
		return nil, err
	}
	of := opened.Session
	rec, err := s.c.Store.Begin(ctx, Recording{
		ID: id, Project: of.Project, Reference: of.Reference, Owner: of.Owner, OwnerName: of.OwnerName, State: Live, Started: s.c.Now().UTC(),
	})
	if err != nil {
		return nil, err
	}
	if rec.State == Erased {
		return nil, errErased
	}
	return s.keeper(ctx, rec)
}

// keeper opens what there is of a recording. Open chunks of before are sealed first.
func (s *Service) keeper(ctx context.Context, rec Recording) (*keeper, error) {
	key, err := s.c.Keys.New(ctx, rec.ID)
	if err != nil {
		return nil, fmt.Errorf("recording: its key: %w", err)
	}
	spool, err := newSpool(s.spoolDir(rec.ID), s.c.Disk, func() { s.toBeMoved(rec.ID) })
	if err != nil {
		return nil, err
	}
	k := &keeper{
		rec: rec, key: key, spool: spool, space: s.space, store: s.c.Store, log: s.c.Log, now: s.c.Now, next: 1,
		documents: map[documentKey]*Document{}, dirty: map[documentKey]bool{}, contents: map[wire.BlobHash]bool{},
		wake: make(chan struct{}, 1), durable: make(chan struct{}, 1),
	}
	if err := k.restore(ctx, s); err != nil {
		return nil, err
	}
	if s.c.Index != nil {
		if k.index, err = s.c.Index.Open(ctx, rec); err != nil {
			return nil, err
		}
		k.prime(ctx, s)
	}
	return k, nil
}

func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // it does not fail
	return hex.EncodeToString(b[:])
}

func (s *Service) spoolDir(id string) string { return filepath.Join(s.c.Dir, id) }

// finish says how a recording ended.
func (s *Service) finish(ctx context.Context, k *keeper, over error) error {
	if k.index != nil {
		if err := k.index.Close(ctx); err != nil {
			s.c.Log.Error("close an index", "recording", k.rec.ID, "error", err)
		}
	}
	why := k.gaps()
	s.c.Log.Info("recording finished", "recording", k.rec.ID, "because", over, "missing", why)
	return s.c.Store.Update(ctx, k.rec.ID, func(r *Recording) {
		if r.State == Erased {
			return
		}
		r.State, r.Why = Complete, why
		if why != "" {
			r.State = Partial
		}
	})
}
