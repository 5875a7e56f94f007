// Package keystore keeps the data keys of recordings, in a small database of their own (keys.db), each wrapped by a master key that is not
// in it. Without its key a recording is noise, in every back-up too: what erases a key erases the recording.
//
// Guarantees: a key that New returned is on disk; Erase leaves nothing of a key in the file or in its log; a wrapped key opens under the
// name of its own recording only; a master key that is lost or another one is told at the start, and is never replaced by a new one.
package keystore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// Files of a key store in its directory.
const (
	DatabaseFile = "keys.db"
	MasterFile   = "master.key"
)

var (
	// ErrNotFound is a recording that has no key, or has none any more. It is fs.ErrNotExist too.
	ErrNotFound = fmt.Errorf("keystore: no key: %w", fs.ErrNotExist)
	// ErrMaster is a master key that is not there, not readable, or not the one that the keys are wrapped with.
	ErrMaster = errors.New("keystore: master key")
	// ErrDamaged is a wrapped key that does not open.
	ErrDamaged = errors.New("keystore: a key that does not open")
)

// Store of keys. Several goroutines may use it; so may another process.
type Store struct {
	db     *sql.DB // one connection
	master *master
}

// secure_delete writes zeros over what is deleted. The log is the only other place, and Erase empties it.
const schema = `
CREATE TABLE IF NOT EXISTS keys (recording TEXT PRIMARY KEY, wrapped BLOB NOT NULL, made_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS master (one INTEGER PRIMARY KEY CHECK (one = 1), proof BLOB NOT NULL);`

// Open opens or makes keys.db in dir. The master key is configured (base64 or hex of 32 bytes) or, when that is empty, in dir's
// master.key, which is made together with the database.
func Open(ctx context.Context, dir, configured string) (*Store, error) {
	file := filepath.Join(dir, DatabaseFile)
	made, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = made.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	options := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)", "mmap_size(0)",
	}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+options.Encode())
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	db.SetMaxOpenConns(1)
	s := &Store{db: db}
	if err := s.prepare(ctx, dir, configured); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func (s *Store) prepare(ctx context.Context, dir, configured string) error {
	if _, err := s.db.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("keystore: open: %w", err)
	}
	var proof []byte
	err := s.db.QueryRowContext(ctx, "SELECT proof FROM master").Scan(&proof)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("keystore: open: %w", err)
	}
	// Where keys were wrapped before, the key that wrapped them has to be there.
	if s.master, err = openMaster(dir, configured, proof == nil); err != nil {
		return err
	}
	if proof == nil {
		// Of two processes that begin at once one has written it.
		if _, err := s.db.ExecContext(ctx, "INSERT OR IGNORE INTO master VALUES (1, ?)", s.master.proof); err != nil {
			return fmt.Errorf("keystore: open: %w", err)
		}
		if err := s.db.QueryRowContext(ctx, "SELECT proof FROM master").Scan(&proof); err != nil {
			return fmt.Errorf("keystore: open: %w", err)
		}
	}
	if !s.master.wrapped(proof) {
		return fmt.Errorf("%w: %s was made with another one", ErrMaster, DatabaseFile)
	}
	return nil
}

// New is a new key for a recording, or the one that it has.
func (s *Store) New(ctx context.Context, recording string) (key [32]byte, err error) {
	if recording == "" {
		return key, errors.New("keystore: a recording without a name")
	}
	_, _ = rand.Read(key[:])
	_, err = s.db.ExecContext(ctx, "INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", recording, s.master.wrap(recording, key), time.Now().UnixMicro())
	if err != nil {
		return [32]byte{}, fmt.Errorf("keystore: new: %w", err)
	}
	return s.Key(ctx, recording)
}

// Key of a recording, or ErrNotFound.
func (s *Store) Key(ctx context.Context, recording string) ([32]byte, error) {
	var wrapped []byte
	err := s.db.QueryRowContext(ctx, "SELECT wrapped FROM keys WHERE recording = ?", recording).Scan(&wrapped)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return [32]byte{}, ErrNotFound
	case err != nil:
		return [32]byte{}, fmt.Errorf("keystore: key: %w", err)
	}
	return s.master.unwrap(recording, wrapped)
}

// Erase forgets a key for good. It may be done again, and has to be when it failed: part of the key may still be in the log.
func (s *Store) Erase(ctx context.Context, recording string) error {
	if _, err := s.db.ExecContext(ctx, "DELETE FROM keys WHERE recording = ?", recording); err != nil {
		return fmt.Errorf("keystore: erase: %w", err)
	}
	var busy, log, moved int
	if err := s.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved); err != nil {
		return fmt.Errorf("keystore: erase: %w", err)
	}
	if busy != 0 {
		return errors.New("keystore: erase: somebody else reads the keys; the log could not be emptied")
	}
	return nil
}

// Backup writes a copy of the database as it is now to a file that is not there yet. The master key is not in it.
func (s *Store) Backup(ctx context.Context, file string) error {
	made, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		err = made.Close()
	}
	if err != nil {
		return fmt.Errorf("keystore: backup: %w", err)
	}
	if _, err := s.db.ExecContext(ctx, "VACUUM INTO ?", file); err != nil {
		return fmt.Errorf("keystore: backup: %w", err)
	}
	return nil
}

// Close waits for what is under way.
func (s *Store) Close() error { return s.db.Close() }
