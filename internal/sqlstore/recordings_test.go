package sqlstore

import (
	"path/filepath"
	"testing"

	"ridealong/recording"
	"ridealong/recording/recordingtest"
)

func TestSQLiteIsAStoreOfRecordings(t *testing.T) {
	recordingtest.Store(t, func(t *testing.T) recording.Store {
		db, err := Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		return db.Recordings()
	})
}
