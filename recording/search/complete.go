package search

// What a person may want to type next.

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Completions replace a part of a query; its places count UTF-16 units, as a browser's do.
type Completions struct {
	From, To int
	Options  []Option
}

// Option is one of them, with a word on what it is.
type Option struct{ Text, Hint string }

const maxOptions = 20

// Complete offers what may stand where the cursor is; known gives the values that there are of a field.
func Complete(ctx context.Context, q string, cursor int, known func(ctx context.Context, field Field, prefix string, limit int) ([]string, error)) (Completions, error) {
	q = strings.ToValidUTF8(q, "\uFFFD")
	units := utf16.Encode([]rune(q))
	if len(q) > 4*MaxQuery {
		return Completions{cursor, cursor, nil}, nil
	}
	cursor = min(max(0, cursor), len(units))
	at := len(string(utf16.Decode(units[:cursor])))
	t := token{from: at, value: at, to: at}
	for _, one := range scan(q) {
		if one.from <= at && at <= one.to {
			t = one
		}
	}
	from, options := t.value, []Option(nil)
	if f, of := fieldNamed(t.name); t.named && of && at >= t.value {
		var err error
		if options, err = f.complete(ctx, strings.TrimPrefix(q[t.value:at], `"`), known); err != nil {
			return Completions{}, err
		}
	} else {
		from = t.from
		if t.not {
			from++
		}
		options = begun(q[min(from, at):at])
	}
	inUnits := func(n int) int { return len(utf16.Encode([]rune(q[:n]))) }
	return Completions{inUnits(from), inUnits(t.to), options[:min(len(options), maxOptions)]}, nil
}

func begins(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// complete a value.
func (f field) complete(ctx context.Context, prefix string, known func(context.Context, Field, string, int) ([]string, error)) (out []Option, err error) {
	for _, v := range f.values {
		if begins(v, prefix) {
			out = append(out, Option{v, f.hint})
		}
	}
	if f.sort != words || f.name == URL || f.name == Page {
		return out, nil
	}
	values, err := known(ctx, f.name, prefix, maxOptions)
	for _, v := range values {
		out = append(out, Option{asValue(v), ""})
	}
	return out, err
}

// asValue is how a value is typed. A quotation mark within cannot be.
func asValue(v string) string {
	v = strings.ReplaceAll(v, `"`, " ")
	if strings.ContainsFunc(v, unicode.IsSpace) {
		return `"` + v + `"`
	}
	return v
}

// begun offers fields, and values that need no field to be recognised.
func begun(prefix string) (out []Option) {
	for _, f := range fields {
		if begins(string(f.name), prefix) {
			out = append(out, Option{string(f.name) + ":", f.hint})
		}
	}
	for _, f := range fields {
		for _, v := range f.values {
			if len(prefix) >= 2 && f.sort == oneOf && begins(v, prefix) {
				out = append(out, Option{string(f.name) + ":" + v, f.hint})
			}
		}
	}
	return out
}
