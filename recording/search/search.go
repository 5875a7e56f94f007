// Package search is what can be found again in recordings: moments, made from the entries that a page told, and the language in which
// one asks for them. It is pure: where moments are kept is the store's.
//
// Guarantees: nothing that a person typed into a field is in a moment; any text is a query or an error that names a place in it; what
// comes from a page is bounded before it is kept.
package search

import (
	"context"
	"time"
)

// Kind of a moment.
type Kind string

// Kinds of moments.
const (
	KindConsole    Kind = "console"
	KindError      Kind = "error" // that nobody caught, or what the browser refused
	KindRequest    Kind = "request"
	KindNavigation Kind = "navigation"
	KindClick      Kind = "click"
	KindRage       Kind = "rage-click"
	KindDead       Kind = "dead-click"
	KindForm       Kind = "form" // was sent
	KindMessage    Kind = "message"
	KindEvent      Kind = "event" // the site's own code says so
)

// Moment of a recording that can be found. Recording, Tab, Epoch and N name it.
type Moment struct {
	Recording string
	Tab       uint32
	Epoch     uint32
	N         uint32 // of the entry that made it
	At        int64  // ms since the recording began
	Kind      Kind
	Level     string // of a console line log, info, warn, error or debug; of an error "error"
	Method    string // of a request
	Status    int    // of a request; 0: there was no answer
	Took      int64  // ms, of a request
	Failed    bool   // of a request: no answer, or one of 400 and more
	URL       string // of a request, or where a navigation led
	Page      string // on which it was
	Title     string
	Detail    string
}

// Found is a moment with what the list shows of its recording.
type Found struct {
	Moment
	Place     int64 // of it in the order of answers: the next page is before it
	Started   time.Time
	Reference string
	Owner     string
}

// Store keeps moments. Implementations: Memory (the reference), internal/sqlstore.
type Store interface {
	// Add writes moments of a recording that began then, and counts them. One that is there already stays as it is, and is not counted.
	Add(ctx context.Context, recording string, began time.Time, moments []Moment) (Counts, error)
	// Counts all moments of a recording.
	Counts(ctx context.Context, recording string) (Counts, error)
	// Forget takes all moments of a recording out.
	Forget(ctx context.Context, recording string) error
	// Moments finds newest first; before is the Place of the last one seen, 0 for the newest.
	Moments(ctx context.Context, q Query, before int64, limit int) ([]Found, error)
	// Recordings finds ids of recordings, newest first; before is the last one seen. What a query asks of moments, one moment must have.
	Recordings(ctx context.Context, q Query, before string, limit int) ([]string, error)
	// Markers gives the marked moments of one recording, by time; of more than limit the first.
	Markers(ctx context.Context, recording string, limit int) ([]Moment, error)
	// Values lists what there is for a field and begins so, the most frequent or newest first.
	Values(ctx context.Context, field Field, prefix string, limit int) ([]string, error)
}
