package recording

import (
	"time"

	"ridealong/wire"
)

// A document's frames are stored in order, each once (PROTOCOL.md §3). What arrives before its turn waits, and is asked for after
// gapTime; what the customer does not have any more is a gap, which is written down.

const (
	gapTime  = 200 * time.Millisecond
	maxAsked = 3 // resends without an answer; then only the whole document helps
)

// Gap is a part of a lane that was not stored: the positions from From to To.
type Gap struct {
	Lane wire.Lane `json:"lane"`
	From uint32    `json:"from"`
	To   uint32    `json:"to"`
}

// stream is one lane of one document.
type stream struct {
	lane      wire.Lane
	begun     bool // something of it was stored
	last      uint32
	durable   uint32
	held      map[uint32]wire.Frame
	heldBytes int
	missingAt time.Time // since when the next one is missed; zero: it is not
	asked     int
}

// verdict says what to do with a frame.
type verdict struct {
	store []wire.Frame // in this order
	gap   *Gap
}

// take says what becomes storable with f.
func (s *stream) take(f wire.Frame, now time.Time) verdict {
	var v verdict
	switch {
	case f.Kind == wire.KindKeyframe:
		if s.begun && f.Seq < s.last {
			return v // older than what is there: a point to begin at, but not here
		}
		if s.begun && f.Seq > s.last {
			v.gap = &Gap{s.lane, s.last + 1, f.Seq}
		}
		v.store, s.last = append(v.store, f), f.Seq
	case !s.begun && f.Kind == wire.KindOps:
		return v // unreadable without what it stands on
	case !s.begun && f.Kind == wire.KindEntries && f.Flags&wire.FlagFresh != 0:
		// Telemetry begins anywhere that can be read from nothing.
		if f.Seq > 1 {
			v.gap = &Gap{s.lane, 1, f.Seq - 1}
		}
		v.store, s.last = append(v.store, f), f.Seq
	case f.Seq <= s.last:
		return v
	case f.Seq == s.last+1:
		v.store, s.last = append(v.store, f), f.Seq
	default:
		s.hold(f, now)
		return v
	}
	s.begun = true
	for {
		next, ok := s.held[s.last+1]
		if !ok {
			break
		}
		s.drop(next.Seq)
		v.store, s.last = append(v.store, next), next.Seq
	}
	for seq := range s.held {
		if seq <= s.last {
			s.drop(seq)
		}
	}
	s.asked, s.missingAt = 0, time.Time{}
	if len(s.held) > 0 {
		s.missingAt = now
	}
	return v
}

// hold keeps what came before its turn, as far as there is room; the rest is asked for again.
func (s *stream) hold(f wire.Frame, now time.Time) {
	if s.missingAt.IsZero() {
		s.missingAt = now
	}
	if _, known := s.held[f.Seq]; known || s.heldBytes+len(f.Payload) > wire.MaxHeld {
		return
	}
	if s.held == nil {
		s.held = map[uint32]wire.Frame{}
	}
	s.held[f.Seq] = f
	s.heldBytes += len(f.Payload)
}

func (s *stream) drop(seq uint32) {
	s.heldBytes -= len(s.held[seq].Payload)
	delete(s.held, seq)
}

// skip goes on at from: the customer has nothing of what is before it any more.
func (s *stream) skip(from uint32) *Gap {
	if from <= s.last+1 {
		return nil
	}
	gap := &Gap{s.lane, s.last + 1, from - 1}
	s.last = from - 1
	// The frame at from can be read from nothing.
	s.asked, s.missingAt = 0, time.Time{}
	return gap
}

// ask says what to ask for now: `resend`, `keyframe`, or nothing.
func (s *stream) ask(now time.Time) string {
	if s.missingAt.IsZero() || now.Sub(s.missingAt) < gapTime<<s.asked {
		return ""
	}
	s.asked++
	if s.asked > maxAsked && s.lane == wire.LaneDOM {
		s.asked = maxAsked
		return "keyframe"
	}
	s.asked = min(s.asked, maxAsked+1)
	return "resend"
}

// again forgets what is held: what was under way over a link that is gone comes again.
func (s *stream) again() {
	s.held, s.heldBytes, s.missingAt, s.asked = nil, 0, time.Time{}, 0
}
