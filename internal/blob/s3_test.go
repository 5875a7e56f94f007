package blob_test

// Against a real server, which this starts: versitygw, built by `make test` (ci/test.sh). RIDEALONG_TEST_S3 says where it is, and that it has to be.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"ridealong/internal/blob"
	"ridealong/internal/blob/blobtest"
)

const (
	access = "ridealong-test"
	secret = "ridealong-test-secret"
)

// server is an S3 server on this machine.
type server struct {
	port    string
	dir     string
	program string
	run     *exec.Cmd
}

func s3(t *testing.T) *server {
	t.Helper()
	program := os.Getenv("RIDEALONG_TEST_S3")
	if program == "" {
		program = filepath.Join("..", "..", ".cache", "versitygw")
		if _, err := os.Stat(program); err != nil {
			t.Skip("no S3 server to test against: `make test` builds one")
		}
	}
	program, err := filepath.Abs(program)
	must(t, err)
	// A free port, which nobody else takes in the moment before the server does.
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	_, port, err := net.SplitHostPort(free.Addr().String())
	must(t, err)
	must(t, free.Close())
	s := &server{port: port, dir: t.TempDir(), program: program}
	for _, dir := range []string{"objects", "versions"} {
		must(t, os.Mkdir(filepath.Join(s.dir, dir), 0o700))
	}
	s.start(t)
	t.Cleanup(s.stop)
	return s
}

