package signaling

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ridealong/internal/wsconn"
	"ridealong/session"
	"ridealong/session/sessiontest"
	"ridealong/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const site = "https://shop.example"

type projects struct{}

func (projects) Project(id string) (session.Project, bool) {
	hidden := wire.Privacy{Mode: "strict", Block: "#notes"}
	return session.Project{ID: "default", Name: "Default", Origins: []string{site}, Page: site + "/", Privacy: hidden}, id == "default"
}

func (projects) Projects() []session.Project {
	p, _ := projects{}.Project("default")
	return []session.Project{p}
}

// counts is what the tests read of the metrics.
type counts struct {
	mu      sync.Mutex // guards what follows
	closes  map[string]int
	dropped map[string]int
	rooms   int
}

func (*counts) SocketOpened(string) {}

func (c *counts) SocketClosed(_, code string) { c.BadInput(code) }

func (*counts) Received(int) {}

func (*counts) Forwarded(int) {}

func (c *counts) Dropped(reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped[reason]++
}

func (c *counts) BadInput(code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closes[code]++
}

func (c *counts) Rooms(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rooms = n
}

// house is one server over a shared domain.
type house struct {
	t       *testing.T
	service *session.Service
	bus     session.Bus
	http    *httptest.Server
	counts  *counts
	log     *lines
	server  *Server
	stop    context.CancelFunc
	done    chan error
}

type lines struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), part)
}

func newHouse(t *testing.T, changes ...func(*Config)) *house {
	t.Helper()
	bus := sessiontest.NewMemoryBus()
	service := session.New(session.Config{Store: sessiontest.NewMemory(), Bus: bus, Projects: projects{}})
	return houseOn(t, service, bus, changes...)
}

func houseOn(t *testing.T, service *session.Service, bus session.Bus, changes ...func(*Config)) *house {
	t.Helper()
	h := &house{t: t, service: service, bus: bus, log: &lines{}, counts: &counts{closes: map[string]int{}, dropped: map[string]int{}}, done: make(chan error, 1)}
	mux := http.NewServeMux()
	h.http = httptest.NewServer(mux)
	h.server = New(Config{
		Service: service, Bus: bus, Projects: projects{}, Metrics: h.counts, Origin: h.http.URL, Log: slog.New(slog.NewTextHandler(h.log, nil)),
		ICE: func(session.Participant) ([]wire.ICEServer, bool) { return nil, false },
	})
	for _, change := range changes {
		change(&h.server.c)
	}
	mux.Handle("/ws/peer", h.server.Peer())
	mux.Handle("/ws/agent", h.server.Agent())
	ctx, stop := context.WithCancel(context.Background())
	h.stop = stop
	go func() { h.done <- h.server.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-h.done; err != nil {
			t.Error(err)
		}
		h.http.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return h
}

var ana = session.Actor{Account: "ana", Name: "Ana"}

// session makes one and claims it; the hand-off.
func (h *house) session() (id, handoff string) {
	h.t.Helper()
	return h.consented(wire.Consent{View: true, TextVersion: "1"})
}

func (h *house) consented(consent wire.Consent) (id, handoff string) {
	h.t.Helper()
	auth := []byte(fmt.Sprintf("%016d", time.Now().UnixNano()))[:16]
	s, err := h.service.Create(h.t.Context(), ana, session.NewSession{Project: "default", Page: site + "/", Auth: session.HashOf(auth)})
	if err != nil {
		h.t.Fatal(err)
	}
	claim, err := h.service.Claim(h.t.Context(), session.Way{Auth: auth}, consent)
	if err != nil {
		h.t.Fatal(err)
	}
	return s.ID, claim.Handoff
}

type client struct {
	t    *testing.T
	conn *wsconn.Conn
	leg  uint32
	me   wire.Welcome
}

func (h *house) dial(path, origin string) *client {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 5*time.Second)
	defer cancel()
	conn, err := wsconn.Dial(ctx, "ws"+strings.TrimPrefix(h.http.URL, "http")+path, origin, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{t: h.t, conn: conn}
}

func (h *house) hello(path, origin, kind, value string, epoch uint32) *client {
	h.t.Helper()
	c := h.dial(path, origin)
	c.send(wire.Hello{Type: "hello", V: 1, Credential: wire.Credential{Kind: kind, Value: value}, Epoch: epoch})
	c.await("welcome", &c.me)
	c.leg = c.me.Participant.Leg
	return c
}

func (h *house) customer(handoff string) *client {
	h.t.Helper()
	return h.hello("/ws/peer", site, wire.CredentialHandoff, handoff, 0)
}

func (h *house) agent(id string, role wire.Role) *client {
	h.t.Helper()
	_, ticket, err := h.service.Join(h.t.Context(), ana, id, "", role)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.hello("/ws/agent", h.http.URL, wire.CredentialTicket, ticket, 0)
}

func (c *client) send(message any) {
	c.t.Helper()
	data, err := json.Marshal(message)
	if err != nil {
		c.t.Fatal(err)
	}
	c.raw(true, data)
}

func (c *client) raw(text bool, data []byte) {
	c.t.Helper()
	if err := c.conn.Write(c.t.Context(), text, data); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read() (bool, []byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Second)
	defer cancel()
	return c.conn.Read(ctx)
}

// await reads until a message of the type comes.
func (c *client) await(kind string, into any) {
	c.t.Helper()
	for {
		text, data, err := c.read()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", kind, err)
		}
		var m struct{ Type string }
		if text && json.Unmarshal(data, &m) == nil && m.Type == kind {
			if err := json.Unmarshal(data, into); err != nil {
				c.t.Fatal(err)
			}
			return
		}
	}
}

