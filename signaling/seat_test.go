package signaling

import (
	"encoding/json"
	"errors"
	"testing"

	"ridealong/session"
	"ridealong/wire"
)

func TestWhoSitsInARoomHearsAndSaysWhatASocketWould(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Archive = func(session.Opened) string { return "key" } })
	id, handoff := h.consented(wire.Consent{View: true, Record: true, TextVersion: "1"})
	customer := h.customer(handoff)
	if customer.me.Archive != "key" {
		t.Errorf("welcome of a customer who agreed to a recording: %+v", customer.me)
	}
	opened, err := h.service.Archive(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	seat, err := h.server.Sit(opened)
	if err != nil {
		t.Fatal(err)
	}
	if text, first, err := seat.Read(t.Context()); err != nil || !text || wireType(first) != "welcome" {
		t.Fatalf("first: %s %v", first, err)
	}
	var presence wire.Presence
	customer.await("presence", &presence)
	leg := opened.Participant.Leg
	customer.send(map[string]any{"type": "greet", "to": leg, "link": "0123456789012345678901", "nonce": "n"})
	if _, message, err := seat.Read(t.Context()); err != nil || wireType(message) != "greet" {
		t.Fatalf("%s %v", message, err)
	}
	if err := seat.Write(t.Context(), true, []byte(`{"type":"accept","to":1,"link":"0123456789012345678901","nonce":"m","proof":"p"}`)); err != nil {
		t.Fatal(err)
	}
	var accept wire.Accept
	customer.await("accept", &accept)
	if accept.From != leg || accept.Proof != "p" {
		t.Errorf("%+v", accept)
	}
	if err := h.service.End(t.Context(), opened.Session.ID, wire.EndAgent); err != nil {
		t.Fatal(err)
	}
	if _, message, err := seat.Read(t.Context()); err != nil || wireType(message) != "ended" {
		t.Fatalf("%s %v", message, err)
	}
	var end closeWith
	if _, _, err := seat.Read(t.Context()); !errors.As(err, &end) || end.Name != "ended" {
		t.Fatalf("the end of the place: %v", err)
	}
	seat.Leave()
}

func wireType(message []byte) string {
	var m struct{ Type string }
	if err := json.Unmarshal(message, &m); err != nil {
		return err.Error()
	}
	return m.Type
}

func TestAnArchiversKeyGoesToCustomersWhoAgreedAlone(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Archive = func(session.Opened) string { return "key" } })
	id, handoff := h.session()
	if customer := h.customer(handoff); customer.me.Archive != "" {
		t.Error("nobody agreed, and there is a key")
	}
	if _, err := h.service.Archive(t.Context(), id); !errors.Is(err, session.ErrForbidden) {
		t.Error(err)
	}
	recorded, _ := h.consented(wire.Consent{View: true, Record: true, TextVersion: "1"})
	if agent := h.agent(recorded, wire.RoleAgent); agent.me.Archive != "" {
		t.Error("an agent has the archiver's key")
	}
}
