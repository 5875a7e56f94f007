// Command review measures P8's search: a million moments of two thousand recordings, asked for rare and common words, by every field,
// and for what there is nowhere. It prints one JSON line: p50, p95 and the worst in ms, over all queries; -v has a line for each.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ridealong/internal/sqlstore"
	"ridealong/recording/search"
)

// now is when everybody asks.
var now = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

// queries that agents ask: by each field, alone and together, for the rare, the common and the absent.
var queries = []string{
	"", "level:error", "status:>=400", "status:>=400 url:/api/pay", "status:404", "status:>404", "status:503 url:/api/cart method:POST",
	`"Cannot read"`, `"Cannot read" level:error`, "cannot", "rendered", "rendered -level:debug", "rendered component", "needle", "needle rendered", "absent", "absent rendered",
	"word7*", "re*", "kind:rage-click", "kind:request method:DELETE", "kind:click button", "-level:debug -kind:request", "page:/checkout level:warn", "page:/checkout",
	"customer:customer-17", "customer:customer-1777 level:error", "customer:customer-1777 rendered", "customer:nobody rendered", "browser:firefox level:error",
	"browser:safari needle", "os:windows status:500", "tag:vip level:error", "tag:vip kind:rage-click", "owner:ann cannot", "has:rage-click level:error", "has:rage-click status:>=500",
	"after:7d level:error", "after:7d needle", "before:2026-11-01 rendered", "before:2026-11-01 after:2026-10-30 cannot", "after:1h rendered",
	"duration:>2s", "duration:>20s", "duration:>2s url:/api/pay", "level:error OR level:warn", "level:error OR status:>=500 customer:customer-9",
	`status:>=400 url:/api/pay customer:customer-1777 browser:firefox after:30d`, `kind:request -status:200 -status:404`, "state:partial rendered",
}

func main() {
	log.SetFlags(0)
	size := flag.Int("n", 1_000_000, "moments")
	file := flag.String("file", "", "a database to keep, or to use again")
	runs := flag.Int("runs", 5, "of each query")
	verbose := flag.Bool("v", false, "a line for each query")
	flag.Parse()
	if err := run(*size, *file, *runs, *verbose); err != nil {
		log.Fatal(err)
	}
}

func run(size int, file string, runs int, verbose bool) (err error) {
	ctx := context.Background()
	if file == "" {
		dir, err := os.MkdirTemp("", "review-bench-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		file = filepath.Join(dir, "ridealong.db")
	}
	db, err := sqlstore.Open(ctx, file)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	filled := time.Now()
	if err := fill(ctx, db, size); err != nil {
		return err
	}
	if verbose {
		fmt.Printf("filled in %.1f s\n", time.Since(filled).Seconds())
	}
	store := db.Moments()
	for name, ask := range map[string]func(q search.Query) (int, error){
		"search-1M": func(q search.Query) (int, error) {
			found, err := store.Moments(ctx, q, 0, 50)
			return len(found), err
		},
		"list-1M": func(q search.Query) (int, error) {
			found, err := store.Recordings(ctx, q, "", 50)
			return len(found), err
		},
	} {
		if err := measure(name, size, runs, verbose, ask); err != nil {
			return err
		}
	}
	return nil
}

func measure(name string, size, runs int, verbose bool, ask func(search.Query) (int, error)) error {
	var all []float64
	for _, text := range queries {
		var one []float64
		var found int
		for range runs {
			began := time.Now()
			q, err := search.Parse(text, now)
			if err == nil {
				found, err = ask(q)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", text, err)
			}
			one = append(one, float64(time.Since(began).Microseconds())/1000)
		}
		slices.Sort(one)
		if all = append(all, one...); verbose {
			fmt.Printf("%8.1f ms %8.1f ms %3d  %s\n", one[len(one)/2], one[len(one)-1], found, text)
		}
	}
	slices.Sort(all)
	at := func(share float64) float64 { return float64(int(all[int(share*float64(len(all)-1))]*100)) / 100 }
	line, err := json.Marshal(map[string]any{
		"bench": "review", "case": name, "moments": size, "queries": len(queries), "runs": runs, "p50": at(0.5), "p95": at(0.95), "max": at(1), "unit": "ms",
	})
	fmt.Println(string(line))
	return err
}
