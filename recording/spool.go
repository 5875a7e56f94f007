package recording

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ridealong/recording/chunk"
	"ridealong/wire"
)

// The spool is the folder of one recording on this machine: NNNNNN.open is the chunk that grows, NNNNNN.sealed waits to be moved to the
// object store, HASH.blob too. A file that is there under its last name is whole.

const (
	openSuffix   = ".open"
	sealedSuffix = ".sealed"
	blobSuffix   = ".blob"
)

// File is what a spool needs of one. *os.File is one.
type File interface {
	io.Writer
	io.ReaderAt
	Truncate(size int64) error
	Sync() error
	Close() error
}

// Disk makes files; tests put a worse one in its place.
type Disk interface {
	Create(path string) (File, error)
}

// osDisk is the real one.
type osDisk struct{}

func (osDisk) Create(path string) (File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

type spool struct {
	dir   string
	disk  Disk
	moved func() // there is something to move
}

// spoolFile collects what is written and hands it to the disk at sync, in one call.
type spoolFile struct {
	file File
	path string
	buf  []byte
	good int64 // bytes that are on disk
}

func (f *spoolFile) Write(p []byte) (int, error) {
	f.buf = append(f.buf, p...)
	return len(p), nil
}

// sync writes what was collected and waits until it is on disk. After an error the file is as it was at the last sync, or beyond help.
func (f *spoolFile) sync() error {
	if _, err := f.file.Write(f.buf); err != nil {
		return err
	}
	if err := datasync(f.file); err != nil {
		return err
	}
	f.good += int64(len(f.buf))
	f.buf = f.buf[:0]
	return nil
}

func newSpool(dir string, disk Disk, moved func()) (*spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	return &spool{dir, disk, moved}, nil
}

func (s *spool) path(n int, suffix string) string {
	return filepath.Join(s.dir, fmt.Sprintf("%06d%s", n, suffix))
}

func (s *spool) create(n int) (*spoolFile, error) {
	path := s.path(n, openSuffix)
	file, err := s.disk.Create(path)
	if err != nil {
		return nil, err
	}
	if err := syncDir(s.dir); err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(path))
	}
	return &spoolFile{file: file, path: path}, nil
}

func (s *spool) discard(f *spoolFile) {
	_ = f.file.Close()
	_ = os.Remove(f.path)
}

// sealed gives a chunk its last name.
func (s *spool) sealed(f *spoolFile) error {
	if err := f.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.path, strings.TrimSuffix(f.path, openSuffix)+sealedSuffix); err != nil {
		return err
	}
	return syncDir(s.dir)
}

// content keeps one beside the chunks.
func (s *spool) content(hash wire.BlobHash, sealed []byte) error {
	path := filepath.Join(s.dir, encodeHash(hash)+blobSuffix)
	if err := writeWhole(path, sealed); err != nil {
		return err
	}
	s.moved()
	return nil
}

// writeWhole makes a file that is there whole or not at all.
func writeWhole(path string, content []byte) error {
	temporary := path + ".part"
	file, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		_ = os.Remove(temporary)
		return err
	}
	return syncDir(filepath.Dir(path))
}

// cut leaves a file as it was at the last sync.
func (f *spoolFile) cut() error { return errors.Join(f.file.Truncate(f.good), f.file.Close()) }

// recover seals what is good of an open chunk whose writer is gone. An empty one goes away. The mover is told by whoever has noted it.
func (s *spool) recover(id string, key [32]byte, n int) error {
	path := s.path(n, openSuffix)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	whole, err := mend(content, chunk.ID{Recording: id, Number: uint32(n)}, key)
	if err != nil && !errors.Is(err, chunk.ErrNotAChunk) {
		return err
	}
	if len(whole) > 0 {
		if err := writeWhole(s.path(n, sealedSuffix), whole); err != nil {
			return err
		}
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return syncDir(s.dir)
}

// mend seals what is good of a chunk; nothing when there is no record in it.
func mend(content []byte, id chunk.ID, key [32]byte) ([]byte, error) {
	recovered, err := chunk.Recover(bytes.NewReader(content), int64(len(content)), id, key)
	if err != nil || recovered.Index.Records == 0 {
		return nil, err
	}
	out := bytes.NewBuffer(content[:recovered.Good:recovered.Good])
	_, err = recovered.Seal(out)
	return out.Bytes(), err
}

// read gives a chunk that is on this machine; fs.ErrNotExist when it is elsewhere.
func (s *spool) read(n int) (content []byte, open bool, err error) {
	for range 2 { // it may be sealed between the two looks
		content, err = os.ReadFile(s.path(n, sealedSuffix))
		if !errors.Is(err, fs.ErrNotExist) {
			return content, false, err
		}
		content, err = os.ReadFile(s.path(n, openSuffix))
		if !errors.Is(err, fs.ErrNotExist) {
			return content, true, err
		}
	}
	return nil, false, fs.ErrNotExist
}

func (s *spool) readContent(hash string) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.dir, hash+blobSuffix))
}

// remove takes all of it away.
func (s *spool) remove() error { return os.RemoveAll(s.dir) }

// chunks lists the numbers of those on this machine.
func (s *spool) chunks() (open, sealed []int, err error) {
	names, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range names {
		name := entry.Name()
		for suffix, list := range map[string]*[]int{openSuffix: &open, sealedSuffix: &sealed} {
			if number, ok := strings.CutSuffix(name, suffix); ok {
				if n, err := strconv.Atoi(number); err == nil {
					*list = append(*list, n)
				}
			}
		}
	}
	slices.Sort(open)
	slices.Sort(sealed)
	return open, sealed, nil
}

// contents lists the hashes of those on this machine.
func (s *spool) contents() ([]string, error) {
	names, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, entry := range names {
		if hash, ok := strings.CutSuffix(entry.Name(), blobSuffix); ok {
			out = append(out, hash)
		}
	}
	return out, err
}

// move puts what is whole into the object store, and takes it away here. It stops at the first failure: the store may be down.
func (s *spool) move(ctx context.Context, id string, blobs Blobs) error {
	names, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range names {
		key, ok := objectKey(id, entry.Name())
		if !ok {
			continue
		}
		path := filepath.Join(s.dir, entry.Name())
		content, err := os.ReadFile(path)
		if err == nil {
			err = blobs.Put(ctx, key, content)
		}
		if err == nil {
			err = os.Remove(path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// objectKey of a spooled file that is whole.
func objectKey(id, name string) (string, bool) {
	if n, ok := strings.CutSuffix(name, sealedSuffix); ok {
		return chunkKey(id, n), true
	}
	if hash, ok := strings.CutSuffix(name, blobSuffix); ok {
		return blobKey(id, hash), true
	}
	return "", false
}

func chunkKey(id, n string) string   { return "recordings/" + id + "/" + n }
func blobKey(id, hash string) string { return "recordings/" + id + "/blobs/" + hash }

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
