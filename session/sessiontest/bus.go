package sessiontest

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"ridealong/session"
)

// MemoryBus delivers within the process, in the publisher's goroutine.
type MemoryBus struct {
	mu          sync.Mutex // guards what follows
	next        int
	subscribers map[int]subscriber
	answers     map[string]func([]byte) []byte
	closed      bool
}

type subscriber struct {
	subject string
	handle  func(string, []byte)
}

// NewMemoryBus has no subscribers.
func NewMemoryBus() *MemoryBus {
	return &MemoryBus{subscribers: map[int]subscriber{}, answers: map[string]func([]byte) []byte{}}
}

var _ session.Bus = (*MemoryBus)(nil)

func matches(pattern, subject string) bool {
	prefix, open := strings.CutSuffix(pattern, ">")
	return pattern == subject || open && strings.HasPrefix(subject, prefix)
}

// Publish delivers at once.
func (b *MemoryBus) Publish(_ context.Context, subject string, data []byte) error {
	b.mu.Lock()
	var handlers []func(string, []byte)
	for i := range b.next {
		if s, ok := b.subscribers[i]; ok && !b.closed && matches(s.subject, subject) {
			handlers = append(handlers, s.handle)
		}
	}
	b.mu.Unlock()
	for _, handle := range handlers {
		handle(subject, data)
	}
	return nil
}

// Subscribe until stop.
func (b *MemoryBus) Subscribe(_ context.Context, subject string, handle func(string, []byte)) (func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id := b.next
	b.next++
	b.subscribers[id] = subscriber{subject, handle}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subscribers, id)
	}, nil
}

// Request asks the one that answers.
func (b *MemoryBus) Request(_ context.Context, subject string, data []byte) ([]byte, error) {
	b.mu.Lock()
	answer, ok := b.answers[subject]
	b.mu.Unlock()
	if !ok {
		return nil, session.ErrNotFound
	}
	return answer(data), nil
}

// Answer until stop.
func (b *MemoryBus) Answer(_ context.Context, subject string, answer func([]byte) []byte) (func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[subject] = answer
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.answers, subject)
	}, nil
}

// Close ends delivery.
func (b *MemoryBus) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	return nil
}

// Bus is the conformance suite of session.Bus.
func Bus(t *testing.T, open func(t *testing.T) session.Bus) {
	t.Run("messages come in order to every subscriber, also by wildcard", func(t *testing.T) { inOrder(t, open(t)) })
	t.Run("nothing comes after stop", func(t *testing.T) { stopped(t, open(t)) })
	t.Run("a request finds the one that answers, or says that there is none", func(t *testing.T) { requests(t, open(t)) })
}

func receive(t *testing.T, from <-chan string, want string) {
	t.Helper()
	select {
	case got := <-from:
		if got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	case <-time.After(5 * time.Second):
		t.Fatalf("%q did not come", want)
	}
}

func inOrder(t *testing.T, bus session.Bus) {
	one, all := make(chan string, 100), make(chan string, 100)
	for subject, to := range map[string]chan string{"rl.s.A.event": one, "rl.s.>": all} {
		stop, err := bus.Subscribe(t.Context(), subject, func(_ string, data []byte) { to <- string(data) })
		must(t, err)
		defer stop()
	}
	must(t, bus.Publish(t.Context(), "rl.s.B.event", []byte("other")))
	for i := range 20 {
		must(t, bus.Publish(t.Context(), "rl.s.A.event", []byte{byte('a' + i)}))
	}
	receive(t, all, "other")
	for i := range 20 {
		receive(t, one, string(rune('a'+i)))
		receive(t, all, string(rune('a'+i)))
	}
}

func stopped(t *testing.T, bus session.Bus) {
	first, second := make(chan string, 10), make(chan string, 10)
	stop, err := bus.Subscribe(t.Context(), "rl.x", func(_ string, data []byte) { first <- string(data) })
	must(t, err)
	stopSecond, err := bus.Subscribe(t.Context(), "rl.x", func(_ string, data []byte) { second <- string(data) })
	must(t, err)
	defer stopSecond()
	must(t, bus.Publish(t.Context(), "rl.x", []byte("1")))
	receive(t, first, "1")
	receive(t, second, "1")
	stop()
	must(t, bus.Publish(t.Context(), "rl.x", []byte("2")))
	receive(t, second, "2")
	select {
	case got := <-first:
		t.Errorf("%q came after stop", got)
	default:
	}
}

func requests(t *testing.T, bus session.Bus) {
	_, err := bus.Request(t.Context(), "rl.ask", nil)
	wants(t, err, session.ErrNotFound)
	stop, err := bus.Answer(t.Context(), "rl.ask", func(data []byte) []byte { return append([]byte("re: "), data...) })
	must(t, err)
	got, err := bus.Request(t.Context(), "rl.ask", []byte("hello"))
	must(t, err)
	if string(got) != "re: hello" {
		t.Errorf("answer %q", got)
	}
	stop()
	_, err = bus.Request(t.Context(), "rl.ask", nil)
	wants(t, err, session.ErrNotFound)
}
