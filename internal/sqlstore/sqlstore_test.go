package sqlstore

import (
	"path/filepath"
	"testing"

	"ridealong/session"
	"ridealong/session/sessiontest"
)

func opened(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "ridealong.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func TestSQLiteKeepsTheContract(t *testing.T) {
	sessiontest.Store(t, func(t *testing.T) session.Store { return opened(t).Sessions() })
}

func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ridealong.db")
	first, err := Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	s, l := sessiontest.Pending(1)
	if err := first.Sessions().CreateSession(t.Context(), s, l); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if got, err := second.Sessions().Session(t.Context(), s.ID); err != nil || got != s {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWritesAreSynced(t *testing.T) {
	db := opened(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
		var got string
		if err := db.write.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", pragma, got, want, err)
		}
	}
}
