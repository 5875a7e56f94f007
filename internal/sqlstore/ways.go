package sqlstore

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"ridealong/session"
)

// text is how a hash is kept: hex, so that every database compares it alike.
func text(h session.Hash) string { return hex.EncodeToString(h[:]) }

func hash(s string) (h session.Hash) {
	_, _ = hex.Decode(h[:], []byte(s)) // what is not a hash is the zero one, which matches nothing
	return h
}

func (s sessions) Link(ctx context.Context, auth session.Hash) (session.MagicLink, error) {
	return link(ctx, s.db.read, auth)
}

func link(ctx context.Context, q querier, auth session.Hash) (session.MagicLink, error) {
	l := session.MagicLink{Auth: auth}
	var expires int64
	err := q.QueryRowContext(ctx, `SELECT session, expires_at, claimed_by FROM links WHERE auth = $1`, text(auth)).Scan(&l.Session, &expires, &l.ClaimedBy)
	l.ExpiresAt = fromMicros(expires)
	return l, found(err)
}

func (s sessions) ClaimLink(ctx context.Context, auth session.Hash, c session.Claimant, now time.Time) (session.Session, session.Participant, error) {
	return s.claim(ctx, c, now, func(tx querier) (string, error) {
		l, err := link(ctx, tx, auth)
		if err == nil && !now.Before(l.ExpiresAt) {
			err = session.ErrNotFound
		}
		return l.Session, err
	})
}

// claim makes c the customer of the session that a link or code leads to.
func (s sessions) claim(ctx context.Context, c session.Claimant, now time.Time, find func(querier) (string, error)) (out session.Session, p session.Participant, err error) {
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		id, err := find(tx)
		if err != nil {
			return err
		}
		p = c.Participant
		if out, err = update(ctx, tx, id, func(s *session.Session) error {
			p.Session, p.Leg = id, s.NextLeg
			s.NextLeg++
			return s.Claim(c, now)
		}); err != nil {
			return err
		}
		if err := insertParticipant(ctx, tx, p); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE links SET claimed_by = $1 WHERE session = $2`, p.ID, id); err != nil {
			return fmt.Errorf("sqlstore: %w", err)
		}
		c.Handoff.Session, c.Handoff.Participant = id, p.ID
		return putTicket(ctx, tx, c.Handoff)
	})
	if err != nil {
		return session.Session{}, session.Participant{}, err
	}
	return out, p, nil
}

// dropWays leaves nothing that opens a session.
func dropWays(ctx context.Context, tx querier, id string) error {
	for _, table := range []string{"links", "codes", "tickets"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE session = $1`, id); err != nil {
			return fmt.Errorf("sqlstore: %w", err)
		}
	}
	return nil
}

func (s sessions) PutCode(ctx context.Context, c session.JoinCode) error {
	return s.db.tx(ctx, func(tx *sql.Tx) error {
		if err := going(ctx, tx, c.Session); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM codes WHERE session = $1`, c.Session); err != nil {
			return fmt.Errorf("sqlstore: %w", err)
		}
		r, err := tx.ExecContext(ctx, `INSERT INTO codes (code, session, expires_at) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING`,
			text(c.Code), c.Session, toMicros(c.ExpiresAt))
		return changed(r, err, session.ErrConflict)
	})
}

// going fails with ErrNotFound for a session that is unknown or over.
func going(ctx context.Context, tx querier, id string) error {
	var one int
	return found(tx.QueryRowContext(ctx, `SELECT 1 FROM sessions WHERE id = $1 AND ended_at = 0`, id).Scan(&one))
}

func (s sessions) Code(ctx context.Context, code session.Hash, now time.Time) (session.JoinCode, error) {
	return joinCode(ctx, s.db.read, code, now)
}

func joinCode(ctx context.Context, q querier, code session.Hash, now time.Time) (session.JoinCode, error) {
	c := session.JoinCode{Code: code}
	var expires int64
	err := found(q.QueryRowContext(ctx, `SELECT session, expires_at FROM codes WHERE code = $1 AND expires_at > $2`, text(code), toMicros(now)).
		Scan(&c.Session, &expires))
	if err != nil {
		return session.JoinCode{}, err
	}
	c.ExpiresAt = fromMicros(expires)
	return c, nil
}

func (s sessions) ClaimCode(ctx context.Context, code session.Hash, c session.Claimant, now time.Time) (session.Session, session.Participant, error) {
	return s.claim(ctx, c, now, func(tx querier) (string, error) {
		found, err := joinCode(ctx, tx, code, now)
		return found.Session, err
	})
}

func (s sessions) PutTicket(ctx context.Context, t session.Ticket) error {
	return s.db.tx(ctx, func(tx *sql.Tx) error {
		if err := going(ctx, tx, t.Session); err != nil {
			return err
		}
		return putTicket(ctx, tx, t)
	})
}

func putTicket(ctx context.Context, tx querier, t session.Ticket) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO tickets (secret, kind, session, participant, expires_at) VALUES ($1,$2,$3,$4,$5)`,
		text(t.Secret), t.Kind, t.Session, t.Participant, toMicros(t.ExpiresAt))
	return found(err)
}

func (s sessions) TakeTicket(ctx context.Context, secret session.Hash, kind string, resume session.Hash, now time.Time) (p session.Participant, err error) {
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		var id string
		if err := found(tx.QueryRowContext(ctx, `DELETE FROM tickets WHERE secret = $1 AND kind = $2 AND expires_at > $3 RETURNING participant`,
			text(secret), kind, toMicros(now)).Scan(&id)); err != nil {
			return err
		}
		p, err = scanParticipant(tx.QueryRowContext(ctx, `UPDATE participants SET resume = $1, resume_before = $2 WHERE id = $3 RETURNING `+participantColumns,
			text(resume), text(session.Hash{}), id))
		return err
	})
	if err != nil {
		return session.Participant{}, err
	}
	return p, nil
}
