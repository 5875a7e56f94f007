package wire

import "encoding/json"

// Signaling messages (PROTOCOL.md §2). These structs are the source: message.gen.ts is generated from them.
// Every message has a `type`; Type* below lists them.

// Role is what a participant is in a session.
type Role string

const (
	RoleCustomer Role = "customer" // the person whose page is shared
	RoleAgent    Role = "agent"    // the support person who may act
	RoleObserver Role = "observer" // may only watch
	RoleArchiver Role = "archiver" // the server's recorder
)

// Participant as the others in the room see it.
type Participant struct {
	ID   string `json:"id"`
	Leg  uint32 `json:"leg"` // its address in relayed messages and fallback frames; stable for the session
	Role Role   `json:"role"`
	Name string `json:"name"` // what the server knows, never what the other side chose
	Here bool   `json:"here"` // has a socket now
}

// Credential opens a socket.
type Credential struct {
	Kind  string `json:"kind"` // CredentialHandoff, CredentialResume, CredentialTicket
	Value string `json:"value"`
}

const (
	CredentialHandoff = "handoff"
	CredentialResume  = "resume"
	CredentialTicket  = "ticket"
)

// Consent is what the customer agreed to.
type Consent struct {
	View        bool   `json:"view"`
	Control     bool   `json:"control"`
	Record      bool   `json:"record"`
	TextVersion string `json:"textVersion"`
}

// ICEServer as RTCPeerConnection takes it.
type ICEServer struct {
	URLs       []string `json:"urls"`
	Username   string   `json:"username,omitempty"`
	Credential string   `json:"credential,omitempty"`
}

// Hello is the first message of a client.
type Hello struct {
	Type       string     `json:"type" ts:"'hello'"`
	V          int        `json:"v"`
	Credential Credential `json:"credential"`
	Epoch      uint32     `json:"epoch,omitempty"` // customer: the document it already has
	URL        string     `json:"url,omitempty"`   // customer: reduced, for the session list
	Title      string     `json:"title,omitempty"`
}

// Welcome answers a hello.
type Welcome struct {
	Type         string        `json:"type" ts:"'welcome'"`
	V            int           `json:"v"`
	Session      string        `json:"session"`
	Participant  Participant   `json:"participant"`
	Resume       string        `json:"resume"`
	Epoch        uint32        `json:"epoch"`
	ICEServers   []ICEServer   `json:"iceServers"`
	RelayOnly    bool          `json:"relayOnly"`
	Participants []Participant `json:"participants"`
	Consent      Consent       `json:"consent"`
	Privacy      *Privacy      `json:"privacy,omitempty"` // to customers
	Archive      string        `json:"archive,omitempty"` // to customers who agreed to a recording: base64url of the key of links with the archiver
}

// ICE renews what a welcome said of ways between browsers: what opens a relay expires.
type ICE struct {
	Type       string      `json:"type" ts:"'ice'"`
	ICEServers []ICEServer `json:"iceServers"`
}

// Privacy is what an operator hides on every page, beside what the site hides. It shows nothing.
type Privacy struct {
	Mode  string `json:"mode,omitempty" ts:"'strict'"`
	Mask  string `json:"mask,omitempty"` // selectors
	Block string `json:"block,omitempty"`
}

// Presence is the whole list of participants, after every change.
type Presence struct {
	Type         string        `json:"type" ts:"'presence'"`
	Participants []Participant `json:"participants"`
}

// Ended says that the session is over; the close code `ended` follows.
type Ended struct {
	Type   string `json:"type" ts:"'ended'"`
	Reason string `json:"reason" ts:"EndReason"`
}

// Error answers a message that could not be taken; the socket stays.
type Error struct {
	Type    string `json:"type" ts:"'error'"`
	Code    string `json:"code"`
	Message string `json:"message"` // for people
}

// SecondClaim tells agents that somebody else tried the link.
type SecondClaim struct {
	Type string `json:"type" ts:"'second-claim'"`
}

// Dropped tells a sender that its fallback frames did not fit the receiver's queue.
type Dropped struct {
	Type   string `json:"type" ts:"'dropped'"`
	To     uint32 `json:"to"`
	Reason string `json:"reason"`
	Count  int    `json:"count"`
}

