package sqlstore

// What the full-text index has of a moment, and a query in its words. Every term of a moment but a length of time is a word or a phrase
// there, so that each query is an intersection of lists that are in order of time already: the newest answers come without the others.
//
// Words of a text stand as they are; those of an address and those that name a field begin with "zq" and a letter, and so do words of a
// text that begin with "zq" by themselves.

import (
	"fmt"
	"math/bits"
	"strings"

	"ridealong/recording/search"
)

const (
	ofText  = "zqt"
	ofURL   = "zqu"
	ofPage  = "zqp"
	ofField = "zqf"
	ofRec   = "zqr"
	every   = "zqfall"
)

// indexed gives the words of a moment.
func indexed(recording string, m *search.Moment) string {
	out := []string{every, ofField + "kind" + bare(string(m.Kind)), ofRec + recordingWord(recording)}
	if m.Level != "" {
		out = append(out, ofField+"level"+m.Level)
	}
	if m.Kind == search.KindRequest {
		out = append(out, ofField+"method"+bare(strings.ToLower(m.Method)), statusWord(m.Status), statusClass(m.Status), tookWord(m.Took))
	}
	out = append(out, words(ofText, m.Title)...)
	out = append(out, "zqx") // no phrase goes over a border
	out = append(out, words(ofText, m.Detail)...)
	out = append(out, "zqx")
	out = append(out, words(ofURL, m.URL)...)
	out = append(out, words(ofPage, m.Page)...)
	return strings.Join(out, " ")
}

func words(of, text string) []string {
	out := search.Words(text)
	for i, word := range out {
		if of != ofText || strings.HasPrefix(strings.ToLower(word), "zq") {
			out[i] = of + word
		}
	}
	return out
}

// bare is a name as one word.
func bare(name string) string { return strings.Join(search.Words(name), "") }

// recordingWord keeps two ids that differ in case apart.
func recordingWord(id string) string { return fmt.Sprintf("%x", id) }

func statusWord(status int) string { return fmt.Sprintf("%sstatus%d", ofField, status) }

func statusClass(status int) string { return fmt.Sprintf("%sstatus%dxx", ofField, status/100) }

// tookWord is one for all lengths of time between two powers of 2, ms.
func tookWord(ms int64) string { return fmt.Sprintf("%stook%d", ofField, tookClass(ms)) }

func tookClass(ms int64) int { return bits.Len64(uint64(max(0, ms))) }

// matching gives a query's terms of moments as the index wants them; recordings, if any, are those to look in.
func matching(q search.Query, recordings []string) string {
	var all, not []string
	for _, clause := range q.Clauses {
		var one []string
		for _, term := range clause {
			words := termWords(term)
			if words == "" {
				continue
			}
			if term.Not {
				not = append(not, words)
			} else {
				one = append(one, words)
			}
		}
		if len(one) > 0 {
			all = append(all, anyOf(one))
		}
	}
	if len(recordings) > 0 {
		in := make([]string, len(recordings))
		for i, id := range recordings {
			in[i] = ofRec + recordingWord(id)
		}
		all = append(all, anyOf(in))
	}
	if len(all) == 0 {
		all = []string{every}
	}
	out := strings.Join(all, " AND ")
	for _, words := range not {
		out = "(" + out + ") NOT " + words
	}
	return out
}

func anyOf(words []string) string { return "(" + strings.Join(words, " OR ") + ")" }

// termWords is empty for a term that is not of moments, or is a time.
func termWords(t search.Term) string {
	switch t.Field {
	case search.Text:
		return phrase(ofText, t.Text, t.Prefix)
	case search.URL, search.Page:
		of := map[search.Field]string{search.URL: ofURL, search.Page: ofPage}[t.Field]
		return phrase(of, t.Text, strings.HasSuffix(t.Text, "*"))
	case search.Level, search.Method, search.KindOf:
		return ofField + string(t.Field) + bare(strings.ToLower(t.Text))
	case search.Status:
		return anyOf(statuses(t))
	case search.Duration:
		if t.Not {
			return "" // the column says it
		}
		return anyOf(lengths(t))
	case search.Customer, search.Owner, search.Browser, search.OS, search.Tag, search.Has, search.State, search.After, search.Before:
	}
	return ""
}

func phrase(of, text string, prefix bool) string {
	out := `"` + strings.Join(words(of, text), " ") + `"`
	if prefix {
		out += " *"
	}
	return out
}

// statuses that a term may mean: classes where all of one are meant.
func statuses(t search.Term) (out []string) {
	for class := range 10 {
		var single []string
		for status := class * 100; status < class*100+100; status++ {
			if t.Holds(int64(status)) {
				single = append(single, statusWord(status))
			}
		}
		if len(single) == 100 {
			single = []string{statusClass(class * 100)}
		}
		out = append(out, single...)
	}
	if len(out) == 0 {
		out = []string{"zqxnone"}
	}
	return out
}

// lengths of time that a term may mean; the column has it exactly.
func lengths(t search.Term) (out []string) {
	for class := range 33 {
		least, most := int64(0), int64(0)
		if class > 0 {
			least, most = 1<<(class-1), 1<<class-1
		}
		if t.Holds(least) || t.Holds(most) || t.Op == search.Is && least <= t.Number && t.Number <= most {
			out = append(out, ofField+fmt.Sprintf("took%d", class))
		}
	}
	if len(out) == 0 {
		out = []string{"zqxnone"}
	}
	return out
}
