package signaling

import (
	"testing"
	"time"

	"ridealong/wire"
)

// newTab asks for a hand-off; empty when it was refused, with the code.
func (c *client) newTab() (handoff, refused string) {
	c.t.Helper()
	c.send(wire.NewTab{Type: "new-tab"})
	for {
		text, data, err := c.read()
		if err != nil {
			c.t.Fatal(err)
		}
		e, err := wire.ParseEnvelope(data)
		if !text || err != nil {
			continue
		}
		var m struct{ Value, Code string }
		if e.Type == "handoff" || e.Type == "error" {
			if err := e.Into(&m); err != nil {
				c.t.Fatal(err)
			}
			return m.Value, m.Code
		}
	}
}

func TestASecondTabComesInBesideTheFirst(t *testing.T) {
	h := newHouse(t)
	id, handoff := h.session()
	first, agent := h.customer(handoff), h.agent(id, wire.RoleAgent)
	value, _ := first.newTab()
	second := h.customer(value)
	if second.leg == first.leg || second.me.Participant.Role != wire.RoleCustomer || second.me.Epoch != 2 {
		t.Errorf("welcome %+v", second.me)
	}
	for _, tab := range []*client{first, second} {
		tab.send(map[string]any{"type": "greet", "to": agent.leg, "link": "abc", "nonce": "n"})
		var greet map[string]any
		agent.await("greet", &greet)
		if greet["from"] != float64(tab.leg) {
			t.Errorf("greet %v", greet)
		}
	}
	// Two tabs have nothing to say to each other by the server.
	second.send(map[string]any{"type": "greet", "to": first.leg, "link": "abc", "nonce": "n"})
	var refused wire.Error
	second.await("error", &refused)
	if refused.Code != "forbidden" {
		t.Errorf("code %q", refused.Code)
	}
	// One ends it for both.
	second.send(wire.End{Type: "end"})
	for _, c := range []*client{first, second, agent} {
		if code := c.closed(); code != wire.CloseEnded.Code {
			t.Errorf("code %d", code)
		}
	}
}

func TestAHandoffOfATabIsForTheProjectsSitesOnly(t *testing.T) {
	h := newHouse(t)
	_, handoff := h.session()
	value, _ := h.customer(handoff).newTab()
	c := h.dial("/ws/peer", "https://evil.example")
	c.send(wire.Hello{Type: "hello", V: 1, Credential: wire.Credential{Kind: wire.CredentialHandoff, Value: value}})
	if code := c.closed(); code != wire.CloseOrigin.Code {
		t.Errorf("code %d", code)
	}
}

func TestWhoWatchesOpensNoTabs(t *testing.T) {
	h := newHouse(t)
	id, handoff := h.session()
	h.customer(handoff)
	for _, role := range []wire.Role{wire.RoleAgent, wire.RoleObserver} {
		if value, code := h.agent(id, role).newTab(); value != "" || code != "forbidden" {
			t.Errorf("%s got %q, %q", role, value, code)
		}
	}
}

func TestTabsAreLimited(t *testing.T) {
	h := newHouse(t)
	_, handoff := h.session()
	first := h.customer(handoff)
	var handoffs []string
	for range DefaultTabs - 1 { // hand-offs that nobody has used yet count
		value, code := first.newTab()
		if value == "" {
			t.Fatalf("refused after %d: %s", len(handoffs), code)
		}
		handoffs = append(handoffs, value)
	}
	if value, code := first.newTab(); value != "" || code != "too-many-tabs" {
		t.Errorf("one more: %q, %q", value, code)
	}
	tabs := []*client{}
	for _, value := range handoffs {
		tabs = append(tabs, h.customer(value))
	}
	if value, code := tabs[3].newTab(); value != "" || code != "too-many-tabs" {
		t.Errorf("from another tab: %q, %q", value, code)
	}
	// A tab that goes makes room.
	_ = tabs[0].conn.CloseNow()
	room := h.server.rooms[first.me.Session]
	waitFor(t, func() bool {
		room.mu.Lock()
		defer room.mu.Unlock()
		return room.side(true) == DefaultTabs-1
	})
	if value, code := first.newTab(); value == "" {
		t.Errorf("refused: %s", code)
	}
}

func TestTabsAreNotAskedForWithoutEnd(t *testing.T) {
	h := newHouse(t)
	_, handoff := h.session()
	first := h.customer(handoff)
	for range 2 * DefaultTabs { // each takes its place and leaves it
		value, code := first.newTab()
		if code == "too-many-tabs" {
			return
		}
		tab := h.customer(value)
		tab.send(wire.Leave{Type: "leave"})
		tab.closed()
	}
	t.Error("tabs came and went as fast as they liked")
}

func TestNewTabIsTheCustomersOfTheSessionOnly(t *testing.T) {
	h := newHouse(t)
	_, one := h.session()
	_, other := h.session()
	a, b := h.customer(one), h.customer(other)
	value, _ := a.newTab()
	if tab := h.customer(value); tab.me.Session != a.me.Session || tab.me.Session == b.me.Session {
		t.Errorf("opened %s", tab.me.Session)
	}
}

func waitFor(t *testing.T, what func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !what(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
	}
}