// Ping and Pong measure the way to the server; T is the sender's own number.
type Ping struct {
	Type string  `json:"type" ts:"'ping'"`
	T    float64 `json:"t"`
}

// Pong answers Ping.
type Pong struct {
	Type string  `json:"type" ts:"'pong'"`
	T    float64 `json:"t"`
}

// Leave says that this participant goes; the session stays.
type Leave struct {
	Type   string `json:"type" ts:"'leave'"`
	Reason string `json:"reason"`
}

// End ends the session for everybody.
type End struct {
	Type   string `json:"type" ts:"'end'"`
	Reason string `json:"reason,omitempty" ts:"EndReason"`
}

// Withdraw changes what the customer agreed to; less only.
type Withdraw struct {
	Type    string  `json:"type" ts:"'consent'"`
	Consent Consent `json:"consent"`
}

// Page tells the server where the customer is, for the session list.
type Page struct {
	Type  string `json:"type" ts:"'page'"`
	URL   string `json:"url"`
	Title string `json:"title"`
}

// NewTab asks for a hand-off for another tab of the customer's.
type NewTab struct {
	Type string `json:"type" ts:"'new-tab'"`
}

// Handoff answers NewTab: it opens one socket within HandoffLife, as a participant of its own.
type Handoff struct {
	Type  string `json:"type" ts:"'handoff'"`
	Value string `json:"value"`
}

// Address of a relayed message: To from the client, From from the server.
type Address struct {
	To   uint32 `json:"to,omitempty"`
	From uint32 `json:"from,omitempty"`
	Link string `json:"link"`
}

// Description is an RTCSessionDescription.
type Description struct {
	Type string `json:"type" ts:"'offer' | 'answer' | 'pranswer' | 'rollback'"`
	SDP  string `json:"sdp"`
}

// Greet begins a link (customer to agent).
type Greet struct {
	Type string `json:"type" ts:"'greet'"`
	Address
	Nonce       string       `json:"nonce"`
	Description *Description `json:"description,omitempty"`
}

// Accept answers Greet (agent to customer).
type Accept struct {
	Type string `json:"type" ts:"'accept'"`
	Address
	Nonce       string       `json:"nonce"`
	Description *Description `json:"description,omitempty"`
	Proof       string       `json:"proof"`
}

// Proof is the customer's, after it verified the agent's.
type Proof struct {
	Type string `json:"type" ts:"'proof'"`
	Address
	Proof string `json:"proof"`
}

// Negotiate carries a later description.
type Negotiate struct {
	Type string `json:"type" ts:"'description'"`
	Address
	Description Description `json:"description"`
	Proof       string      `json:"proof,omitempty"`
}

// Candidate carries an ICE candidate, null at the end of candidates.
type Candidate struct {
	Type string `json:"type" ts:"'candidate'"`
	Address
	Candidate json.RawMessage `json:"candidate" ts:"RTCIceCandidateInit | null"`
}

// Unlink gives a link up.
type Unlink struct {
	Type string `json:"type" ts:"'unlink'"`
	Address
	Code string `json:"code"`
}

// KeyCommit, KeyShare and KeyReveal make a key where the link carried none (PROTOCOL.md §5.4).
type KeyCommit struct {
	Type string `json:"type" ts:"'key-commit'"`
	Address
	Commit string `json:"commit"`
}

// KeyShare is the agent's public key.
type KeyShare struct {
	Type string `json:"type" ts:"'key-share'"`
	Address
	Pub string `json:"pub"`
}

// KeyReveal opens the commitment.
type KeyReveal struct {
	Type string `json:"type" ts:"'key-reveal'"`
	Address
	Pub string `json:"pub"`
	R   string `json:"r"`
}

// EndReason says why a session is over.
type EndReason string

const (
	EndCustomer EndReason = "customer" // the customer stopped
	EndAgent    EndReason = "agent"    // the agent ended or revoked it
	EndExpired  EndReason = "expired"
	EndTampered EndReason = "tampered" // a proof was wrong
)
