package session

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]string{
		"ABCD-2345": "ABCD2345", "abcd2345": "ABCD2345", " ab cd 23 45 ": "ABCD2345", "ABCD–2345": "ABCD2345", "abcd\u00a02345": "ABCD2345",
		"OIL0-o1il": "01100111", "--A-B-C-D-2-3-4-5--": "ABCD2345",
		"": "", "ABCD-234": "", "ABCD-23456": "", "ABCU-2345": "", "ABCÄ-2345": "", "ABCD_2345": "", strings.Repeat("-", 1000) + "ABCD2345": "",
	} {
		if got := ReadCode(typed); got != want {
			t.Errorf("%.40q is read as %q, want %q", typed, got, want)
		}
	}
}

func TestNewCodesAreReadBackAndDoNotRepeat(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		code := newCode()
		if shown := ShowCode(code); len(shown) != 9 || shown[4] != '-' || ReadCode(shown) != code || ReadCode(strings.ToLower(code)) != code {
			t.Fatalf("code %q shown as %q", code, shown)
		}
		if seen[code] {
			t.Fatalf("code %q twice", code)
		}
		seen[code] = true
	}
}

func FuzzReadCode(f *testing.F) {
	f.Add("ABCD-2345")
	f.Add("oil")
	f.Fuzz(func(t *testing.T, typed string) {
		code := ReadCode(typed)
		if code == "" {
			return
		}
		if len(code) != 8 || ReadCode(ShowCode(code)) != code {
			t.Errorf("%q is read as %q", typed, code)
		}
	})
}

func TestIDsSortByTime(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var ids []string
	for i := range 1000 {
		ids = append(ids, newID(at.Add(time.Duration(i)*time.Millisecond)))
	}
	if !slices.IsSorted(ids) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Error("ids are out of order or repeat")
	}
	for _, id := range ids {
		if len(id) != 26 || strings.Trim(id, crockford) != "" {
			t.Fatalf("id %q", id)
		}
	}
	if one, two := newID(at), newID(at); one == two {
		t.Error("two ids of one millisecond are the same")
	}
}

func TestTokensAre256Bits(t *testing.T) {
	token, hash := newToken()
	other, _ := newToken()
	if len(token) != 43 || token == other || hash != HashOf([]byte(token)) {
		t.Errorf("token %q", token)
	}
}

func TestACodeIsNotKeptByItsPlainHash(t *testing.T) {
	slow, err := CodeHash("ABCD2345")
	if err != nil || slow == HashOf([]byte("ABCD2345")) || slow == (Hash{}) {
		t.Errorf("hash %x, %v", slow, err)
	}
}

func TestWhatStrangersWriteIsCut(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "a\x00b\nc\u0085d": "abcd", "éé": "éé", "ééééééé": "ééééé", "\xff\xfe": "\uFFFD", "12345678901": "1234567890",
		strings.Repeat("\x00", 1000): "", "123456789é": "123456789",
	} {
		if got := cut(in, 10); got != want {
			t.Errorf("%q is cut to %q, want %q", in, got, want)
		}
	}
}

func TestOriginsAreWrittenAsBrowsersDo(t *testing.T) {
	for raw, want := range map[string]string{
		"https://shop.example/a?b#c": "https://shop.example", "HTTPS://Shop.Example:443/": "https://shop.example", "http://shop.example:80": "http://shop.example",
		"http://localhost:8081/": "http://localhost:8081", "https://shop.example:80/": "https://shop.example:80", "https://[::1]:8443/": "https://[::1]:8443",
		"ftp://shop.example/": "", "javascript:alert(1)": "", "https://ana@shop.example/": "", "//shop.example/": "", "https:///a": "", "https://:443/": "", "/a": "", "": "",
		"https://shop.example\\@evil.example/": "",
	} {
		got, ok := OriginOf(raw)
		if got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", raw, got, ok)
		}
	}
}
