// Package index hears what recordings keep of the telemetry lane and writes what can be found of it: moments, and what the list shows.
//
// Guarantees: a frame that is missing or cannot be read ends its document's stream until one that can be read from nothing; what is heard
// again is not there twice; what the store did not take is given to it again, within bounds.
package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"ridealong/recording"
	"ridealong/recording/search"
	"ridealong/wire"
)

// Bounds of what one recording holds in memory.
const (
	maxDocuments = 32     // that are read at a time; of others the next FRESH frame begins anew
	maxWaiting   = 20_000 // moments that the store did not take yet
	batch        = 500    // moments in one transaction, so that other writers have their turn
)

// Index is recording.Index on a store of moments.
type Index struct {
	store search.Store
	log   *slog.Logger
}

// New makes one.
func New(store search.Store, log *slog.Logger) *Index { return &Index{store, log} }

// Open is recording.Index's.
func (x *Index) Open(ctx context.Context, r recording.Recording) (recording.Indexing, error) {
	counts, err := x.store.Counts(ctx, r.ID)
	if err != nil {
		return nil, fmt.Errorf("index: open: %w", err)
	}
	return &indexing{Index: x, of: r, documents: map[key]*document{}, facts: facts{counts: counts, browser: r.Browser, os: r.OS}}, nil
}

// Forget is recording.Index's.
func (x *Index) Forget(ctx context.Context, id string) error { return x.store.Forget(ctx, id) }

type key struct{ tab, epoch uint32 }

// document is one that tells.
type document struct {
	stream   wire.Inflater
	readable bool
	last     uint32 // the number of the frame that was heard last
	moments  search.Document
	heard    int // the round in which it told something
}

type facts struct {
	counts      search.Counts
	browser, os string
}

type indexing struct {
	*Index
	of        recording.Recording
	documents map[key]*document
	round     int
	waiting   []search.Moment

	mu    sync.Mutex // guards facts
	facts facts
}

// Add is recording.Indexing's.
func (x *indexing) Add(ctx context.Context, frames []recording.Heard) error {
	var problems []error
	for _, f := range frames {
		if f.Lane != wire.LaneTelemetry || f.Frame.Kind != wire.KindEntries {
			continue
		}
		if err := x.hear(f); err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(append(problems, x.write(ctx))...)
}

// hear makes moments of a frame.
func (x *indexing) hear(f recording.Heard) error {
	d := x.document(key{f.Tab, f.Frame.Epoch})
	if f.Frame.Seq <= d.last {
		return nil // it comes again
	}
	d.readable = d.readable && f.Frame.Seq == d.last+1
	d.last = f.Frame.Seq
	if f.Frame.Flags&wire.FlagFresh != 0 {
		d.stream.Fresh()
		d.readable = true
	}
	if !d.readable {
		return nil
	}
	raw, err := f.Frame.Payload, error(nil)
	if f.Frame.Flags&wire.FlagDeflated != 0 {
		raw, err = d.stream.Inflate(raw)
	}
	var entries []wire.Entry
	if err == nil {
		entries, err = wire.ReadEntries(raw, f.Frame.Time)
	}
	if err != nil {
		d.readable = false
		return fmt.Errorf("index: telemetry of tab %d, epoch %d: %w", f.Tab, f.Frame.Epoch, err)
	}
	for _, entry := range entries {
		if e, ok := entry.What.(*wire.EnvironmentEntry); ok {
			x.environment(e)
		}
		if m, ok := d.moments.Take(entry, f.Began); ok {
			x.waiting = append(x.waiting, m)
		}
	}
	return nil
}

func (x *indexing) environment(e *wire.EnvironmentEntry) {
	browser, os := search.BrowserAndOS(e)
	x.mu.Lock()
	defer x.mu.Unlock()
	if browser != "" {
		x.facts.browser = browser
	}
	if os != "" {
		x.facts.os = os
	}
}

// document finds one, or begins it in the place of the one that was silent longest.
func (x *indexing) document(k key) *document {
	x.round++
	d := x.documents[k]
	if d == nil {
		if len(x.documents) >= maxDocuments {
			var oldest key
			for other, one := range x.documents {
				if x.documents[oldest] == nil || one.heard < x.documents[oldest].heard {
					oldest = other
				}
			}
			delete(x.documents, oldest)
		}
		d = &document{moments: search.Document{Tab: k.tab, Epoch: k.epoch}}
		x.documents[k] = d
	}
	d.heard = x.round
	return d
}

// write gives the store what waits. What it does not take waits on, the oldest only as far as there is room.
func (x *indexing) write(ctx context.Context) error {
	for len(x.waiting) > 0 {
		part := x.waiting[:min(batch, len(x.waiting))]
		counts, err := x.store.Add(ctx, x.of.ID, x.of.Started, part)
		if err != nil {
			if over := len(x.waiting) - maxWaiting; over > 0 {
				x.log.Error("moments of a recording are left out of the index", "recording", x.of.ID, "moments", over)
				x.waiting = append([]search.Moment(nil), x.waiting[over:]...)
			}
			return fmt.Errorf("index: %w", err)
		}
		x.waiting = x.waiting[len(part):]
		x.mu.Lock()
		x.facts.counts = x.facts.counts.Plus(counts)
		x.mu.Unlock()
	}
	x.waiting = nil
	return nil
}

// Facts is recording.Indexing's.
func (x *indexing) Facts() func(*recording.Recording) {
	x.mu.Lock()
	now := x.facts
	x.mu.Unlock()
	return func(r *recording.Recording) {
		r.Errors, r.Failed, r.Clicks = now.counts.Errors, now.counts.Failed, now.counts.Clicks
		if now.browser != "" {
			r.Browser, r.OS = now.browser, now.os
		}
	}
}

// Close is recording.Indexing's.
func (x *indexing) Close(ctx context.Context) error { return x.write(ctx) }
