package signaling

import (
	"testing"
	"time"

	"ridealong/session"
	"ridealong/wire"
)

func TestEachParticipantGetsICEServersOfItsOwnAndFreshOnesBeforeTheyExpire(t *testing.T) {
	h := newHouse(t, func(c *Config) {
		c.ICEEvery = 20 * time.Millisecond
		c.ICE = func(p session.Participant) ([]wire.ICEServer, bool) {
			return []wire.ICEServer{{URLs: []string{"turn:r.example"}, Username: p.ID, Credential: "secret"}}, true
		}
	})
	id, handoff := h.session()
	for _, c := range []*client{h.customer(handoff), h.agent(id, wire.RoleAgent)} {
		if !c.me.RelayOnly || len(c.me.ICEServers) != 1 || c.me.ICEServers[0].Username != c.me.Participant.ID {
			t.Errorf("welcome: %+v", c.me)
		}
		for range 2 {
			var renewed wire.ICE
			c.await("ice", &renewed)
			if len(renewed.ICEServers) != 1 || renewed.ICEServers[0].Username != c.me.Participant.ID {
				t.Errorf("ice: %+v", renewed)
			}
		}
	}
}

func TestWithoutRelayTheListIsEmptyAndNotNull(t *testing.T) {
	h := newHouse(t)
	_, handoff := h.session()
	if c := h.customer(handoff); c.me.ICEServers == nil {
		t.Error("null")
	}
}
