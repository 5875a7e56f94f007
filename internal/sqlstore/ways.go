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

func (s sessions) ClaimLink(ctx context.Context, auth session.Hash, p session.Participant, c session.Consent, now time.Time) (out session.Session, err error) {
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		l, err := link(ctx, tx, auth)
		if err != nil {
			return err
		}
		if !now.Before(l.ExpiresAt) {
			return session.ErrNotFound
		}
		out, err = claim(ctx, tx, l.Session, p, c)
		return err
	})
	return out, err
}

// claim makes p the customer of a session that waits for one.
func claim(ctx context.Context, tx querier, id string, p session.Participant, c session.Consent) (session.Session, error) {
	out, err := update(ctx, tx, id, func(s *session.Session) error {
		if s.State != session.StatePending {
			return session.ErrConflict
		}
		p.Session, p.Leg = id, s.NextLeg
		s.NextLeg++
		s.State, s.Consent = session.StateClaimed, c
		return nil
	})
	if err != nil {
		return session.Session{}, err
	}
	if err := insertParticipant(ctx, tx, p); err != nil {
		return session.Session{}, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE links SET claimed_by = $1 WHERE session = $2`, p.ID, id)
	return out, found(err)
}

func (s sessions) DropLinks(ctx context.Context, id string) error {
	return s.db.tx(ctx, func(tx *sql.Tx) error { return dropLinks(ctx, tx, id) })
}

func dropLinks(ctx context.Context, tx querier, id string) error {
	for _, table := range []string{"links", "codes", "tickets"} {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE session = $1`, id); err != nil {
			return fmt.Errorf("sqlstore: %w", err)
		}
	}
	return nil
}

func (s sessions) PutCode(ctx context.Context, c session.JoinCode) error {
	r, err := s.db.write.ExecContext(ctx, `INSERT INTO codes (code, session, expires_at, tries) VALUES ($1,$2,$3,$4) ON CONFLICT DO NOTHING`,
		text(c.Code), c.Session, toMicros(c.ExpiresAt), c.Tries)
	return changed(r, err, session.ErrConflict)
}

func (s sessions) TryCode(ctx context.Context, code session.Hash, now time.Time) (session.JoinCode, error) {
	return tryCode(ctx, s.db.read, code, now)
}

func tryCode(ctx context.Context, q querier, code session.Hash, now time.Time) (session.JoinCode, error) {
	c := session.JoinCode{Code: code}
	var expires int64
	err := q.QueryRowContext(ctx, `SELECT session, expires_at, tries FROM codes WHERE code = $1 AND expires_at > $2 AND tries > 0`, text(code), toMicros(now)).
		Scan(&c.Session, &expires, &c.Tries)
	c.ExpiresAt = fromMicros(expires)
	return c, found(err)
}

func (s sessions) ClaimCode(ctx context.Context, code session.Hash, p session.Participant, c session.Consent, now time.Time) (out session.Session, err error) {
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		found, err := tryCode(ctx, tx, code, now)
		if err != nil {
			return err
		}
		out, err = claim(ctx, tx, found.Session, p, c)
		return err
	})
	return out, err
}

func (s sessions) PutTicket(ctx context.Context, t session.Ticket) error {
	_, err := s.db.write.ExecContext(ctx, `INSERT INTO tickets (secret, kind, session, participant, expires_at) VALUES ($1,$2,$3,$4,$5)`,
		text(t.Secret), t.Kind, t.Session, t.Participant, toMicros(t.ExpiresAt))
	return found(err)
}

func (s sessions) TakeTicket(ctx context.Context, secret session.Hash, kind string, now time.Time) (session.Ticket, error) {
	t := session.Ticket{Secret: secret, Kind: kind}
	var expires int64
	err := s.db.write.QueryRowContext(ctx, `DELETE FROM tickets WHERE secret = $1 AND kind = $2 AND expires_at > $3 RETURNING session, participant, expires_at`,
		text(secret), kind, toMicros(now)).Scan(&t.Session, &t.Participant, &expires)
	t.ExpiresAt = fromMicros(expires)
	return t, found(err)
}
