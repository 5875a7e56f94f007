package sourcemaps_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"ridealong/internal/sourcemaps"
)

// What the page tells and what an upload is found by are the same; TypeScript reads the same file.
func TestAnAddressIsToldAsTheRecorderTellsIt(t *testing.T) {
	text, err := os.ReadFile("../../recorder-js/testdata/scripts.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors [][2]string
	if err := json.Unmarshal(text, &vectors); err != nil || len(vectors) < 30 {
		t.Fatal(len(vectors), err)
	}
	for _, v := range vectors {
		address, err := sourcemaps.Address(v[0])
		if err != nil {
			t.Errorf("%s: %v", v[0], err)
			continue
		}
		if told := sourcemaps.Told(address); told != v[1] {
			t.Errorf("%s (%s) is told as %s, want %s", v[0], address, told, v[1])
		}
	}
}

func TestWhatIsNoAddressOfAScript(t *testing.T) {
	for _, raw := range []string{
		"", "app.js", "/app.js", "javascript:alert(1)", "data:text/javascript,1", "ftp://shop.test/app.js", "https://", "https:///app.js", "https://shop.test:port/app.js",
		"https://bücher.test/app.js", "https://shop.test/a\nb.js", "https://shop.test/" + strings.Repeat("a", 2000),
	} {
		if address, err := sourcemaps.Address(raw); err == nil {
			t.Errorf("%q is %q", raw, address)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("https://shop.test/assets/index-B3wrgTda.js?x#y")
	f.Add(`http://me:pw@[::1]:80\a\..\%2e.;x`)
	f.Fuzz(func(t *testing.T, raw string) {
		address, err := sourcemaps.Address(raw)
		if err != nil {
			return
		}
		told := sourcemaps.Told(address)
		if again, err := sourcemaps.Address(address); err == nil && again != address {
			t.Errorf("%q is %q the second time", address, again)
		}
		if again := sourcemaps.Told(told); again != told {
			t.Errorf("%q is told as %q, then as %q", address, told, again)
		}
		if strings.ContainsAny(address, "?#\\ ") || strings.Contains(strings.Split(address, "/")[2], "@") {
			t.Errorf("%q has more than an address", address)
		}
	})
}
