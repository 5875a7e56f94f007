package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"ridealong/session"
)

const participantColumns = `id, session, leg, role, name, account, resume, resume_before, grants`

func scanParticipant(row interface{ Scan(...any) error }) (p session.Participant, err error) {
	var resume, before, grants string
	if err := found(row.Scan(&p.ID, &p.Session, &p.Leg, &p.Role, &p.Name, &p.Account, &resume, &before, &grants)); err != nil {
		return session.Participant{}, err
	}
	p.Resume, p.Before = hash(resume), hash(before)
	if err := json.Unmarshal([]byte(grants), &p.Grants); err != nil {
		return session.Participant{}, fmt.Errorf("sqlstore: grants of %s: %w", p.ID, err)
	}
	return p, nil
}

func insertParticipant(ctx context.Context, tx querier, p session.Participant) error {
	grants, err := json.Marshal(p.Grants)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO participants (`+participantColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		p.ID, p.Session, p.Leg, p.Role, p.Name, p.Account, text(p.Resume), text(p.Before), string(grants))
	return found(err)
}

func (s sessions) AddParticipant(ctx context.Context, p session.Participant) (session.Participant, error) {
	err := s.db.tx(ctx, func(tx *sql.Tx) error {
		if _, err := update(ctx, tx, p.Session, func(one *session.Session) error {
			p.Leg = one.NextLeg
			one.NextLeg++
			return nil
		}); err != nil {
			return err
		}
		return insertParticipant(ctx, tx, p)
	})
	return p, err
}

func (s sessions) Participant(ctx context.Context, id string) (session.Participant, error) {
	return scanParticipant(s.db.read.QueryRowContext(ctx, `SELECT `+participantColumns+` FROM participants WHERE id = $1`, id))
}

func (s sessions) Participants(ctx context.Context, id string) (out []session.Participant, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+participantColumns+` FROM participants WHERE session = $1 ORDER BY leg`, id)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		p, err := scanParticipant(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

func (s sessions) Resume(ctx context.Context, token, next session.Hash) (session.Participant, error) {
	if token == (session.Hash{}) {
		return session.Participant{}, session.ErrNotFound
	}
	// The newest token becomes the one before; the one before stays, because its holder never saw the newest.
	return scanParticipant(s.db.write.QueryRowContext(ctx, `UPDATE participants
		SET resume_before = CASE WHEN resume = $1 THEN resume ELSE resume_before END, resume = $2
		WHERE resume = $1 OR resume_before = $1 RETURNING `+participantColumns, text(token), text(next)))
}
