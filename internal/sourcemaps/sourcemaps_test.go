package sourcemaps_test

import (
	"archive/tar"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"ridealong/internal/sourcemaps"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	plain = `{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}`
	index = `{"version":3,"sections":[{"offset":{"line":0,"column":0},"map":` + plain + `}]}`
)

func TestWhatIsAMap(t *testing.T) {
	for text, want := range map[string]bool{
		plain: true, index: true, "\xef\xbb\xbf" + plain: true, ")]}'\n" + plain: true, `{"version":3,"mappings":""}`: true,
		"": false, "null": false, "[]": false, "3": false, `{"version":3}`: false, `{"version":2,"mappings":""}`: false, `{"version":"3","mappings":""}`: false,
		`{"mappings":""}`: false, `{"version":3,"mappings":7}`: false, `{"version":3,"sections":{}}`: false, plain + plain: false, plain[:30]: false,
		"<!doctype html>": false, ")]}'": false, "console.log(1)": false,
	} {
		e, packed, err := sourcemaps.New("https://shop.test/app.js", []byte(text), time.Now())
		if (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && (e.Kept != int64(len(packed)) || !strings.HasSuffix(text, unpacked(t, packed)) || unpacked(t, packed)[0] != '{') {
			t.Errorf("%q is kept as %q", text, unpacked(t, packed))
		}
	}
	if _, _, err := sourcemaps.New("app.js", []byte(plain), time.Now()); err == nil {
		t.Error("kept for no address")
	}
}

func unpacked(t *testing.T, packed []byte) string {
	t.Helper()
	r, err := sourcemaps.Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAMapThatIsTooLargeIsRefused(t *testing.T) {
	large := []byte(`{"version":3,"mappings":"` + strings.Repeat("A", sourcemaps.MaxMap) + `"}`)
	if err := sourcemaps.Check(large); err == nil || !strings.Contains(err.Error(), "64 MiB") {
		t.Errorf("%v", err)
	}
	if _, err := sourcemaps.ReadMap(bytes.NewReader(large)); err == nil || !strings.Contains(err.Error(), "64 MiB") {
		t.Errorf("%v", err)
	}
}

func FuzzNew(f *testing.F) {
	for _, seed := range []string{plain, index, ")]}'\n" + plain, `{"version":3,"sections":[null,{}]}`, "{\"version\":3,\"mappings\":\"\",\"version\":2}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		e, packed, err := sourcemaps.New("https://shop.test/app.js", text, time.Unix(1, 0))
		if err != nil {
			return
		}
		kept := unpacked(t, packed)
		if e.Size != int64(len(kept)) || sourcemaps.Check([]byte(kept)) != nil {
			t.Errorf("%q is kept as %q", text, kept)
		}
	})
}

// gathered is what a visit was given, in order.
func gathered(walk func(func(string, []byte) error) error) (names []string, err error) {
	err = walk(func(script string, text []byte) error { names = append(names, script+" "+string(text)); return nil })
	return names, err
}

func TestAFolderGivesTheMapsOfItsScripts(t *testing.T) {
	files := fstest.MapFS{
		"app.js": {Data: []byte("x")}, "app.js.map": {Data: []byte("1")}, "css/app.css.map": {Data: []byte("2")}, "b/c/d.mjs.map": {Data: []byte("3")},
		"e.cjs.map": {Data: []byte("4")}, "f.map": {Data: []byte("5")}, "link.js.map": {Data: []byte("app.js.map"), Mode: fs.ModeSymlink | 0o777},
	}
	got, err := gathered(func(each func(string, []byte) error) error { return sourcemaps.Folder(files, each) })
	if diff := cmp.Diff([]string{"app.js 1", "b/c/d.mjs 3", "e.cjs 4"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func archive(t *testing.T, headers ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		text := "text of " + h.Name
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(text))
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnArchiveGivesTheSame(t *testing.T) {
	read := func(b []byte) ([]string, error) {
		return gathered(func(each func(string, []byte) error) error { return sourcemaps.Archive(bytes.NewReader(b), each) })
	}
	good := archive(t, tar.Header{Name: "./", Typeflag: tar.TypeDir}, tar.Header{Name: "./a.js.map", Typeflag: tar.TypeReg}, tar.Header{Name: "b/c.css.map", Typeflag: tar.TypeReg},
		tar.Header{Name: "b/../d.js.map", Typeflag: tar.TypeReg}, tar.Header{Name: "l.js.map", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink})
	got, err := read(good)
	if diff := cmp.Diff([]string{"a.js text of ./a.js.map", "d.js text of b/../d.js.map"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, name := range []string{"../a.js.map", "/a.js.map", "b/../../a.js.map"} {
		if got, err := read(archive(t, tar.Header{Name: name, Typeflag: tar.TypeReg})); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, bad := range [][]byte{good[:700], []byte(strings.Repeat("no archive ", 200))} {
		if got, err := read(bad); err == nil {
			t.Errorf("%d bytes: %v", len(bad), got)
		}
	}
}

func FuzzArchive(f *testing.F) {
	f.Add([]byte("none"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = sourcemaps.Archive(bytes.NewReader(b), func(script string, _ []byte) error {
			if strings.HasPrefix(script, "/") || strings.HasPrefix(script, "..") && strings.HasPrefix(script, "../") {
				t.Errorf("%q", script)
			}
			return nil
		})
	})
}

func TestAFilesAddressIsTheFoldersAndItsName(t *testing.T) {
	for _, base := range []string{"https://shop.test/assets", "https://shop.test/assets/"} {
		if got := sourcemaps.Below(base, "a/50%?#;x.js"); got != "https://shop.test/assets/a/50%25%3F%23%3Bx.js" {
			t.Error(got)
		}
	}
}

// site is a site with scripts that name maps in every way, and an address on another host that must not be asked.
type site struct {
	*httptest.Server
	elsewhere *httptest.Server
	asked     int
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{}
	s.elsewhere = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { s.asked++; fmt.Fprint(w, plain) }))
	comment := "let a=1;\n//# sourceMappingURL="
	pages := map[string]string{
		"/named.js": comment + "maps/named.js.map", "/old.js": "let a;\n//@ sourceMappingURL=maps/named.js.map  \n", "/twice.js": comment + "none.map\n" + comment + "maps/named.js.map\n",
		"/inline.js": comment + "data:application/json;charset=utf-8;base64," + base64.StdEncoding.EncodeToString([]byte(plain)), "/escaped.js": comment + "data:application/json," + url.PathEscape(plain),
		"/broken.js": comment + "data:application/json;base64,***", "/cut.js": comment + "data:", "/header.js": "let a=1;", "/plain.js": "let a=1;", "/gone.js": comment + "gone.map",
		"/abroad.js": comment + s.elsewhere.URL + "/a.map", "/file.js": comment + "file:///etc/passwd", "/bad.js": comment + "http://[", "/away.js": comment + "away.map",
		"/maps/named.js.map": plain,
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away.map", "/leaves.js":
			http.Redirect(w, r, s.elsewhere.URL+"/a.js", http.StatusFound)
		case "/moved.js":
			http.Redirect(w, r, "/named.js", http.StatusFound)
		case "/loop.js":
			http.Redirect(w, r, "/loop.js", http.StatusFound)
		case "/endless.js":
			for range sourcemaps.MaxMap>>20 + 2 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		case "/header.js":
			w.Header().Set("SourceMap", "/maps/named.js.map")
			fallthrough
		default:
			text, ok := pages[r.URL.Path]
			if !ok {
				w.WriteHeader(http.StatusNotFound)
			}
			fmt.Fprint(w, text)
		}
	}))
	t.Cleanup(s.Close)
	t.Cleanup(s.elsewhere.Close)
	return s
}

func TestTheMapThatAScriptNamesIsFetched(t *testing.T) {
	s := newSite(t)
	for _, name := range []string{"named", "old", "twice", "inline", "escaped", "header", "moved"} {
		if text, err := sourcemaps.Fetch(t.Context(), s.URL+"/"+name+".js"); err != nil || string(text) != plain {
			t.Errorf("%s: %q %v", name, text, err)
		}
	}
}

func TestNoOtherHostIsAskedAndNothingIsWaitedForForever(t *testing.T) {
	s := newSite(t)
	for name, says := range map[string]string{
		"plain": "names no source map", "gone": "404", "none": "404", "broken": "cannot be read", "cut": "cannot be read", "bad": "no address", "loop": "too many redirects",
		"abroad": "is not asked", "away": "is not asked", "leaves": "is not asked", "file": "is not asked", "endless": "64 MiB",
	} {
		if text, err := sourcemaps.Fetch(t.Context(), s.URL+"/"+name+".js"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %.100q %v", name, text, err)
		}
	}
	if s.asked > 0 {
		t.Errorf("the other host was asked %d times", s.asked)
	}
	for _, address := range []string{"", "app.js", "file:///etc/passwd", "https://"} {
		if _, err := sourcemaps.Fetch(t.Context(), address); err == nil {
			t.Errorf("%q was fetched", address)
		}
	}
}
