package blob

// Objects in a bucket of an S3-compatible object store.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/lifecycle"
)

// S3Config says where the bucket is.
type S3Config struct {
	Endpoint string // URL of the object store, such as https://s3.eu-central-1.amazonaws.com
	Bucket   string
	Prefix   string // of every name, such as ridealong/; empty: none
	Region   string // empty: asked for
	Access   string // key id
	Secret   string
	// Versioned takes a bucket that keeps versions though no rule of its own deletes the old ones: Delete deletes those that it finds.
	Versioned bool
}

// Check finds what cannot be used.
func (c S3Config) Check() error {
	u, err := url.Parse(c.Endpoint)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("blob: %q is not the URL of an object store", c.Endpoint)
	}
	if c.Bucket == "" || c.Access == "" || c.Secret == "" {
		return errors.New("blob: an object store needs a bucket, a key id and a secret")
	}
	if c.Prefix != "" && (!strings.HasSuffix(c.Prefix, "/") || CheckPrefix(c.Prefix) != nil) {
		return fmt.Errorf("blob: %q is not a prefix: parts of names, each with a slash behind it", c.Prefix)
	}
	return nil
}

// S3 keeps each object in an object of its name, put in one request: there are no uploads in parts, which would leave parts behind.
// Nothing is put into a bucket before it was seen that it does not keep what is deleted.
type S3 struct {
	config    S3Config
	client    *minio.Core
	transport *http.Transport
	suits     atomic.Bool
}

// tries of one request. How long to go on is for the caller to say, who knows what waits.
const tries = 3

// NewS3 asks nobody anything; Check does, and else the first Put.
func NewS3(config S3Config) (*S3, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	u, err := url.Parse(config.Endpoint)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	transport, err := minio.DefaultTransport(u.Scheme == "https")
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	client, err := minio.NewCore(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(config.Access, config.Secret, ""), Secure: u.Scheme == "https", Region: config.Region,
		Transport: transport, MaxRetries: tries,
	})
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return &S3{config: config, client: client, transport: transport}, nil
}

// Check looks whether the bucket is there, and whether it keeps what is deleted: ErrVersioned. ErrUnreachable may be over later.
func (s *S3) Check(ctx context.Context) error {
	if s.suits.Load() {
		return nil
	}
	err := s.look(ctx)
	var answer minio.ErrorResponse
	if err != nil && !errors.Is(err, ErrVersioned) && (!errors.As(err, &answer) || answer.StatusCode >= http.StatusInternalServerError) {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	s.suits.Store(err == nil)
	return err
}

func (s *S3) look(ctx context.Context) error {
	there, err := s.client.BucketExists(ctx, s.config.Bucket)
	if err == nil && !there {
		err = minio.ErrorResponse{Code: "NoSuchBucket", Message: "it is not there"}
	}
	if err != nil {
		return fmt.Errorf("blob: bucket %s: %w", s.config.Bucket, err)
	}
	if s.config.Versioned {
		return nil
	}
	versioning, err := s.client.GetBucketVersioning(ctx, s.config.Bucket)
	if lacks(err) || err == nil && versioning.Status == "" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("blob: versions of bucket %s: %w", s.config.Bucket, err)
	}
	rules, err := s.client.GetBucketLifecycle(ctx, s.config.Bucket)
	switch {
	case err == nil && slices.ContainsFunc(rules.Rules, s.deletesOld):
		return nil
	case err == nil, lacks(err), code(err) == "NoSuchLifecycleConfiguration":
		return fmt.Errorf("%w: bucket %s", ErrVersioned, s.config.Bucket)
	}
	return fmt.Errorf("blob: rules of bucket %s: %w", s.config.Bucket, err)
}

// deletesOld says whether a rule deletes old versions of all that has our prefix.
func (s *S3) deletesOld(rule lifecycle.Rule) bool {
	prefix := rule.Prefix
	if prefix == "" {
		prefix = rule.RuleFilter.Prefix
	}
	narrow := !rule.RuleFilter.Tag.IsEmpty() || !rule.RuleFilter.And.IsEmpty() ||
		rule.RuleFilter.ObjectSizeLessThan > 0 || rule.RuleFilter.ObjectSizeGreaterThan > 0
	return rule.Status == "Enabled" && !narrow && strings.HasPrefix(s.config.Prefix, prefix) && rule.NoncurrentVersionExpiration.NoncurrentDays > 0
}

