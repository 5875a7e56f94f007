package recording

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ridealong/wire"
)

// listener is an Index that remembers what it was told since it was opened last.
type listener struct {
	mu    sync.Mutex // guards what follows
	heard []string
}

func (l *listener) Open(context.Context, Recording) (Indexing, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = nil
	return l, nil
}

func (l *listener) Forget(context.Context, string) error { return nil }
func (l *listener) Close(context.Context) error          { return nil }
func (l *listener) Facts() func(*Recording)              { return func(*Recording) {} }

func (l *listener) Add(_ context.Context, frames []Heard) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range frames {
		if f.Lane == wire.LaneTelemetry {
			l.heard = append(l.heard, fmt.Sprintf("%d.%d", f.Frame.Epoch, f.Frame.Seq))
		}
	}
	return nil
}

func (l *listener) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Compact(slices.Clone(l.heard))
}

// Without what is before, an index could not read on in a page that stays open: its frames stand on those before them.
func TestAnIndexThatBeginsAgainHearsFromWhereItCanReadOn(t *testing.T) {
	dir, index := t.TempDir(), &listener{}
	var later atomic.Int64
	listened := func(c *Config) {
		c.Index, c.Now = index, func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	}
	w := newWorld(t, dir, listened)
	seq := uint32(0)
	// part is what one run of the server stores: each ends its chunk.
	part := func(fresh ...bool) {
		t.Helper()
		r := w.begin("s1")
		for _, one := range fresh {
			seq++
			r.send(wire.LaneTelemetry, entries(1, seq, one))
		}
		eventually(t, "acknowledged", func() bool { _, telemetry := r.acked(1); return telemetry == seq })
		w.stop()
		later.Add(int64(time.Minute))
		w.start(dir, listened)
	}
	part(true, false)
	part(true, false)
	part(false)
	part(false)
	if got, want := index.all(), []string{"1.3", "1.4", "1.5", "1.6"}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
	// The newest is not enough: of what came a moment before a crash the index may not have heard.
	part(true)
	if got, want := index.all(), []string{"1.3", "1.4", "1.5", "1.6", "1.7"}; !slices.Equal(got, want) {
		t.Errorf("heard %v, want %v", got, want)
	}
}
