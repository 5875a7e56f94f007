package search

// The query language as people type it: words, "phrases", field:value, -excluded, this OR that.

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of a query.
const (
	MaxQuery = 500 // bytes
	MaxTerms = 30
)

// Op compares.
type Op uint8

// Comparisons. Is of a text field: a part of it.
const (
	Is Op = iota
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
)

// Term asks one thing.
type Term struct {
	Field  Field
	Not    bool
	Op     Op
	Text   string    // of text and words, as typed; of one of a list as the list has it
	Prefix bool      // of text: words that begin so
	Number int64     // of a status; of a duration ms
	Time   time.Time // of after and before
	At     int       // place in the query, bytes
}

// Query is met when of each clause one term is.
type Query struct{ Clauses [][]Term }

// Error is what is wrong with a query, for its writer.
type Error struct {
	From, To int // bytes of the query
	Text     string
}

func (e *Error) Error() string { return e.Text }

// token is a term before it is understood.
type token struct {
	from, value, to int // places: of the term, of its value, behind it
	not             bool
	name            string // before the colon
	named           bool   // there was one
	text            string
	quoted          bool
	open            bool // a quote that does not end
}

// scan takes a query apart. Every text can be.
func scan(q string) (out []token) {
	for at := 0; ; {
		for at < len(q) {
			r, size := utf8.DecodeRuneInString(q[at:])
			if !unicode.IsSpace(r) {
				break
			}
			at += size
		}
		if at == len(q) {
			return out
		}
		t := token{from: at}
		if q[at] == '-' {
			t.not = true
			at++
		}
		if n := nameEnd(q[at:]); n > 0 {
			t.name, t.named = q[at:at+n], true
			at += n + 1
		}
		t.value = at
		at = t.scanValue(q, at)
		t.to = at
		out = append(out, t)
	}
}

// nameEnd is where the colon of a field's name is, 0 for none. An address such as https://… has no field.
func nameEnd(q string) int {
	for i, r := range q {
		switch {
		case r == ':':
			if _, known := fieldNamed(q[:i]); !known && strings.HasPrefix(q[i:], "://") {
				return 0
			}
			return i
		case (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r != '-' || i == 0):
			return 0
		}
	}
	return 0
}

func (t *token) scanValue(q string, at int) int {
	if at < len(q) && q[at] == '"' {
		t.quoted = true
		end := strings.IndexByte(q[at+1:], '"')
		if end < 0 {
			t.open, t.text = true, q[at+1:]
			return len(q)
		}
		t.text = q[at+1 : at+1+end]
		return at + end + 2
	}
	end := strings.IndexFunc(q[at:], unicode.IsSpace)
	if end < 0 {
		end = len(q) - at
	}
	t.text = q[at : at+end]
	return at + end
}

// Parse reads a query; now is what "7d" counts back from. Its error is an *Error.
func Parse(q string, now time.Time) (Query, error) {
	if len(q) > MaxQuery {
		return Query{}, &Error{MaxQuery, len(q), fmt.Sprintf("a query has at most %d letters", MaxQuery)}
	}
	if !utf8.ValidString(q) {
		return Query{}, &Error{0, len(q), "this is not a text"}
	}
	var out Query
	tokens := scan(q)
	if len(tokens) > MaxTerms {
		return Query{}, &Error{tokens[MaxTerms].from, len(q), fmt.Sprintf("a query has at most %d terms", MaxTerms)}
	}
	join := false
	for i, t := range tokens {
		if t.isOr() {
			if i == 0 || join || i == len(tokens)-1 {
				return Query{}, &Error{t.from, t.to, `OR stands between two terms, such as level:error OR level:warn; for the word itself write "OR"`}
			}
			join = true
			continue
		}
		term, err := t.term(now)
		if err != nil {
			return Query{}, err
		}
		if !join {
			out.Clauses = append(out.Clauses, []Term{term})
			continue
		}
		join = false
		last := &out.Clauses[len(out.Clauses)-1]
		if (*last)[0].alone() || term.alone() || (*last)[0].Field.OfRecording() != term.Field.OfRecording() {
			return Query{}, &Error{t.from, t.to, "OR joins terms of moments, or terms of recordings, that are not excluded; times stand alone"}
		}
		*last = append(*last, term)
	}
	return out, nil
}

func (t token) isOr() bool { return t.text == "OR" && !t.quoted && !t.named && !t.not }

// alone is of terms that OR cannot join.
func (t Term) alone() bool {
	return t.Not || t.Field == After || t.Field == Before || t.Field == Duration
}

func (t token) term(now time.Time) (Term, error) {
	wrong := func(format string, args ...any) error { return &Error{t.from, t.to, fmt.Sprintf(format, args...)} }
	term := Term{Not: t.not, At: t.from}
	if t.open {
		return term, wrong(`a phrase ends with a quotation mark: "%s"`, t.text)
	}
	f, known := fieldNamed(t.name)
	if t.named && !known {
		if t.text != "" || t.quoted {
			return term, wrong(`there is no field "%s"%s; for the text itself write "%s:%s"`, t.name, near(t.name), t.name, t.text)
		}
		t.text, t.named = t.name, false // such as TypeError:
	}
	if !t.named {
		return t.plain(term, wrong)
	}
	term.Field = f.name
	return term, f.read(&term, t.text, now, wrong)
}