// code is S3's word for an error; empty when it is not an answer of S3's.
func code(err error) string {
	var answer minio.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

// lacks: the object store does not have this part of S3.
func lacks(err error) bool {
	return code(err) == "NotImplemented" || code(err) == "VersioningNotConfigured"
}

func (s *S3) key(name string) string { return s.config.Prefix + name }

// failed says what was asked when it did not work, and calls what is not there so.
func failed(what, name string, err error) error {
	if err == nil {
		return nil
	}
	switch code(err) {
	case "NoSuchKey", "NoSuchVersion":
		return fmt.Errorf("%w: %s", ErrNotFound, name)
	case "InvalidRange":
		return fmt.Errorf("%w: %s", ErrRange, name)
	}
	return fmt.Errorf("blob: %s %s: %w", what, name, err)
}

// Put sends the whole object.
func (s *S3) Put(ctx context.Context, name string, content []byte) error {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return err
	}
	if err := s.Check(ctx); err != nil {
		return err
	}
	_, err := s.client.Client.PutObject(ctx, s.config.Bucket, s.key(name), bytes.NewReader(content), int64(len(content)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true, SendContentMd5: true})
	return failed("put", name, err)
}

// Get reads an object.
func (s *S3) Get(ctx context.Context, name string) ([]byte, error) {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return nil, err
	}
	return s.read(ctx, name, minio.GetObjectOptions{}, -1)
}

func (s *S3) read(ctx context.Context, name string, options minio.GetObjectOptions, length int64) ([]byte, error) {
	body, info, _, err := s.client.GetObject(ctx, s.config.Bucket, s.key(name), options)
	if err != nil {
		return nil, failed("get", name, err)
	}
	defer func() { _ = body.Close() }()
	if length < 0 {
		length = info.Size
	}
	if length < 0 {
		return nil, fmt.Errorf("blob: get %s: of no size", name)
	}
	content := make([]byte, length)
	if _, err := io.ReadFull(body, content); err != nil {
		return nil, failed("get", name, err)
	}
	return content, nil
}

// GetRange reads a part of an object.
func (s *S3) GetRange(ctx context.Context, name string, from, length int64) ([]byte, error) {
	info, err := s.Head(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := checkRange(info.Size, from, length); err != nil || length == 0 {
		return nil, err
	}
	var options minio.GetObjectOptions
	if err := options.SetRange(from, from+length-1); err != nil {
		return nil, fmt.Errorf("blob: get %s: %w", name, err)
	}
	return s.read(ctx, name, options, length)
}

// Head tells of an object.
func (s *S3) Head(ctx context.Context, name string) (Info, error) {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return Info{}, err
	}
	info, err := s.client.StatObject(ctx, s.config.Bucket, s.key(name), minio.StatObjectOptions{})
	if err != nil {
		return Info{}, failed("head", name, err)
	}
	return Info{Name: name, Size: info.Size}, nil
}

// List asks page by page.
func (s *S3) List(ctx context.Context, prefix string) ([]string, error) {
	if err := errors.Join(CheckPrefix(prefix), ctx.Err()); err != nil {
		return nil, err
	}
	var names []string
	for object := range s.client.ListObjectsIter(ctx, s.config.Bucket, minio.ListObjectsOptions{Prefix: s.key(prefix), Recursive: true}) {
		if object.Err != nil {
			return nil, failed("list", prefix, object.Err)
		}
		// Others may have names in the bucket that are none here.
		if name := strings.TrimPrefix(object.Key, s.config.Prefix); CheckName(name) == nil {
			names = append(names, name)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, failed("list", prefix, err)
	}
	slices.Sort(names)
	return names, nil
}

// Delete deletes what is there under the name: the object, all its versions and marks of deletion, and uploads that nobody finished.
func (s *S3) Delete(ctx context.Context, name string) error {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return err
	}
	versions, err := s.versions(ctx, name)
	if err != nil {
		return err
	}
	for _, version := range versions {
		err := s.client.RemoveObject(ctx, s.config.Bucket, s.key(name), minio.RemoveObjectOptions{VersionID: version})
		if err = failed("delete", name, err); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	if err := s.client.RemoveIncompleteUpload(ctx, s.config.Bucket, s.key(name)); err != nil && !lacks(err) && code(err) != "NoSuchUpload" {
		return failed("delete uploads to", name, err)
	}
	return nil
}

// versions of an object; one without a number where the bucket has none.
func (s *S3) versions(ctx context.Context, name string) (versions []string, err error) {
	options := minio.ListObjectsOptions{Prefix: s.key(name), Recursive: true, WithVersions: true}
	for object := range s.client.ListObjectsIter(ctx, s.config.Bucket, options) {
		if lacks(object.Err) {
			return []string{""}, nil
		}
		if object.Err != nil {
			return nil, failed("list versions of", name, object.Err)
		}
		if object.Key == s.key(name) {
			versions = append(versions, object.VersionID)
		}
		if object.Key > s.key(name) {
			break
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, failed("list versions of", name, err)
	}
	return versions, nil
}

// Close lets go of the connections.
func (s *S3) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}
