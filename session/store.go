package session

import (
	"context"
	"errors"
	"time"
)

// Errors of a Store that callers branch on.
var (
	ErrNotFound = errors.New("session: not found")
	ErrConflict = errors.New("session: changed meanwhile") // a compare-and-set found something else
)

// Store keeps sessions, participants and credentials. Every method is one transaction; when it returns nil the change is on disk.
// Implementations: sessiontest's memory store (the reference) and internal/sqlstore. sessiontest.Store is the conformance suite.
//
// A session that is over has no links, codes or tickets: the transaction that ends it drops them, and none is put afterwards.
type Store interface {
	CreateSession(ctx context.Context, s Session, link MagicLink) error
	Session(ctx context.Context, id string) (Session, error)
	// Sessions lists newest first; before is the id of the last one seen, empty for the first page.
	Sessions(ctx context.Context, project, before string, limit int) ([]Session, error)
	// UpdateSession reads, calls change and writes in one transaction. What change returns as error is returned and nothing is written.
	// change must not call the Store.
	UpdateSession(ctx context.Context, id string, change func(*Session) error) (Session, error)

	Link(ctx context.Context, auth Hash) (MagicLink, error)
	// ClaimLink does Session.Claim, adds the claimant as participant with the next leg and keeps the hand-off.
	// ErrConflict when somebody else was first; unknown, expired and over are ErrNotFound.
	ClaimLink(ctx context.Context, auth Hash, c Claimant, now time.Time) (Session, Participant, error)

	// PutCode keeps a code in place of the session's code before it. ErrConflict when another session has this one now;
	// ErrNotFound when the session is unknown or over.
	PutCode(ctx context.Context, c JoinCode) error
	// Code finds an unexpired code.
	Code(ctx context.Context, code Hash, now time.Time) (JoinCode, error)
	// ClaimCode is ClaimLink by code.
	ClaimCode(ctx context.Context, code Hash, c Claimant, now time.Time) (Session, Participant, error)

	// AddParticipant gives p the session's next leg and returns it.
	AddParticipant(ctx context.Context, p Participant) (Participant, error)
	Participant(ctx context.Context, id string) (Participant, error)
	Participants(ctx context.Context, session string) ([]Participant, error)

	// PutTicket keeps a ticket; ErrNotFound when its session is unknown or over.
	PutTicket(ctx context.Context, t Ticket) error
	// TakeTicket uses a ticket up and makes resume the only resume token of its participant.
	// Expired, used, of another kind and unknown are all ErrNotFound.
	TakeTicket(ctx context.Context, secret Hash, kind string, resume Hash, now time.Time) (Participant, error)
	// Resume finds the participant whose newest or previous resume token this is and sets next as the newest.
	// Seeing the newest makes the previous worthless; seeing the previous keeps it and replaces the newest.
	Resume(ctx context.Context, token, next Hash) (Participant, error)

	// Expire ends what is past its time, forgets expired codes and tickets, and returns the sessions it ended (at most 500 in a call).
	Expire(ctx context.Context, now time.Time) ([]Session, error)
	// Ended lists the sessions that ended at since or later.
	Ended(ctx context.Context, since time.Time) ([]Session, error)
}
