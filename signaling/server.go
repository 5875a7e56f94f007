// Package signaling is the control plane: sockets of customers and agents, rooms, presence, relayed messages and the sealed fallback.
//
// Guarantees: a connection has two goroutines, its reader owns its life; messages of one sender to one receiver keep their order;
// nobody waits for a slow receiver: its fallback frames are dropped, with the sender told, and a receiver that cannot take even
// control messages is closed as slow. What is relayed is not read. After Run has returned every socket is closed.
package signaling

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"ridealong/session"
	"ridealong/wire"
)

// Domain is what the sockets need of the session service.
type Domain interface {
	Open(ctx context.Context, c wire.Credential, newDocument bool) (session.Opened, error)
	End(ctx context.Context, id string, reason wire.EndReason) error
	Withdraw(ctx context.Context, participant string, less wire.Consent) (session.Session, error)
	Visit(ctx context.Context, participant, url, title string) error
	NewTab(ctx context.Context, participant string) (session.Participant, string, error)
}

// Metrics counts what happens; every method may be called from any goroutine.
type Metrics interface {
	SocketOpened(role string)
	SocketClosed(role, code string)
	Received(bytes int)
	Forwarded(bytes int)
	Dropped(reason string)
	BadInput(code string)
	Rooms(n int)
}

// DropReasons lists why fallback frames are dropped.
func DropReasons() []string { return []string{dropFull, dropAway, dropForbidden} }

const (
	dropFull      = "full"      // the receiver's queue
	dropAway      = "away"      // nobody has that leg now
	dropForbidden = "forbidden" // these two do not talk, or the customer took the consent back
)

// Config of a Server.
type Config struct {
	Service  Domain
	Bus      session.Bus
	Projects session.Projects
	ICE      func(session.Participant) (servers []wire.ICEServer, relayOnly bool)
	// Archive gives the key of links with the archiver, for a session whose customer agreed to a recording; nil: nothing is recorded. It
	// is asked with every customer's welcome, before the customer hears of anything.
	Archive  func(opened session.Opened) (key string)
	ICEEvery time.Duration // what ICE gives expires: it is sent again so often; zero: it does not
	Log      *slog.Logger
	Metrics  Metrics
	Origin   string // the server's own, the only one of the agents' socket
	Tabs     int    // of one customer at a time; zero: DefaultTabs
}

// DefaultTabs is how many tabs of the customer a session takes.
const DefaultTabs = 8

// Limits of sockets.
const (
	perAddress = 50
	perSide    = 12 // of the customer's tabs, and of those who watch
)

// Server holds the rooms of one process.
type Server struct {
	c Config

	mu        sync.Mutex // guards what follows
	rooms     map[string]*room
	addresses *lru.Cache[string, int] // sockets by address; an address with none is not in it
	closing   bool
	sockets   sync.WaitGroup
	stop      context.CancelCauseFunc
	life      context.Context
}

// New takes sockets at once; the end of Run closes them.
func New(c Config) *Server {
	if c.Tabs == 0 {
		c.Tabs = DefaultTabs
	}
	addresses, _ := lru.New[string, int](100_000) // fails only for sizes below one
	life, stop := context.WithCancelCause(context.Background())
	return &Server{c: c, rooms: map[string]*room{}, addresses: addresses, life: life, stop: stop}
}

// closeWith is the cause of a connection's end when it is one of ours.
type closeWith struct{ wire.CloseCode }

func (c closeWith) Error() string { return "signaling: close " + c.Name }

// Run renews what expires until ctx is done, then sends everybody away with `draining` and waits until they are gone.
func (s *Server) Run(ctx context.Context) error {
	s.renew(ctx)
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.stop(closeWith{wire.CloseDraining})
	s.sockets.Wait()
	return nil
}

// renew gives every participant fresh ICE servers again and again, so that a link that is made late has them too.
func (s *Server) renew(ctx context.Context) {
	if s.c.ICEEvery == 0 {
		<-ctx.Done()
		return
	}
	tick := time.NewTicker(s.c.ICEEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s.mu.Lock()
		rooms := slices.Collect(maps.Values(s.rooms))
		s.mu.Unlock()
		for _, r := range rooms {
			r.renew()
		}
	}
}

// Peer is the customers' socket. Where it may come from is known after hello.
func (s *Server) Peer() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, false) })
}

// Agent is the agents' socket; pages of other origins are refused before it opens.
func (s *Server) Agent() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") != s.c.Origin {
			s.c.Log.Warn("socket refused", "socket", "agent", "origin", short(r.Header.Get("Origin")))
			http.Error(w, "This socket is for the server's own pages.", http.StatusForbidden)
			return
		}
		s.serve(w, r, true)
	})
}

// short keeps what strangers send from filling the log.
func short(text string) string { return text[:min(len(text), 100)] }

// enter counts a socket in, unless the address has too many or the server is going.
func (s *Server) enter(address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, _ := s.addresses.Get(address)
	if s.closing || n >= perAddress {
		return false
	}
	s.addresses.Add(address, n+1)
	s.sockets.Add(1)
	return true
}

func (s *Server) leave(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, _ := s.addresses.Get(address); n > 1 {
		s.addresses.Add(address, n-1)
	} else {
		s.addresses.Remove(address)
	}
	s.sockets.Done()
}

// join puts a connection into its session's room, made when it is the first.
func (s *Server) join(c *conn, opened session.Opened) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rooms[opened.Session.ID]
	if !ok {
		r = newRoom(opened.Session.ID, s.c.Metrics)
		stop, err := s.c.Bus.Subscribe(s.life, session.Subject(r.id), func(_ string, data []byte) { s.event(r, data) })
		if err != nil {
			return err
		}
		r.stop = stop
		s.rooms[r.id] = r
		s.c.Metrics.Rooms(len(s.rooms))
	}
	return r.add(c, opened)
}

// part takes a connection out; the last one takes the room with it.
func (s *Server) part(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := c.room
	if r == nil || !r.remove(c) {
		return
	}
	if s.rooms[r.id] == r {
		delete(s.rooms, r.id)
		s.c.Metrics.Rooms(len(s.rooms))
	}
	r.stop()
}

// event handles what the domain published about a session with a room here.
func (s *Server) event(r *room, data []byte) {
	var e session.Event
	if err := json.Unmarshal(data, &e); err != nil {
		s.c.Log.Error("bus event", "session", r.id, "error", err)
		return
	}
	switch e.Kind {
	case session.EventEnded:
		r.end(e.Reason)
	case session.EventSecondClaim:
		r.tell(func(p wire.Participant) bool { return p.Role != wire.RoleCustomer }, wire.SecondClaim{Type: "second-claim"})
	case session.EventClaimed: // the customer's own hello says more
	case session.EventConsent: // came from here
	case session.EventRemoved: // is for the relays; no operation takes a participant out yet, the one that will ends their sockets here
	}
}

// Here gives the legs of a session that have a socket on this node.
func (s *Server) Here(id string) map[uint32]bool {
	s.mu.Lock()
	r := s.rooms[id]
	s.mu.Unlock()
	here := map[uint32]bool{}
	if r == nil {
		return here
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for leg := range r.conns {
		here[leg] = true
	}
	return here
}
