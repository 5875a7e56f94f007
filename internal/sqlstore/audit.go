package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"ridealong/internal/audit"
	"ridealong/session"
)

// Audit is the Log of package audit.
func (db *DB) Audit() audit.Log { return auditLog{db} }

type auditLog struct{ db *DB }

func (a auditLog) Append(ctx context.Context, e audit.Entry) error {
	return a.db.tx(ctx, func(tx *sql.Tx) error {
		var before string
		err := found(tx.QueryRowContext(ctx, `SELECT n, hash FROM audit ORDER BY n DESC LIMIT 1`).Scan(&e.N, &before))
		if err != nil && !errors.Is(err, session.ErrNotFound) {
			return err
		}
		e.N++
		e = audit.Chained(e, before)
		_, err = tx.ExecContext(ctx, `INSERT INTO audit (n, at, actor, name, what, subject, detail, hash) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
			e.N, e.At.UnixMicro(), e.Actor, e.Name, e.What, e.Subject, e.Detail, e.Hash)
		return found(err)
	})
}

func (a auditLog) Entries(ctx context.Context, after int64, limit int) ([]audit.Entry, error) {
	scan := func(rows *sql.Rows) (e audit.Entry, err error) {
		var at int64
		err = rows.Scan(&e.N, &at, &e.Actor, &e.Name, &e.What, &e.Subject, &e.Detail, &e.Hash)
		e.At = fromMicros(at)
		return e, err
	}
	return scanAll(ctx, a.db.read, scan, `SELECT n, at, actor, name, what, subject, detail, hash FROM audit WHERE n > $1 ORDER BY n LIMIT $2`, after, limit)
}
