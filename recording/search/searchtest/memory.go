// Package searchtest has the reference of search.Store, and the suite that holds every store to it.
package searchtest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"ridealong/recording"
	"ridealong/recording/search"
)

// Memory is the reference: it looks at everything, by what the language says.
type Memory struct {
	mu         sync.Mutex
	recordings map[string]recording.Recording
	found      []search.Found // oldest first
}

// NewMemory has nothing in it.
func NewMemory() *Memory { return &Memory{recordings: map[string]recording.Recording{}} }

// Put makes a recording.
func (s *Memory) Put(r recording.Recording) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recordings[r.ID] = r
}

// Add is of search.Store, as are the others.
func (s *Memory) Add(_ context.Context, id string, began time.Time, moments []search.Moment) (counts search.Counts, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, there := s.recordings[id]; !there {
		return counts, recording.ErrNotFound
	}
	for _, m := range moments {
		m.Recording = id
		if slices.ContainsFunc(s.found, func(f search.Found) bool {
			return f.Recording == id && f.Tab == m.Tab && f.Epoch == m.Epoch && f.N == m.N
		}) {
			continue
		}
		place := (began.UnixMilli() + m.At) * 4096
		for slices.ContainsFunc(s.found, func(f search.Found) bool { return f.Place == place }) {
			place++
		}
		s.found = append(s.found, search.Found{Moment: m, Place: place})
		counts = counts.Plus(m.Counts())
	}
	slices.SortFunc(s.found, func(a, b search.Found) int { return cmp.Compare(a.Place, b.Place) })
	return counts, nil
}

// Counts of a recording.
func (s *Memory) Counts(_ context.Context, id string) (counts search.Counts, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.found {
		if f.Recording == id {
			counts = counts.Plus(f.Counts())
		}
	}
	return counts, nil
}

// Forget a recording.
func (s *Memory) Forget(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found = slices.DeleteFunc(s.found, func(f search.Found) bool { return f.Recording == id })
	return nil
}

// Moments newest first.
func (s *Memory) Moments(_ context.Context, q search.Query, before int64, limit int) (out []search.Found, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Backward(s.found) {
		r := s.recordings[f.Recording]
		if before > 0 && f.Place >= before || len(out) == limit || r.State == recording.Erased || !s.meets(q, r, &f.Moment, f.Place) {
			continue
		}
		f.Started, f.Reference, f.Owner = r.Started, r.Reference, r.OwnerName
		out = append(out, f)
	}
	return out, nil
}

// Recordings newest first.
func (s *Memory) Recordings(_ context.Context, q search.Query, before string, limit int) (out []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, r := range s.recordings {
		if (before == "" || id < before) && s.recordingMeets(q, r) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out[:min(limit, len(out))], nil
}

func (s *Memory) recordingMeets(q search.Query, r recording.Recording) bool {
	var moments, own search.Query
	for _, clause := range q.Clauses {
		switch f := clause[0].Field; {
		case f.OfRecording() || f == search.After || f == search.Before || f == search.Duration:
			own.Clauses = append(own.Clauses, clause)
		default:
			moments.Clauses = append(moments.Clauses, clause)
		}
	}
	if !s.meets(own, r, nil, r.Started.UnixMilli()*4096) {
		return false
	}
	return len(moments.Clauses) == 0 || slices.ContainsFunc(s.found, func(f search.Found) bool {
		return f.Recording == r.ID && s.meets(moments, r, &f.Moment, f.Place)
	})
}

// meets asks a moment, or where there is none its recording.
func (s *Memory) meets(q search.Query, r recording.Recording, m *search.Moment, place int64) bool {
	for _, clause := range q.Clauses {
		if !slices.ContainsFunc(clause, func(t search.Term) bool { return s.holds(t, r, m, place/4096) != t.Not }) {
			return false
		}
	}
	return true
}

func (s *Memory) holds(t search.Term, r recording.Recording, m *search.Moment, at int64) bool {
	part := func(of string) bool { return strings.Contains(strings.ToLower(of), strings.ToLower(t.Text)) }
	switch t.Field {
	case search.Customer:
		return part(r.Reference)
	case search.Owner:
		return part(r.OwnerName)
	case search.Browser:
		return part(r.Browser)
	case search.OS:
		return part(r.OS)
	case search.Tag:
		return slices.Contains(r.Tags, strings.ToLower(t.Text))
	case search.State:
		return string(r.State) == t.Text
	case search.Has:
		return slices.ContainsFunc(s.found, func(f search.Found) bool { return f.Recording == r.ID && f.Has() == t.Text })
	case search.After:
		return at >= t.Time.UnixMilli()
	case search.Before:
		return at < t.Time.UnixMilli()
	case search.Duration:
		if m == nil {
			return t.Holds(r.Duration.Milliseconds())
		}
		return m.Kind == search.KindRequest && t.Holds(m.Took)
	case search.Text:
		return within(m.Title, t.Text, t.Prefix) || within(m.Detail, t.Text, t.Prefix)
	case search.URL:
		return within(m.URL, t.Text, strings.HasSuffix(t.Text, "*"))
	case search.Page:
		return within(m.Page, t.Text, strings.HasSuffix(t.Text, "*"))
	case search.Level:
		return m.Level == t.Text
	case search.Method:
		return m.Method == t.Text
	case search.KindOf:
		return string(m.Kind) == t.Text
	case search.Status:
		return m.Kind == search.KindRequest && t.Holds(int64(m.Status))
	}
	return false
}

// within tells whether the words of a phrase stand in a text one behind the other.
func within(text, phrase string, prefix bool) bool {
	fold := strings.NewReplacer("ä", "a", "é", "e", "ö", "o", "ü", "u") // as much as the suite needs
	all, wanted := search.Words(fold.Replace(strings.ToLower(text))), search.Words(fold.Replace(strings.ToLower(phrase)))
	for i := 0; i+len(wanted) <= len(all); i++ {
		last := i + len(wanted) - 1
		if slices.Equal(all[i:last], wanted[:len(wanted)-1]) && (all[last] == wanted[len(wanted)-1] || prefix && strings.HasPrefix(all[last], wanted[len(wanted)-1])) {
			return true
		}
	}
	return false
}

// Markers of a recording.
func (s *Memory) Markers(_ context.Context, id string, limit int) (out []search.Moment, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.found {
		if f.Recording == id && f.Marked() && len(out) < limit {
			out = append(out, f.Moment)
		}
	}
	return out, nil
}

// Values that recordings have.
func (s *Memory) Values(_ context.Context, field search.Field, prefix string, limit int) (out []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.recordings {
		of := map[search.Field][]string{search.Customer: {r.Reference}, search.Owner: {r.OwnerName}, search.Browser: {r.Browser}, search.OS: {r.OS}, search.Tag: r.Tags}[field]
		for _, v := range of {
			if v != "" && strings.HasPrefix(strings.ToLower(v), strings.ToLower(prefix)) && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	slices.Sort(out)
	return out[:min(limit, len(out))], nil
}
