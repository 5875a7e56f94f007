package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"time"

	"ridealong/internal/blob"
	"ridealong/internal/config"
)

// objectsWait is how long a start waits for an object store to answer. One that does not is used when it does: what is recorded waits on
// the disk.
const objectsWait = 10 * time.Second

// openObjects opens what keeps whole recordings: a folder of the data directory, or the object store that is configured.
func openObjects(ctx context.Context, data string, s3 blob.S3Config, log *slog.Logger) (blob.Store, error) {
	if s3.Endpoint == "" {
		return blob.OpenFile(filepath.Join(data, objectsDir))
	}
	store, err := blob.NewS3(s3)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, objectsWait)
	defer stop()
	err = store.Check(ctx)
	if errors.Is(err, blob.ErrUnreachable) {
		log.Warn("recordings wait on the disk", "error", err)
		return store, nil
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}

func s3Config(c config.ObjectStore) blob.S3Config {
	return blob.S3Config{
		Endpoint: c.S3URL, Bucket: c.S3Bucket, Prefix: c.S3Prefix, Region: c.S3Region, Access: c.S3Key, Secret: c.S3Secret, Versioned: c.S3Versioned,
	}
}
