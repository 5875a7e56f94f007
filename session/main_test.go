package session_test

import (
	"errors"
	"testing"

	"go.uber.org/goleak"

	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

// kinds of the events since the last look.
func kinds(h *sessiontest.House) (out []session.EventKind) {
	for _, e := range h.Events.Take() {
		out = append(out, e.Kind)
	}
	return out
}

func resume(token string) wire.Credential {
	return wire.Credential{Kind: wire.CredentialResume, Value: token}
}

func ticket(token string) wire.Credential {
	return wire.Credential{Kind: wire.CredentialTicket, Value: token}
}

func handoff(token string) wire.Credential {
	return wire.Credential{Kind: wire.CredentialHandoff, Value: token}
}
