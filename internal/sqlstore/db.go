// Package sqlstore keeps sessions and accounts in SQLite. It is the one door to SQL; the text is written so that PostgreSQL
// runs it too, but for the full-text index (search.go), which each database has in its own way.
//
// Guarantees: a method that returned nil has its change on disk (WAL, synchronous=FULL); one writer at a time, readers never
// wait for it; what is deleted is overwritten, in the file and, when that is written back, in its log; an SQLite older than 3.51.3 is refused, because its write-ahead log could be reset wrongly.
package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"ridealong/session"
)

//go:embed migrations/*.sql
var migrations embed.FS

// newEnough says whether a version of SQLite is 3.51.3 or later.
func newEnough(version string) bool {
	var v [3]int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &v[0], &v[1], &v[2]); err != nil {
		return false
	}
	least := [3]int{3, 51, 3}
	return slices.Compare(v[:], least[:]) >= 0
}

// DB is an open database.
type DB struct {
	write *sql.DB // one connection
	read  *sql.DB
}

// Open opens or makes the file, which only its owner may read, and brings its tables up to date.
func Open(ctx context.Context, file string) (*DB, error) {
	// SQLite would make it by the umask; its log beside it takes the file's mode.
	made, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = made.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	db := &DB{}
	if db.write, err = connect(file, "immediate"); err != nil {
		return nil, err
	}
	db.write.SetMaxOpenConns(1)
	if db.read, err = connect(file, "deferred"); err != nil {
		return nil, errors.Join(err, db.write.Close())
	}
	db.read.SetMaxOpenConns(4)
	if err := db.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func connect(file, lock string) (*sql.DB, error) {
	options := url.Values{"_txlock": {lock}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "mmap_size(0)", "secure_delete(1)",
	}}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+options.Encode())
}

func (db *DB) prepare(ctx context.Context) error {
	var version string
	if err := db.write.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return fmt.Errorf("sqlstore: open: %w", err)
	}
	if !newEnough(version) {
		return fmt.Errorf("sqlstore: SQLite %s is too old, 3.51.3 is needed", version)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db.write, files)
	if err != nil {
		return fmt.Errorf("sqlstore: migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("sqlstore: migrations: %w", err)
	}
	return nil
}

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.read.PingContext(ctx) }

// Backup writes the database as it is now to a file that is not there yet, without what was found in recordings: it is in them, encrypted,
// and a copy that lies about in the clear would outlive their keys.
func (db *DB) Backup(ctx context.Context, file string) error {
	made, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		err = made.Close()
	}
	if err == nil {
		_, err = db.read.ExecContext(ctx, "VACUUM INTO $1", file) // writers go on
	}
	if err == nil {
		err = scrub(ctx, file)
	}
	if err != nil {
		return fmt.Errorf("sqlstore: backup: %w", err)
	}
	return nil
}

// scrub takes the moments out of a copy, to the last byte.
func scrub(ctx context.Context, file string) error {
	db, err := connect(file, "immediate")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	for _, statement := range []string{"DELETE FROM moments", "DELETE FROM recording_has", "VACUUM", "PRAGMA journal_mode = DELETE"} {
		if _, err = db.ExecContext(ctx, statement); err != nil {
			break
		}
	}
	return errors.Join(err, db.Close())
}

// Close waits for what is under way.
func (db *DB) Close() error { return errors.Join(db.read.Close(), db.write.Close()) }

// tx runs f in one writing transaction.
func (db *DB) tx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sqlstore: begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing after a commit
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlstore: commit: %w", err)
	}
	return nil
}

// querier is what both a connection and a transaction can do.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// changed turns "no row was touched" into otherwise.
func changed(r sql.Result, err, otherwise error) error {
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		return otherwise
	}
	return err
}

// found turns "there is none" into the domain's word for it.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return session.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	return nil
}

// Times are kept as microseconds since 1970, 0 for none.
func toMicros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}
