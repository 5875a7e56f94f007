package index_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"ridealong/internal/index"
	"ridealong/recording"
	"ridealong/recording/search"
	"ridealong/wire"
)

// bounded takes moments and looks whether they are small.
type bounded struct {
	search.Store
	*testing.T
}

func (b bounded) Counts(context.Context, string) (search.Counts, error) { return search.Counts{}, nil }

func (b bounded) Add(_ context.Context, _ string, _ time.Time, all []search.Moment) (search.Counts, error) {
	for _, m := range all {
		if n := len(m.Title) + len(m.Detail) + len(m.URL) + len(m.Page); n > 5000 {
			b.Errorf("a moment of %d bytes", n)
		}
	}
	return search.Counts{}, nil
}

// Whatever a page sends, the index goes on, and reads the next frame that stands alone.
func FuzzAdd(f *testing.F) {
	good := wire.AppendEntries(nil, 1, []wire.Entry{{N: 1, At: 10, What: &wire.FailureEntry{Message: "no", Stack: "at a.js:1:2"}}})
	var flate wire.Deflater
	flate.Fresh()
	deflated, err := flate.Deflate(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint8(wire.FlagFresh), good)
	f.Add(uint8(wire.FlagFresh|wire.FlagDeflated), deflated)
	f.Add(uint8(0), []byte{0xff, 0xff})
	f.Fuzz(func(t *testing.T, flags uint8, payload []byte) {
		x, err := index.New(bounded{T: t}, slog.New(slog.DiscardHandler)).Open(t.Context(), recording.Recording{})
		if err != nil {
			t.Fatal(err)
		}
		frame := func(seq uint32, flags uint8, payload []byte) recording.Heard {
			return recording.Heard{Lane: wire.LaneTelemetry, Frame: wire.Frame{Kind: wire.KindEntries, Flags: flags, Seq: seq, Time: 1, Payload: payload}}
		}
		_ = x.Add(t.Context(), []recording.Heard{frame(1, flags, payload), frame(2, flags&^wire.FlagFresh, payload)}) // what it makes of it is its own
		var r recording.Recording
		if x.Facts()(&r); r.Errors < 0 {
			t.Error("fewer than none")
		}
		if err := x.Add(t.Context(), []recording.Heard{frame(3, wire.FlagFresh, good)}); err != nil {
			t.Errorf("the next one that stands alone: %v", err)
		}
	})
}