// closed reads until the connection ends; its code.
func (c *client) closed() int {
	c.t.Helper()
	for {
		if _, _, err := c.read(); err != nil {
			return wsconn.CodeOf(err)
		}
	}
}

func TestParticipantsSeeEachOtherAndExchangeMessages(t *testing.T) {
	h := newHouse(t)
	id, handoff := h.session()
	customer := h.customer(handoff)
	if customer.me.Epoch != 1 || customer.me.Consent.View != true || customer.me.Resume == "" {
		t.Errorf("welcome %+v", customer.me)
	}
	agent := h.agent(id, wire.RoleAgent)
	var presence wire.Presence
	customer.await("presence", &presence)
	if len(presence.Participants) != 2 || !presence.Participants[1].Here || presence.Participants[1].Name != "Ana" {
		t.Errorf("presence %+v", presence)
	}
	customer.send(map[string]any{"type": "greet", "to": agent.leg, "from": 99, "link": "abc", "nonce": "n", "other": 1})
	var greet map[string]any
	agent.await("greet", &greet)
	if greet["from"] != float64(customer.leg) || greet["to"] != nil || greet["nonce"] != "n" || greet["other"] != float64(1) {
		t.Errorf("greet %v", greet)
	}
	frame := append([]byte{1, 0, 0, 0, byte(customer.leg)}, make([]byte, 40)...)
	agent.raw(false, frame)
	for {
		text, data, err := customer.read()
		if err != nil {
			t.Fatal(err)
		}
		if text {
			continue
		}
		if leg, ok := wire.FallbackLeg(data); !ok || leg != agent.leg || len(data) != len(frame) {
			t.Errorf("fallback frame %v", data)
		}
		break
	}
	_ = agent.conn.CloseNow()
	customer.await("presence", &presence)
	if presence.Participants[1].Here {
		t.Error("the agent left and is still here")
	}
}

func TestWhatAnOperatorHidesIsToldToCustomersOnly(t *testing.T) {
	h := newHouse(t)
	id, handoff := h.session()
	customer, agent := h.customer(handoff), h.agent(id, wire.RoleAgent)
	if p := customer.me.Privacy; p == nil || *p != (wire.Privacy{Mode: "strict", Block: "#notes"}) {
		t.Errorf("the customer was told %+v", p)
	}
	if agent.me.Privacy != nil {
		t.Errorf("the agent was told %+v", agent.me.Privacy)
	}
}

