package app

import (
	"context"
	"path/filepath"
	"time"

	"ridealong/internal/api"
	"ridealong/internal/audit"
	"ridealong/internal/index"
	"ridealong/internal/keystore"
	"ridealong/recording"
	"ridealong/session"
)

// Folders of the data directory: what is being recorded, and what is whole.
const (
	recordingsDir = "recordings"
	objectsDir    = "objects"
)

// openRecordings puts together what keeps recordings.
func (a *App) openRecordings(ctx context.Context) (err error) {
	c := a.Config
	if !c.Recordings {
		return nil
	}
	if a.keys, err = keystore.Open(ctx, c.Data, c.MasterKey); err != nil {
		return err
	}
	if a.objects, err = openObjects(ctx, c.Data, s3Config(c.ObjectStore), a.Log); err != nil {
		return err
	}
	a.recordings = recording.New(recording.Config{
		Sessions: a.service, Bus: a.bus, Store: a.db.Recordings(), Log: a.Log, Keep: c.RecordingsKeep,
		Sit:       func(opened session.Opened) (recording.Socket, error) { return a.signaling.Sit(opened) },
		Withdrawn: a.withdrawn,
		Blobs:     a.objects, Keys: a.keys, Dir: filepath.Join(c.Data, recordingsDir), Index: index.New(a.db.Moments(), a.Log),
	})
	return nil
}

// withdrawn writes down that a customer took a recording back.
func (a *App) withdrawn(ctx context.Context, id string) {
	e := audit.Entry{At: time.Now(), Actor: "customer", What: audit.Withdrawn, Subject: id}
	if err := a.db.Audit().Append(ctx, e); err != nil {
		a.Log.Error("audit", "what", e.What, "recording", id, "error", err)
	}
}

// archive gives the key of a session's links with its archiver; none where nothing is recorded.
func (a *App) archive(opened session.Opened) string {
	if a.recordings == nil {
		return ""
	}
	return a.recordings.Archive(opened)
}

// recordingsAPI is nothing at all where nothing is recorded.
func (a *App) recordingsAPI() api.Recordings {
	if a.recordings == nil {
		return nil
	}
	return a.recordings
}

// searchAPI is nothing at all where nothing is recorded.
func (a *App) searchAPI() api.Search {
	if a.recordings == nil {
		return nil
	}
	return a.db.Moments()
}