func (t token) plain(term Term, wrong func(string, ...any) error) (Term, error) {
	term.Text = t.text
	if !t.quoted && len(t.text) > 1 && strings.HasSuffix(t.text, "*") {
		term.Text, term.Prefix = strings.TrimSuffix(t.text, "*"), true
	}
	if len(Words(term.Text)) == 0 {
		return term, wrong("a word has letters or digits")
	}
	return term, nil
}

// Words of a text as the index has them: runs of letters and digits.
func Words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

func (f field) read(term *Term, text string, now time.Time, wrong func(string, ...any) error) error {
	needs := func() error { return wrong("%s: needs %s", f.name, f.wants()) }
	if text == "" {
		return needs()
	}
	var ok bool
	switch f.sort {
	case words:
		term.Text = text
		if f.name == URL || f.name == Page {
			ok = len(Words(text)) > 0
		} else {
			ok = strings.TrimSpace(text) != ""
		}
	case oneOf:
		i := slices.IndexFunc(f.values, func(v string) bool { return strings.EqualFold(v, text) })
		if ok = i >= 0; ok {
			term.Text = f.values[i]
		}
	case number:
		term.Op, text = comparison(text)
		n, err := strconv.ParseUint(text, 10, 16)
		term.Number, ok = int64(n), err == nil && n <= 999 //nolint:gosec // of 16 bits
	case span:
		term.Op, text = comparison(text)
		length, err := time.ParseDuration(text)
		term.Number, ok = length.Milliseconds(), err == nil && length >= 0
	case instant:
		term.Time, ok = timeOf(text, now)
	}
	if !ok {
		return needs()
	}
	return nil
}

func comparison(text string) (Op, string) {
	for _, one := range []struct {
		sign string
		op   Op
	}{{">=", GreaterOrEqual}, {"<=", LessOrEqual}, {">", Greater}, {"<", Less}, {"=", Is}} {
		if rest, ok := strings.CutPrefix(text, one.sign); ok {
			return one.op, rest
		}
	}
	return Is, text
}

// timeOf reads a day, a moment of one, or how long ago.
func timeOf(text string, now time.Time) (time.Time, bool) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch strings.ToLower(text) {
	case "today":
		return day, true
	case "yesterday":
		return day.AddDate(0, 0, -1), true
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05", time.RFC3339} {
		if at, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return at, true
		}
	}
	unit := text[len(text)-1]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 16)
	length, known := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[unit]
	if err != nil || !known || n > 20_000 {
		return time.Time{}, false
	}
	return now.Add(-time.Duration(n) * length), true //nolint:gosec // bounded above
}

// near names the field that was likely meant.
func near(name string) string {
	name = strings.ToLower(name)
	for _, f := range fields {
		if strings.HasPrefix(string(f.name), name) || strings.HasPrefix(name, string(f.name)) || oneOff(string(f.name), name) {
			return fmt.Sprintf(", is it %s:?", f.name)
		}
	}
	return ""
}

// oneOff tells whether one letter more, less or other makes one word the other.
func oneOff(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	return len(b)-len(a) <= 1 && (a[i:] == b[min(len(b), i+1):] || i < len(a) && a[i+1:] == b[i+1:])
}

// Holds compares a number with the term's.
func (t Term) Holds(n int64) bool {
	switch t.Op {
	case Less:
		return n < t.Number
	case LessOrEqual:
		return n <= t.Number
	case Greater:
		return n > t.Number
	case GreaterOrEqual:
		return n >= t.Number
	case Is:
		return n == t.Number
	}
	return false
}

// Times gives the bounds that a query sets, from (included) and to (not); zero for none.
func (q Query) Times() (from, to time.Time) {
	for _, clause := range q.Clauses {
		for _, t := range clause {
			at, after := t.Time, (t.Field == After) != t.Not
			switch {
			case t.Field != After && t.Field != Before:
			case after && at.After(from):
				from = at
			case !after && (to.IsZero() || at.Before(to)):
				to = at
			}
		}
	}
	return from, to
}

// OfMoments tells whether a query asks for something of moments, besides a time and a length.
func (q Query) OfMoments() bool {
	for _, clause := range q.Clauses {
		f := clause[0].Field
		if !f.OfRecording() && f != After && f != Before && f != Duration {
			return true
		}
	}
	return false
}

// Prefixed tells whether a query asks for words that only begin so.
func (q Query) Prefixed() bool {
	for _, clause := range q.Clauses {
		for _, t := range clause {
			if t.Prefix || (t.Field == URL || t.Field == Page) && strings.HasSuffix(t.Text, "*") {
				return true
			}
		}
	}
	return false
}
