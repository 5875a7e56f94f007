// Package bus is the domain's Bus on NATS: a server inside this process with no port open, or a cluster by URL; the code is the
// same. It is the one door to NATS.
//
// Guarantees: those of session.Bus. A subscriber that falls 10,000 messages behind loses messages; how many is logged. While the
// connection to a cluster is down, publishing fails at once: nothing is kept to be sent late.
package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"ridealong/session"
)

const (
	maxMessage   = 256 << 10
	pendingLimit = 10_000
	askTimeout   = 2 * time.Second
)

type bus struct {
	conn   *nats.Conn
	inside *server.Server // nil with an external cluster
	log    *slog.Logger
	done   chan struct{} // closed when the connection is
}

// Embedded runs the server in this process; no port is opened.
func Embedded(_ context.Context, log *slog.Logger) (session.Bus, error) {
	inside, err := server.NewServer(&server.Options{DontListen: true, NoSigs: true, NoLog: true, MaxPayload: maxMessage})
	if err != nil {
		return nil, fmt.Errorf("bus: %w", err)
	}
	inside.Start()
	if !inside.ReadyForConnections(5 * time.Second) {
		inside.Shutdown()
		return nil, errors.New("bus: the embedded server did not start")
	}
	b, err := connect(nats.DefaultURL, log, nats.InProcessServer(inside))
	if err != nil {
		inside.Shutdown()
		return nil, err
	}
	b.inside = inside
	return b, nil
}

// Connect uses an external cluster.
func Connect(_ context.Context, url string, log *slog.Logger) (session.Bus, error) {
	b, err := connect(url, log)
	if err != nil {
		return nil, err
	}
	return b, nil
}

func connect(url string, log *slog.Logger, more ...nats.Option) (*bus, error) {
	b := &bus{log: log, done: make(chan struct{})}
	options := append([]nats.Option{
		nats.Name("ridealong"),
		nats.MaxReconnects(-1),
		// What cannot be sent now is lost rather than sent late: events are about now.
		nats.ReconnectBufSize(-1),
		nats.ErrorHandler(func(_ *nats.Conn, s *nats.Subscription, err error) {
			subject, lost := "", 0
			if s != nil {
				subject = s.Subject
				lost, _ = s.Dropped() // fails for a subscription that is over: nothing more is lost
			}
			log.Warn("bus", "subject", subject, "lost", lost, "error", err)
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				log.Warn("bus: connection lost", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("bus: connection is back") }),
		nats.ClosedHandler(func(*nats.Conn) { close(b.done) }),
	}, more...)
	conn, err := nats.Connect(url, options...)
	if err != nil {
		return nil, fmt.Errorf("bus (key nats): connect: %w", err)
	}
	b.conn = conn
	return b, nil
}

func (b *bus) Publish(_ context.Context, subject string, data []byte) error {
	if len(data) > maxMessage { // a cluster may allow more, the contract does not
		return fmt.Errorf("bus: publish: message of %d bytes", len(data))
	}
	if err := b.conn.Publish(subject, data); err != nil {
		return fmt.Errorf("bus: publish: %w", err)
	}
	return nil
}

func (b *bus) Subscribe(ctx context.Context, subject string, handle func(string, []byte)) (func(), error) {
	return b.subscribe(ctx, subject, func(m *nats.Msg) { handle(m.Subject, m.Data) })
}

func (b *bus) Answer(ctx context.Context, subject string, answer func([]byte) []byte) (func(), error) {
	return b.subscribe(ctx, subject, func(m *nats.Msg) {
		if err := m.Respond(answer(m.Data)); err != nil {
			b.log.Warn("bus", "subject", subject, "error", err)
		}
	})
}

func (b *bus) subscribe(ctx context.Context, subject string, handle nats.MsgHandler) (func(), error) {
	s, err := b.conn.Subscribe(subject, handle)
	if err == nil {
		err = s.SetPendingLimits(pendingLimit, pendingLimit*1024)
	}
	// The round trip makes the subscription known before anybody is told that it exists.
	if err == nil {
		err = b.conn.Flush()
	}
	if err != nil {
		return nil, fmt.Errorf("bus: subscribe: %w", err)
	}
	var once sync.Once
	end := func() { once.Do(func() { _ = s.Unsubscribe() }) }
	stop := context.AfterFunc(ctx, end)
	return func() { stop(); end() }, nil
}

func (b *bus) Request(ctx context.Context, subject string, data []byte) ([]byte, error) {
	if len(data) > maxMessage {
		return nil, fmt.Errorf("bus: request: message of %d bytes", len(data))
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	m, err := b.conn.RequestWithContext(ctx, subject, data)
	if errors.Is(err, nats.ErrNoResponders) {
		return nil, session.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("bus: request: %w", err)
	}
	return m.Data, nil
}

// Hosts are where the cluster's servers are, those among them that it told of itself; none for a server inside this process.
func (b *bus) Hosts() (all []string) {
	if b.inside != nil {
		return nil
	}
	for _, server := range b.conn.Servers() {
		if u, err := url.Parse(server); err == nil && u.Hostname() != "" {
			all = append(all, u.Hostname())
		}
	}
	return all
}

// Close waits until nothing is delivered any more.
func (b *bus) Close() error {
	b.conn.Close()
	<-b.done
	if b.inside != nil {
		b.inside.Shutdown()
		b.inside.WaitForShutdown()
	}
	return nil
}
