package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"ridealong/internal/audit"
	"ridealong/internal/config"
	"ridealong/internal/index"
	"ridealong/internal/keystore"
	"ridealong/internal/sqlstore"
	"ridealong/recording"
)

// Offline is what commands beside a server work on: its data directory. A server may be running on it.
type Offline struct {
	Recordings *recording.Service
	Audit      audit.Log
}

// WithRecordings calls f with the recordings of a data directory, of which c says where things are. One that no server has used is left as it is.
func WithRecordings(ctx context.Context, c config.Config, log *slog.Logger, f func(context.Context, Offline) error) error {
	file, err := databaseIn(c.Data)
	if err != nil {
		return err
	}
	db, err := sqlstore.Open(ctx, file)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	keys, err := keystore.Open(ctx, c.Data, c.MasterKey)
	if err != nil {
		return err
	}
	defer func() { _ = keys.Close() }()
	objects, err := openObjects(ctx, c.Data, s3Config(c.ObjectStore), log)
	if err != nil {
		return err
	}
	defer func() { _ = objects.Close() }()
	service := recording.New(recording.Config{
		Store: db.Recordings(), Blobs: objects, Keys: keys, Dir: filepath.Join(c.Data, recordingsDir), Log: log,
		Index: index.New(db.Moments(), log),
	})
	return f(ctx, Offline{service, db.Audit()})
}

// databaseIn finds the database of a data directory.
func databaseIn(data string) (string, error) {
	file := filepath.Join(data, databaseFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("there is no %s: say with --data where the server's data is", file)
	}
	return file, nil
}
