package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ridealong/recording/search"
)

// Moments is the Store of package recording/search. Its full-text index is SQLite's own, FTS5.
//
// A moment's place is its time of day in ms and, behind it, a number that tells those of one ms apart: places are in the order of
// answers, and a span of time is a span of places.
func (db *DB) Moments() search.Store { return moments{db} }

type moments struct{ db *DB }

// perMs places there are in one ms.
const perMs = 4096

func placeOf(at time.Time) int64 { return at.UnixMilli() * perMs }

func (s moments) Add(ctx context.Context, recording string, began time.Time, all []search.Moment) (counts search.Counts, err error) {
	err = s.db.tx(ctx, func(tx *sql.Tx) error {
		counts = search.Counts{}
		if err := recordings(s).exists(ctx, tx, recording); err != nil {
			return err
		}
		add, err := tx.PrepareContext(ctx, `INSERT INTO moments (place, recording, tab, epoch, n, at, kind, level, method, status, took, failed, url, page, title, detail, words)
			SELECT coalesce((SELECT max(place) + 1 FROM moments WHERE place >= $1 AND place < $1 + 4095), $1), $2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17
			WHERE true ON CONFLICT DO NOTHING`)
		if err != nil {
			return found(err)
		}
		defer func() { _ = add.Close() }()
		has := map[string]bool{}
		for i := range all {
			m := &all[i]
			r, err := add.ExecContext(ctx, placeOf(began)+m.At*perMs, recording, m.Tab, m.Epoch, m.N, m.At, m.Kind, m.Level, m.Method, m.Status, m.Took, m.Failed,
				m.URL, m.Page, m.Title, m.Detail, indexed(recording, m))
			if err != nil {
				return found(err)
			}
			if n, err := r.RowsAffected(); err != nil || n == 0 {
				continue // it is there already, or its ms is full
			}
			counts = counts.Plus(m.Counts())
			if what := m.Has(); what != "" {
				has[what] = true
			}
		}
		for what := range has {
			if _, err := tx.ExecContext(ctx, `INSERT INTO recording_has (recording, what) VALUES ($1,$2) ON CONFLICT DO NOTHING`, recording, what); err != nil {
				return found(err)
			}
		}
		return nil
	})
	return counts, err
}

