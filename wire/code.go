package wire

// Next is what a client does after its socket was closed.
type Next string

const (
	NextReconnect Next = "reconnect" // with backoff and jitter, the credential it has
	NextRenew     Next = "renew"     // get a new credential, then reconnect
	NextStop      Next = "stop"
)

// CloseCode is one line of the table of close codes (PROTOCOL.md §8).
type CloseCode struct {
	Code    int
	Name    string
	Next    Next
	Message string // for people
}

// The close codes. The list is the table of the protocol: nothing else is sent.
var (
	CloseDraining   = CloseCode{4000, "draining", NextReconnect, "The server restarts."}
	CloseSlow       = CloseCode{4001, "slow", NextReconnect, "This connection could not keep up."}
	CloseRate       = CloseCode{4002, "rate", NextReconnect, "Too many messages."}
	CloseHello      = CloseCode{4003, "hello-timeout", NextReconnect, "No hello arrived in time."}
	CloseInternal   = CloseCode{4004, "internal", NextReconnect, "The server met an error."}
	CloseCredential = CloseCode{4100, "bad-credential", NextRenew, "This credential is not valid any more."}
	CloseMessage    = CloseCode{4400, "bad-message", NextStop, "A message could not be read."}
	CloseOrigin     = CloseCode{4403, "bad-origin", NextStop, "This site is not on the project's list."}
	CloseTooLarge   = CloseCode{4413, "too-large", NextStop, "A message was too large."}
	CloseVersion    = CloseCode{4426, "bad-version", NextStop, "This page is out of date. Reload it."}
	CloseSuperseded = CloseCode{4409, "superseded", NextStop, "This session was opened somewhere else."}
	CloseEnded      = CloseCode{4410, "ended", NextStop, "The session has ended."}
)

// CloseCodes is the whole table, in order of code.
var CloseCodes = []CloseCode{
	CloseDraining, CloseSlow, CloseRate, CloseHello, CloseInternal,
	CloseCredential,
	CloseMessage, CloseOrigin, CloseSuperseded, CloseEnded, CloseTooLarge, CloseVersion,
}
