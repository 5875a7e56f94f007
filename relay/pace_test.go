package relay

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/pion/stun/v4"
)

// TestManyBrowsersBehindOneAddressConnectAtOnceOverStreams: each asks once without a credential, as clients do, and never again.
func TestManyBrowsersBehindOneAddressConnectAtOnceOverStreams(t *testing.T) {
	b := start(t, secured(t))
	const at, rounds = 30, 6 // streams without allocation, of each kind
	codes := map[int]int{}
	var mu sync.Mutex
	began := time.Now()
	for round := range rounds {
		var group sync.WaitGroup
		for i := range at {
			for _, network := range []string{"tcp", "tls"} {
				r := b.raw(t, network, "", customer(fmt.Sprint(network, round, "-", i)))
				group.Go(func() {
					code := r.do(stun.MethodAllocate, overUDP)
					mu.Lock()
					defer mu.Unlock()
					codes[code]++
				})
			}
		}
		group.Wait()
	}
	if codes[0] != 2*at*rounds || len(codes) != 1 || b.Allocations() != codes[0] {
		t.Errorf("answers by code %v, %d allocations; want %d", codes, b.Allocations(), 2*at*rounds)
	}
	if n := b.dropped("budget"); n != 0 {
		t.Errorf("%d were refused", n)
	}
	t.Logf("%d browsers behind one address in %v, answers by code %v", 2*at*rounds, time.Since(began).Round(time.Millisecond), codes)
}

// TestAStreamThatProvesNothingWaitsForEachAnswerAndKeepsNobodyOut asks for more than the source has, over as many streams as it may
// have but one.
func TestAStreamThatProvesNothingWaitsForEachAnswerAndKeepsNobodyOut(t *testing.T) {
	b := start(t)
	const each = 10
	var asking []*raw
	for range streamsPerSource - 1 {
		asking = append(asking, b.raw(t, "tcp", "", customer("s")))
	}
	began := time.Now()
	for _, r := range asking {
		for range each {
			r.send(r.build(stun.MethodAllocate, stun.ClassRequest, overUDP).Raw)
		}
	}
	newcomer := b.raw(t, "tcp", "", customer("another"))
	newcomer.allocate()
	answers := 0
	for _, r := range asking {
		for range each {
			if p := r.read(5 * time.Second); p != nil && len(p) <= longestAnswer && codeOf(decoded(t, p)) == 401 {
				answers++
			}
		}
	}
	took := time.Since(began)
	if answers != len(asking)*each || b.dropped("budget") != 0 {
		t.Errorf("%d of %d requests were answered, %d dropped", answers, len(asking)*each, b.dropped("budget"))
	}
	if least := time.Duration(answers-streamAnswers) * time.Second / streamAnswers; took < least {
		t.Errorf("%d answers in %v, want %v at least", answers, took, least)
	}
	t.Logf("%d answers to %d streams of one address in %v; a newcomer came in meanwhile", answers, len(asking), took.Round(time.Millisecond))
}

func decoded(t testing.TB, p []byte) *stun.Message {
	t.Helper()
	m := &stun.Message{Raw: p}
	if err := m.Decode(); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestTurnsOfASourceAreSpreadAndNobodyWaitsLong goes by a clock of its own.
func TestTurnsOfASourceAreSpreadAndNobodyWaitsLong(t *testing.T) {
	p, now, source := newPace(), time.Unix(1000, 0), netip.MustParseAddr("192.0.2.1")
	p.now = func() time.Time { return now }
	waits, refused := []time.Duration{}, 0
	for range 3 * streamAnswers * int(longestTurn/time.Second) {
		wait, ok := p.turn(source)
		if !ok {
			refused++
			continue
		}
		waits = append(waits, wait)
	}
	for i, wait := range waits {
		want := time.Duration(max(0, i-streamAnswers+1)) * time.Second / streamAnswers
		if wait > longestTurn || wait-want > time.Millisecond || want-wait > time.Millisecond {
			t.Fatalf("turn %d is in %v, want %v", i, wait, want)
		}
	}
	if want := streamAnswers * (1 + int(longestTurn/time.Second)); len(waits) != want || refused == 0 {
		t.Errorf("%d turns, %d refused, want %d", len(waits), refused, want)
	}
	if wait, ok := p.turn(netip.MustParseAddr("192.0.2.2")); wait != 0 || !ok {
		t.Error("another source waits too")
	}
	now = now.Add(4 * time.Second)
	if wait, ok := p.turn(source); wait != 0 || !ok {
		t.Errorf("%v and %v when all have had theirs: who was refused took a turn", wait, ok)
	}
	for i := range knownSources + 1000 {
		p.turn(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	if n := p.sources.Len(); n > knownSources {
		t.Errorf("%d sources are kept", n)
	}
}
