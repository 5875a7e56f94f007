package recording

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ridealong/recording/chunk"
	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

// world is a service with everything around it in memory, but for the spool.
type world struct {
	t *testing.T
	*Service
	rooms   map[string]*room
	mu      sync.Mutex // guards what follows
	over    map[string]error
	blobs   map[string][]byte
	down    bool // the object store
	keys    map[string][32]byte
	store   *mapStore
	started time.Time
	stop    func()
}

func newWorld(t *testing.T, dir string, change func(*Config)) *world {
	w := &world{t: t, rooms: map[string]*room{}, over: map[string]error{}, blobs: map[string][]byte{}, keys: map[string][32]byte{}, store: newMapStore(), started: time.Now()}
	return w.start(dir, change)
}

// start runs a service over what there is; again after a crash.
func (w *world) start(dir string, change func(*Config)) *world {
	c := Config{Sessions: w, Sit: w.sit, Bus: sessiontest.NewMemoryBus(), Store: w.store, Blobs: w, Keys: w, Dir: dir, Log: slog.New(slog.DiscardHandler)}
	if testing.Verbose() {
		c.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	if change != nil {
		change(&c)
	}
	w.Service = New(c)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	running := w.Service
	go func() { done <- running.Run(ctx) }()
	w.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
	w.t.Cleanup(w.stop)
	eventually(w.t, "the service runs", func() bool {
		running.mu.Lock()
		defer running.mu.Unlock()
		return running.ctx != nil
	})
	return w
}

func (w *world) Archive(_ context.Context, id string) (session.Opened, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return session.Opened{Session: session.Session{ID: id, OwnerName: "Ana", Reference: "acme"}, Participant: session.Participant{ID: "archiver", Leg: 2}}, w.over[id]
}

func (w *world) sit(opened session.Opened) (Socket, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.rooms[opened.Session.ID]
	if r == nil {
		return nil, errGone
	}
	return r, nil
}

func (w *world) Put(_ context.Context, key string, content []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		return errors.New("the object store is down")
	}
	w.blobs[key] = slices.Clone(content)
	return nil
}

func (w *world) Get(_ context.Context, key string) ([]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	content, ok := w.blobs[key]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return content, nil
}

func (w *world) List(_ context.Context, prefix string) (out []string, _ error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key := range w.blobs {
		if strings.HasPrefix(key, prefix) {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out, nil
}

func (w *world) Delete(_ context.Context, key string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.blobs, key)
	return nil
}

func (w *world) New(_ context.Context, id string) ([32]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key, ok := w.keys[id]
	if !ok {
		key = [32]byte{byte(len(w.keys) + 1)}
		w.keys[id] = key
	}
	return key, nil
}

func (w *world) Key(_ context.Context, id string) ([32]byte, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key, ok := w.keys[id]
	if !ok {
		return key, ErrNotFound
	}
	return key, nil
}

func (w *world) Erase(_ context.Context, id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.keys, id)
	return nil
}

// begin opens a session's room and a proven link in it.
func (w *world) begin(id string) *room {
	w.t.Helper()
	r := newRoom(w.t, id, [32]byte{})
	w.mu.Lock()
	w.rooms[id] = r
	w.mu.Unlock()
	text := w.Service.Archive(session.Opened{Session: session.Session{ID: id}})
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != 32 {
		w.t.Fatalf("the key of the links: %q", text)
	}
	r.key = [32]byte(raw)
	r.meet()
	return r
}

