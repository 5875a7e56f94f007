package search

// The fields of the language: what each takes, and what a person is told of it.

import "strings"

// Field is what a term is about; the empty one is the text of a moment.
type Field string

// Fields.
const (
	Text     Field = ""
	Status   Field = "status"
	URL      Field = "url"
	Page     Field = "page"
	Level    Field = "level"
	Method   Field = "method"
	KindOf   Field = "kind"
	Duration Field = "duration" // of what is found: of a request among moments, else of a recording
	Customer Field = "customer"
	Owner    Field = "owner"
	Browser  Field = "browser"
	OS       Field = "os"
	Tag      Field = "tag"
	Has      Field = "has"
	State    Field = "state"
	After    Field = "after"
	Before   Field = "before"
)

// sort of a field's values.
type sort uint8

const (
	words   sort = iota // any text, a part of what is there
	oneOf               // one of a list
	number              // compared
	span                // a length of time, compared
	instant             // a day, or how long ago
)

type field struct {
	name   Field
	sort   sort
	hint   string
	needs  string // behind "needs"
	values []string
}

// fields in the order in which they are offered.
var fields = []field{
	{Status, number, "of a request", "a number, such as status:404 or status:>=400", []string{">=400", ">=500", "404", "403", "0"}},
	{URL, words, "of a request, a part of it", "a part of an address, such as url:/api/pay", nil},
	{Level, oneOf, "of a console line", "", []string{"error", "warn", "info", "log", "debug"}},
	{KindOf, oneOf, "of a moment", "", []string{
		"error", "request", "console", "navigation", "click", "rage-click", "dead-click", "form", "message", "event",
	}},
	{Method, oneOf, "of a request", "", []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}},
	{Page, words, "on which it was, a part of its address", "a part of an address, such as page:/checkout", nil},
	{Duration, span, "of what is found", "a length of time, such as duration:>2s or duration:<500ms", []string{">1s", ">5s", ">1m"}},
	{Customer, words, "a part of the reference", "a part of the reference, such as customer:acme", nil},
	{Has, oneOf, "recordings that have one", "", []string{"error", "failed-request", "rage-click", "dead-click", "form", "message", "event", "note"}},
	{After, instant, "a day, or how long ago", "a day or how long ago, such as after:2026-11-01 or after:7d", []string{"24h", "7d", "30d", "today", "yesterday"}},
	{Before, instant, "a day, or how long ago", "a day or how long ago, such as before:2026-11-01 or before:7d", []string{"24h", "7d", "30d", "today", "yesterday"}},
	{Tag, words, "of the recording, all of it", "a tag, such as tag:vip", nil},
	{Owner, words, "a part of the agent's name", "a part of a name, such as owner:ann", nil},
	{Browser, words, "a part of its name", "a part of a name, such as browser:firefox", nil},
	{OS, words, "a part of its name", "a part of a name, such as os:windows", nil},
	{State, oneOf, "of the recording", "", []string{"live", "complete", "partial", "erased"}},
}

// aliases are other words that people try.
var aliases = map[string]Field{"agent": Owner, "reference": Customer, "since": After, "until": Before, "took": Duration, "type": KindOf}

func fieldNamed(name string) (field, bool) {
	name = strings.ToLower(name)
	if alias, ok := aliases[name]; ok {
		name = string(alias)
	}
	for _, f := range fields {
		if string(f.name) == name {
			return f, true
		}
	}
	return field{}, false
}

// OfRecording tells whether a field says something of a whole recording, and not of a moment in it.
func (f Field) OfRecording() bool {
	switch f {
	case Customer, Owner, Browser, OS, Tag, Has, State:
		return true
	default:
		return false
	}
}

func (f field) wants() string {
	if f.sort == oneOf {
		return "one of " + strings.Join(f.values, ", ")
	}
	return f.needs
}
