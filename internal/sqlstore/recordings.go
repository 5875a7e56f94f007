package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"ridealong/recording"
	"ridealong/session"
)

// Recordings is the Store of package recording.
func (db *DB) Recordings() recording.Store { return recordings{db} }

type recordings struct{ db *DB }

const recordingColumns = `id, project, reference, owner, owner_name, state, why, started, duration, browser, os, title, url, pages, errors, failed, clicks, bytes, hold`

// recordingError is the domain's word for what there is not.
func recordingError(err error) error {
	if errors.Is(err, session.ErrNotFound) {
		return recording.ErrNotFound
	}
	return err
}

func scanRecording(row interface{ Scan(...any) error }) (r recording.Recording, err error) {
	var started, duration int64
	err = row.Scan(&r.ID, &r.Project, &r.Reference, &r.Owner, &r.OwnerName, &r.State, &r.Why, &started, &duration, &r.Browser, &r.OS,
		&r.Title, &r.URL, &r.Pages, &r.Errors, &r.Failed, &r.Clicks, &r.Bytes, &r.Hold)
	r.Started, r.Duration = fromMicros(started), time.Duration(duration)*time.Millisecond
	return r, recordingError(found(err))
}

func recordingValues(r recording.Recording) []any {
	return []any{r.ID, r.Project, r.Reference, r.Owner, r.OwnerName, r.State, r.Why, toMicros(r.Started), r.Duration.Milliseconds(), r.Browser, r.OS,
		r.Title, r.URL, r.Pages, r.Errors, r.Failed, r.Clicks, r.Bytes, r.Hold}
}

func (s recordings) Begin(ctx context.Context, r recording.Recording) (out recording.Recording, err error) {
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO recordings (`+recordingColumns+`)
			VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19) ON CONFLICT DO NOTHING`, recordingValues(r)...)
		if err == nil {
			out, err = s.one(ctx, tx, r.ID)
		}
		return err
	})
	return out, err
}

func (s recordings) one(ctx context.Context, q querier, id string) (recording.Recording, error) {
	r, err := scanRecording(q.QueryRowContext(ctx, `SELECT `+recordingColumns+` FROM recordings WHERE id = $1`, id))
	if err != nil {
		return r, err
	}
	r.Tags, err = s.tags(ctx, q, id)
	return r, err
}

func (s recordings) tags(ctx context.Context, q querier, id string) ([]string, error) {
	return scanAll(ctx, q, func(rows *sql.Rows) (tag string, err error) { err = rows.Scan(&tag); return tag, err },
		`SELECT tag FROM recording_tags WHERE recording = $1 ORDER BY tag`, id)
}

// scanAll reads every row.
func scanAll[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) (out []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, found(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("sqlstore: %w", err)
		}
		out = append(out, one)
	}
	return out, found(rows.Err())
}

func (s recordings) Recording(ctx context.Context, id string) (recording.Recording, error) {
	return s.one(ctx, s.db.read, id)
}

func (s recordings) many(ctx context.Context, query string, args ...any) ([]recording.Recording, error) {
	all, err := scanAll(ctx, s.db.read, func(rows *sql.Rows) (recording.Recording, error) { return scanRecording(rows) }, query, args...)
	for i := range all {
		if err == nil {
			all[i].Tags, err = s.tags(ctx, s.db.read, all[i].ID)
		}
	}
	return all, err
}

func (s recordings) Recordings(ctx context.Context, before string, limit int) ([]recording.Recording, error) {
	return s.many(ctx, `SELECT `+recordingColumns+` FROM recordings WHERE $1 = '' OR id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
}

func (s recordings) Unfinished(ctx context.Context) ([]recording.Recording, error) {
	return s.many(ctx, `SELECT `+recordingColumns+` FROM recordings WHERE state = $1 ORDER BY id`, recording.Live)
}

func (s recordings) Update(ctx context.Context, id string, change func(*recording.Recording)) error {
	return s.db.tx(ctx, func(tx *sql.Tx) error {
		r, err := s.one(ctx, tx, id)
		if err != nil {
			return err
		}
		change(&r)
		r.ID = id
		_, err = tx.ExecContext(ctx, `UPDATE recordings SET project=$2, reference=$3, owner=$4, owner_name=$5, state=$6, why=$7, started=$8, duration=$9,
			browser=$10, os=$11, title=$12, url=$13, pages=$14, errors=$15, failed=$16, clicks=$17, bytes=$18, hold=$19 WHERE id=$1`, recordingValues(r)...)
		if err != nil {
			return found(err)
		}
		before, err := s.tags(ctx, tx, id)
		if err != nil || slices.Equal(before, r.Tags) {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM recording_tags WHERE recording = $1`, id); err != nil {
			return found(err)
		}
		for _, tag := range r.Tags {
			if _, err := tx.ExecContext(ctx, `INSERT INTO recording_tags (recording, tag) VALUES ($1,$2) ON CONFLICT DO NOTHING`, id, tag); err != nil {
				return found(err)
			}
		}
		return nil
	})
}

// exists keeps parts of what is gone from coming back.
func (s recordings) exists(ctx context.Context, tx *sql.Tx, id string) error {
	var one int
	return recordingError(found(tx.QueryRowContext(ctx, `SELECT 1 FROM recordings WHERE id = $1`, id).Scan(&one)))
}

func (s recordings) PutDocuments(ctx context.Context, id string, documents []recording.Document) error {
	return s.db.tx(ctx, func(tx *sql.Tx) error {
		if err := s.exists(ctx, tx, id); err != nil {
			return err
		}
		for _, d := range documents {
			facts, err := json.Marshal(d)
			if err == nil {
				_, err = tx.ExecContext(ctx, `INSERT INTO recording_documents (recording, tab, epoch, facts) VALUES ($1,$2,$3,$4)
					ON CONFLICT (recording, tab, epoch) DO UPDATE SET facts = excluded.facts`, id, d.Tab, d.Epoch, string(facts))
			}
			if err != nil {
				return fmt.Errorf("sqlstore: %w", err)
			}
		}
		return nil
	})
}

func (s recordings) PutChunk(ctx context.Context, id string, c recording.Chunk) error {
	facts, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	return s.db.tx(ctx, func(tx *sql.Tx) error {
		if err := s.exists(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO recording_chunks (recording, n, facts) VALUES ($1,$2,$3)
			ON CONFLICT (recording, n) DO UPDATE SET facts = excluded.facts`, id, c.N, string(facts))
		return found(err)
	})
}