func (r *room) meet() {
	r.t.Helper()
	r.greet()
	eventually(r.t, "an answer", r.accepted)
	r.prove(nil)
	eventually(r.t, "the archiver asks for the page", func() bool { return len(r.told("watch")) > 0 })
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// stored is every frame of a recording, in order, wherever its chunks are.
func (w *world) stored(id string) (out []chunk.Record) {
	w.t.Helper()
	key := w.keys[id]
	read := func(content []byte, n int) {
		reader, err := chunk.Open(strings.NewReader(string(content)), int64(len(content)), chunk.ID{Recording: id, Number: uint32(n)}, key)
		if errors.Is(err, chunk.ErrNotAChunk) {
			return // it is being made
		}
		if err != nil {
			w.t.Fatalf("chunk %d: %v", n, err)
		}
		for r, err := range reader.Records(0) {
			if err != nil {
				w.t.Errorf("chunk %d: %v", n, err)
				continue
			}
			out = append(out, r)
		}
	}
	for n := 1; ; n++ {
		content, err := w.Get(context.Background(), chunkKey(id, fmt.Sprintf("%06d", n)))
		if err != nil {
			spool := &spool{dir: filepath.Join(w.c.Dir, id)}
			if content, _, err = spool.read(n); err != nil {
				return out
			}
		}
		read(content, n)
	}
}

func positions(records []chunk.Record) (out []string) {
	for _, r := range records {
		f, err := wire.DecodeFrame(r.Frame)
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		out = append(out, fmt.Sprintf("%d:%d.%d.%d", r.Lane, f.Kind, f.Epoch, f.Seq))
	}
	return out
}

func TestWhatIsAcknowledgedIsOnDiskAndStoredOnceInOrder(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	r := w.begin("s1")
	r.send(wire.LaneDOM, keyframe(1, 0))
	r.send(wire.LaneDOM, ops(1, 2, "two")) // before its turn
	r.send(wire.LaneDOM, ops(1, 1, "one"))
	r.send(wire.LaneDOM, ops(1, 1, "one")) // once more
	r.send(wire.LaneTelemetry, entries(1, 1, true))
	r.send(wire.LaneDOM, ops(1, 3, "three"))
	eventually(t, "all of it is acknowledged", func() bool {
		dom, telemetry := r.acked(1)
		return dom == 3 && telemetry == 1
	})
	// What stands on disk now is what a crash would leave: the file is read as it is.
	got := positions(w.stored("s1"))
	want := []string{"1:1.1.0", "1:2.1.1", "1:2.1.2", "2:3.1.1", "1:2.1.3"}
	if !slices.Equal(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
}

func TestALinkThatIsNotProvenStoresNothing(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	r := w.begin("s1")
	r.greet()
	eventually(t, "an answer", r.accepted)
	r.prove(make([]byte, 32))
	eventually(t, "the link is given up", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return slices.ContainsFunc(r.messages, func(m map[string]any) bool { return m["type"] == "unlink" && m["code"] == "tampered" })
	})
	if got := w.stored("s1"); len(got) != 0 {
		t.Errorf("stored %v", positions(got))
	}
}

func TestWhatTheCustomerHasNoMoreIsAGapThatTheRecordingSays(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	r := w.begin("s1")
	r.send(wire.LaneDOM, keyframe(1, 0))
	r.send(wire.LaneTelemetry, entries(1, 1, true))
	r.send(wire.LaneDOM, ops(1, 5, "five"))
	eventually(t, "what is missing is asked for", func() bool { return len(r.told("resend")) > 0 })
	eventually(t, "and then the whole document", func() bool { return len(r.told("keyframe")) > 0 })
	r.send(wire.LaneDOM, keyframe(1, 7))
	payload := []byte(`{"type":"gone","epoch":1,"lane":2,"from":4}`)
	r.send(wire.LaneControl, wire.Frame{Kind: wire.KindControl, Payload: payload})
	r.send(wire.LaneTelemetry, entries(1, 4, true))
	eventually(t, "acknowledged", func() bool { dom, telemetry := r.acked(1); return dom == 7 && telemetry == 4 })
	w.mu.Lock()
	w.over["s1"] = session.ErrEnded
	w.mu.Unlock()
	r.say(wire.Ended{Type: "ended", Reason: "agent"})
	eventually(t, "the recording says what is missing", func() bool {
		rec, _ := w.store.Recording(context.Background(), "s1")
		return rec.State == Partial && strings.Contains(rec.Why, "1 parts of the picture and 1 of the telemetry")
	})
	documents, _ := w.store.Documents(context.Background(), "s1")
	want := []Gap{{wire.LaneDOM, 1, 7}, {wire.LaneTelemetry, 2, 3}}
	if len(documents) != 1 || !slices.Equal(documents[0].Gaps, want) {
		t.Errorf("%+v, want gaps %v", documents, want)
	}
}

func TestAnArchiverThatComesBackGoesOnWhereTheDiskEnds(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, dir, nil)
	r := w.begin("s1")
	r.send(wire.LaneDOM, keyframe(1, 0))
	for seq := uint32(1); seq <= 5; seq++ {
		r.send(wire.LaneDOM, ops(1, seq, "change"))
	}
	eventually(t, "acknowledged", func() bool { dom, _ := r.acked(1); return dom == 5 })
	w.stop()
	w.start(dir, nil)
	again := w.begin("s1")
	watch := again.told("watch")[0]
	if watch.Epoch == nil || *watch.Epoch != 1 || watch.DOM == nil || *watch.DOM != 5 {
		t.Fatalf("it asks for %+v", watch)
	}
	again.send(wire.LaneDOM, ops(1, 5, "change")) // again, because the customer heard of it too late
	again.send(wire.LaneDOM, ops(1, 6, "change"))
	eventually(t, "acknowledged", func() bool { dom, _ := again.acked(1); return dom == 6 })
	want := []string{"1:1.1.0", "1:2.1.1", "1:2.1.2", "1:2.1.3", "1:2.1.4", "1:2.1.5", "1:2.1.6"}
	if got := positions(w.stored("s1")); !slices.Equal(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
}

// The room says first that the session is over, and then gives the frames that were before it.
func TestFramesThatTheEndOvertookAreStored(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	r := w.begin("s1")
	r.send(wire.LaneDOM, keyframe(1, 0))
	eventually(t, "acknowledged", func() bool { return len(w.stored("s1")) == 1 })
	w.mu.Lock()
	w.over["s1"] = session.ErrEnded
	w.mu.Unlock()
	r.say(wire.Ended{Type: "ended"})
	for seq := uint32(1); seq <= 100; seq++ {
		r.send(wire.LaneDOM, ops(1, seq, "before the end"))
	}
	close(r.toArchi)
	eventually(t, "complete", func() bool {
		rec, _ := w.store.Recording(context.Background(), "s1")
		return rec.State == Complete
	})
	if got := positions(w.stored("s1")); len(got) != 101 || got[100] != "1:2.1.100" {
		t.Errorf("%d stored, the last %v", len(got), got[len(got)-1:])
	}
}
