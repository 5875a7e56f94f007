package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"ridealong/relay"
)

// memories measures set-up and memory of many allocations, each time on fresh servers.
func memories(ctx context.Context, dir string) error {
	for _, count := range []int{1000, 5000} {
		var bytes, rates []float64
		servers, err := start(ctx, dir)
		if err != nil {
			return err
		}
		for _, s := range servers {
			perSecond, each, err := fill(ctx, s, count)
			if err == nil {
				bytes, rates = append(bytes, each), append(rates, perSecond)
				line(struct {
					Bench  string  `json:"bench"`
					Case   string  `json:"case"`
					Server string  `json:"server"`
					Bytes  float64 `json:"bytesPerAllocation"`
					Rate   float64 `json:"allocationsPerSecond"`
				}{bench, fmt.Sprint("allocations-", count), s.name, round(each), round(perSecond)})
			} else {
				fmt.Println(s.name, err)
			}
			s.stop()
		}
		if len(bytes) == 2 {
			ratio(fmt.Sprint("allocations-", count), "ridealong/coturn-memory", []float64{bytes[0] / bytes[1]})
			ratio(fmt.Sprint("allocations-", count), "ridealong/coturn-setup", []float64{rates[0] / rates[1]})
		}
	}
	return nil
}

// fill opens allocations, 64 at a time.
func fill(ctx context.Context, s *server, count int) (perSecond, bytesEach float64, err error) {
	var mu sync.Mutex
	var all []*client
	var group sync.WaitGroup
	places := make(chan struct{}, 64)
	before, begin := s.memory(), time.Now()
	for i := range count {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			side := relay.Customer
			if i%2 == 1 {
				side = relay.Agent
			}
			c, e := connect(ctx, s, idle, fmt.Sprint("m", i/2), side)
			mu.Lock()
			defer mu.Unlock()
			if e != nil {
				err = e
				return
			}
			all = append(all, c)
		})
	}
	group.Wait()
	took := time.Since(begin)
	bytesEach = (s.memory() - before) / float64(count)
	for _, c := range all {
		_ = c.socket.Close()
	}
	return float64(count) / took.Seconds(), bytesEach, err
}
