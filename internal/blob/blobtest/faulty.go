package blobtest

import (
	"context"
	"errors"
	"sync"
	"syscall"
	"time"

	"ridealong/internal/blob"
)

// ErrGone is an object store that cannot be reached.
var ErrGone = errors.New("blobtest: the object store is gone")

// Op is what is asked of a store.
type Op string

// Ops.
const (
	Put      Op = "put"
	Get      Op = "get"
	GetRange Op = "get-range"
	Head     Op = "head"
	List     Op = "list"
	Delete   Op = "delete"
)

// Fault is called before an op; its error is the op's, and the store is not asked.
type Fault func(ctx context.Context, op Op, name string) error

// Faulty is a store on which faults can be switched on and off while it is in use.
type Faulty struct {
	store blob.Store
	mu    sync.Mutex
	fault Fault
	lost  bool
	calls map[Op]int
}

// NewFaulty works until it is told otherwise.
func NewFaulty(store blob.Store) *Faulty { return &Faulty{store: store, calls: map[Op]int{}} }

// Fail sets the fault; nil: none.
func (f *Faulty) Fail(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

// LoseAnswers makes everything happen and then fail, as when the connection breaks behind the request.
func (f *Faulty) LoseAnswers(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost = on
}

// Calls counts what was asked, faults too.
func (f *Faulty) Calls(op Op) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls[op]
}

// Gone fails everything at once, as a store whose port is closed.
func Gone(context.Context, Op, string) error { return ErrGone }

// Hangs answers nothing until the caller gives up, as a store behind a wall.
func Hangs(ctx context.Context, _ Op, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

// Full takes nothing more, and reads.
func Full(_ context.Context, op Op, _ string) error {
	if op == Put {
		return syscall.ENOSPC
	}
	return nil
}

// Broken is a disk that gives errors.
func Broken(context.Context, Op, string) error { return syscall.EIO }

// Slow makes everything wait.
func Slow(by time.Duration) Fault {
	return func(ctx context.Context, _ Op, _ string) error {
		select {
		case <-time.After(by):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Every fails each nth op, the first not.
func Every(n int, err error) Fault {
	var mu sync.Mutex
	count := 0
	return func(context.Context, Op, string) error {
		mu.Lock()
		defer mu.Unlock()
		if count++; count%n == 0 {
			return err
		}
		return nil
	}
}

func (f *Faulty) begin(ctx context.Context, op Op, name string) error {
	f.mu.Lock()
	f.calls[op]++
	fault := f.fault
	f.mu.Unlock()
	if fault == nil {
		return nil
	}
	return fault(ctx, op, name)
}

// end is the error of an op that the store did.
func (f *Faulty) end(err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lost {
		return ErrGone
	}
	return err
}

// Put is the store's, or fails.
func (f *Faulty) Put(ctx context.Context, name string, content []byte) error {
	if err := f.begin(ctx, Put, name); err != nil {
		return err
	}
	return f.end(f.store.Put(ctx, name, content))
}

// Get is the store's, or fails.
func (f *Faulty) Get(ctx context.Context, name string) ([]byte, error) {
	return asked(f, ctx, Get, name, func() ([]byte, error) { return f.store.Get(ctx, name) })
}

// GetRange is the store's, or fails.
func (f *Faulty) GetRange(ctx context.Context, name string, from, length int64) ([]byte, error) {
	return asked(f, ctx, GetRange, name, func() ([]byte, error) { return f.store.GetRange(ctx, name, from, length) })
}

// Head is the store's, or fails.
func (f *Faulty) Head(ctx context.Context, name string) (blob.Info, error) {
	return asked(f, ctx, Head, name, func() (blob.Info, error) { return f.store.Head(ctx, name) })
}

// List is the store's, or fails.
func (f *Faulty) List(ctx context.Context, prefix string) ([]string, error) {
	return asked(f, ctx, List, prefix, func() ([]string, error) { return f.store.List(ctx, prefix) })
}

// Delete is the store's, or fails.
func (f *Faulty) Delete(ctx context.Context, name string) error {
	if err := f.begin(ctx, Delete, name); err != nil {
		return err
	}
	return f.end(f.store.Delete(ctx, name))
}

// Close is the store's.
func (f *Faulty) Close() error { return f.store.Close() }

func asked[T any](f *Faulty, ctx context.Context, op Op, name string, ask func() (T, error)) (T, error) {
	var none T
	if err := f.begin(ctx, op, name); err != nil {
		return none, err
	}
	answer, err := ask()
	if err := f.end(err); err != nil {
		return none, err
	}
	return answer, nil
}
