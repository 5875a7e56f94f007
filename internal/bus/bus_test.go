package bus

import (
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"ridealong/session"
	"ridealong/session/sessiontest"
)

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

func TestExternalServerKeepsTheContract(t *testing.T) {
	sessiontest.Bus(t, func(t *testing.T) session.Bus {
		outside, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true})
		if err != nil {
			t.Fatal(err)
		}
		outside.Start()
		t.Cleanup(outside.Shutdown)
		if !outside.ReadyForConnections(5 * time.Second) {
			t.Fatal("the server did not start")
		}
		b, err := Connect(t.Context(), outside.ClientURL(), slog.New(slog.DiscardHandler))
		return closing(t, b, err)
	})
}

func TestEmbeddedServerOpensNoPort(t *testing.T) {
	b, err := Embedded(t.Context(), slog.New(slog.DiscardHandler))
	b = closing(t, b, err)
	if address := b.(*bus).inside.Addr(); address != nil {
		t.Errorf("listens on %v", address)
	}
}
