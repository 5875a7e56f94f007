package search

import (
	"context"
	"strings"
	"testing"
	"unicode/utf16"
)

func known(_ context.Context, field Field, prefix string, _ int) ([]string, error) {
	if field == Browser && strings.HasPrefix("firefox", strings.ToLower(prefix)) {
		return []string{"Firefox 152"}, nil
	}
	return nil, nil
}

func TestCompletionsAreForThePlaceOfTheCursor(t *testing.T) {
	for q, want := range map[string]string{ // | is the cursor; then what the first option makes of it
		"|":                        "status:",
		"sta|":                     "status:",
		"-le|":                     "-level:",
		"a lev|el b":               "a level: b",
		"level:|":                  "level:error",
		"level:w|":                 "level:warn",
		"level:w|arn x":            "level:warn x",
		"method:po|":               "method:POST",
		"agent:x browser:fi|":      `agent:x browser:"Firefox 152"`,
		`browser:"fi|`:             `browser:"Firefox 152"`,
		"rage|":                    "kind:rage-click",
		"𝒳ä lev|":                  "𝒳ä level:",
		"status:|":                 "status:>=400",
		"after:|":                  "after:24h",
		"zzz|":                     "",
		"url:/a|":                  "",
		"nofield:x|":               "",
		"customer:nobody|":         "",
		`"a phrase with lev|el" b`: "",
	} {
		before, after, _ := strings.Cut(q, "|")
		c, err := Complete(t.Context(), before+after, len(utf16.Encode([]rune(before))), known)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(c.Options) > 0 {
			units := utf16.Encode([]rune(before + after))
			got = string(utf16.Decode(units[:c.From])) + c.Options[0].Text + string(utf16.Decode(units[c.To:]))
		}
		if got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
}

func FuzzComplete(f *testing.F) {
	f.Add("level:w", 7)
	f.Add("\xff𝒳 a", 2)
	f.Fuzz(func(t *testing.T, q string, cursor int) {
		c, err := Complete(t.Context(), q, cursor, known)
		q = strings.ToValidUTF8(q, "\uFFFD")
		if units := len(utf16.Encode([]rune(q))); err != nil || len(q) <= 4*MaxQuery && (c.From < 0 || c.To < c.From || c.To > units) {
			t.Errorf("%q at %d: %d to %d of %d (%v)", q, cursor, c.From, c.To, units, err)
		}
	})
}
