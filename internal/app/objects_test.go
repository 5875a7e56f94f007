package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ridealong/internal/blob"
	"ridealong/internal/config"
)

func TestWholeRecordingsAreFilesUnlessAnObjectStoreIsConfigured(t *testing.T) {
	data := t.TempDir()
	store, err := openObjects(t.Context(), data, s3Config(config.ObjectStore{}), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(store.Put(t.Context(), "a/b", []byte("x")), store.Close()); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(data, objectsDir, "a", "b")); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
}

// An object store that is away does not keep a server from starting; one that would keep what is erased does.
func TestAStartWaitsForNoObjectStoreAndTakesNoneThatKeepsWhatIsDeleted(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Query().Has("versioning"):
			_, _ = fmt.Fprint(w, "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
		case r.URL.Query().Has("lifecycle"):
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>")
		}
	}))
	c := config.ObjectStore{S3URL: s.URL, S3Bucket: "bucket", S3Region: "us-east-1", S3Key: "key", S3Secret: "the secret"}
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	data := t.TempDir()
	if _, err := openObjects(t.Context(), data, s3Config(c), logger); !errors.Is(err, blob.ErrVersioned) {
		t.Errorf("a bucket with versions: %v", err)
	}
	c.S3Versioned = true
	store, err := openObjects(t.Context(), data, s3Config(c), logger)
	if err != nil {
		t.Fatal(err)
	}
	_ = store.Close()
	if log.Len() > 0 {
		t.Error(log.String())
	}
	s.Close()
	c.S3Versioned = false
	store, err = openObjects(t.Context(), data, s3Config(c), logger)
	if err != nil {
		t.Fatal(err)
	}
	_ = store.Close()
	if !strings.Contains(log.String(), "recordings wait on the disk") || strings.Contains(log.String(), c.S3Secret) {
		t.Error(log.String())
	}
}
