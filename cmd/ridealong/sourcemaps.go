package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"ridealong/internal/app"
	"ridealong/internal/sourcemaps"
)

// sourcemapsCommands work on the data directory, also while the server runs.
type sourcemapsCommands struct {
	Upload sourcemapsUpload `cmd:"" help:"Keep the source maps of a build."`
	Fetch  sourcemapsFetch  `cmd:"" help:"Keep the source maps that scripts of a site name. It is this machine that asks the site."`
	List   sourcemapsList   `cmd:"" help:"Print which maps there are."`
	Delete sourcemapsDelete `cmd:"" help:"Forget maps."`
}

// mapsIn is where the maps are; the flag has the name of the server's key, so that the server's file serves here too.
type mapsIn struct {
	Data string `default:"./data" help:"The server's data directory."`
}

// open calls f with the store; a directory without a server's database is not made into one.
func (in mapsIn) open(f func(context.Context, sourcemaps.Store) error) error {
	ctx, stop := interrupted()
	defer stop()
	return app.WithSourceMaps(ctx, in.Data, f)
}

// room is what all maps may take.
type room struct {
	Total int64 `name:"sourcemaps-total" default:"1073741824" help:"Bytes that all maps may take, as they are kept."`
}

// keep keeps one of the maps that came at a time.
func (r room) keep(ctx context.Context, store sourcemaps.Store, script string, text []byte, now time.Time) (sourcemaps.Entry, error) {
	e, packed, err := sourcemaps.New(script, text, now)
	if err != nil {
		return e, err
	}
	err = store.Put(ctx, e, packed, r.Total)
	if errors.Is(err, sourcemaps.ErrFull) {
		err = fmt.Errorf("%w (forget some with 'ridealong sourcemaps delete --older 720h', or raise --sourcemaps-total)", err)
	}
	return e, err
}

type sourcemapsUpload struct {
	mapsIn
	room
	URL  string `required:"" help:"Where the folder's files are on the site, such as https://shop.example/assets/; for a single map the address of its script."`
	From string `arg:"" help:"Folder of the build; a single map; or - for a tar archive on standard input."`
}

// Run keeps what is there, map by map, and says how many.
func (u *sourcemapsUpload) Run() error {
	if _, err := sourcemaps.Address(u.URL); err != nil {
		return err
	}
	return u.open(func(ctx context.Context, store sourcemaps.Store) error {
		n, size, now := 0, int64(0), time.Now()
		each := func(address string, text []byte) error {
			e, err := u.keep(ctx, store, address, text, now)
			n, size = n+1, size+e.Kept
			return err
		}
		if err := u.visit(each); err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%s has no map of a script: files such as app.js.map", u.From)
		}
		_, err := fmt.Printf("%d kept, %s\n", n, sizeOf(size))
		return err
	})
}

func (u *sourcemapsUpload) visit(each func(address string, text []byte) error) error {
	below := func(script string, text []byte) error { return each(sourcemaps.Below(u.URL, script), text) }
	if u.From == "-" {
		return sourcemaps.Archive(os.Stdin, below)
	}
	info, err := os.Stat(u.From)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return sourcemaps.Folder(os.DirFS(u.From), below)
	}
	file, err := os.Open(u.From)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	text, err := sourcemaps.ReadMap(file)
	if err == nil {
		err = each(u.URL, text)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(u.From), err)
	}
	return nil
}

type sourcemapsFetch struct {
	mapsIn
	room
	Scripts []string `arg:"" name:"URL" help:"Scripts of the site, such as https://shop.example/assets/app.js."`
}

// Run tries every script and fails when one failed.
func (f *sourcemapsFetch) Run() error {
	return f.open(func(ctx context.Context, store sourcemaps.Store) error {
		var failed error
		now := time.Now()
		for _, script := range f.Scripts {
			text, err := sourcemaps.Fetch(ctx, script)
			var e sourcemaps.Entry
			if err == nil {
				e, err = f.keep(ctx, store, script, text, now)
			}
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("%s: %w", script, err))
				continue
			}
			fmt.Printf("%s kept, %s\n", e.Script, sizeOf(e.Kept))
		}
		return failed
	})
}

type sourcemapsList struct{ mapsIn }

// Run says of scripts that pages tell alike which ones are taken: those of the newest upload.
func (l *sourcemapsList) Run() error {
	return l.open(func(ctx context.Context, store sourcemaps.Store) error {
		all, err := store.List(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "kept at\tmap\tkept\tscript\tas pages tell it")
		var newest sourcemaps.Entry
		hidden := 0
		for _, e := range all {
			if e.Told != newest.Told {
				newest = e
			}
			note := ""
			if e.Told != e.Script {
				note = e.Told
			}
			if e.At.Before(newest.At) {
				note, hidden = note+" (not taken: one of a newer upload is told alike)", hidden+1
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.At.Format("2006-01-02 15:04"), sizeOf(e.Size), sizeOf(e.Kept), e.Script, note)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		if hidden > 0 {
			fmt.Printf("\n%d of %d maps are not taken, because pages tell the address of a newer script in the same words (docs/source-maps.md).\n", hidden, len(all))
		}
		return nil
	})
}

type sourcemapsDelete struct {
	mapsIn
	URLs  []string      `arg:"" optional:"" name:"URL" help:"Scripts; one that ends in / is all below it."`
	Older time.Duration `help:"Those that are older than this, such as 720h."`
	All   bool          `help:"All of them."`
}

// Validate asks for one choice or a URL.
func (d *sourcemapsDelete) Validate() error {
	if len(d.URLs) == 0 && d.Older <= 0 && !d.All {
		return errors.New("say which: URLs, --older, or --all")
	}
	return nil
}

// Run forgets what has one of the addresses and is old enough, where either is asked for.
func (d *sourcemapsDelete) Run() error {
	return d.open(func(ctx context.Context, store sourcemaps.Store) error {
		all, err := store.List(ctx)
		if err != nil {
			return err
		}
		n := 0
		for _, e := range all {
			if !d.means(e) {
				continue
			}
			if err := store.Delete(ctx, e.Script); err != nil && !errors.Is(err, sourcemaps.ErrNotFound) {
				return err
			}
			n++
		}
		if n == 0 && len(d.URLs) > 0 {
			return sourcemaps.ErrNotFound
		}
		_, err = fmt.Printf("%d forgotten\n", n)
		return err
	})
}

func (d *sourcemapsDelete) means(e sourcemaps.Entry) bool {
	named := len(d.URLs) == 0
	for _, raw := range d.URLs {
		address, err := sourcemaps.Address(raw)
		named = named || err == nil && (address == e.Script || strings.HasSuffix(address, "/") && strings.HasPrefix(e.Script, address))
	}
	return named && (d.Older <= 0 || time.Since(e.At) > d.Older)
}

// sizeOf is a size for people.
func sizeOf(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d B", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