func TestResumeKeepsThePlaceAndTheNewSocketTakesOver(t *testing.T) {
	h := newHouse(t)
	_, handoff := h.session()
	first := h.customer(handoff)
	second := h.hello("/ws/peer", site, wire.CredentialResume, first.me.Resume, first.me.Epoch)
	if second.leg != first.leg || second.me.Epoch != 1 {
		t.Errorf("leg %d, epoch %d", second.leg, second.me.Epoch)
	}
	if code := first.closed(); code != wire.CloseSuperseded.Code {
		t.Errorf("the first was closed with %d", code)
	}
	third := h.hello("/ws/peer", site, wire.CredentialResume, second.me.Resume, 0)
	if third.me.Epoch != 2 {
		t.Errorf("a new document has epoch %d", third.me.Epoch)
	}
}

func TestEndReachesEverybodyOnEveryServer(t *testing.T) {
	one := newHouse(t)
	two := houseOn(t, one.service, one.bus)
	id, handoff := one.session()
	customer, agent := one.customer(handoff), two.agent(id, wire.RoleAgent)
	if err := one.service.EndBy(t.Context(), ana, id, wire.EndAgent); err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	for _, c := range []*client{customer, agent} {
		var ended wire.Ended
		c.await("ended", &ended)
		if ended.Reason != "agent" {
			t.Errorf("reason %q", ended.Reason)
		}
		if code := c.closed(); code != wire.CloseEnded.Code {
			t.Errorf("code %d", code)
		}
	}
	if took := time.Since(before); took > time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestWatchersDoNotTalkToEachOtherAndWithdrawnConsentStopsAll(t *testing.T) {
	h := newHouse(t)
	id, handoff := h.session()
	customer, agent, observer := h.customer(handoff), h.agent(id, wire.RoleAgent), h.agent(id, wire.RoleObserver)
	agent.send(map[string]any{"type": "proof", "to": observer.leg, "link": "x", "proof": "p"})
	var refused wire.Error
	agent.await("error", &refused)
	if refused.Code != "forbidden" {
		t.Errorf("code %q", refused.Code)
	}
	observer.send(wire.End{Type: "end"})
	observer.await("error", &refused)
	customer.send(wire.Withdraw{Type: "consent", Consent: wire.Consent{}})
	if code := agent.closed(); code != wire.CloseEnded.Code {
		t.Errorf("the agent was closed with %d", code)
	}
}

func TestASlowReceiverLosesFramesAndBlocksNobody(t *testing.T) {
	h := newHouse(t)
	id, handoff := h.session()
	customer, slow, quick := h.customer(handoff), h.agent(id, wire.RoleAgent), h.agent(id, wire.RoleObserver)
	_ = slow // it never reads
	frame := append([]byte{1, 0, 0, 0, byte(slow.leg)}, make([]byte, wire.MaxPiece)...)
	for range 3000 { // 48 MiB: more than the socket's buffers and the queue hold
		customer.raw(false, frame)
	}
	customer.send(map[string]any{"type": "proof", "to": quick.leg, "link": "x", "proof": "p"})
	var proof map[string]any
	quick.await("proof", &proof)
	var dropped wire.Dropped
	customer.await("dropped", &dropped)
	if dropped.Reason != dropFull || dropped.To != slow.leg {
		t.Errorf("dropped %+v", dropped)
	}
}

func TestRoomsLeaveNothingBehind(t *testing.T) {
	h := newHouse(t)
	for range 100 {
		_, handoff := h.session()
		c := h.customer(handoff)
		_ = c.conn.CloseNow()
	}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		h.counts.mu.Lock()
		rooms := h.counts.rooms
		h.counts.mu.Unlock()
		h.server.mu.Lock()
		left, addresses := len(h.server.rooms), h.server.addresses.Len()
		h.server.mu.Unlock()
		if rooms == 0 && left == 0 && addresses == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d rooms, %d addresses left", left, addresses)
		}
	}
}

func TestDrainClosesWithItsCode(t *testing.T) {
	h := newHouse(t)
	_, handoff := h.session()
	c := h.customer(handoff)
	h.stop()
	if code := c.closed(); code != wire.CloseDraining.Code {
		t.Errorf("code %d", code)
	}
}

func TestAgentSocketIsForOurOwnPages(t *testing.T) {
	h := newHouse(t)
	for _, origin := range []string{"", "null", site, h.http.URL + ".evil.example", strings.Replace(h.http.URL, "http:", "https:", 1)} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.http.URL+"/ws/agent", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q: status %d", origin, response.StatusCode)
		}
	}
}
