package session

import (
	"context"
	"fmt"

	"ridealong/wire"
)

// ArchiverName is what customer and agents read of the participant who keeps a recording.
const ArchiverName = "Recording"

// Archive opens the session's place for its archiver, made when there is none yet. ErrForbidden where the customer did not agree to a
// recording or took that back, ErrEnded when the session is over.
func (s *Service) Archive(ctx context.Context, id string) (Opened, error) {
	session, err := s.c.Store.Session(ctx, id)
	if err != nil {
		return Opened{}, err
	}
	now := s.c.Now()
	switch {
	case !session.Running(now):
		return Opened{}, ErrEnded
	case !session.Consent.View || !session.Consent.Record:
		return Opened{}, ErrForbidden
	}
	people, err := s.c.Store.Participants(ctx, id)
	if err != nil {
		return Opened{}, err
	}
	for _, p := range people {
		if p.Role == wire.RoleArchiver {
			return Opened{Session: session, Participant: p, Participants: people}, nil
		}
	}
	p, err := s.c.Store.AddParticipant(ctx, Participant{
		ID: newID(now), Session: id, Role: wire.RoleArchiver, Name: ArchiverName,
		Grants: []Grant{{Capability: CapView, At: now}, {Capability: CapRecord, At: now}},
	})
	if err != nil {
		return Opened{}, fmt.Errorf("session: archiver: %w", err)
	}
	return Opened{Session: session, Participant: p, Participants: append(people, p)}, nil
}