// scanFacts reads a column of JSON.
func scanFacts[T any](rows *sql.Rows) (out T, err error) {
	var facts string
	if err = rows.Scan(&facts); err == nil {
		err = json.Unmarshal([]byte(facts), &out)
	}
	return out, err
}

func (s recordings) Documents(ctx context.Context, id string) ([]recording.Document, error) {
	return scanAll(ctx, s.db.read, scanFacts[recording.Document], `SELECT facts FROM recording_documents WHERE recording = $1 ORDER BY epoch, tab`, id)
}

func (s recordings) Chunks(ctx context.Context, id string) ([]recording.Chunk, error) {
	return scanAll(ctx, s.db.read, scanFacts[recording.Chunk], `SELECT facts FROM recording_chunks WHERE recording = $1 ORDER BY n`, id)
}

func (s recordings) PutNote(ctx context.Context, id string, n recording.Note) error {
	return s.db.tx(ctx, func(tx *sql.Tx) error {
		if err := s.exists(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO recording_notes (id, recording, at, tab, text, author, created) VALUES ($1,$2,$3,$4,$5,$6,$7)
			ON CONFLICT (id) DO UPDATE SET text = excluded.text`, n.ID, id, n.At, n.Tab, n.Text, n.Author, toMicros(n.Created))
		return found(err)
	})
}

func (s recordings) Notes(ctx context.Context, id string) ([]recording.Note, error) {
	scan := func(rows *sql.Rows) (n recording.Note, err error) {
		var created int64
		err = rows.Scan(&n.ID, &n.At, &n.Tab, &n.Text, &n.Author, &created)
		n.Created = fromMicros(created)
		return n, err
	}
	return scanAll(ctx, s.db.read, scan, `SELECT id, at, tab, text, author, created FROM recording_notes WHERE recording = $1 ORDER BY at, id`, id)
}

func (s recordings) DropNote(ctx context.Context, id, note string) error {
	r, err := s.db.write.ExecContext(ctx, `DELETE FROM recording_notes WHERE recording = $1 AND id = $2`, id, note)
	return changed(r, err, recording.ErrNotFound)
}

const shareColumns = `id, secret, at, author, created, expires`

func scanShare(row interface{ Scan(...any) error }, more ...any) (s recording.Share, err error) {
	var secret string
	var created, expires int64
	err = row.Scan(append([]any{&s.ID, &secret, &s.At, &s.Author, &created, &expires}, more...)...)
	if err == nil {
		s.Secret = hash(secret)
	}
	s.Created, s.Expires = fromMicros(created), fromMicros(expires)
	return s, err
}

func (s recordings) PutShare(ctx context.Context, id string, share recording.Share) error {
	return s.db.tx(ctx, func(tx *sql.Tx) error {
		if err := s.exists(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO recording_shares (`+shareColumns+`, recording) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
			share.ID, text(share.Secret), share.At, share.Author, toMicros(share.Created), toMicros(share.Expires), id)
		return found(err)
	})
}

func (s recordings) Shares(ctx context.Context, id string) ([]recording.Share, error) {
	return scanAll(ctx, s.db.read, func(rows *sql.Rows) (recording.Share, error) { return scanShare(rows) },
		`SELECT `+shareColumns+` FROM recording_shares WHERE recording = $1 ORDER BY created, id`, id)
}

func (s recordings) Shared(ctx context.Context, secret session.Hash) (share recording.Share, id string, err error) {
	share, err = scanShare(s.db.read.QueryRowContext(ctx, `SELECT `+shareColumns+`, recording FROM recording_shares WHERE secret = $1`, text(secret)), &id)
	return share, id, recordingError(found(err))
}

func (s recordings) DropShare(ctx context.Context, id, share string) error {
	r, err := s.db.write.ExecContext(ctx, `DELETE FROM recording_shares WHERE recording = $1 AND id = $2`, id, share)
	return changed(r, err, recording.ErrNotFound)
}

func (s recordings) Clear(ctx context.Context, id string) error {
	return s.db.tx(ctx, func(tx *sql.Tx) error {
		if err := s.exists(ctx, tx, id); err != nil {
			return err
		}
		for _, table := range []string{"recording_documents", "recording_chunks", "recording_notes", "recording_shares"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE recording = $1`, id); err != nil {
				return found(err)
			}
		}
		return nil
	})
}

func (s recordings) Drop(ctx context.Context, id string) error {
	r, err := s.db.write.ExecContext(ctx, `DELETE FROM recordings WHERE id = $1`, id)
	return changed(r, err, recording.ErrNotFound)
}
