package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ridealong/internal/sourcemaps"
	"ridealong/internal/sqlstore"
)

const databaseFile = "ridealong.db"

// WithSourceMaps calls f with the source maps of a data directory. A server may be running on it: the database has one writer at a
// time, who waits for the other. A directory that no server has used is left as it is.
func WithSourceMaps(ctx context.Context, data string, f func(context.Context, sourcemaps.Store) error) error {
	file := filepath.Join(data, databaseFile)
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no %s: say with --data where the server's data is", file)
	}
	db, err := sqlstore.Open(ctx, file)
	if err != nil {
		return err
	}
	return errors.Join(f(ctx, db.SourceMaps()), db.Close())
}
