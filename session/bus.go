package session

import "context"

// Bus carries small events between the parts of one or many server processes.
//
// Guarantees: at most once; per subject and publisher in order; a slow subscriber loses messages (counted), it never blocks a
// publisher; after Close nothing is delivered. Bulk data does not cross the bus. sessiontest.Bus is the conformance suite.
type Bus interface {
	// Publish sends data (at most 256 KiB) to the current subscribers of subject.
	Publish(ctx context.Context, subject string, data []byte) error
	// Subscribe calls handle, one message at a time, until stop is called or ctx is done. handle must not block.
	// A subject may end in ".>" to match everything below.
	Subscribe(ctx context.Context, subject string, handle func(subject string, data []byte)) (stop func(), err error)
	// Request asks the one subscriber that answers subject; ErrNotFound when there is none.
	Request(ctx context.Context, subject string, data []byte) ([]byte, error)
	// Answer serves requests on subject until stop.
	Answer(ctx context.Context, subject string, answer func(data []byte) []byte) (stop func(), err error)
	Close() error
}

// Subject of a session's events; the payload is an Event in JSON.
func Subject(session string) string { return "rl.s." + session + ".event" }

// AllSubjects matches the events of every session.
const AllSubjects = "rl.s.>"

// Event is something the rooms of a session have to know.
type Event struct {
	Kind        EventKind `json:"kind"`
	Session     string    `json:"session"`
	Participant string    `json:"participant,omitempty"` // of EventRemoved
	Reason      string    `json:"reason,omitempty"`      // of EventEnded: a wire.EndReason
}

// EventKind names what happened.
type EventKind string

const (
	EventEnded       EventKind = "ended"        // rooms send `ended` and close
	EventClaimed     EventKind = "claimed"      // a customer is on the way
	EventSecondClaim EventKind = "second-claim" // rooms tell the agents
	EventConsent     EventKind = "consent"      // the customer took something back
	EventRemoved     EventKind = "removed"      // a participant was taken out for good, the session goes on: relays close their allocations
)
