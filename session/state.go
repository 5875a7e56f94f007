package session

import "slices"

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
