package signaling

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"ridealong/session"
	"ridealong/wire"
)

// room is the live half of one session on this node: who has a socket, and who has had one.
type room struct {
	id      string
	metrics Metrics
	stop    func() // ends the bus subscription

	mu      sync.Mutex // guards what follows
	conns   map[uint32]*conn
	people  map[uint32]wire.Participant
	consent wire.Consent
	// Tabs of the customer that have a hand-off and no socket yet: when it was made, by leg. And those that are being given one.
	expected map[uint32]time.Time
	opening  int
	openings *rate.Limiter
}

func newRoom(id string, m Metrics) *room {
	return &room{
		id: id, metrics: m, conns: map[uint32]*conn{}, people: map[uint32]wire.Participant{},
		expected: map[uint32]time.Time{}, openings: rate.NewLimiter(rate.Every(2*time.Second), DefaultTabs),
	}
}

// view is a participant as others see it.
func view(p session.Participant, here bool) wire.Participant {
	return wire.Participant{ID: p.ID, Leg: p.Leg, Role: p.Role, Name: p.Name, Here: here}
}

// add lets c in, sends the one before it with the same leg away, and tells everybody.
func (r *room) add(c *conn, opened session.Opened) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.conns[c.participant.Leg]
	own := c.participant.Role == wire.RoleArchiver // it takes nobody's place
	if before == nil && !own && r.side(c.participant.Role == wire.RoleCustomer) >= perSide {
		return closeWith{wire.CloseRate}
	}
	delete(r.expected, c.participant.Leg)
	c.room = r
	r.conns[c.participant.Leg] = c
	r.consent = opened.Session.Consent.Consent
	for _, p := range opened.Participants {
		_, here := r.conns[p.Leg]
		r.people[p.Leg] = view(p, here)
	}
	if before != nil {
		before.end(closeWith{wire.CloseSuperseded})
	}
	c.welcome(opened, r.list())
	r.presence(c)
	return nil
}

// side counts the sockets of customers, or of people who watch; called with mu held.
func (r *room) side(customer bool) (n int) {
	for _, c := range r.conns {
		if role := c.participant.Role; (role == wire.RoleCustomer) == customer && role != wire.RoleArchiver {
			n++
		}
	}
	return n
}

// openTab takes a place for another tab of the customer; those that are on the way count. What was taken is given back by expect.
func (r *room) openTab(most int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	late := time.Now().Add(-wire.HandoffLife)
	maps.DeleteFunc(r.expected, func(_ uint32, at time.Time) bool { return at.Before(late) })
	if r.side(true)+len(r.expected)+r.opening >= most || !r.openings.Allow() {
		return false
	}
	r.opening++
	return true
}

// expect a tab with this leg, for as long as its hand-off is good; 0: there is none.
func (r *room) expect(leg uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.opening--
	if leg > 0 {
		r.expected[leg] = time.Now()
	}
}

// remove says whether the room is empty now.
func (r *room) remove(c *conn) (empty bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	leg := c.participant.Leg
	if r.conns[leg] == c {
		delete(r.conns, leg)
		p := r.people[leg]
		p.Here = false
		r.people[leg] = p
		r.presence(nil)
	}
	return len(r.conns) == 0
}

// list is called with mu held.
func (r *room) list() []wire.Participant {
	out := make([]wire.Participant, 0, len(r.people))
	for _, p := range r.people {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b wire.Participant) int { return int(a.Leg) - int(b.Leg) })
	return out
}

// presence tells everybody but one; called with mu held.
func (r *room) presence(except *conn) {
	message := encode(wire.Presence{Type: "presence", Participants: r.list()})
	for _, c := range r.conns {
		if c != except {
			c.control(message)
		}
	}
}

// tell sends a message to those that want it.
func (r *room) tell(who func(wire.Participant) bool, message any) {
	encoded := encode(message)
	r.mu.Lock()
	defer r.mu.Unlock()
	for leg, c := range r.conns {
		if who(r.people[leg]) {
			c.control(encoded)
		}
	}
}

// end tells everybody that the session is over and closes their sockets.
func (r *room) end(reason string) {
	encoded := encode(wire.Ended{Type: "ended", Reason: reason})
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		c.control(encoded)
		c.end(closeWith{wire.CloseEnded})
	}
}

// renew gives everybody fresh ICE servers.
func (r *room) renew() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		servers, _ := c.iceServers()
		c.control(encode(wire.ICE{Type: "ice", ICEServers: servers}))
	}
}

// setConsent after the customer took something back.
func (r *room) setConsent(c wire.Consent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.consent = c
}

// to finds the receiver of a message from c; the reason says why there is none.
func (r *room) to(c *conn, leg uint32) (receiver *conn, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	receiver, ok := r.conns[leg]
	if !ok {
		return nil, dropAway
	}
	// The page goes from the customer to those who watch; watchers have nothing to say to each other.
	customers := 0
	for _, one := range []*conn{c, receiver} {
		if one.participant.Role == wire.RoleCustomer {
			customers++
		}
	}
	if customers != 1 || !r.consent.View {
		return nil, dropForbidden
	}
	return receiver, ""
}

// encode does not fail for the message structs.
func encode(message any) []byte {
	data, err := json.Marshal(message)
	if err != nil {
		panic("signaling: encode: " + err.Error())
	}
	return data
}
