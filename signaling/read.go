package signaling

import (
	"context"
	"errors"
	"time"

	"ridealong/session"
	"ridealong/wire"
)

// read takes messages until the connection ends.
func (c *conn) read(ctx context.Context) error {
	for {
		text, data, err := c.ws.Read(reading)
		if err != nil {
			return readError(err)
		}
		if !text {
			if !c.fallback(data) {
				return closeWith{wire.CloseMessage}
			}
			continue
		}
		if !c.limit.Allow() {
			return closeWith{wire.CloseRate}
		}
		envelope, err := wire.ParseEnvelope(data)
		if err != nil {
			return closeWith{wire.CloseMessage}
		}
		if err := c.handle(ctx, envelope); err != nil {
			return err
		}
	}
}

// handle acts on one message; an error ends the connection.
func (c *conn) handle(ctx context.Context, e wire.Envelope) error {
	if e.Relayed {
		return c.relay(e)
	}
	customer := c.participant.Role == wire.RoleCustomer
	switch e.Type {
	case "ping":
		if c.pong(e) != nil {
			return closeWith{wire.CloseMessage}
		}
	case "page":
		var p wire.Page
		if e.Into(&p) != nil {
			return closeWith{wire.CloseMessage}
		}
		if customer {
			c.visit(ctx, c.participant, p.URL, p.Title)
		}
	case "new-tab":
		return c.newTab(ctx)
	case "leave":
		return errLeft
	case "end":
		return c.endSession(ctx, e)
	case "consent":
		return c.withdraw(ctx, e)
	default:
		c.answer("unknown-type", "This server does not know that message.")
	}
	return nil
}

// errLeft is a participant who said goodbye.
var errLeft = errors.New("signaling: left")

func (c *conn) endSession(ctx context.Context, e wire.Envelope) error {
	var m wire.End
	if e.Into(&m) != nil {
		return closeWith{wire.CloseMessage}
	}
	reason := wire.EndAgent
	if c.participant.Role == wire.RoleCustomer {
		reason = wire.EndCustomer
	}
	if wire.EndReason(m.Reason) == wire.EndTampered {
		reason = wire.EndTampered
		c.log.Error("a proof was wrong: the session ends")
	}
	if c.participant.Role == wire.RoleObserver && reason != wire.EndTampered {
		c.answer("forbidden", "Only the customer or an agent can end the session.")
		return nil
	}
	if err := c.server.c.Service.End(ctx, c.participant.Session, reason); err != nil {
		return errors.Join(err, closeWith{wire.CloseInternal})
	}
	return nil
}

// newTab makes a hand-off for another tab of the same browser. Only a customer's socket gets one, and only for its own session.
func (c *conn) newTab(ctx context.Context) error {
	if c.participant.Role != wire.RoleCustomer {
		c.answer("forbidden", "Only the customer has tabs.")
		return nil
	}
	if !c.room.openTab(c.server.c.Tabs) {
		c.answer("too-many-tabs", "This session has as many tabs as it may have.")
		return nil
	}
	p, handoff, err := c.server.c.Service.NewTab(ctx, c.participant.ID)
	c.room.expect(p.Leg) // of none: 0
	switch {
	case errors.Is(err, session.ErrInvalid), errors.Is(err, session.ErrEnded):
		c.answer("too-many-tabs", "This session takes no more tabs.")
		return nil
	case err != nil:
		return errors.Join(err, closeWith{wire.CloseInternal})
	}
	c.control(encode(wire.Handoff{Type: "handoff", Value: handoff}))
	return nil
}

func (c *conn) withdraw(ctx context.Context, e wire.Envelope) error {
	var m wire.Withdraw
	if e.Into(&m) != nil {
		return closeWith{wire.CloseMessage}
	}
	s, err := c.server.c.Service.Withdraw(ctx, c.participant.ID, m.Consent)
	switch {
	case errors.Is(err, session.ErrForbidden), errors.Is(err, session.ErrInvalid):
		c.answer("forbidden", "Consent can only be taken back, and only by the customer.")
		return nil
	case err != nil:
		return errors.Join(err, closeWith{wire.CloseInternal})
	}
	c.room.setConsent(s.Consent.Consent)
	return nil
}

// relay passes a message on to another participant, unread but for its address and size.
func (c *conn) relay(e wire.Envelope) error {
	if e.Type == "candidate" && !c.countCandidate(e.Link) {
		return nil
	}
	receiver, reason := c.room.to(c, e.To)
	if reason == dropForbidden {
		c.answer("forbidden", "These two participants do not exchange messages.")
		return nil
	}
	if receiver == nil {
		return nil // it left; presence says so
	}
	message, err := e.From(c.participant.Leg)
	if err != nil {
		return closeWith{wire.CloseMessage}
	}
	receiver.control(message)
	return nil
}

// countCandidate keeps a link's candidates, and the links that are counted, bounded.
func (c *conn) countCandidate(link string) bool {
	if _, known := c.candidates[link]; !known && len(c.candidates) >= 64 {
		clear(c.candidates)
	}
	c.candidates[link]++
	n := c.candidates[link]
	if n == wire.MaxCandidates+2 { // one more is the end of candidates
		c.answer("too-many-candidates", "Further candidates of this link are ignored.")
	}
	return n <= wire.MaxCandidates+1
}

// fallback forwards a sealed frame by its header; false when it is none. The receiver's queue takes the bytes as they are.
func (c *conn) fallback(data []byte) bool {
	leg, ok := wire.FallbackLeg(data)
	if !ok {
		return false
	}
	metrics := c.server.c.Metrics
	metrics.Received(len(data))
	receiver, reason := c.room.to(c, leg)
	if receiver != nil {
		wire.SetFallbackLeg(data, c.participant.Leg)
		if receiver.queue.putData(data) {
			return true
		}
		reason = dropFull
	}
	metrics.Dropped(reason)
	c.tellDropped(leg, reason)
	return true
}

// tellDropped tells the sender, at most once a second.
func (c *conn) tellDropped(leg uint32, reason string) {
	count := c.dropped.Add(1)
	now := time.Now().UnixMilli()
	told := c.toldAt.Load()
	if now-told < 1000 || !c.toldAt.CompareAndSwap(told, now) {
		return
	}
	c.dropped.Store(0)
	c.control(encode(wire.Dropped{Type: "dropped", To: leg, Reason: reason, Count: int(count)}))
}
