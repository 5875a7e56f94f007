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
type Store interface {
	CreateSession(ctx context.Context, s Session, link MagicLink) error
	Session(ctx context.Context, id string) (Session, error)
	// Sessions lists newest first; before is the id of the last one seen, empty for the first page.
	Sessions(ctx context.Context, project, before string, limit int) ([]Session, error)
	// UpdateSession reads, calls change and writes in one transaction. What change returns as error is returned and nothing is written.
	UpdateSession(ctx context.Context, id string, change func(*Session) error) (Session, error)

	Link(ctx context.Context, auth Hash) (MagicLink, error)
	// ClaimLink makes p the link's one customer and its session `claimed` with this consent: ErrConflict when somebody else did.
	ClaimLink(ctx context.Context, auth Hash, p Participant, consent Consent, now time.Time) (Session, error)
	// DropLinks removes a session's links, codes and tickets, so that nothing opens it any more.
	DropLinks(ctx context.Context, session string) error

	PutCode(ctx context.Context, c JoinCode) error
	// TryCode finds an unexpired code with tries left; a wrong one costs nothing here (rate limits are the caller's).
	TryCode(ctx context.Context, code Hash, now time.Time) (JoinCode, error)
	// ClaimCode is ClaimLink by code; it uses the session's link up.
	ClaimCode(ctx context.Context, code Hash, p Participant, consent Consent, now time.Time) (Session, error)

	// AddParticipant gives p the session's next leg and returns it.
	AddParticipant(ctx context.Context, p Participant) (Participant, error)
	Participant(ctx context.Context, id string) (Participant, error)
	Participants(ctx context.Context, session string) ([]Participant, error)

	PutTicket(ctx context.Context, t Ticket) error
	// TakeTicket uses a ticket up. Expired, used and unknown are all ErrNotFound.
	TakeTicket(ctx context.Context, secret Hash, kind string, now time.Time) (Ticket, error)
	// Resume finds the participant whose newest or previous resume token this is and sets next as the newest.
	// Seeing the newest makes the previous worthless; seeing the previous keeps it and replaces the newest.
	Resume(ctx context.Context, token, next Hash) (Participant, error)
	// SetResume sets the first resume token of a participant that came with a ticket or hand-off.
	SetResume(ctx context.Context, participant string, token Hash) error

	// Expire ends what is past its time and returns the sessions it ended.
	Expire(ctx context.Context, now time.Time) ([]Session, error)
}
