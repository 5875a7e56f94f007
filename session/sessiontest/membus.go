package sessiontest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"

	"ridealong/session"
)

// MemoryBus is the reference Bus: each subscriber has a goroutine and a queue of its own; what does not fit is dropped.
type MemoryBus struct {
	mu      sync.Mutex // guards what follows
	queues  map[*queue]bool
	closed  bool
	running sync.WaitGroup
}

// queue of one subscriber or answerer.
type queue struct {
	subject string
	answers bool
	in      chan memoryMessage
	stopped chan struct{}
	stop    func()
}

type memoryMessage struct {
	subject string
	data    []byte
	reply   chan<- []byte // of requests
}

const (
	queueLength = 1000
	maxMessage  = 256 << 10
)

var errClosed = errors.New("sessiontest: the bus is closed")

// NewMemoryBus has no subscribers.
func NewMemoryBus() *MemoryBus { return &MemoryBus{queues: map[*queue]bool{}} }

var _ session.Bus = (*MemoryBus)(nil)

func matches(pattern, subject string) bool {
	prefix, open := strings.CutSuffix(pattern, ">")
	return pattern == subject || open && strings.HasPrefix(subject, prefix)
}

// send puts a message into the queues it is for and says how many there were.
func (b *MemoryBus) send(m memoryMessage) (int, error) {
	if len(m.data) > maxMessage {
		return 0, errors.New("sessiontest: the message is too large")
	}
	m.data = bytes.Clone(m.data)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return 0, errClosed
	}
	n := 0
	for q := range b.queues {
		if q.answers != (m.reply != nil) || !matches(q.subject, m.subject) {
			continue
		}
		n++
		select {
		case q.in <- m:
		default: // full: lost
		}
	}
	return n, nil
}

// receive runs a queue until stop, ctx or Close ends it.
func (b *MemoryBus) receive(ctx context.Context, subject string, answers bool, handle func(memoryMessage)) (func(), error) {
	q := &queue{subject: subject, answers: answers, in: make(chan memoryMessage, queueLength), stopped: make(chan struct{})}
	q.stop = sync.OnceFunc(func() { close(q.stopped) })
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errClosed
	}
	b.queues[q] = true
	end := func() {
		b.mu.Lock()
		delete(b.queues, q)
		b.mu.Unlock()
		q.stop()
	}
	release := context.AfterFunc(ctx, end)
	b.running.Go(func() { q.run(handle) })
	return func() { release(); end() }, nil
}

func (q *queue) run(handle func(memoryMessage)) {
	for {
		select {
		case <-q.stopped:
			return
		case m := <-q.in:
			select {
			case <-q.stopped:
				return
			default:
				handle(m)
			}
		}
	}
}

// Publish never waits.
func (b *MemoryBus) Publish(_ context.Context, subject string, data []byte) error {
	_, err := b.send(memoryMessage{subject: subject, data: data})
	return err
}

// Subscribe until stop.
func (b *MemoryBus) Subscribe(ctx context.Context, subject string, handle func(string, []byte)) (func(), error) {
	return b.receive(ctx, subject, false, func(m memoryMessage) { handle(m.subject, m.data) })
}

// Request waits for the answer or for ctx.
func (b *MemoryBus) Request(ctx context.Context, subject string, data []byte) ([]byte, error) {
	reply := make(chan []byte, 1)
	n, err := b.send(memoryMessage{subject, data, reply})
	if err == nil && n == 0 {
		err = session.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	select {
	case answer := <-reply:
		return answer, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Answer until stop.
func (b *MemoryBus) Answer(ctx context.Context, subject string, answer func([]byte) []byte) (func(), error) {
	return b.receive(ctx, subject, true, func(m memoryMessage) {
		select {
		case m.reply <- answer(m.data):
		default: // answered by another
		}
	})
}

// Close waits until nothing is delivered any more.
func (b *MemoryBus) Close() error {
	b.mu.Lock()
	b.closed = true
	for q := range b.queues {
		q.stop()
	}
	clear(b.queues)
	b.mu.Unlock()
	b.running.Wait()
	return nil
}
