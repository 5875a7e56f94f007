package sourcemaps

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// visit is given each map of a build: its script's path in it, and the text.
type visit func(script string, text []byte) error

// Folder visits every map below a folder. A link in it is not followed.
func Folder(files fs.FS, each visit) error {
	return fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		script, ok := scriptOf(name)
		if err != nil || !ok || !d.Type().IsRegular() {
			return err
		}
		file, err := files.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		return read(name, script, file, each)
	})
}

// Archive visits every map of a tar archive.
func Archive(r io.Reader, each visit) error {
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the archive: %w", err)
		}
		script, ok := scriptOf(path.Clean(header.Name))
		if !ok || header.Typeflag != tar.TypeReg {
			continue
		}
		if strings.HasPrefix(script, "/") || strings.HasPrefix(script, "../") {
			return fmt.Errorf("the archive has %q, which is outside of it", header.Name)
		}
		if err := read(header.Name, script, archive, each); err != nil {
			return err
		}
	}
}

// scriptOf is the script that a map is for by its name: app.js.map is app.js's.
func scriptOf(name string) (string, bool) {
	script, ok := strings.CutSuffix(name, ".map")
	switch path.Ext(script) {
	case ".js", ".mjs", ".cjs":
		return script, ok
	}
	return "", false
}

func read(name, script string, r io.Reader, each visit) error {
	text, err := ReadMap(r)
	if err == nil {
		err = each(script, text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// ReadMap reads no more than a map may have.
func ReadMap(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxMap+1))
	if err == nil && len(text) > MaxMap {
		err = errTooLarge
	}
	return text, err
}

// Below is the address of a file under an address.
func Below(address, name string) string {
	return strings.TrimSuffix(address, "/") + "/" + strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23", `\`, "%5C", ";", "%3B").Replace(name)
}
