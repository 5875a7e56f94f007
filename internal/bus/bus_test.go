package bus

import (
	"bytes"
	"log/slog"
	"net"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"go.uber.org/goleak"

	"ridealong/session"
	"ridealong/session/sessiontest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func closing(t *testing.T, b session.Bus, err error) session.Bus {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestEmbeddedServerKeepsTheContract(t *testing.T) {
	sessiontest.Bus(t, func(t *testing.T) session.Bus {
		b, err := Embedded(t.Context(), slog.New(slog.DiscardHandler))
		return closing(t, b, err)
	})
}

// outside runs a server of its own, as a cluster's would be, on a port (-1: any).
func outside(t *testing.T, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(5 * time.Second) {
		t.Fatal("the server did not start")
	}
	return s
}

func TestExternalServerKeepsTheContract(t *testing.T) {
	sessiontest.Bus(t, func(t *testing.T) session.Bus {
		b, err := Connect(t.Context(), outside(t, -1).ClientURL(), slog.New(slog.DiscardHandler))
		return closing(t, b, err)
	})
}

func TestTheHostsOfAClusterAreToldAndAServerInsideHasNone(t *testing.T) {
	server := outside(t, -1)
	b, err := Connect(t.Context(), server.ClientURL(), slog.New(slog.DiscardHandler))
	closing(t, b, err)
	if got := b.(*bus).Hosts(); !slices.Contains(got, "127.0.0.1") {
		t.Errorf("%q", got)
	}
	inside, err := Embedded(t.Context(), slog.New(slog.DiscardHandler))
	closing(t, inside, err)
	if got := inside.(*bus).Hosts(); got != nil {
		t.Errorf("%q", got)
	}
}

func TestTwoProcessesHearEachOther(t *testing.T) {
	url := outside(t, -1).ClientURL()
	connect := func() session.Bus {
		b, err := Connect(t.Context(), url, slog.New(slog.DiscardHandler))
		return closing(t, b, err)
	}
	here, there := connect(), connect()
	got := make(chan string, 1)
	stop, err := here.Subscribe(t.Context(), session.Subject("A"), func(_ string, data []byte) { got <- string(data) })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := there.Publish(t.Context(), session.Subject("A"), []byte("hello")); err != nil {
		t.Fatal(err)
	}
	select {
	case m := <-got:
		if m != "hello" {
			t.Errorf("got %q", m)
		}
	case <-time.After(5 * time.Second):
		t.Error("nothing came")
	}
}

func TestWithoutTheClusterPublishingFailsAndComesBackWithIt(t *testing.T) {
	first := outside(t, -1)
	b, err := Connect(t.Context(), first.ClientURL(), slog.New(slog.DiscardHandler))
	b = closing(t, b, err)
	got := make(chan string, 100)
	stop, err := b.Subscribe(t.Context(), "rl.x", func(_ string, data []byte) { got <- string(data) })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	port := first.Addr().(*net.TCPAddr).Port
	first.Shutdown()
	first.WaitForShutdown()
	until(t, "publishing fails", func() bool { return b.Publish(t.Context(), "rl.x", []byte("lost")) != nil })
	outside(t, port)
	until(t, "publishing works", func() bool { return b.Publish(t.Context(), "rl.x", []byte("kept")) == nil })
	select {
	case m := <-got:
		if m != "kept" {
			t.Errorf("%q came late", m)
		}
	case <-time.After(5 * time.Second):
		t.Error("the subscription did not come back")
	}
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not seen: %s", what)
		}
	}
}

// A subscriber that falls behind costs itself messages, and the log says how many.
func TestLossesAreCounted(t *testing.T) {
	var log lines
	b, err := Embedded(t.Context(), slog.New(slog.NewTextHandler(&log, nil)))
	b = closing(t, b, err)
	release := make(chan struct{})
	defer close(release)
	stop, err := b.Subscribe(t.Context(), "rl.x", func(string, []byte) { <-release })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for range pendingLimit + 100 {
		if err := b.Publish(t.Context(), "rl.x", []byte("m")); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "a line about losses", func() bool { return lost.MatchString(log.String()) })
}

var lost = regexp.MustCompile(`subject=rl\.x lost=[1-9]`)

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestEmbeddedServerOpensNoPort(t *testing.T) {
	b, err := Embedded(t.Context(), slog.New(slog.DiscardHandler))
	b = closing(t, b, err)
	if address := b.(*bus).inside.Addr(); address != nil {
		t.Errorf("listens on %v", address)
	}
}
