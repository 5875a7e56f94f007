package audit_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"ridealong/internal/audit"
	"ridealong/internal/audit/audittest"
)

func TestTheReferenceIsALog(t *testing.T) { audittest.Log(t, &audit.Memory{}) }

// changed is a log that somebody had their hands on.
type changed []audit.Entry

func (c changed) Append(context.Context, audit.Entry) error { return nil }

func (c changed) Entries(_ context.Context, after int64, limit int) ([]audit.Entry, error) {
	if after >= int64(len(c)) {
		return nil, nil
	}
	return c[after:min(len(c), int(after)+limit)], nil
}

func TestWhatWasChangedTakenOutOrPutInShows(t *testing.T) {
	var log audit.Memory
	for _, subject := range []string{"a", "b", "c", "d"} {
		if err := log.Append(t.Context(), audit.Entry{Actor: "ana", What: audit.View, Subject: subject}); err != nil {
			t.Fatal(err)
		}
	}
	whole, _ := log.Entries(t.Context(), 0, 10)
	for name, change := range map[string]func([]audit.Entry) []audit.Entry{
		"another actor":            func(e []audit.Entry) []audit.Entry { e[1].Actor = "ben"; return e },
		"another time":             func(e []audit.Entry) []audit.Entry { e[1].At = e[1].At.Add(1000); return e },
		"taken out":                func(e []audit.Entry) []audit.Entry { return slices.Delete(e, 1, 2) },
		"taken out and renumbered": func(e []audit.Entry) []audit.Entry { e = slices.Delete(e, 1, 2); e[1].N, e[2].N = 2, 3; return e },
		"in another order":         func(e []audit.Entry) []audit.Entry { e[1], e[2] = e[2], e[1]; e[1].N, e[2].N = 2, 3; return e },
		"changed with its hash": func(e []audit.Entry) []audit.Entry {
			e[1].Actor = "ben"
			e[1] = audit.Chained(e[1], e[0].Hash)
			return e
		},
	} {
		_, _, err := audit.Verify(t.Context(), changed(change(slices.Clone(whole))))
		var broken *audit.BrokenError
		if !errors.As(err, &broken) || broken.N < 2 || broken.N > 3 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n, _, err := audit.Verify(t.Context(), changed(whole)); n != 4 || err != nil {
		t.Errorf("untouched: %d %v", n, err)
	}
}
