package recording

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"ridealong/recording/chunk"
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

// What is left of the disk is for live sessions: nothing is written, it is said, and what waited is stored when there is room again.
func TestADiskThatIsNearlyFullIsLeftToOthersAndSaidToBe(t *testing.T) {
	var free atomic.Uint64
	free.Store(10 << 30)
	now := atomic.Int64{} // an answer is believed for a second
	w := newWorld(t, t.TempDir(), func(c *Config) {
		c.Free = func() (uint64, uint64, error) { return free.Load(), 100 << 30, nil }
		c.Now = func() time.Time { return time.Now().Add(time.Duration(now.Add(int64(time.Second)))) }
	})
	r := w.begin("s1")
	r.send(wire.LaneDOM, keyframe(1, 0))
	eventually(t, "the first is stored", func() bool { return len(w.stored("s1")) == 1 })
	free.Store(leastRoom - 1)
	r.send(wire.LaneDOM, ops(1, 1, "waits"))
	why := func() string {
		detail, _ := w.Detail(context.Background(), "s1")
		list, _ := w.Service.List(context.Background(), "", 10)
		if len(list) != 1 || list[0].Why != detail.Why {
			t.Errorf("%+v", list)
		}
		return detail.Why
	}
	eventually(t, "it is said", func() bool { return strings.Contains(why(), "the disk is nearly full") })
	if n := len(w.stored("s1")); n != 1 {
		t.Errorf("%d frames stored", n)
	}
	free.Store(leastRoom)
	eventually(t, "it is stored", func() bool { return len(w.stored("s1")) == 2 })
	eventually(t, "it is said to be well", func() bool { return why() == "" })
}

func TestHowMuchOfADiskIsLeftToOthers(t *testing.T) {
	for _, c := range []struct {
		free, total uint64
		err         error
		ok          bool
	}{
		{leastRoom, 1 << 40, nil, true}, {leastRoom - 1, 1 << 40, nil, false}, {500 << 20, 5 << 30, nil, false}, {600 << 20, 5 << 30, nil, true},
		{0, 1 << 40, nil, false}, {0, 0, errors.New("not here"), true},
	} {
		s := space{free: func() (uint64, uint64, error) { return c.free, c.total, c.err }, now: time.Now}
		if err := s.check(); (err == nil) != c.ok {
			t.Errorf("%d of %d: %v", c.free, c.total, err)
		}
	}
	if free, total, err := freeOf(t.TempDir()); err == nil && (free == 0 || total < free) {
		t.Errorf("%d of %d free", free, total)
	}
}

// Frames that no chunk takes, and more documents than one takes: neither holds up what comes behind.
func TestNoFrameHoldsUpTheOthers(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	r := w.begin("s1")
	r.send(wire.LaneDOM, keyframe(1, 0))
	eventually(t, "the first is stored", func() bool { return len(w.stored("s1")) == 1 })
	w.Service.mu.Lock()
	k := w.live["s1"].keeper
	w.Service.mu.Unlock()
	frame := func(epoch uint32) []byte { return wire.Frame{Kind: wire.KindEntries, Epoch: epoch, Seq: 1}.Append(nil) }
	k.Append(chunk.Record{Tab: 1, Lane: wire.LaneControl, Frame: frame(2)})
	const documents = chunk.MaxDocuments + 100
	for n := range uint32(documents) {
		k.Append(chunk.Record{Tab: 1, Lane: wire.LaneTelemetry, Frame: frame(n + 2)})
	}
	eventually(t, "all is stored", func() bool { return k.Stored() == documents+2 })
	stored := positions(w.stored("s1"))
	if len(stored) != documents+1 || stored[1] != "2:3.2.1" || stored[documents] != fmt.Sprintf("2:3.%d.1", documents+1) {
		t.Errorf("%d stored, %.3q", len(stored), stored)
	}
	eventually(t, "in two chunks", func() bool {
		chunks, _ := w.store.Chunks(context.Background(), "s1")
		return len(chunks) == 2 && chunks[0].Sealed
	})
}

func TestAChunkWhoseEndIsMissingIsSaidToBeDamaged(t *testing.T) {
	w := newWorld(t, t.TempDir(), nil)
	r := w.begin("s1")
	r.send(wire.LaneDOM, keyframe(1, 0))
	eventually(t, "stored", func() bool { return len(w.stored("s1")) == 1 })
	w.mu.Lock()
	w.over["s1"] = session.ErrEnded
	w.mu.Unlock()
	r.say(wire.Ended{Type: "ended"})
	eventually(t, "moved", func() bool { names, _ := w.List(context.Background(), "recordings/s1/"); return len(names) == 1 })
	key := chunkKey("s1", "000001")
	raw, err := w.Get(context.Background(), key)
	if err != nil {
		t.Fatal(err)
	}
	end := binary.BigEndian.Uint32(raw[len(raw)-16:]) // where the index begins, as the trailer says
	if err := w.Put(context.Background(), key, raw[:end]); err != nil {
		t.Fatal(err)
	}
	content, err := w.Chunk(context.Background(), "s1", 1)
	if err != nil || len(content.Damage) != 1 || len(content.Records) == 0 {
		t.Errorf("%+v, %v", content, err)
	}
}
