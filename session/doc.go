// Package session is the domain: sessions, participants, magic links, join codes, consent, capabilities and their states.
// It knows no transport and no storage: Store and Bus are what it needs of the world.
package session
