// Package session is the domain: sessions, participants, magic links, join codes, consent, capabilities and their states.
// It knows no transport and no storage: Store and Bus are what it needs of the world.
//
// Guarantees: a link has one claimant; a state is followed only by what state.go allows; a session that is over, or past its time
// by the Service's clock, opens nothing, whether or not it was swept yet; of every secret only a hash is kept; what a participant
// has to know goes out on the Bus after it is on disk, and what ended is announced again for a while, so that a lost event costs
// seconds and not the promise.
package session
