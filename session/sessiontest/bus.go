package sessiontest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ridealong/session"
)

// Bus is the conformance suite of session.Bus. What open gives is closed by the suite.
func Bus(t *testing.T, open func(t *testing.T) session.Bus) {
	for name, test := range map[string]func(*testing.T, session.Bus){
		"messages come in order to every subscriber, also by wildcard":          inOrder,
		"a subscriber gets one message at a time":                               oneAtATime,
		"a subscriber that blocks holds up neither the publisher nor another":   slowSubscriber,
		"nothing comes after stop":                                              stopped,
		"nothing comes after the subscriber's context is done":                  contextDone,
		"a subscriber may stop itself":                                          stopsItself,
		"a message of the largest size comes, a larger one is refused":          sizes,
		"a request finds the one that answers, or says that there is none":      requests,
		"a request does not wait longer than its context":                       slowAnswer,
		"requests at the same time get each its own answer":                     manyRequests,
		"after Close nothing is delivered, sent or asked; it may be done twice": closed,
	} {
		t.Run(name, func(t *testing.T) {
			bus := open(t)
			defer func() { must(t, bus.Close()) }()
			test(t, bus)
		})
	}
}

// soon is how long a test waits for what has to come.
const soon = 10 * time.Second

func receive(t *testing.T, from <-chan string, want string) {
	t.Helper()
	select {
	case got := <-from:
		if got != want {
			t.Fatalf("got %.40q, want %.40q", got, want)
		}
	case <-time.After(soon):
		t.Fatalf("%.40q did not come", want)
	}
}

func subscribe(t *testing.T, ctx context.Context, bus session.Bus, subject string) (<-chan string, func()) {
	t.Helper()
	got := make(chan string, 100)
	stop, err := bus.Subscribe(ctx, subject, func(_ string, data []byte) { got <- string(data) })
	must(t, err)
	return got, stop
}

