package sqlstore

import (
	"path/filepath"
	"testing"

	"ridealong/internal/audit/audittest"
)

func TestSQLiteIsAnAuditLog(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	audittest.Log(t, db.Audit())
}
