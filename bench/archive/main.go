// Command archive is the bench of recording (PROMISES P7): what the server spends on sessions that are recorded at the rate at which people
// make them, with the real service, disk, database and keys, and customers' frames that were sealed before the clock starts.
//
// The reference session is a tour of the example shop (shop.trace: a recording of it as the API gives it), spread over a minute and begun
// anew each minute. CPU is the whole process's; sealing is done before, so what is left beside the service is a timer for each session.
package main

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"sync"
	"syscall"
	"time"

	"ridealong/internal/blob"
	"ridealong/internal/keystore"
	"ridealong/internal/sqlstore"
	"ridealong/recording"
	"ridealong/recording/chunk"
	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

//go:embed shop.trace
var trace []byte

const (
	round   = time.Minute      // of a reference session
	tourEnd = 55 * time.Second // its last frame
)

func setting(name string, otherwise int) int {
	if v, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return v
	}
	return otherwise
}

// step is one record of the trace, at its time in the round.
type step struct {
	at    time.Duration
	lane  wire.Lane
	frame wire.Frame
}

func steps() (out []step) {
	var first, last uint32
	for rest := trace; len(rest) > 0; {
		n, size := binary.Uvarint(rest)
		record, err := chunk.DecodeRecord(rest[size : size+int(n)])
		if err != nil {
			log.Fatal(err)
		}
		f, err := wire.DecodeFrame(record.Frame)
		if err != nil {
			log.Fatal(err)
		}
		if len(out) == 0 {
			first = record.At
		}
		last = record.At
		out = append(out, step{time.Duration(record.At-first) * time.Millisecond, record.Lane, f})
		rest = rest[size+int(n):]
	}
	for i := range out {
		out[i].at = time.Duration(float64(out[i].at) * float64(tourEnd) / float64(time.Duration(last-first)*time.Millisecond))
	}
	return out
}

func main() {
	sessions, rounds := setting("SESSIONS", 300), setting("ROUNDS", 1)
	if err := run(sessions, rounds); err != nil {
		log.Fatal(err)
	}
}

// house is what the service needs besides: sessions that all agreed, and their rooms.
type house struct {
	mu    sync.Mutex // guards rooms
	rooms map[string]*room
}

func (h *house) Archive(_ context.Context, id string) (session.Opened, error) {
	return session.Opened{Session: session.Session{ID: id}, Participant: session.Participant{Leg: 2}}, nil
}

func (h *house) sit(opened session.Opened) (recording.Socket, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[opened.Session.ID]
	if r == nil {
		return nil, errors.New("no room")
	}
	return r, nil
}

func run(sessions, rounds int) error {
	dir, err := os.MkdirTemp("", "archive-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	db, err := sqlstore.Open(ctx, filepath.Join(dir, "ridealong.db"))
	if err != nil {
		return err
	}
	keys, err := keystore.Open(ctx, dir, "")
	if err != nil {
		return err
	}
	objects, err := blob.OpenFile(filepath.Join(dir, "objects"))
	if err != nil {
		return err
	}
	h := &house{rooms: map[string]*room{}}
	service := recording.New(recording.Config{
		Sessions: h, Sit: h.sit, Bus: sessiontest.NewMemoryBus(), Store: db.Recordings(), Blobs: objects, Keys: keys, Dir: filepath.Join(dir, "spool"),
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	time.Sleep(100 * time.Millisecond)
	before := memory()
	all, err := h.join(service, sessions, rounds)
	if err != nil {
		return err
	}
	each := float64(memory()-before-h.sealedBytes()) / float64(sessions) / 1024
	if file := os.Getenv("PROFILE"); file != "" {
		out, err := os.Create(file)
		if err == nil {
			err = pprof.StartCPUProfile(out)
		}
		if err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	began, cpu := time.Now(), cpuTime()
	var playing sync.WaitGroup
	for i, r := range all {
		playing.Go(func() { r.play(began.Add(round * time.Duration(i) / time.Duration(sessions))) })
	}
	playing.Wait()
	time.Sleep(2 * time.Second) // the last batches
	spent := cpuTime() - cpu
	recorded := time.Duration(sessions*rounds) * round
	acked := 0
	for _, r := range all {
		if r.acked() {
			acked++
		}
	}
	cancel()
	if err := <-done; err != nil {
		return err
	}
	stored := treeSize(filepath.Join(dir, "objects")) + treeSize(filepath.Join(dir, "spool"))
	if acked < sessions {
		return fmt.Errorf("only %d of %d sessions were stored whole", acked, sessions)
	}
	perHour := spent.Seconds() / recorded.Hours()
	out := json.NewEncoder(os.Stdout)
	return out.Encode(map[string]any{
		"bench": "archive", "case": "shop", "sessions": sessions, "recorded_hours": round2(recorded.Hours()), "cpu_s_per_hour": round2(perHour),
		"sessions_per_core": int(3600 / perHour), "kib_per_session": round2(each), "stored_kib_per_hour": round2(float64(stored) / 1024 / recorded.Hours()),
		"wall_s": round2(time.Since(began).Seconds()),
	})
}

func round2(v float64) float64 { return float64(int(v*100+0.5)) / 100 }

// join opens a proven link in each session, and seals what it will send.
func (h *house) join(service *recording.Service, sessions, rounds int) (all []*room, err error) {
	script := steps()
	for i := range sessions {
		id := fmt.Sprintf("01BENCH%05d", i)
		r := &room{id: id, in: make(chan message, 64)}
		h.mu.Lock()
		h.rooms[id] = r
		h.mu.Unlock()
		key, err := base64.RawURLEncoding.DecodeString(service.Archive(session.Opened{Session: session.Session{ID: id}}))
		if err != nil || len(key) != 32 {
			return nil, fmt.Errorf("key of %s: %w", id, err)
		}
		if err := r.greet([32]byte(key)); err != nil {
			return nil, err
		}
		r.prepare(script, rounds)
		all = append(all, r)
	}
	return all, nil
}

func (h *house) sealedBytes() (n int64) {
	for _, r := range h.rooms {
		for _, one := range r.script {
			n += int64(cap(one.data)) + 64
		}
	}
	return n
}

func memory() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func treeSize(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if info, err := entry.Info(); err == nil {
				n += info.Size()
			}
		}
		return nil
	})
	return n
}
