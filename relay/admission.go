package relay

// Side is the side of a session that a holder is on.
type Side byte

// The two sides.
const (
	Customer Side = 'c'
	Agent    Side = 'a'
)

// Holder is whom a credential was made for. Both names are made of letters, digits, '-' and '_'.
type Holder struct {
	Session, Participant string
	Side                 Side
}

// Admission says who may use the relay and who may reach whom. It is asked by many goroutines, under a lock: it answers from memory.
type Admission interface {
	// Admits reports whether a holder of a credential may have an allocation now.
	Admits(Holder) bool
	// Connects reports whether what one sends may reach the other.
	Connects(from, to Holder) bool
}

// Opposite connects the two sides of one session and nobody else. Whether the session lives is the embedder's to say, by Revoke and by
// the life of the credentials that are made.
type Opposite struct{}

// Admits implements Admission.
func (Opposite) Admits(h Holder) bool { return h.Side == Customer || h.Side == Agent }

// Connects implements Admission.
func (Opposite) Connects(from, to Holder) bool {
	return from.Session == to.Session && from.Side != to.Side
}
