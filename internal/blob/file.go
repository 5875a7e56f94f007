package blob

// Objects in files below one folder.

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// File keeps each object in a file of its name. No name leads out of its folder, by links neither.
type File struct {
	root *os.Root
	sync func(*os.File) error
}

// temporary is where files are until they are whole. No object's name begins with a dot.
const temporary = ".incomplete"

// abandoned is how old a half-written file is when nobody writes it any more: another process may be at work in the folder.
const abandoned = time.Hour

// OpenFile opens or makes the folder, and takes away what a crash left half-written.
func OpenFile(dir string) (*File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	f := &File{root: root, sync: (*os.File).Sync}
	if err := f.sweep(); err != nil {
		return nil, errors.Join(fmt.Errorf("blob: %w", err), root.Close())
	}
	return f, nil
}

func (f *File) sweep() error {
	if err := f.root.Mkdir(temporary, 0o700); err == nil || !errors.Is(err, fs.ErrExist) {
		return err
	}
	left, err := fs.ReadDir(f.root.FS(), temporary)
	if err != nil {
		return err
	}
	for _, entry := range left {
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > abandoned {
			if err := f.root.Remove(path.Join(temporary, entry.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// Put writes beside, syncs, and gives the file its name.
func (f *File) Put(ctx context.Context, name string, content []byte) error {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return err
	}
	whole := path.Join(temporary, rand.Text())
	err := f.write(whole, content)
	if err == nil {
		err = f.rename(whole, name)
	}
	if err != nil {
		_ = f.root.Remove(whole)
		return fmt.Errorf("blob: put %s: %w", name, err)
	}
	return nil
}

func (f *File) write(name string, content []byte) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = f.sync(file)
	}
	return errors.Join(err, file.Close())
}

func (f *File) rename(whole, name string) error {
	dir := path.Dir(name)
	err := fs.ErrNotExist
	// A Delete may take the folder away in between, because it was empty.
	for tries := 0; tries < 10 && errors.Is(err, fs.ErrNotExist); tries++ {
		if err = f.mkdir(dir); err == nil {
			err = f.root.Rename(whole, name)
		}
	}
	if err != nil {
		return err
	}
	return f.syncDir(dir)
}

// mkdir makes a folder and those above it, so that they outlive a power cut.
func (f *File) mkdir(dir string) error {
	if dir == "." {
		return nil
	}
	if err := f.mkdir(path.Dir(dir)); err != nil {
		return err
	}
	err := f.root.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.syncDir(path.Dir(dir))
}

func (f *File) syncDir(dir string) error {
	file, err := f.root.Open(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a Delete took it away: nothing is in it
	}
	if err != nil {
		return err
	}
	return errors.Join(f.sync(file), file.Close())
}

// open gives the object's file and its size.
func (f *File) open(ctx context.Context, name string) (*os.File, int64, error) {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return nil, 0, err
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, 0, notThere(name, err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, 0, errors.Join(notThere(name, err), file.Close())
	}
	return file, info.Size(), nil
}

func notThere(name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNotFound, name)
	}
	return fmt.Errorf("blob: %s: %w", name, err)
}

// Get reads an object.
func (f *File) Get(ctx context.Context, name string) ([]byte, error) {
	file, size, err := f.open(ctx, name)
	if err != nil {
		return nil, err
	}
	return readRange(file, name, 0, size)
}

// GetRange reads a part of an object.
func (f *File) GetRange(ctx context.Context, name string, from, length int64) ([]byte, error) {
	file, size, err := f.open(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := checkRange(size, from, length); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return readRange(file, name, from, length)
}

func readRange(file *os.File, name string, from, length int64) ([]byte, error) {
	b := make([]byte, length)
	_, err := io.ReadFull(io.NewSectionReader(file, from, length), b)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("blob: get %s: %w", name, err)
	}
	return b, nil
}

// Head tells of an object.
func (f *File) Head(ctx context.Context, name string) (Info, error) {
	file, size, err := f.open(ctx, name)
	if err != nil {
		return Info{}, err
	}
	return Info{Name: name, Size: size}, file.Close()
}

// List walks the folder that the prefix names.
func (f *File) List(ctx context.Context, prefix string) ([]string, error) {
	if err := errors.Join(CheckPrefix(prefix), ctx.Err()); err != nil {
		return nil, err
	}
	var names []string
	top := strings.TrimSuffix(prefix[:strings.LastIndex(prefix, "/")+1], "/")
	if top == "" {
		top = "."
	}
	err := fs.WalkDir(f.root.FS(), top, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // deleted meanwhile, or never there
		case err != nil:
			return err
		case name == temporary:
			return fs.SkipDir
		case entry.Type().IsRegular() && strings.HasPrefix(name, prefix):
			names = append(names, name)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("blob: list %s: %w", prefix, err)
	}
	slices.Sort(names)
	return names, nil
}

// Delete removes an object's file, and the folders that are empty without it.
func (f *File) Delete(ctx context.Context, name string) error {
	if err := errors.Join(CheckName(name), ctx.Err()); err != nil {
		return err
	}
	info, err := f.root.Lstat(name)
	if err == nil && !info.IsDir() {
		err = f.root.Remove(name)
	}
	if err == nil {
		err = f.syncDir(path.Dir(name))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: delete %s: %w", name, err)
	}
	for dir := path.Dir(name); dir != "." && f.root.Remove(dir) == nil; dir = path.Dir(dir) {
	}
	return nil
}

// Close closes the folder.
func (f *File) Close() error { return f.root.Close() }
