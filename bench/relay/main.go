// Command relay is the bench of the relay (PROMISES P4): beside coturn, in one run, alternating, under the same load.
//
// Each pair of clients are two allocations of one server that send each other ChannelData, so a packet passes from a client through the
// relay, on coturn from one of its relay sockets to another, to a client. CPU is the server process's own.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"
)

const bench = "relay"

type load struct {
	name      string
	transport string // udp, tcp or tls
	size      int    // of a payload
	rate      int    // packets a second in all; 0 is as fast as it goes
	burst     int    // packets that a client sends at a time
}

var loads = []load{
	{"udp-100-60k", "udp", 100, 60_000, 1},
	{"udp-1200-60k", "udp", 1200, 60_000, 1},
	{"udp-1200-60k-burst8", "udp", 1200, 60_000, 8},
	{"udp-1200-max", "udp", 1200, 0, 8},
	{"tcp-100", "tcp", 100, 20_000, 1},
	{"tcp-1200", "tcp", 1200, 20_000, 1},
	{"tcp-1200-bursts", "tcp", 1200, 20_000, 8},
	{"tls-100", "tls", 100, 20_000, 1},
	{"tls-1200", "tls", 1200, 20_000, 1},
	{"tls-1200-bursts", "tls", 1200, 20_000, 8},
}

// setting reads a number from the environment.
func setting(name string, otherwise float64) float64 {
	if v, err := strconv.ParseFloat(os.Getenv(name), 64); err == nil {
		return v
	}
	return otherwise
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "relay-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	servers, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer func() {
		for _, s := range servers {
			s.stop()
		}
	}()
	only := os.Getenv("CASES")
	results := map[string][]result{}
	for round := range int(setting("ROUNDS", 3)) {
		for _, l := range loads {
			if only != "" && !slices.Contains(strings.Split(only, ","), l.name) {
				continue
			}
			for i := range servers {
				s := servers[(i+round)%len(servers)] // neither is always first
				r, err := measure(ctx, s, l)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", s.name, l.name, err)
				}
				results[l.name+" "+s.name] = append(results[l.name+" "+s.name], r)
			}
		}
	}
	for _, l := range loads {
		report(l, servers, results)
	}
	if only != "" && !strings.Contains(only, "memory") {
		return nil
	}
	return memories(ctx, dir)
}

// report prints what each server did under one load, and the ratios of each round.
func report(l load, servers []*server, results map[string][]result) {
	if len(results[l.name+" "+servers[0].name]) == 0 {
		return
	}
	for _, s := range servers {
		var one result
		all := results[l.name+" "+s.name]
		for _, f := range fields {
			*f.of(&one) = median(all, f.of)
		}
		one.Bench, one.Case, one.Server, one.Runs = bench, l.name, s.name, len(all)
		line(one)
	}
	if len(servers) < 2 {
		return
	}
	ours, theirs := results[l.name+" "+servers[0].name], results[l.name+" "+servers[1].name]
	for _, f := range fields {
		if f.ratio == "" {
			continue
		}
		var values []float64
		for i := range ours {
			values = append(values, *f.of(&ours[i]) / *f.of(&theirs[i]))
		}
		ratio(l.name, f.ratio, values)
	}
}

// fields of a result, and the ratios that are printed of them.
var fields = []struct {
	ratio string
	of    func(*result) *float64
}{
	{"ridealong/coturn", func(r *result) *float64 { return &r.CPU }},
	{"ridealong/coturn-delivered", func(r *result) *float64 { return &r.Delivered }},
	{"ridealong/coturn-p99", func(r *result) *float64 { return &r.P99 }},
	{"", func(r *result) *float64 { return &r.P50 }},
	{"", func(r *result) *float64 { return &r.Loss }},
}

// ratio prints the median of the rounds' own ratios, with the extremes.
func ratio(name, of string, values []float64) {
	slices.Sort(values)
	line(struct {
		Bench string  `json:"bench"`
		Case  string  `json:"case"`
		Ratio string  `json:"ratio"`
		Value float64 `json:"value"`
		Min   float64 `json:"min"`
		Max   float64 `json:"max"`
		Runs  int     `json:"runs"`
	}{bench, name, of, round(values[len(values)/2]), round(values[0]), round(values[len(values)-1]), len(values)})
}

func median(all []result, of func(*result) *float64) float64 {
	values := make([]float64, 0, len(all))
	for i := range all {
		values = append(values, *of(&all[i]))
	}
	slices.Sort(values)
	return round(values[len(values)/2])
}

func round(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return -1
	}
	return math.Round(v*1000) / 1000
}

func line(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
}

// pause lets what is under way arrive.
func pause() { time.Sleep(150 * time.Millisecond) }