func (s moments) Counts(ctx context.Context, recording string) (c search.Counts, err error) {
	err = s.db.read.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE kind = 'navigation'), count(*) FILTER (WHERE kind = 'error'),
		count(*) FILTER (WHERE kind = 'request' AND failed), count(*) FILTER (WHERE kind = 'click') FROM moments WHERE recording = $1`, recording).
		Scan(&c.Pages, &c.Errors, &c.Failed, &c.Clicks)
	return c, found(err)
}

// forgetAtOnce bounds how long other writers wait: taking one moment out of the index costs about half a ms.
const forgetAtOnce = 100

func (s moments) Forget(ctx context.Context, recording string) error {
	for {
		r, err := s.db.write.ExecContext(ctx, `DELETE FROM moments WHERE place IN (SELECT place FROM moments WHERE recording = $1 LIMIT $2)`, recording, forgetAtOnce)
		if err != nil {
			return found(err)
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			break
		}
	}
	_, err := s.db.write.ExecContext(ctx, `DELETE FROM recording_has WHERE recording = $1`, recording)
	return found(err)
}

const momentColumns = `m.place, m.recording, m.tab, m.epoch, m.n, m.at, m.kind, m.level, m.method, m.status, m.took, m.failed, m.url, m.page, m.title, m.detail`

func scanMoment(rows *sql.Rows, more ...any) (f search.Found, err error) {
	err = rows.Scan(append([]any{&f.Place, &f.Recording, &f.Tab, &f.Epoch, &f.N, &f.At, &f.Kind, &f.Level, &f.Method, &f.Status, &f.Took, &f.Failed,
		&f.URL, &f.Page, &f.Title, &f.Detail}, more...)...)
	return f, err
}

// fewRecordings is how many at most are named in the index's own words; more are looked up as their moments come.
const fewRecordings = 200

func (s moments) Moments(ctx context.Context, q search.Query, before int64, limit int) ([]search.Found, error) {
	filter := recordingFilter(q)
	var in []string
	if len(filter.where) > 0 {
		ids, few, err := s.few(ctx, filter)
		if err != nil || few && len(ids) == 0 {
			return nil, err
		}
		if few {
			in, filter = ids, &conditions{}
		}
	}
	from, to := q.Times()
	filter.add(`moments_words MATCH ` + filter.arg(matching(q, in)))
	if !from.IsZero() {
		filter.add(`w.rowid >= ` + filter.arg(placeOf(from)))
	}
	if !to.IsZero() {
		filter.add(`w.rowid < ` + filter.arg(placeOf(to)))
	}
	if before > 0 {
		filter.add(`w.rowid < ` + filter.arg(before))
	}
	lengthsOf(q, filter, `m.kind = 'request' AND m.took`)
	filter.add(`r.state <> 'erased'`)
	// The cross joins keep the order of tables: the index gives places, newest first, and the rest follows one by one.
	return scanAll(ctx, s.db.read, func(rows *sql.Rows) (search.Found, error) {
		var started int64
		var reference, owner string
		f, err := scanMoment(rows, &started, &reference, &owner)
		f.Started, f.Reference, f.Owner = fromMicros(started), reference, owner
		return f, err
	}, `SELECT `+momentColumns+`, r.started, r.reference, r.owner_name FROM moments_words w CROSS JOIN moments m ON m.place = w.rowid
		CROSS JOIN recordings r ON r.id = m.recording WHERE `+filter.text()+` ORDER BY w.rowid DESC LIMIT `+filter.arg(limit), filter.args...)
}

func (s moments) Recordings(ctx context.Context, q search.Query, before string, limit int) ([]string, error) {
	filter := recordingFilter(q)
	lengthsOf(q, filter, `r.duration`)
	from, to := q.Times()
	if !from.IsZero() {
		filter.add(`r.started >= ` + filter.arg(toMicros(from)))
	}
	if !to.IsZero() {
		filter.add(`r.started < ` + filter.arg(toMicros(to)))
	}
	if before != "" {
		filter.add(`r.id < ` + filter.arg(before))
	}
	if q.OfMoments() {
		ids, whole, err := s.newestWith(ctx, q, filter, limit)
		if err != nil || whole {
			return ids, err
		}
		filter.add(`EXISTS (SELECT 1 FROM moments_words w WHERE moments_words MATCH '"` + ofRec + `' || lower(hex(r.id)) || '" AND (' || ` + filter.arg(matching(withoutLengths(q), nil)) + ` || ')')`)
	}
	if len(filter.where) == 0 {
		filter.add(`1 = 1`)
	}
	return scanAll(ctx, s.db.read, scanID, `SELECT r.id FROM recordings r WHERE `+filter.text()+` ORDER BY r.id DESC LIMIT `+filter.arg(limit), filter.args...)
}

// few gives the recordings that meet conditions, if they are so few that the index's own words can name them.
func (s moments) few(ctx context.Context, filter *conditions) (ids []string, few bool, err error) {
	ids, err = scanAll(ctx, s.db.read, scanID, `SELECT r.id FROM recordings r WHERE `+filter.text()+fmt.Sprintf(` LIMIT %d`, fewRecordings+1), filter.args...)
	return ids, len(ids) <= fewRecordings, err
}

func scanID(rows *sql.Rows) (id string, err error) { err = rows.Scan(&id); return id, err }

// manyRows is where what is asked for is so common that each recording can as well be asked by itself.
const manyRows = 3000

// newestWith goes through the moments that a query finds, newest first, for the recordings that they are of; whole is false when they
// are too many for that. At a place in this order all recordings are known that began behind it.
func (s moments) newestWith(ctx context.Context, q search.Query, of *conditions, limit int) (ids []string, whole bool, err error) {
	filter := of.copy()
	var in []string
	if len(filter.where) > 0 {
		found, few, err := s.few(ctx, filter)
		if err != nil || few && len(found) == 0 {
			return nil, err == nil, err
		}
		if few {
			in, filter = found, &conditions{}
		}
	}
	filter.add(`moments_words MATCH ` + filter.arg(matching(withoutLengths(q), in)))
	if len(in) == 0 && len(of.where) > 0 { // nothing of them is behind their latest end
		filter.add(`w.rowid <= (SELECT coalesce(max(r.started / 1000 + r.duration), 0) + 1 FROM recordings r WHERE ` + of.text() + `) * 4096`)
	}
	rows, err := s.db.read.QueryContext(ctx, `SELECT w.rowid, m.recording, r.started FROM moments_words w CROSS JOIN moments m ON m.place = w.rowid
		CROSS JOIN recordings r ON r.id = m.recording WHERE `+filter.text()+` ORDER BY w.rowid DESC`, filter.args...)
	if err != nil {
		return nil, false, found(err)
	}
	defer func() { _ = rows.Close() }()
	began := map[string]int64{}
	for n := 0; rows.Next(); n++ {
		var place, started int64
		var id string
		if err := rows.Scan(&place, &id, &started); err != nil {
			return nil, false, found(err)
		}
		began[id] = placeOf(fromMicros(started))
		if n%100 == 0 && len(began) >= limit && behind(began, place) >= limit {
			return newestOf(began, limit), true, nil
		}
		if n >= manyRows && !q.Prefixed() {
			return nil, false, nil
		}
	}
	return newestOf(began, limit), true, found(rows.Err())
}

// behind counts those that began behind a place.
func behind(began map[string]int64, place int64) (n int) {
	for _, at := range began {
		if at > place {
			n++
		}
	}
	return n
}

func newestOf(began map[string]int64, limit int) []string {
	ids := slices.Sorted(maps.Keys(began))
	slices.Reverse(ids)
	return ids[:min(limit, len(ids))]
}

// withoutLengths leaves what is said of recordings themselves.
func withoutLengths(q search.Query) (out search.Query) {
	for _, clause := range q.Clauses {
		if clause[0].Field != search.Duration {
			out.Clauses = append(out.Clauses, clause)
		}
	}
	return out
}

func (s moments) Markers(ctx context.Context, recording string, limit int) ([]search.Moment, error) {
	found, err := scanAll(ctx, s.db.read, func(rows *sql.Rows) (search.Found, error) { return scanMoment(rows) },
		`SELECT `+momentColumns+` FROM moments m WHERE m.recording = $1 AND m.kind <> 'console' AND (m.kind <> 'request' OR m.failed) ORDER BY m.at, m.place LIMIT $2`,
		recording, limit)
	out := make([]search.Moment, len(found))
	for i, f := range found {
		out[i] = f.Moment
	}
	return out, err
}

// conditions of a query that is put together.
type conditions struct {
	where []string
	args  []any
}

func (c *conditions) arg(value any) string {
	c.args = append(c.args, value)
	return fmt.Sprintf("$%d", len(c.args))
}

func (c *conditions) copy() *conditions {
	return &conditions{slices.Clone(c.where), slices.Clone(c.args)}
}

func (c *conditions) add(condition string) { c.where = append(c.where, condition) }

func (c *conditions) text() string { return strings.Join(c.where, " AND ") }

var operators = map[search.Op]string{search.Is: "=", search.Less: "<", search.LessOrEqual: "<=", search.Greater: ">", search.GreaterOrEqual: ">="}

func lengthsOf(q search.Query, c *conditions, column string) {
	for _, clause := range q.Clauses {
		if t := clause[0]; t.Field == search.Duration {
			c.negatable(t.Not, column+` `+operators[t.Op]+` `+c.arg(t.Number))
		}
	}
}

func (c *conditions) negatable(not bool, condition string) {
	if not {
		condition = `NOT (` + condition + `)`
	}
	c.add(condition)
}

// recordingFilter has what a query asks of recordings, but for times and lengths.
func recordingFilter(q search.Query) *conditions {
	c := &conditions{}
	for _, clause := range q.Clauses {
		if !clause[0].Field.OfRecording() {
			continue
		}
		var one []string
		for _, t := range clause {
			one = append(one, c.ofRecording(t))
		}
		c.negatable(clause[0].Not, `(`+strings.Join(one, ` OR `)+`)`)
	}
	return c
}

func (c *conditions) ofRecording(t search.Term) string {
	switch t.Field { //nolint:exhaustive // the others are columns of their name
	case search.Tag:
		return `EXISTS (SELECT 1 FROM recording_tags t WHERE t.recording = r.id AND t.tag = ` + c.arg(strings.ToLower(t.Text)) + `)`
	case search.Has:
		if t.Text == "note" {
			return `EXISTS (SELECT 1 FROM recording_notes n WHERE n.recording = r.id)`
		}
		return `EXISTS (SELECT 1 FROM recording_has h WHERE h.recording = r.id AND h.what = ` + c.arg(t.Text) + `)`
	case search.State:
		return `r.state = ` + c.arg(t.Text)
	default:
		column := map[search.Field]string{search.Customer: "reference", search.Owner: "owner_name", search.Browser: "browser", search.OS: "os"}[t.Field]
		return `r.` + column + ` LIKE ` + c.arg("%"+likely(t.Text)+"%") + ` ESCAPE '\'`
	}
}

