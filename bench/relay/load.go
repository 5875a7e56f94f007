package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"ridealong/relay"
)

// clients of a load; each sends to its neighbour.
const clients = 16

// result of one server under one load.
type result struct {
	Bench     string  `json:"bench"`
	Case      string  `json:"case"`
	Server    string  `json:"server"`
	CPU       float64 `json:"cpuSecondsPerMillion"`
	Delivered float64 `json:"packetsPerSecond"`
	Loss      float64 `json:"lossPercent"`
	P50       float64 `json:"p50Microseconds"`
	P99       float64 `json:"p99Microseconds"`
	Runs      int     `json:"runs"`
}

var (
	origin   = time.Now()
	sessions atomic.Uint32
)

// measure puts one server under one load.
func measure(ctx context.Context, s *server, l load) (result, error) {
	all, err := pairs(ctx, s, l.transport)
	if err != nil {
		return result{}, err
	}
	var stop atomic.Bool
	var receivers sync.WaitGroup
	received := make([][]float64, len(all))
	if l.transport == "udp" {
		receivers.Go(func() { received[0] = sweep(all, &stop, l.size) })
	} else {
		for i, c := range all {
			receivers.Go(func() { received[i] = c.receive(&stop, l.size) })
		}
	}
	length := time.Duration(setting("SECONDS_EACH", 2) * float64(time.Second))
	before, begin := s.cpu(), time.Now()
	sent := send(all, l, length)
	took := time.Since(begin)
	pause()
	used := s.cpu() - before
	stop.Store(true)
	for _, c := range all {
		c.close()
	}
	receivers.Wait()
	latencies := slices.Concat(received...)
	slices.Sort(latencies)
	n := len(latencies)
	if n == 0 {
		return result{}, fmt.Errorf("nothing of %d packets came", sent) //nolint:err113 // a bench
	}
	return result{
		CPU: used.Seconds() / float64(n) * 1e6, Delivered: float64(n) / took.Seconds(), Loss: 100 * (1 - float64(n)/float64(sent)),
		P50: latencies[n/2], P99: latencies[n*99/100],
	}, nil
}

// pairs opens the allocations and binds their channels.
func pairs(ctx context.Context, s *server, transport string) ([]*client, error) {
	var all []*client
	for range clients / 2 {
		session := fmt.Sprint("s", sessions.Add(1))
		one, err := connect(ctx, s, transport, session, relay.Customer)
		if err != nil {
			return nil, err
		}
		two, err := connect(ctx, s, transport, session, relay.Agent)
		if err != nil {
			return nil, err
		}
		if err := one.bind(two.relay); err != nil {
			return nil, err
		}
		if err := two.bind(one.relay); err != nil {
			return nil, err
		}
		all = append(all, one, two)
	}
	return all, nil
}

// send keeps the rate: it sends what is due, then sleeps a moment.
func send(all []*client, l load, length time.Duration) (sent int) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1000, 0, 0, 0)
	writers := make([]func(), len(all))
	for i, c := range all {
		writers[i] = c.writer(l)
	}
	begin := time.Now()
	for turn := 0; ; {
		passed := time.Since(begin)
		if passed >= length {
			return sent
		}
		due := sent + l.burst*clients
		if l.rate > 0 {
			due = int(passed.Seconds() * float64(l.rate))
		}
		for ; sent+l.burst <= due; sent += l.burst {
			writers[turn%len(writers)]()
			turn++
		}
		if l.rate > 0 {
			_ = unix.Nanosleep(&unix.Timespec{Nsec: 40_000}, nil)
		}
	}
}

// writer sends a burst, stamped with the time.
func (c *client) writer(l load) func() {
	one := make([]byte, 4+(l.size+3)&^3)
	binary.BigEndian.PutUint16(one, channel)
	binary.BigEndian.PutUint16(one[2:], uint16(l.size)) //nolint:gosec // small
	if c.socket != nil {
		one = one[:4+l.size]
	}
	burst := slices.Repeat(one, l.burst)
	stamp := func() {
		now := uint64(time.Since(origin)) //nolint:gosec // positive
		for at := 0; at < len(burst); at += len(one) {
			binary.BigEndian.PutUint64(burst[at+4:], now)
		}
	}
	if c.conn != nil {
		return func() {
			stamp()
			_, _ = c.conn.Write(burst)
		}
	}
	out := c.socket.Batch(l.burst)
	return func() {
		stamp()
		for at := 0; at < len(burst); at += len(one) {
			out.Add(burst[at:at+len(one)], c.to)
		}
		out.Flush()
	}
}

// latency is that of a packet of ours, in microseconds.
func latency(p []byte, size int) (microseconds float64, ok bool) {
	if len(p) < 4+size || p[0] != channel>>8 {
		return 0, false
	}
	return float64(uint64(time.Since(origin))-binary.BigEndian.Uint64(p[4:])) / 1000, true //nolint:gosec // positive
}

// sweep reads all sockets in turn, with a short sleep when none had anything: clients that slept in the system would be woken at the
// server's cost, which those of the world are not.
func sweep(all []*client, stop *atomic.Bool, size int) (latencies []float64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1000, 0, 0, 0)
	for !stop.Load() {
		some := false
		for _, c := range all {
			packets, err := c.socket.Read()
			if err != nil {
				return latencies
			}
			some = some || len(packets) > 0
			for _, p := range packets {
				if l, ok := latency(p.Data, size); ok {
					latencies = append(latencies, l)
				}
			}
		}
		if !some {
			_ = unix.Nanosleep(&unix.Timespec{Nsec: 50_000}, nil)
		}
	}
	return latencies
}

// receive reads a stream and collects the latencies.
func (c *client) receive(stop *atomic.Bool, size int) (latencies []float64) {
	in := bufio.NewReaderSize(c.conn, 64<<10)
	for {
		head, err := in.Peek(4)
		if err != nil {
			return latencies
		}
		length := int(binary.BigEndian.Uint16(head[2:])) + 20
		if head[0] >= 0x40 {
			length = (length - 16 + 3) &^ 3
		}
		p, err := in.Peek(length)
		if err != nil {
			return latencies
		}
		if l, ok := latency(p, size); ok && !stop.Load() {
			latencies = append(latencies, l)
		}
		_, _ = in.Discard(length)
	}
}
