package app

import (
	"context"
	"errors"

	"ridealong/internal/sourcemaps"
	"ridealong/internal/sqlstore"
)

const databaseFile = "ridealong.db"

// WithSourceMaps calls f with the source maps of a data directory. A server may be running on it: the database has one writer at a
// time, who waits for the other. A directory that no server has used is left as it is.
func WithSourceMaps(ctx context.Context, data string, f func(context.Context, sourcemaps.Store) error) error {
	file, err := databaseIn(data)
	if err != nil {
		return err
	}
	db, err := sqlstore.Open(ctx, file)
	if err != nil {
		return err
	}
	return errors.Join(f(ctx, db.SourceMaps()), db.Close())
}
