package session

import (
	"time"

	"ridealong/wire"
)

// State is where a session is in its life. The table of transitions is in state.go.
type State string

const (
	StatePending State = "pending" // the link exists, nobody claimed it
	StateClaimed State = "claimed" // a customer consented and was sent to the site
	StateLive    State = "live"    // the customer's recorder has connected at least once
	StateEnded   State = "ended"
	StateExpired State = "expired" // past its time: the link was not used, or the session lasted as long as it may
)

// Session is one co-browse session.
type Session struct {
	ID        string // 26 characters, Crockford base 32, sorts by creation
	Project   string // project id
	Owner     string // account id of the agent who made it
	OwnerName string // as it was when the session was made
	State     State
	Page      string // URL the customer is sent to; its origin is one of the project's
	Reference string // the agent's own words for this customer, may be empty
	URL       string // where the customer is now, reduced; for the list
	Title     string
	Consent   Consent
	Epoch     uint32 // the newest document of the customer
	NextLeg   uint32
	CreatedAt time.Time
	ExpiresAt time.Time // of the link while pending, of the session afterwards
	EndedAt   time.Time
	EndReason wire.EndReason
}

// Consent is what the customer agreed to, when, and to which text.
type Consent struct {
	wire.Consent
	At          time.Time
	WithdrawnAt time.Time
}

// Participant is one of a session's customers, agents, observers or archivers. A socket may come and go; the participant stays.
type Participant struct {
	ID      string
	Session string
	Leg     uint32
	Role    wire.Role
	Name    string
	Account string // of agents and observers
	Resume  Hash   // of the newest resume token
	Before  Hash   // of the one before, good until the newest is seen
	Grants  []Grant
}

// Capability is something a participant may do in the customer's page.
type Capability string

const (
	CapView     Capability = "view"
	CapPoint    Capability = "point"
	CapControl  Capability = "control"
	CapNavigate Capability = "navigate"
	CapRecord   Capability = "record"
)

// Grant gives a participant a capability until a time (zero: for the session).
type Grant struct {
	Capability Capability
	At         time.Time
	Until      time.Time
}

// Hash is of a secret: the only form in which a secret is kept. SHA-256 by HashOf for random ones, CodeHash for join codes.
type Hash [32]byte

// MagicLink is the server's half of a link (PROTOCOL.md §1).
type MagicLink struct {
	Auth      Hash // of the 16 bytes `auth`
	Session   string
	ExpiresAt time.Time
	ClaimedBy string // participant id, empty while nobody claimed
}

// JoinCode is the spoken way in: 8 Crockford characters, ten minutes, one at a time for a session. A wrong try names no code, so
// tries are limited where addresses are known.
type JoinCode struct {
	Code      Hash // by CodeHash
	Session   string
	ExpiresAt time.Time
}

// Claimant is the one who takes a pending session, and what comes with that.
type Claimant struct {
	Participant Participant // the Store fills in Session and Leg
	Consent     Consent
	Until       time.Time // when the session expires from now on
	Handoff     Ticket    // what opens the first socket; the Store fills in Session and Participant
}

// Ticket is a one-use credential: a hand-off (customer) or a socket ticket (agent).
type Ticket struct {
	Secret      Hash
	Kind        string // wire.CredentialHandoff, wire.CredentialTicket
	Session     string
	Participant string
	ExpiresAt   time.Time
}
