package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ridealong/wire"
)

// EndBy ends a session for its owner or an admin.
func (s *Service) EndBy(ctx context.Context, actor Actor, id string, reason wire.EndReason) error {
	if _, err := s.owned(ctx, actor, id); err != nil {
		return err
	}
	return s.End(ctx, id, reason)
}

// End closes a session for everybody: nothing opens it any more, and its rooms are told. Ending twice is ending once.
func (s *Service) End(ctx context.Context, id string, reason wire.EndReason) error {
	now := s.c.Now()
	session, err := s.c.Store.UpdateSession(ctx, id, func(session *Session) error { return session.Finish(reason, now) })
	if errors.Is(err, ErrEnded) {
		return nil
	}
	if err != nil {
		return err
	}
	s.tellEnded(ctx, session)
	return nil
}

func (s *Service) tellEnded(ctx context.Context, session Session) {
	s.c.Log.Info("session ended", "session", session.ID, "reason", session.EndReason)
	s.announce(ctx, session)
}

func (s *Service) announce(ctx context.Context, session Session) {
	s.publish(ctx, Event{Kind: EventEnded, Session: session.ID, Reason: string(session.EndReason)})
}

// Withdraw takes back part of what the customer agreed to; withdrawing the view ends the session. Of a session that is over nothing
// is left to take back.
func (s *Service) Withdraw(ctx context.Context, participant string, less wire.Consent) (Session, error) {
	p, err := s.customer(ctx, participant)
	if err != nil {
		return Session{}, err
	}
	now := s.c.Now()
	session, err := s.c.Store.UpdateSession(ctx, p.Session, func(session *Session) error {
		if session.State.Over() {
			return ErrEnded
		}
		if err := session.Consent.withdraw(less, now); err != nil {
			return err
		}
		if !session.Consent.View {
			return session.Finish(wire.EndCustomer, now)
		}
		return nil
	})
	if errors.Is(err, ErrEnded) {
		return s.c.Store.Session(ctx, p.Session)
	}
	if err != nil {
		return Session{}, err
	}
	s.c.Log.Info("consent withdrawn", "session", session.ID, "view", session.Consent.View, "control", session.Consent.Control, "record", session.Consent.Record)
	if session.State.Over() {
		s.tellEnded(ctx, session)
	} else {
		s.publish(ctx, Event{Kind: EventConsent, Session: session.ID})
	}
	return session, nil
}

// withdraw leaves what both agree on. The text and the time of the consent stay: they are what was agreed to.
func (c *Consent) withdraw(less wire.Consent, now time.Time) error {
	if less.View && !c.View || less.Control && !c.Control || less.Record && !c.Record {
		return fmt.Errorf("%w: consent can only be taken back here", ErrInvalid)
	}
	if less.View == c.View && less.Control == c.Control && less.Record == c.Record {
		return nil
	}
	c.View, c.Control, c.Record = less.View, less.View && less.Control, less.View && less.Record
	c.WithdrawnAt = now
	return nil
}

// Visit notes where the customer is, for the list.
func (s *Service) Visit(ctx context.Context, participant, url, title string) error {
	p, err := s.customer(ctx, participant)
	if err != nil {
		return err
	}
	url, title = cut(url, 500), cut(title, 200)
	_, err = s.c.Store.UpdateSession(ctx, p.Session, func(session *Session) error {
		if session.State.Over() {
			return ErrEnded
		}
		session.URL, session.Title = url, title
		return nil
	})
	return err
}

func (s *Service) customer(ctx context.Context, participant string) (Participant, error) {
	p, err := s.c.Store.Participant(ctx, participant)
	if err == nil && p.Role != wire.RoleCustomer {
		err = ErrForbidden
	}
	return p, err
}

const (
	sweepEvery  = time.Second
	announceFor = 10 * time.Second
)

// Run ends what is past its time, and announces again what ended lately, until ctx is done. A room that missed the first
// announcement, because the bus was down or the room was just being made, ends with one of the next.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			s.c.Log.Error("expire sessions", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (s *Service) sweep(ctx context.Context) error {
	now := s.c.Now()
	expired, err := s.c.Store.Expire(ctx, now)
	if err != nil {
		return err
	}
	for _, session := range expired {
		s.c.Log.Info("session expired", "session", session.ID)
	}
	ended, err := s.c.Store.Ended(ctx, now.Add(-announceFor))
	if err != nil {
		return err
	}
	for _, session := range ended {
		s.announce(ctx, session)
	}
	return nil
}

// publish tells the rooms. A bus that fails costs promptness, not truth: the Store has it.
func (s *Service) publish(ctx context.Context, e Event) {
	data, err := json.Marshal(e)
	if err == nil {
		err = s.c.Bus.Publish(ctx, Subject(e.Session), data)
	}
	if err != nil {
		s.c.Log.Error("publish", "event", e.Kind, "session", e.Session, "error", err)
	}
}