func (s *server) start(t *testing.T) {
	t.Helper()
	s.run = exec.Command(s.program, "--quiet", "--port", "127.0.0.1:"+s.port, "--access", access, "--secret", secret,
		"posix", "--versioning-dir", filepath.Join(s.dir, "versions"), filepath.Join(s.dir, "objects"))
	var said bytes.Buffer
	s.run.Stdout, s.run.Stderr = &said, &said
	must(t, s.run.Start())
	var dialer net.Dialer
	for end := time.Now().Add(30 * time.Second); ; {
		connection, err := dialer.DialContext(t.Context(), "tcp", "127.0.0.1:"+s.port)
		if err == nil {
			must(t, connection.Close())
			return
		}
		if time.Now().After(end) {
			s.stop()
			t.Fatalf("the S3 server does not answer: %v\n%s", err, said.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *server) stop() {
	_ = s.run.Process.Kill()
	_ = s.run.Wait()
}

// bucket makes one.
func (s *server) bucket(t *testing.T, name string) (blob.S3Config, *minio.Client) {
	t.Helper()
	transport, err := minio.DefaultTransport(false)
	must(t, err)
	t.Cleanup(transport.CloseIdleConnections)
	client, err := minio.New("127.0.0.1:"+s.port, &minio.Options{
		Creds: credentials.NewStaticV4(access, secret, ""), Region: "us-east-1", Transport: transport,
	})
	must(t, err)
	must(t, client.MakeBucket(t.Context(), name, minio.MakeBucketOptions{}))
	return blob.S3Config{Endpoint: "http://127.0.0.1:" + s.port, Bucket: name, Region: "us-east-1", Access: access, Secret: secret}, client
}

func openS3(t *testing.T, config blob.S3Config) (*blob.S3, error) {
	t.Helper()
	store, err := blob.NewS3(config)
	if err != nil {
		return nil, err
	}
	return store, store.Check(t.Context())
}

func bucketOpened(t *testing.T, config blob.S3Config) *blob.S3 {
	t.Helper()
	store, err := openS3(t, config)
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func TestAnObjectStoreKeepsTheContract(t *testing.T) {
	server, n := s3(t), 0
	for _, prefix := range []string{"", "ours/in/"} {
		t.Run("prefix "+prefix, func(t *testing.T) {
			blobtest.Suite(t, func(t *testing.T) blob.Store {
				n++
				config, _ := server.bucket(t, fmt.Sprintf("bucket-%d", n))
				config.Prefix = prefix
				return bucketOpened(t, config)
			})
		})
	}
}

func TestABucketThatIsNotThereOrNotOursIsToldAtTheStart(t *testing.T) {
	server := s3(t)
	config, _ := server.bucket(t, "here")
	for name, change := range map[string]func(*blob.S3Config){
		"another bucket": func(c *blob.S3Config) { c.Bucket = "elsewhere" },
		"another secret": func(c *blob.S3Config) { c.Secret = "wrong" },
		"no bucket":      func(c *blob.S3Config) { c.Bucket = "" },
		"not a URL":      func(c *blob.S3Config) { c.Endpoint = "127.0.0.1" },
		"a bad prefix":   func(c *blob.S3Config) { c.Prefix = "x" },
	} {
		wrong := config
		change(&wrong)
		if _, err := openS3(t, wrong); err == nil {
			t.Errorf("%s: opened", name)
		} else if errors.Is(err, blob.ErrUnreachable) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error tells the secret", name)
		}
	}
}

func TestOtherPeoplesObjectsAreLeftAlone(t *testing.T) {
	config, client := s3(t).bucket(t, "shared")
	config.Prefix = "ours/"
	store := bucketOpened(t, config)
	for _, key := range []string{"theirs", "ours/a b", "oursnot/a"} {
		_, err := client.PutObject(t.Context(), "shared", key, strings.NewReader("x"), 1, minio.PutObjectOptions{})
		must(t, err)
	}
	must(t, store.Put(t.Context(), "a", []byte("x")))
	if names, err := store.List(t.Context(), ""); err != nil || fmt.Sprint(names) != "[a]" {
		t.Error(names, err)
	}
}

func versions(t *testing.T, client *minio.Client, bucket string) (all []string) {
	t.Helper()
	for object := range client.ListObjects(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
		must(t, object.Err)
		all = append(all, object.Key)
	}
	return all
}

func TestDeletingDeletesEveryVersionAndEveryUpload(t *testing.T) {
	config, client := s3(t).bucket(t, "versioned")
	must(t, client.EnableVersioning(t.Context(), "versioned"))
	if _, err := openS3(t, config); !errors.Is(err, blob.ErrVersioned) {
		t.Errorf("a bucket that keeps versions: %v", err)
	}
	config.Versioned = true
	store := bucketOpened(t, config)
	for _, content := range []string{"one", "two", "three"} {
		must(t, store.Put(t.Context(), "a/b", []byte(content)))
		must(t, store.Put(t.Context(), "a/bc", []byte(content)))
	}
	// Deleted by somebody's hand: the versions are behind a mark.
	must(t, client.RemoveObject(t.Context(), "versioned", "a/b", minio.RemoveObjectOptions{}))
	core := minio.Core{Client: client}
	for _, key := range []string{"a/b", "a/bc"} {
		upload, err := core.NewMultipartUpload(t.Context(), "versioned", key, minio.PutObjectOptions{})
		must(t, err)
		_, err = core.PutObjectPart(t.Context(), "versioned", key, upload, 1, strings.NewReader("part"), 4, minio.PutObjectPartOptions{})
		must(t, err)
	}
	if n := len(versions(t, client, "versioned")); n != 7 {
		t.Errorf("%d versions before", n)
	}
	must(t, store.Delete(t.Context(), "a/b"))
	if left := versions(t, client, "versioned"); fmt.Sprint(left) != "[a/bc a/bc a/bc]" {
		t.Errorf("left: %v", left)
	}
	uploads, err := core.ListMultipartUploads(t.Context(), "versioned", "", "", "", "", 10)
	must(t, err)
	if len(uploads.Uploads) != 1 || uploads.Uploads[0].Key != "a/bc" {
		t.Errorf("uploads left: %+v", uploads.Uploads)
	}
}

// An object store that is away fails what is asked meanwhile, in time, and is used again when it is back.
func TestAnObjectStoreThatComesBackIsUsedAgain(t *testing.T) {
	server := s3(t)
	config, _ := server.bucket(t, "away")
	store := bucketOpened(t, config)
	must(t, store.Put(t.Context(), "a", []byte("before")))
	server.stop()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := store.Put(ctx, "a", []byte("meanwhile")); err == nil || ctx.Err() != nil {
		t.Errorf("put: %v", err)
	}
	if _, err := store.Get(ctx, "a"); err == nil || errors.Is(err, blob.ErrNotFound) || ctx.Err() != nil {
		t.Errorf("get: %v", err)
	}
	if _, err := store.List(ctx, ""); err == nil || ctx.Err() != nil {
		t.Errorf("list: %v", err)
	}
	fresh, err := blob.NewS3(config)
	must(t, err)
	defer func() { _ = fresh.Close() }()
	if err := fresh.Check(ctx); !errors.Is(err, blob.ErrUnreachable) {
		t.Errorf("check: %v", err)
	}
	server.start(t)
	must(t, fresh.Put(t.Context(), "b", []byte("new")))
	if got, err := store.Get(t.Context(), "a"); err != nil || string(got) != "before" {
		t.Errorf("%q, %v", got, err)
	}
	must(t, store.Put(t.Context(), "a", []byte("after")))
}

// rules answers what a start asks of a bucket that keeps versions, as S3 does it.
func rules(t *testing.T, lifecycle string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Query().Has("versioning"):
			_, _ = fmt.Fprint(w, "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
		case !r.URL.Query().Has("lifecycle"):
		case lifecycle == "":
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>")
		default:
			_, _ = fmt.Fprintf(w, "<LifecycleConfiguration>%s</LifecycleConfiguration>", lifecycle)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestABucketWithVersionsNeedsARuleThatDeletesThem(t *testing.T) {
	const deletes = "<NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays></NoncurrentVersionExpiration>"
	for _, c := range []struct {
		name, rules string
		ok          bool
	}{
		{"no rule", "", false},
		{"a rule for all", "<Rule><ID>a</ID><Status>Enabled</Status><Filter></Filter>" + deletes + "</Rule>", true},
		{"the second rule", "<Rule><Status>Enabled</Status><Expiration><Days>9</Days></Expiration></Rule><Rule><Status>Enabled</Status>" + deletes + "</Rule>", true},
		{"a rule for our prefix", "<Rule><Status>Enabled</Status><Filter><Prefix>ours/</Prefix></Filter>" + deletes + "</Rule>", true},
		{"a rule for another prefix", "<Rule><Status>Enabled</Status><Filter><Prefix>theirs/</Prefix></Filter>" + deletes + "</Rule>", false},
		{"a rule for another prefix, the old way", "<Rule><Status>Enabled</Status><Prefix>theirs/</Prefix>" + deletes + "</Rule>", false},
		{"a rule for what has a tag", "<Rule><Status>Enabled</Status><Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter>" + deletes + "</Rule>", false},
		{"a rule that is off", "<Rule><Status>Disabled</Status>" + deletes + "</Rule>", false},
		{"a rule for the newest versions", "<Rule><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule>", false},
	} {
		config := blob.S3Config{Endpoint: rules(t, c.rules), Bucket: "bucket", Prefix: "ours/", Region: "us-east-1", Access: access, Secret: secret}
		store, err := openS3(t, config)
		if put := store.Put(t.Context(), "a", nil); errors.Is(put, blob.ErrVersioned) == c.ok {
			t.Errorf("%s: put: %v", c.name, put)
		}
		if c.ok != (err == nil) || err != nil && !errors.Is(err, blob.ErrVersioned) {
			t.Errorf("%s: %v", c.name, err)
		}
		must(t, store.Close())
		config.Versioned = true
		must(t, bucketOpened(t, config).Close())
	}
}

// A server that takes a request and never answers holds nobody longer than their context.
func TestAnObjectStoreThatHangsIsGivenUp(t *testing.T) {
	var hang atomic.Bool
	over := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if hang.Load() {
			<-over
			return
		}
		_, _ = fmt.Fprint(w, "<VersioningConfiguration></VersioningConfiguration>")
	}))
	defer s.Close()
	defer close(over)
	store := bucketOpened(t, blob.S3Config{Endpoint: s.URL, Bucket: "bucket", Region: "us-east-1", Access: access, Secret: secret})
	hang.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := store.Put(ctx, "a", []byte("x")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("put: %v", err)
	}
	if _, err := store.Get(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("get: %v", err)
	}
}
