package recording

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"ridealong/recording/chunk/chunktest"
	"ridealong/session"
	"ridealong/wire"
)

// mains is a disk whose power can fail: files are real, and beside each is what of it a power cut would leave.
type mains struct {
	mu    sync.Mutex
	files map[string]*chunktest.File
	dead  bool
}

type mainsFile struct {
	*os.File
	beside *chunktest.File
	on     *mains
}

func (m *mains) Create(path string) (File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return nil, syscall.EIO
	}
	file, err := osDisk{}.Create(path)
	if err != nil {
		return nil, err
	}
	beside := chunktest.New()
	m.files[path] = beside
	return &mainsFile{file.(*os.File), beside, m}, nil
}

// do is done while there is power, or not at all.
func (f *mainsFile) do(what func() error) error {
	f.on.mu.Lock()
	defer f.on.mu.Unlock()
	if f.on.dead {
		return syscall.EIO
	}
	return what()
}

func (f *mainsFile) Write(b []byte) (n int, err error) {
	err = f.do(func() error {
		if _, err := f.beside.Write(b); err != nil {
			return err
		}
		n, err = f.File.Write(b)
		return err
	})
	return n, err
}

// Sync takes its time, as a disk does: the power fails in it more often than not.
func (f *mainsFile) Sync() error {
	time.Sleep(30 * time.Millisecond)
	return f.do(f.beside.Sync)
}

func (f *mainsFile) Truncate(size int64) error {
	return f.do(func() error { return f.File.Truncate(size) })
}

// cut ends the power, and gives what the disk has then: of a file that grows what was synced, and of the rest any page or none.
func (m *mains) cut(t *testing.T, dir string, random *rand.Rand) map[string][]byte {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead = true
	left := map[string][]byte{}
	names, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	for _, path := range names {
		if file := m.files[path]; file != nil {
			after := file.PowerCut(random)
			content := make([]byte, after.Size())
			_, _ = after.ReadAt(content, 0)
			left[path] = content
		} else if content, err := os.ReadFile(path); err == nil {
			left[path] = content
		}
	}
	return left
}

// The power fails at a random moment while frames come. What was acknowledged by then is in the recording, once and in order, and nothing
// is in it that never came; the recording goes on in the next process.
func TestAPowerCutLosesNothingThatWasAcknowledged(t *testing.T) {
	acknowledged, kept := 0, 0
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 4))
		disk := &mains{files: map[string]*chunktest.File{}}
		dir := t.TempDir()
		w := newWorld(t, dir, func(c *Config) { c.Disk = disk })
		r := w.begin("s1")
		r.send(wire.LaneDOM, keyframe(1, 0))
		last := uint32(20 + random.IntN(150))
		for seq := uint32(1); seq <= last; seq++ {
			text := bytes.Repeat([]byte{byte(seq)}, random.IntN(3000))
			r.send(wire.LaneDOM, wire.Frame{Kind: wire.KindOps, Epoch: 1, Seq: seq, Payload: text})
			if random.IntN(4) == 0 {
				time.Sleep(time.Duration(random.IntN(12)) * time.Millisecond)
			}
		}
		left := disk.cut(t, dir, random)
		w.stop()
		acked, _ := r.acked(1)
		// What the dying process did to the disk did not happen.
		must(t, os.RemoveAll(dir))
		for path, content := range left {
			must(t, os.MkdirAll(filepath.Dir(path), 0o700))
			must(t, os.WriteFile(path, content, 0o600))
		}
		w.start(dir, nil)
		again := w.begin("s1")
		watch := again.told("watch")[0]
		if watch.DOM == nil && acked > 0 || watch.DOM != nil && *watch.DOM < acked {
			t.Fatalf("seed %d: %d acknowledged, and it asks from %v", seed, acked, watch.DOM)
		}
		next := uint32(1)
		if watch.DOM != nil {
			next = *watch.DOM + 1
		} else {
			again.send(wire.LaneDOM, keyframe(1, 0))
		}
		for seq := next; seq <= last+1; seq++ {
			again.send(wire.LaneDOM, ops(1, seq, "again"))
		}
		eventually(t, "it goes on", func() bool { dom, _ := again.acked(1); return dom == last+1 })
		w.mu.Lock()
		w.over["s1"] = session.ErrEnded
		w.mu.Unlock()
		again.say(wire.Ended{Type: "ended"})
		eventually(t, "it ends", func() bool {
			rec, _ := w.store.Recording(context.Background(), "s1")
			return rec.State != Live
		})
		var seqs []uint32
		for _, record := range w.stored("s1") {
			if f, err := wire.DecodeFrame(record.Frame); err == nil && f.Kind == wire.KindOps {
				seqs = append(seqs, f.Seq)
			}
		}
		for seq := uint32(1); seq <= last+1; seq++ {
			if !slices.Contains(seqs, seq) {
				t.Errorf("seed %d: frame %d of %d is not in the recording; %d were acknowledged", seed, seq, last, acked)
			}
		}
		if !slices.IsSorted(seqs) {
			t.Errorf("seed %d: out of order: %v", seed, seqs)
		}
		acknowledged, kept = acknowledged+int(acked), kept+int(next-1)
		w.stop()
	}
	t.Logf("%d frames acknowledged, %d on the disk after the power cuts", acknowledged, kept)
	if acknowledged == 0 {
		t.Error("nothing was acknowledged before the power failed")
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
