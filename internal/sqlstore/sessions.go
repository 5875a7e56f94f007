package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"ridealong/session"
	"ridealong/wire"
)

// Sessions is the domain's Store.
func (db *DB) Sessions() session.Store { return sessions{db} }

type sessions struct{ db *DB }

const sessionColumns = `id, project, owner, owner_name, state, page, reference, url, title, consent_view, consent_control, consent_record,
	consent_text, consent_at, consent_withdrawn_at, epoch, next_leg, created_at, expires_at, ended_at, end_reason`

func scanSession(row interface{ Scan(...any) error }) (s session.Session, err error) {
	var consentAt, withdrawnAt, createdAt, expiresAt, endedAt int64
	c := &s.Consent
	err = row.Scan(&s.ID, &s.Project, &s.Owner, &s.OwnerName, &s.State, &s.Page, &s.Reference, &s.URL, &s.Title, &c.View, &c.Control, &c.Record,
		&c.TextVersion, &consentAt, &withdrawnAt, &s.Epoch, &s.NextLeg, &createdAt, &expiresAt, &endedAt, &s.EndReason)
	c.At, c.WithdrawnAt = fromMicros(consentAt), fromMicros(withdrawnAt)
	s.CreatedAt, s.ExpiresAt, s.EndedAt = fromMicros(createdAt), fromMicros(expiresAt), fromMicros(endedAt)
	return s, found(err)
}

func sessionValues(s session.Session) []any {
	c := s.Consent
	return []any{s.ID, s.Project, s.Owner, s.OwnerName, s.State, s.Page, s.Reference, s.URL, s.Title, c.View, c.Control, c.Record,
		c.TextVersion, toMicros(c.At), toMicros(c.WithdrawnAt), s.Epoch, s.NextLeg, toMicros(s.CreatedAt), toMicros(s.ExpiresAt), toMicros(s.EndedAt), s.EndReason}
}

func (s sessions) CreateSession(ctx context.Context, n session.Session, link session.MagicLink) error {
	return s.db.tx(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `INSERT INTO sessions (`+sessionColumns+`)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21) ON CONFLICT DO NOTHING`, sessionValues(n)...)
		if err := changed(r, err, session.ErrConflict); err != nil {
			return err
		}
		r, err = tx.ExecContext(ctx, `INSERT INTO links (auth, session, expires_at, claimed_by) VALUES ($1,$2,$3,'') ON CONFLICT DO NOTHING`,
			text(link.Auth), link.Session, toMicros(link.ExpiresAt))
		return changed(r, err, session.ErrConflict)
	})
}

func (s sessions) Session(ctx context.Context, id string) (session.Session, error) {
	return scanSession(s.db.read.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE id = $1`, id))
}

func (s sessions) Sessions(ctx context.Context, project, before string, limit int) ([]session.Session, error) {
	return s.sessions(ctx, `SELECT `+sessionColumns+` FROM sessions
		WHERE ($1 = '' OR project = $1) AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3`, project, before, limit)
}

func (s sessions) sessions(ctx context.Context, query string, args ...any) (out []session.Session, err error) {
	rows, err := s.db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scanSession(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

func (s sessions) UpdateSession(ctx context.Context, id string, change func(*session.Session) error) (out session.Session, err error) {
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		out, err = update(ctx, tx, id, change)
		return err
	})
	return out, err
}

func update(ctx context.Context, tx querier, id string, change func(*session.Session) error) (session.Session, error) {
	one, err := scanSession(tx.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE id = $1`, id))
	if err != nil {
		return session.Session{}, err
	}
	if err := change(&one); err != nil {
		return session.Session{}, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE sessions SET project=$2, owner=$3, owner_name=$4, state=$5, page=$6, reference=$7, url=$8, title=$9,
		consent_view=$10, consent_control=$11, consent_record=$12, consent_text=$13, consent_at=$14, consent_withdrawn_at=$15, epoch=$16, next_leg=$17,
		created_at=$18, expires_at=$19, ended_at=$20, end_reason=$21 WHERE id=$1`, sessionValues(one)...)
	if err == nil && one.State.Over() {
		err = dropWays(ctx, tx, id)
	}
	return one, found(err)
}

// expireAtOnce bounds how long a sweep keeps other writers waiting.
const expireAtOnce = 500

func (s sessions) Expire(ctx context.Context, now time.Time) (ended []session.Session, err error) {
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		ids, err := texts(ctx, tx, `SELECT id FROM sessions WHERE ended_at = 0 AND expires_at <= $1 LIMIT $2`, toMicros(now), expireAtOnce)
		if err != nil {
			return err
		}
		for _, id := range ids {
			one, err := update(ctx, tx, id, func(s *session.Session) error { return s.Finish(wire.EndExpired, now) })
			if err != nil {
				return err
			}
			ended = append(ended, one)
		}
		for _, table := range []string{"codes", "tickets"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE expires_at <= $1`, toMicros(now)); err != nil {
				return fmt.Errorf("sqlstore: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return ended, nil
}

func (s sessions) Ended(ctx context.Context, since time.Time) ([]session.Session, error) {
	return s.sessions(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE ended_at > 0 AND ended_at >= $1`, toMicros(since))
}

func texts(ctx context.Context, tx querier, query string, args ...any) (out []string, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("sqlstore: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
