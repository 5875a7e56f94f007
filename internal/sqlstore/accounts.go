package sqlstore

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"ridealong/internal/auth"
	"ridealong/session"
)

// Accounts is the Store of package auth.
func (db *DB) Accounts() auth.Store { return accounts{db} }

type accounts struct{ db *DB }

// authError speaks auth's words for what happened.
func authError(err error) error {
	switch {
	case errors.Is(err, session.ErrNotFound):
		return auth.ErrNotFound
	case errors.Is(err, session.ErrConflict):
		return auth.ErrConflict
	}
	return err
}

func key(h auth.Hash) string { return hex.EncodeToString(h[:]) }

func (a accounts) CreateAccount(ctx context.Context, account auth.Account, password string, now time.Time) error {
	return authError(insertAccount(ctx, a.db.write, account, password, now))
}

func insertAccount(ctx context.Context, q querier, account auth.Account, password string, now time.Time) error {
	r, err := q.ExecContext(ctx, `INSERT INTO accounts (id, email, name, role, password, created_at) VALUES ($1,$2,$3,$4,$5,$6) ON CONFLICT DO NOTHING`,
		account.ID, account.Email, account.Name, account.Role, password, toMicros(now))
	return changed(r, err, session.ErrConflict)
}

func (a accounts) CreateFirst(ctx context.Context, setup auth.Hash, account auth.Account, password string, now time.Time) error {
	return authError(a.db.tx(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `DELETE FROM one_time WHERE secret = $1 AND purpose = 'setup' AND expires_at > $2`, key(setup), toMicros(now))
		if err := changed(r, err, session.ErrNotFound); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM accounts`).Scan(&n); err != nil {
			return found(err)
		}
		if n > 0 {
			return session.ErrConflict
		}
		return insertAccount(ctx, tx, account, password, now)
	}))
}

func (a accounts) Account(ctx context.Context, id string) (account auth.Account, err error) {
	err = a.db.read.QueryRowContext(ctx, `SELECT id, email, name, role FROM accounts WHERE id = $1`, id).
		Scan(&account.ID, &account.Email, &account.Name, &account.Role)
	return account, authError(found(err))
}

func (a accounts) AccountByEmail(ctx context.Context, email string) (account auth.Account, password string, err error) {
	err = a.db.read.QueryRowContext(ctx, `SELECT id, email, name, role, password FROM accounts WHERE email = $1`, email).
		Scan(&account.ID, &account.Email, &account.Name, &account.Role, &password)
	return account, password, authError(found(err))
}

func (a accounts) Accounts(ctx context.Context) (n int, err error) {
	err = a.db.read.QueryRowContext(ctx, `SELECT count(*) FROM accounts`).Scan(&n)
	return n, found(err)
}

func (a accounts) PutLogin(ctx context.Context, l auth.Login) error {
	_, err := a.db.write.ExecContext(ctx, `INSERT INTO logins (secret, account, created_at, seen_at) VALUES ($1,$2,$3,$4)`,
		key(l.Secret), l.Account, toMicros(l.CreatedAt), toMicros(l.SeenAt))
	return found(err)
}

func (a accounts) Login(ctx context.Context, secret auth.Hash) (auth.Login, error) {
	l := auth.Login{Secret: secret}
	var created, seen int64
	err := a.db.read.QueryRowContext(ctx, `SELECT account, created_at, seen_at FROM logins WHERE secret = $1`, key(secret)).Scan(&l.Account, &created, &seen)
	l.CreatedAt, l.SeenAt = fromMicros(created), fromMicros(seen)
	return l, authError(found(err))
}

func (a accounts) TouchLogin(ctx context.Context, secret auth.Hash, now time.Time) error {
	_, err := a.db.write.ExecContext(ctx, `UPDATE logins SET seen_at = $1 WHERE secret = $2`, toMicros(now), key(secret))
	return found(err)
}

func (a accounts) DropLogin(ctx context.Context, secret auth.Hash) error {
	_, err := a.db.write.ExecContext(ctx, `DELETE FROM logins WHERE secret = $1`, key(secret))
	return found(err)
}

func (a accounts) DropStale(ctx context.Context, seen, made, now time.Time) error {
	return a.db.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM logins WHERE seen_at <= $1 OR created_at <= $2`, toMicros(seen), toMicros(made))
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM one_time WHERE expires_at <= $1`, toMicros(now))
		}
		return found(err)
	})
}

func (a accounts) PutOneTime(ctx context.Context, o auth.OneTime) error {
	return a.db.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM one_time WHERE purpose = $1 AND account = $2`, o.Purpose, o.Account)
		if err == nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO one_time (secret, purpose, account, expires_at) VALUES ($1,$2,$3,$4)`,
				key(o.Secret), o.Purpose, o.Account, toMicros(o.ExpiresAt))
		}
		return found(err)
	})
}

func (a accounts) TakeOneTime(ctx context.Context, secret auth.Hash, purpose string, now time.Time) (auth.OneTime, error) {
	o := auth.OneTime{Secret: secret, Purpose: purpose}
	var expires int64
	err := a.db.write.QueryRowContext(ctx, `DELETE FROM one_time WHERE secret = $1 AND purpose = $2 AND expires_at > $3 RETURNING account, expires_at`,
		key(secret), purpose, toMicros(now)).Scan(&o.Account, &expires)
	o.ExpiresAt = fromMicros(expires)
	return o, authError(found(err))
}
