package keystore

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"ridealong/internal/keystore/keystoretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, dir, configured string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, configured)
	must(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestKeysInAFileKeepTheContract(t *testing.T) {
	keystoretest.Suite(t, func(t *testing.T) keystoretest.Keys { return opened(t, t.TempDir(), "") })
}

func TestKeysInMemoryKeepTheContract(t *testing.T) {
	keystoretest.Suite(t, func(*testing.T) keystoretest.Keys { return keystoretest.NewMemory() })
}

func TestKeysAreThereAfterReopening(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "with space & 50%")
	must(t, os.Mkdir(dir, 0o700))
	first := opened(t, dir, "")
	key, err := first.New(t.Context(), "r")
	must(t, err)
	must(t, first.Close())
	if got, err := opened(t, dir, "").Key(t.Context(), "r"); err != nil || got != key {
		t.Errorf("%v", err)
	}
	for _, name := range []string{DatabaseFile, MasterFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
}

// everything in the folder but the master key, one file behind the other.
func everything(t *testing.T, dir string) []byte {
	t.Helper()
	files, err := os.ReadDir(dir)
	must(t, err)
	var all []byte
	for _, f := range files {
		if f.Name() == MasterFile {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		must(t, err)
		all = append(all, b...)
	}
	return all
}

func wrappedKey(t *testing.T, s *Store, recording string) (wrapped []byte) {
	t.Helper()
	must(t, s.db.QueryRowContext(t.Context(), "SELECT wrapped FROM keys WHERE recording = ?", recording).Scan(&wrapped))
	return wrapped
}

func TestAnErasedKeyIsNowhereOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	s := opened(t, dir, "")
	var doomed [][]byte
	for n := range 200 {
		key, err := s.New(t.Context(), fmt.Sprint("recording ", n))
		must(t, err)
		if bytes.Contains(everything(t, dir), key[:]) {
			t.Fatal("a key is on the disk as it is")
		}
		doomed = append(doomed, wrappedKey(t, s, fmt.Sprint("recording ", n)))
	}
	for n, wrapped := range doomed {
		// The tag and the last bytes before it: a row may be split over two pages.
		part := wrapped[len(wrapped)-24:]
		if !bytes.Contains(everything(t, dir), part) {
			t.Fatal("this test does not see a key that is there")
		}
		if n%3 > 0 {
			continue
		}
		must(t, s.Erase(t.Context(), fmt.Sprint("recording ", n)))
		if left := everything(t, dir); bytes.Contains(left, part) || bytes.Contains(left, wrapped[:24]) {
			t.Fatalf("key %d is still there", n)
		}
	}
}

// A back-up from before the erasing has the recording; one of the keys from after it has no key for it.
func TestABackupHasTheKeysOfItsTime(t *testing.T) {
	dir, restored := t.TempDir(), t.TempDir()
	s := opened(t, dir, "")
	kept, err := s.New(t.Context(), "kept")
	must(t, err)
	_, err = s.New(t.Context(), "erased")
	must(t, err)
	must(t, s.Erase(t.Context(), "erased"))
	must(t, s.Backup(t.Context(), filepath.Join(restored, DatabaseFile)))
	if err := s.Backup(t.Context(), filepath.Join(restored, DatabaseFile)); err == nil {
		t.Error("a back-up was written over")
	}
	if _, err := Open(t.Context(), restored, ""); !errors.Is(err, ErrMaster) {
		t.Errorf("without the master key: %v", err)
	}
	master, err := os.ReadFile(filepath.Join(dir, MasterFile))
	must(t, err)
	b := opened(t, restored, string(master))
	if got, err := b.Key(t.Context(), "kept"); err != nil || got != kept {
		t.Error(err)
	}
	if _, err := b.Key(t.Context(), "erased"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestAMasterKeyThatIsLostOrAnotherIsToldAndNotReplaced(t *testing.T) {
	dir := t.TempDir()
	must(t, opened(t, dir, "").Close())
	file := filepath.Join(dir, MasterFile)
	own, err := os.ReadFile(file)
	must(t, err)
	for name, change := range map[string]func() string{
		"lost":               func() string { must(t, os.Remove(file)); return "" },
		"another":            func() string { return hex.EncodeToString(make([]byte, 32)) },
		"no key":             func() string { return "secret" },
		"file with no key":   func() string { must(t, os.WriteFile(file, []byte("x"), 0o600)); return "" },
		"others may read it": func() string { must(t, os.Chmod(file, 0o640)); return "" },
	} {
		configured := change()
		if s, err := Open(t.Context(), dir, configured); !errors.Is(err, ErrMaster) {
			t.Errorf("%s: %v, %v", name, s, err)
		}
		if name == "lost" {
			if _, err := os.Stat(file); err == nil {
				t.Error("a new one was made")
			}
		}
		must(t, os.WriteFile(file, own, 0o600))
		must(t, os.Chmod(file, 0o600))
	}
	must(t, opened(t, dir, "").Close())
}

func TestAMasterKeyMayBeWrittenInHexOrBase64(t *testing.T) {
	key := bytes.Repeat([]byte{0xfb}, 32)
	dir := t.TempDir()
	for _, text := range []string{
		hex.EncodeToString(key), base64.StdEncoding.EncodeToString(key), base64.RawURLEncoding.EncodeToString(key) + "\n",
	} {
		must(t, CheckMaster(text))
		must(t, opened(t, dir, text).Close())
	}
	if _, err := os.Stat(filepath.Join(dir, MasterFile)); err == nil {
		t.Error("a file was made beside the configured key")
	}
}

func TestAWrappedKeyOpensUnderItsOwnNameOnly(t *testing.T) {
	s := opened(t, t.TempDir(), "")
	for _, r := range []string{"a", "b"} {
		_, err := s.New(t.Context(), r)
		must(t, err)
	}
	_, err := s.db.ExecContext(t.Context(), "UPDATE keys SET wrapped = ? WHERE recording = 'a'", wrappedKey(t, s, "b"))
	must(t, err)
	if _, err := s.Key(t.Context(), "a"); !errors.Is(err, ErrDamaged) {
		t.Errorf("a key of another recording: %v", err)
	}
	_, err = s.db.ExecContext(t.Context(), "UPDATE keys SET wrapped = x'00' WHERE recording = 'b'")
	must(t, err)
	if _, err := s.Key(t.Context(), "b"); !errors.Is(err, ErrDamaged) {
		t.Errorf("half a key: %v", err)
	}
}

func TestTwoProcessesThatBeginAtOnceHaveOneMasterKey(t *testing.T) {
	dir := t.TempDir()
	results := make(chan error, 4)
	for range cap(results) {
		go func() {
			s, err := Open(context.WithoutCancel(t.Context()), dir, "")
			if err == nil {
				err = s.Close()
			}
			results <- err
		}()
	}
	for range cap(results) {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}
