package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"ridealong/internal/sourcemaps"
	"ridealong/session"
)

// SourceMaps is the Store of package sourcemaps.
func (db *DB) SourceMaps() sourcemaps.Store { return sourceMaps{db} }

type sourceMaps struct{ db *DB }

const entryColumns = `script, told, size, kept, at`

func mapsError(err error) error {
	if errors.Is(err, session.ErrNotFound) {
		return sourcemaps.ErrNotFound
	}
	return err
}

func scanEntry(row interface{ Scan(...any) error }, more ...any) (e sourcemaps.Entry, err error) {
	var at int64
	err = row.Scan(append([]any{&e.Script, &e.Told, &e.Size, &e.Kept, &at}, more...)...)
	e.At = fromMicros(at)
	return e, mapsError(found(err))
}

func (s sourceMaps) Put(ctx context.Context, e sourcemaps.Entry, packed []byte, total int64) error {
	return s.db.tx(ctx, func(tx *sql.Tx) error {
		var others int64
		if err := tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(kept), 0) FROM source_maps WHERE script <> $1`, e.Script).Scan(&others); err != nil {
			return found(err)
		}
		if others+e.Kept > total {
			return fmt.Errorf("%w: the other maps take %d bytes, this one %d, and they may take %d", sourcemaps.ErrFull, others, e.Kept, total)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO source_maps (`+entryColumns+`, packed) VALUES ($1,$2,$3,$4,$5,$6)
			ON CONFLICT (script) DO UPDATE SET told = excluded.told, size = excluded.size, kept = excluded.kept, at = excluded.at, packed = excluded.packed`,
			e.Script, e.Told, e.Size, e.Kept, toMicros(e.At), packed)
		return found(err)
	})
}

func (s sourceMaps) Find(ctx context.Context, told string, n int) (f sourcemaps.Found, err error) {
	const newest = `FROM source_maps WHERE told = $1 AND at = (SELECT MAX(at) FROM source_maps WHERE told = $1)`
	f.Entry, err = scanEntry(s.db.read.QueryRowContext(ctx, `SELECT `+entryColumns+`, packed, (SELECT COUNT(*) `+newest+`) `+newest+` ORDER BY script LIMIT 1 OFFSET $2`, told, n),
		&f.Packed, &f.Alike)
	return f, err
}

func (s sourceMaps) List(ctx context.Context) (out []sourcemaps.Entry, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+entryColumns+` FROM source_maps ORDER BY told, at DESC, script`)
	if err != nil {
		return nil, found(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, found(rows.Err())
}

func (s sourceMaps) Delete(ctx context.Context, script string) error {
	r, err := s.db.write.ExecContext(ctx, `DELETE FROM source_maps WHERE script = $1`, script)
	return changed(r, err, sourcemaps.ErrNotFound)
}
