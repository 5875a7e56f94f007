// Package blob keeps objects by name: in files, or in an S3-compatible object store. It is the one door to object storage.
//
// Guarantees: an object is there whole or not at all, and what Put returned from outlives a power cut; putting the same again changes
// nothing; what Delete returned from is gone with every version of it. Nothing is retried for longer than the caller's context lasts.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

var (
	// ErrNotFound is an object that is not there. It is fs.ErrNotExist too.
	ErrNotFound = fmt.Errorf("blob: no such object: %w", fs.ErrNotExist)
	// ErrName is a name that no object can have.
	ErrName = errors.New("blob: not a name")
	// ErrRange is a range that the object does not have.
	ErrRange = errors.New("blob: not within the object")
	// ErrVersioned is a bucket that keeps what is deleted.
	ErrVersioned = errors.New("blob: the bucket keeps versions and no rule deletes them")
	// ErrUnreachable is an object store that gave no answer.
	ErrUnreachable = errors.New("blob: the object store does not answer")
)

// Info is what is known of an object without reading it.
type Info struct {
	Name string
	Size int64
}

// Store keeps objects. Implementations: File, S3, and blobtest's Memory, which is the reference.
//
// A name is one to eight parts joined by slashes; a part is letters, digits, '-', '_' and '.', not '.' first, at most 200 characters.
// No name may be the folder of another.
type Store interface {
	// Put makes or replaces an object. It does not keep content.
	Put(ctx context.Context, name string, content []byte) error
	Get(ctx context.Context, name string) ([]byte, error)
	// GetRange gives length bytes from an offset on, no fewer: else ErrRange.
	GetRange(ctx context.Context, name string, from, length int64) ([]byte, error)
	Head(ctx context.Context, name string) (Info, error)
	// List gives the names that begin with prefix, sorted. What is put or deleted meanwhile may be in it or not.
	List(ctx context.Context, prefix string) ([]string, error)
	// Delete deletes an object, every version of it, and what is left of uploads to its name. None there is no error.
	Delete(ctx context.Context, name string) error
	// Close lets go of connections; the store is not used afterwards.
	Close() error
}

// CheckName says whether an object can have this name.
func CheckName(name string) error {
	parts := strings.Split(name, "/")
	if len(parts) > 8 {
		return fmt.Errorf("%w: %.40q…", ErrName, name)
	}
	for _, part := range parts {
		if part == "" || part[0] == '.' || len(part) > 200 || strings.ContainsFunc(part, strange) {
			return fmt.Errorf("%w: %.200q", ErrName, name)
		}
	}
	return nil
}

// CheckPrefix says whether a name could begin so.
func CheckPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	return CheckName(strings.TrimSuffix(prefix, "/"))
}

func strange(c rune) bool {
	return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.'
}

// checkRange says whether an object of this size has the range.
func checkRange(size, from, length int64) error {
	if from < 0 || length < 0 || from > size || length > size-from {
		return fmt.Errorf("%w: %d bytes from %d, of %d", ErrRange, length, from, size)
	}
	return nil
}
