package sqlstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "ridealong.db"))
	must(t, err)
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

// The parts that the suite tests one by one, together: a whole session by the Service on SQLite.
func TestASessionLivesOnSQLite(t *testing.T) {
	h := sessiontest.NewHouse(opened(t).Sessions())
	live := h.Live(t)
	p, token, err := h.Join(t.Context(), sessiontest.Ana, live.Session.ID, "", wire.RoleAgent)
	must(t, err)
	agent, err := h.Open(t.Context(), wire.Credential{Kind: wire.CredentialTicket, Value: token}, false)
	must(t, err)
	if agent.Participant.ID != p.ID || agent.Participant.Leg != 2 || len(agent.Participants) != 2 || agent.Session.Epoch != 1 {
		t.Errorf("%+v", agent)
	}
	_, err = h.Withdraw(t.Context(), live.Participant.ID, wire.Consent{})
	must(t, err)
	_, err = h.Open(t.Context(), wire.Credential{Kind: wire.CredentialResume, Value: agent.Resume}, false)
	if !errors.Is(err, session.ErrEnded) {
		t.Errorf("error %v", err)
	}
}

// Names that mean something in a URL, and a second opening of what the first one wrote.
func TestWhatWasWrittenIsThereAfterReopening(t *testing.T) {
	for _, name := range []string{"ridealong.db", "with space.db", "50%25?mode=memory#x&y=ü.db"} {
		file := filepath.Join(t.TempDir(), name)
		first, err := Open(t.Context(), file)
		must(t, err)
		s, l := sessiontest.Pending(1)
		must(t, first.Sessions().CreateSession(t.Context(), s, l))
		must(t, first.Close())
		if _, err := os.Stat(file); err != nil {
			t.Error(err)
		}
		second, err := Open(t.Context(), file)
		must(t, err)
		if got, err := second.Sessions().Session(t.Context(), s.ID); err != nil || got != s {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		must(t, second.Close())
	}
}

func TestOnlyTheOwnerReadsTheFiles(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(t.Context(), filepath.Join(dir, "ridealong.db"))
	must(t, err)
	defer db.Close()
	s, l := sessiontest.Pending(1)
	must(t, db.Sessions().CreateSession(t.Context(), s, l))
	entries, err := os.ReadDir(dir)
	must(t, err)
	if len(entries) < 2 {
		t.Fatalf("%d files; the log is not there", len(entries))
	}
	for _, entry := range entries {
		info, err := entry.Info()
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", entry.Name(), info.Mode())
		}
	}
}

func TestAFileThatIsNoDatabaseIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ridealong.db")
	must(t, os.WriteFile(file, []byte(strings.Repeat("this is not a database\n", 100)), 0o600))
	if db, err := Open(t.Context(), file); err == nil {
		db.Close()
		t.Error("opened")
	}
	if db, err := Open(t.Context(), filepath.Join(t.TempDir(), "no such directory", "ridealong.db")); err == nil {
		db.Close()
		t.Error("opened")
	}
}

func TestWritesAreSynced(t *testing.T) {
	db := opened(t)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		for _, pool := range []interface {
			querier
		}{db.write, db.read} {
			var got string
			if err := pool.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %q, want %q (%v)", pragma, got, want, err)
			}
		}
	}
}

func TestAnOldSQLiteIsRefused(t *testing.T) {
	for version, want := range map[string]bool{
		"3.51.3": true, "3.51.4": true, "3.52.0": true, "4.0.0": true, "3.51.2": false, "3.50.9": false, "3.9.99": false, "2.99.99": false, "": false, "new": false,
	} {
		if got := newEnough(version); got != want {
			t.Errorf("%q is new enough: %v", version, got)
		}
	}
}

// A change that takes long holds up other changes, not those who read.
func TestReadersDoNotWaitForAWriter(t *testing.T) {
	store := opened(t).Sessions()
	s, l := sessiontest.Pending(1)
	must(t, store.CreateSession(t.Context(), s, l))
	inside, release, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	ctx := context.WithoutCancel(t.Context())
	go func() {
		_, err := store.UpdateSession(ctx, s.ID, func(s *session.Session) error {
			close(inside)
			<-release
			s.Title = "changed"
			return nil
		})
		done <- err
	}()
	<-inside
	soon, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	before, err := store.Session(soon, s.ID)
	must(t, err)
	late, cancelLate := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancelLate()
	if _, err := store.UpdateSession(late, s.ID, func(*session.Session) error { return nil }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second writer got in: %v", err)
	}
	close(release)
	must(t, <-done)
	after, err := store.Session(t.Context(), s.ID)
	must(t, err)
	if before.Title != "" || after.Title != "changed" {
		t.Errorf("before %q, after %q", before.Title, after.Title)
	}
}

// A panic in the middle of a change leaves no transaction open.
func TestAChangeThatPanicsLeavesTheStoreUsable(t *testing.T) {
	store := opened(t).Sessions()
	s, l := sessiontest.Pending(1)
	must(t, store.CreateSession(t.Context(), s, l))
	func() {
		defer func() { _ = recover() }()
		_, _ = store.UpdateSession(t.Context(), s.ID, func(s *session.Session) error { panic("no") })
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err := store.UpdateSession(ctx, s.ID, func(s *session.Session) error { s.Title = "after"; return nil })
	must(t, err)
}

func TestTheTextRunsOnPostgreSQLToo(t *testing.T) {
	files, err := filepath.Glob("*.go")
	must(t, err)
	more, err := filepath.Glob("migrations/*.sql")
	must(t, err)
	// Spellings that only SQLite knows. PRAGMA and sqlite_version are of the adapter, not of the text.
	only := regexp.MustCompile(`(?i)INSERT OR |REPLACE INTO|AUTOINCREMENT|\browid\b|strftime|datetime\(|IFNULL\(|\bGLOB\b|WITHOUT ROWID|\bSTRICT;|VALUES \(\?|= \?`)
	for _, file := range append(files, more...) {
		// Full text has no spelling in common: of it each database has a store of its own.
		if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "search.go") || strings.HasSuffix(file, "_search.sql") {
			continue
		}
		text, err := os.ReadFile(file)
		must(t, err)
		if found := only.Find(text); found != nil {
			t.Errorf("%s: %s", file, found)
		}
	}
}
