package session

import (
	"fmt"
	"slices"
	"time"

	"ridealong/wire"
)

// next lists, for each state, the states that may follow. Ended and expired are final.
var next = map[State][]State{
	StatePending: {StateClaimed, StateEnded, StateExpired},
	StateClaimed: {StateLive, StateEnded, StateExpired},
	StateLive:    {StateEnded, StateExpired},
	StateEnded:   nil,
	StateExpired: nil,
}

// States in the order of a session's life.
var States = []State{StatePending, StateClaimed, StateLive, StateEnded, StateExpired}

// May says whether to may follow s. Every state may follow itself.
func (s State) May(to State) bool { return s == to || slices.Contains(next[s], to) }

// Over says that nothing follows.
func (s State) Over() bool { return len(next[s]) == 0 }

// Running says that people may come in and stay: the session is not over, and not past its time while nobody has swept it yet.
func (s Session) Running(now time.Time) bool { return !s.State.Over() && now.Before(s.ExpiresAt) }

// To takes the session to a state, or fails when the table does not allow it.
func (s *Session) To(state State) error {
	if !s.State.May(state) {
		return fmt.Errorf("session: %s cannot become %s", s.State, state)
	}
	s.State = state
	return nil
}

// Finish is the end of a session for a reason; ErrEnded when it has ended before.
func (s *Session) Finish(reason wire.EndReason, now time.Time) error {
	if s.State.Over() {
		return ErrEnded
	}
	state := StateEnded
	if reason == wire.EndExpired {
		state = StateExpired
	}
	s.EndedAt, s.EndReason = now, reason
	return s.To(state)
}

// Claim makes the session somebody's, until a time; ErrNotFound when it is past its time or over, ErrConflict when somebody was first.
func (s *Session) Claim(c Claimant, now time.Time) error {
	if !s.Running(now) {
		return ErrNotFound
	}
	if s.State != StatePending {
		return ErrConflict
	}
	s.Consent, s.ExpiresAt = c.Consent, c.Until
	return s.To(StateClaimed)
}