// likely makes a text one that LIKE takes as it is.
func likely(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

func (s moments) Values(ctx context.Context, field search.Field, prefix string, limit int) ([]string, error) {
	query := map[search.Field]string{
		search.Customer: `SELECT reference FROM recordings WHERE reference LIKE $1 ESCAPE '\' AND state <> 'erased' GROUP BY reference ORDER BY max(started) DESC LIMIT $2`,
		search.Owner:    `SELECT owner_name FROM recordings WHERE owner_name LIKE $1 ESCAPE '\' GROUP BY owner_name ORDER BY max(started) DESC LIMIT $2`,
		search.Browser:  `SELECT browser FROM recordings WHERE browser <> '' AND browser LIKE $1 ESCAPE '\' GROUP BY browser ORDER BY count(*) DESC LIMIT $2`,
		search.OS:       `SELECT os FROM recordings WHERE os <> '' AND os LIKE $1 ESCAPE '\' GROUP BY os ORDER BY count(*) DESC LIMIT $2`,
		search.Tag:      `SELECT tag FROM recording_tags WHERE tag LIKE $1 ESCAPE '\' GROUP BY tag ORDER BY count(*) DESC LIMIT $2`,
	}[field]
	if query == "" {
		return nil, nil
	}
	return scanAll(ctx, s.db.read, scanID, query, likely(prefix)+"%", limit)
}
