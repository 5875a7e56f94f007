package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const mapText = `{"version":3,"sources":["cart.ts"],"names":[],"mappings":"AAAA"}`

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wantRun fails unless the command ends with the code and says all of it.
func wantRun(t *testing.T, r result, code int, says ...string) {
	t.Helper()
	for _, say := range says {
		if !strings.Contains(r.out+r.errors, say) {
			t.Errorf("it does not say %q: %+v", say, r)
		}
	}
	if r.code != code {
		t.Errorf("%+v, want %d", r, code)
	}
}

// The maps of a build come in, are told of and go while the server runs.
func TestSourceMapsBesideARunningServer(t *testing.T) {
	s := serve(t)
	build := t.TempDir()
	write(t, filepath.Join(build, "B3wrgTda5Kx2Qp.js.map"), mapText)
	write(t, filepath.Join(build, "sub", "cart.js.map"), mapText)
	write(t, filepath.Join(build, "style.css.map"), "none")
	data := []string{"RIDEALONG_DATA=" + s.data}
	const at = "https://shop.test/assets/"

	wantRun(t, run(t, data, "sourcemaps", "list"), 0, "script")
	wantRun(t, run(t, data, "sourcemaps", "upload", "--url", at, build), 0, "2 kept")
	single := filepath.Join(build, "any.map")
	write(t, single, mapText)
	wantRun(t, run(t, data, "sourcemaps", "upload", "--url", at+"C4xxgTdb5Kx2Qp.js", single), 0, "1 kept")
	list := run(t, data, "sourcemaps", "list")
	wantRun(t, list, 0, at+"sub/cart.js", at+":id", "not taken: one of a newer upload is told alike", "1 of 3 maps are not taken")
	if strings.Index(list.out, "C4xxgTdb5") > strings.Index(list.out, "B3wrgTda5") {
		t.Errorf("the newest is not the first: %s", list.out)
	}
	if code, body := get(t, "http://"+s.address+"/api/sourcemaps?url="+at+":id"); code != http.StatusUnauthorized || strings.Contains(body, "cart.ts") {
		t.Errorf("a stranger: %d %s", code, body)
	}

	wantRun(t, run(t, data, "sourcemaps", "delete", at+"none.js"), 1, "there is no source map")
	wantRun(t, run(t, data, "sourcemaps", "delete", "--older", "1h"), 0, "0 forgotten")
	wantRun(t, run(t, data, "sourcemaps", "delete", at+"sub/"), 0, "1 forgotten")
	wantRun(t, run(t, data, "sourcemaps", "delete", "--all"), 0, "2 forgotten")
	if left := run(t, data, "sourcemaps", "list"); strings.Contains(left.out, at) {
		t.Errorf("left: %s", left.out)
	}
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil || strings.Contains(s.errors.String(), "level=ERROR") {
		t.Errorf("the server: %v %s", err, s.errors.String())
	}
}

// A build machine has the maps and no place for them: they come by standard input.
func TestSourceMapsFromAnArchive(t *testing.T) {
	s := serve(t)
	defer func() { _ = s.Process.Signal(syscall.SIGTERM); _ = s.Wait() }()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	_ = w.WriteHeader(&tar.Header{Name: "./a/app.js.map", Typeflag: tar.TypeReg, Size: int64(len(mapText))})
	_, _ = w.Write([]byte(mapText))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	c := command(t, "sourcemaps", "upload", "--data", s.data, "--url", "https://shop.test", "-")
	c.Stdin = &archive
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "1 kept") {
		t.Errorf("%s %v", out, err)
	}
	wantRun(t, run(t, nil, "sourcemaps", "list", "--data", s.data), 0, "https://shop.test/a/app.js")
}

func TestSourceMapsThatASiteNames(t *testing.T) {
	s := serve(t)
	defer func() { _ = s.Process.Signal(syscall.SIGTERM); _ = s.Wait() }()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/app.js":
			fmt.Fprint(w, "a()\n//# sourceMappingURL=app.js.map")
		case "/app.js.map":
			fmt.Fprint(w, mapText)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer site.Close()
	wantRun(t, run(t, nil, "sourcemaps", "fetch", "--data", s.data, site.URL+"/none.js", site.URL+"/app.js"), 1, site.URL+"/app.js kept", site.URL+"/none.js: the script: the site answers 404")
	wantRun(t, run(t, nil, "sourcemaps", "list", "--data", s.data), 0, site.URL+"/app.js")
}

func TestSourceMapsThatCannotBeKept(t *testing.T) {
	s := serve(t)
	defer func() { _ = s.Process.Signal(syscall.SIGTERM); _ = s.Wait() }()
	build, bad, empty := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(build, "app.js.map"), mapText)
	write(t, filepath.Join(bad, "bad.js.map"), "<!doctype html>")
	nowhere := filepath.Join(empty, "data")
	const at = "https://shop.test/"
	for name, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"no map":              {[]string{"upload", "--data", s.data, "--url", at, bad}, 1, "bad.js.map: this is no source map"},
		"an empty folder":     {[]string{"upload", "--data", s.data, "--url", at, empty}, 1, "has no map of a script"},
		"no folder":           {[]string{"upload", "--data", s.data, "--url", at, nowhere}, 1, "no such file"},
		"no address":          {[]string{"upload", "--data", s.data, "--url", "shop", build}, 1, "is no address such as"},
		"no address at all":   {[]string{"upload", "--data", s.data, build}, 2, "--url"},
		"no room":             {[]string{"upload", "--data", s.data, "--url", at, "--sourcemaps-total", "50", build}, 1, "no room"},
		"no server's data":    {[]string{"upload", "--data", nowhere, "--url", at, build}, 1, "say with --data"},
		"nothing to forget":   {[]string{"delete", "--data", s.data}, 2, "say which"},
		"nothing to fetch":    {[]string{"fetch", "--data", s.data}, 2, "URL"},
		"a site that is away": {[]string{"fetch", "--data", s.data, "http://" + freePort(t) + "/app.js"}, 1, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			wantRun(t, run(t, nil, append([]string{"sourcemaps"}, tt.args...)...), tt.code, tt.says)
		})
	}
	if _, err := os.Stat(nowhere); err == nil {
		t.Error("a data directory was made")
	}
	if left := run(t, nil, "sourcemaps", "list", "--data", s.data); strings.Contains(left.out, at) {
		t.Errorf("kept: %s", left.out)
	}
}
