package recording

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"ridealong/session"
	"ridealong/wire"
)

// sickDisk is a real disk until it is not.
type sickDisk struct {
	full atomic.Bool // writes take half of what they get
	sick atomic.Bool // nothing reaches the disk, and nothing can be made
}

type sickFile struct {
	*os.File
	disk *sickDisk
}

func (d *sickDisk) Create(path string) (File, error) {
	if d.sick.Load() {
		return nil, syscall.EIO
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return &sickFile{file, d}, err
}

func (f *sickFile) Write(b []byte) (int, error) {
	if f.disk.full.Load() {
		n, _ := f.File.Write(b[:len(b)/2])
		return n, syscall.ENOSPC
	}
	return f.File.Write(b)
}

func (f *sickFile) Sync() error {
	if f.disk.sick.Load() {
		return syscall.EIO
	}
	return f.File.Sync()
}

func TestADiskThatIsFullOrSickCostsNothingWhenItIsWellAgain(t *testing.T) {
	disk := &sickDisk{}
	w := newWorld(t, t.TempDir(), func(c *Config) { c.Disk = disk })
	r := w.begin("s1")
	r.send(wire.LaneDOM, keyframe(1, 0))
	eventually(t, "the first is stored", func() bool { return len(w.stored("s1")) == 1 })
	seq := uint32(0)
	for name, trouble := range map[string]*atomic.Bool{"full": &disk.full, "sick": &disk.sick} {
		trouble.Store(true)
		acked, _ := r.acked(1)
		for range 5 {
			seq++
			r.send(wire.LaneDOM, ops(1, seq, "in trouble"))
		}
		eventually(t, name+": it is said", func() bool { return w.Trouble("s1") != "" })
		if now, _ := r.acked(1); now != acked {
			t.Errorf("%s: %d was acknowledged, and is not on the disk", name, now)
		}
		trouble.Store(false)
		eventually(t, name+": all of it is stored", func() bool { dom, _ := r.acked(1); return dom == seq })
		eventually(t, name+": it is said that it is well", func() bool { return w.Trouble("s1") == "" })
	}
	w.mu.Lock()
	w.over["s1"] = session.ErrEnded
	w.mu.Unlock()
	r.say(wire.Ended{Type: "ended"})
	eventually(t, "complete", func() bool {
		rec, _ := w.store.Recording(context.Background(), "s1")
		return rec.State == Complete
	})
	want := []string{"1:1.1.0"}
	for n := uint32(1); n <= seq; n++ {
		want = append(want, fmt.Sprintf("1:2.1.%d", n))
	}
	if got := positions(w.stored("s1")); !slices.Equal(got, want) {
		t.Errorf("stored %v, want %v", got, want)
	}
	chunks, _ := w.store.Chunks(context.Background(), "s1")
	for _, c := range chunks {
		if !c.Sealed {
			t.Errorf("chunk %d stayed open", c.N)
		}
	}
}

func TestWhileTheObjectStoreIsDownRecordingsStayHereAndMoveAfterwards(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, dir, nil)
	w.mu.Lock()
	w.down = true
	w.mu.Unlock()
	r := w.begin("s1")
	r.send(wire.LaneDOM, keyframe(1, 0))
	eventually(t, "acknowledged", func() bool { return len(w.stored("s1")) == 1 })
	w.mu.Lock()
	w.over["s1"] = session.ErrEnded
	w.mu.Unlock()
	r.say(wire.Ended{Type: "ended"})
	eventually(t, "complete", func() bool {
		rec, _ := w.store.Recording(context.Background(), "s1")
		return rec.State == Complete
	})
	content, err := w.Chunk(context.Background(), "s1", 1)
	if err != nil || content.Open || len(content.Records) == 0 {
		t.Fatalf("it is read where it is: %v %+v", err, content)
	}
	w.mu.Lock()
	w.down = false
	w.mu.Unlock()
	eventually(t, "it is moved", func() bool {
		names, _ := w.List(context.Background(), "recordings/s1/")
		_, here := os.Stat(dir + "/s1/000001" + sealedSuffix)
		return len(names) == 1 && errors.Is(here, os.ErrNotExist)
	})
	again, err := w.Chunk(context.Background(), "s1", 1)
	if err != nil || string(again.Records) != string(content.Records) {
		t.Errorf("it reads otherwise there: %v", err)
	}
}

func TestWhatIsDeletedIsGoneEverywhereAndAHoldForbidsIt(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	r := w.begin("s1")
	r.send(wire.LaneDOM, keyframe(1, 0))
	eventually(t, "acknowledged", func() bool { return len(w.stored("s1")) == 1 })
	if err := w.SetHold(context.Background(), "s1", true); err != nil {
		t.Fatal(err)
	}
	if err := w.Service.Delete(context.Background(), "s1"); !errors.Is(err, ErrHeld) {
		t.Fatalf("on hold: %v", err)
	}
	if err := w.SetHold(context.Background(), "s1", false); err != nil {
		t.Fatal(err)
	}
	before := w.keys["s1"]
	if err := w.Service.Delete(context.Background(), "s1"); err != nil {
		t.Fatal(err)
	}
	_, err := w.Chunk(context.Background(), "s1", 1)
	_, key := w.keys["s1"]
	names, _ := w.List(context.Background(), "recordings/s1/")
	_, here := os.Stat(w.c.Dir + "/s1")
	if !errors.Is(err, ErrNotFound) || key || before == [32]byte{} || len(names) > 0 || !errors.Is(here, os.ErrNotExist) {
		t.Errorf("after a deletion: %v, key %v, objects %v, folder %v", err, key, names, here)
	}
	// The session goes on without it: what still comes is stored nowhere.
	r.send(wire.LaneDOM, ops(1, 1, "later"))
	names, _ = w.List(context.Background(), "")
	if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, "s1") }) {
		t.Errorf("it came back: %v", names)
	}
}
