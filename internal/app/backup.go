package app

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"ridealong/internal/keystore"
	"ridealong/internal/sqlstore"
)

// A back-up is two tar files. The data has the database, recordings and what waits to become one, all of it useless without the keys. The
// keys are apart and small, so that they can be replaced every few days: a recording that was erased is unreadable in every back-up of the
// data as soon as no back-up of the keys from before its erasure is left.

// maxRestored bounds one file of a back-up.
const maxRestored = 64 << 30

// Backup writes both files while a server may be running. They must not be there yet. Of a recording that is live it has what is on disk.
func Backup(ctx context.Context, data, masterKey, dataFile, keyFile string) (err error) {
	file, err := databaseIn(data)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(data, "backup-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	db, err := sqlstore.Open(ctx, file)
	if err != nil {
		return err
	}
	// The database first: what is recorded or erased meanwhile is missing there or here, and never half of it.
	err = errors.Join(db.Backup(ctx, filepath.Join(scratch, databaseFile)), db.Close())
	if err != nil {
		return err
	}
	err = writeTar(dataFile, func(w *tar.Writer) error {
		return errors.Join(addFile(w, filepath.Join(scratch, databaseFile), databaseFile), addTree(ctx, w, data, recordingsDir), addTree(ctx, w, data, objectsDir))
	})
	if err != nil {
		return err
	}
	keys, err := keystore.Open(ctx, data, masterKey)
	if err != nil {
		return err
	}
	if err := errors.Join(keys.Backup(ctx, filepath.Join(scratch, keystore.DatabaseFile)), keys.Close()); err != nil {
		return err
	}
	return writeTar(keyFile, func(w *tar.Writer) error {
		err := addFile(w, filepath.Join(scratch, keystore.DatabaseFile), keystore.DatabaseFile)
		master := filepath.Join(data, keystore.MasterFile)
		if _, missing := os.Stat(master); missing == nil && err == nil {
			err = addFile(w, master, keystore.MasterFile)
		}
		return err
	})
}

// writeTar makes a file that is there whole or not at all, for its owner only.
func writeTar(path string, fill func(*tar.Writer) error) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s is there already", path)
	}
	file, err := os.OpenFile(path+".part", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	w := tar.NewWriter(file)
	err = errors.Join(fill(w), w.Close(), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(path+".part", path)
	}
	if err != nil {
		_ = os.Remove(path + ".part")
	}
	return err
}

func addFile(w *tar.Writer, path, name string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: filepath.ToSlash(name), Mode: 0o600, Size: info.Size(), ModTime: info.ModTime(), Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	_, err = io.CopyN(w, file, info.Size()) // an open chunk may have grown since
	return err
}

// addTree adds every file below a folder. What is moved or deleted meanwhile is left out: a chunk that is moved is met where it goes, because
// that folder comes later.
func addTree(ctx context.Context, w *tar.Writer, data, folder string) error {
	return filepath.WalkDir(filepath.Join(data, folder), func(path string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if errors.Is(err, fs.ErrNotExist) || err == nil && (entry.IsDir() || !entry.Type().IsRegular() || strings.HasSuffix(path, ".part")) {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(data, path)
		if err == nil {
			err = addFile(w, path, name)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

// Restore fills a data directory that is empty or not there from the two files of a back-up.
func Restore(ctx context.Context, data string, files ...string) error {
	if entries, err := os.ReadDir(data); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty: a back-up is restored into a directory of its own", data)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(data) // no name in the archive leads out of it
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for _, path := range files {
		if err := readTar(ctx, root, path); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if _, err := databaseIn(data); err != nil {
		return fmt.Errorf("the back-up has no %s", databaseFile)
	}
	return nil
}

func readTar(ctx context.Context, root *os.Root, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	for r := tar.NewReader(file); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := errors.Join(ctx.Err(), restoreFile(root, header, r)); err != nil {
			return err
		}
	}
}

func restoreFile(root *os.Root, header *tar.Header, content io.Reader) error {
	if header.Typeflag != tar.TypeReg || header.Size > maxRestored || !filepath.IsLocal(header.Name) {
		return fmt.Errorf("%q is nothing that a back-up has", header.Name)
	}
	if err := root.MkdirAll(filepath.Dir(header.Name), 0o700); err != nil {
		return err
	}
	file, err := root.OpenFile(header.Name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.CopyN(file, content, header.Size)
	return errors.Join(err, file.Sync(), file.Close())
}