func inOrder(t *testing.T, bus session.Bus) {
	one, stopOne := subscribe(t, t.Context(), bus, "rl.s.A.event")
	defer stopOne()
	all, stopAll := subscribe(t, t.Context(), bus, "rl.s.>")
	defer stopAll()
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

func oneAtATime(t *testing.T, bus session.Bus) {
	const publishers, each = 4, 50
	var inside, overlaps atomic.Int32
	var all sync.WaitGroup
	all.Add(publishers * each)
	stop, err := bus.Subscribe(t.Context(), "rl.x", func(string, []byte) {
		if inside.Add(1) > 1 {
			overlaps.Add(1)
		}
		time.Sleep(10 * time.Microsecond)
		inside.Add(-1)
		all.Done()
	})
	must(t, err)
	defer stop()
	ctx := context.WithoutCancel(t.Context())
	for range publishers {
		go func() {
			for range each {
				if err := bus.Publish(ctx, "rl.x", []byte("m")); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	if n := overlaps.Load(); n > 0 {
		t.Errorf("%d messages came while another was handled", n)
	}
}

func slowSubscriber(t *testing.T, bus session.Bus) {
	release := make(chan struct{})
	defer close(release)
	stop, err := bus.Subscribe(t.Context(), "rl.x", func(string, []byte) { <-release })
	must(t, err)
	defer stop()
	fast, stopFast := subscribe(t, t.Context(), bus, "rl.y")
	defer stopFast()
	published := make(chan error, 1)
	ctx := context.WithoutCancel(t.Context())
	go func() {
		for range 30_000 {
			if err := bus.Publish(ctx, "rl.x", []byte("m")); err != nil {
				published <- err
				return
			}
		}
		published <- nil
	}()
	select {
	case err := <-published:
		must(t, err)
	case <-time.After(soon):
		t.Fatal("the publisher waits for the subscriber")
	}
	must(t, bus.Publish(t.Context(), "rl.y", []byte("now")))
	receive(t, fast, "now")
}

func stopped(t *testing.T, bus session.Bus) {
	first, stop := subscribe(t, t.Context(), bus, "rl.x")
	second, stopSecond := subscribe(t, t.Context(), bus, "rl.x")
	defer stopSecond()
	must(t, bus.Publish(t.Context(), "rl.x", []byte("1")))
	receive(t, first, "1")
	receive(t, second, "1")
	stop()
	stop() // twice is once
	must(t, bus.Publish(t.Context(), "rl.x", []byte("2")))
	receive(t, second, "2")
	select {
	case got := <-first:
		t.Errorf("%q came after stop", got)
	default:
	}
}

func contextDone(t *testing.T, bus session.Bus) {
	ctx, cancel := context.WithCancel(t.Context())
	first, _ := subscribe(t, ctx, bus, "rl.x")
	second, stop := subscribe(t, t.Context(), bus, "rl.x")
	defer stop()
	cancel()
	// The end of a context is seen a moment later; the first round that only the second one hears shows that it was.
	for deadline := time.Now().Add(soon); ; {
		must(t, bus.Publish(t.Context(), "rl.x", []byte("m")))
		receive(t, second, "m")
		time.Sleep(time.Millisecond)
		select {
		case <-first:
			if time.Now().After(deadline) {
				t.Fatal("messages still come")
			}
		default:
			return
		}
	}
}

func stopsItself(t *testing.T, bus session.Bus) {
	stops, done := make(chan func(), 1), make(chan string, 10)
	stop, err := bus.Subscribe(t.Context(), "rl.x", func(_ string, data []byte) {
		(<-stops)()
		done <- string(data)
	})
	must(t, err)
	stops <- stop
	for i := range 3 {
		must(t, bus.Publish(t.Context(), "rl.x", fmt.Append(nil, i)))
	}
	receive(t, done, "0")
}

func sizes(t *testing.T, bus session.Bus) {
	got, stop := subscribe(t, t.Context(), bus, "rl.x")
	defer stop()
	large := bytes.Repeat([]byte("x"), maxMessage)
	must(t, bus.Publish(t.Context(), "rl.x", large))
	if err := bus.Publish(t.Context(), "rl.x", append(large, 'x')); err == nil {
		t.Error("a message that is too large was taken")
	}
	must(t, bus.Publish(t.Context(), "rl.x", []byte("after")))
	receive(t, got, string(large))
	receive(t, got, "after")
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

func slowAnswer(t *testing.T, bus session.Bus) {
	release := make(chan struct{})
	defer close(release)
	stop, err := bus.Answer(t.Context(), "rl.ask", func([]byte) []byte { <-release; return nil })
	must(t, err)
	defer stop()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = bus.Request(ctx, "rl.ask", nil)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func manyRequests(t *testing.T, bus session.Bus) {
	stop, err := bus.Answer(t.Context(), "rl.ask", bytes.ToUpper)
	must(t, err)
	defer stop()
	ctx := context.WithoutCancel(t.Context())
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			got, err := bus.Request(ctx, "rl.ask", fmt.Append(nil, "q", i))
			if err != nil || string(got) != fmt.Sprint("Q", i) {
				t.Errorf("%d: %q, %v", i, got, err)
			}
		})
	}
	wg.Wait()
}

func closed(t *testing.T, bus session.Bus) {
	got, _ := subscribe(t, t.Context(), bus, "rl.x")
	must(t, bus.Close())
	if bus.Publish(t.Context(), "rl.x", []byte("m")) == nil {
		t.Error("a closed bus took a message")
	}
	if _, err := bus.Request(t.Context(), "rl.ask", nil); err == nil || errors.Is(err, session.ErrNotFound) {
		t.Errorf("a closed bus answered %v", err)
	}
	if _, err := bus.Subscribe(t.Context(), "rl.x", func(string, []byte) {}); err == nil {
		t.Error("a closed bus took a subscriber")
	}
	must(t, bus.Close())
	select {
	case m := <-got:
		t.Errorf("%q came after Close", m)
	default:
	}
}
