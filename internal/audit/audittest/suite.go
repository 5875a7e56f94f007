// Package audittest has the suite that every audit.Log passes.
package audittest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"ridealong/internal/audit"
)

// Log holds an empty log to what audit.Log promises.
func Log(t *testing.T, log audit.Log) {
	if n, hash, err := audit.Verify(t.Context(), log); n != 0 || hash != "" || err != nil {
		t.Fatalf("empty: %d %q %v", n, hash, err)
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			e := audit.Entry{At: time.Date(2026, 12, 1, 3, 0, i, 123456789, time.UTC), Actor: "ana", Name: "Ana", What: audit.View, Subject: fmt.Sprint(i), Detail: "ü"}
			if err := log.Append(t.Context(), e); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	n, newest, err := audit.Verify(t.Context(), log)
	if n != 20 || err != nil {
		t.Fatalf("%d entries: %v", n, err)
	}
	page, err := log.Entries(t.Context(), 17, 2)
	if err != nil || len(page) != 2 || page[0].N != 18 || page[1].N != 19 || page[0].Detail != "ü" || page[0].At.Nanosecond() != 123456000 {
		t.Errorf("%+v %v", page, err)
	}
	last, err := log.Entries(t.Context(), 19, 10)
	if err != nil || len(last) != 1 || last[0].Hash != newest {
		t.Errorf("%+v %v, newest %s", last, err, newest)
	}
}
