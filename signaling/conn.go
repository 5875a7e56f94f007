package signaling

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"ridealong/internal/wsconn"
	"ridealong/session"
	"ridealong/wire"
)

// conn is one participant's socket. The reader goroutine owns it.
type conn struct {
	server      *Server
	ws          *wsconn.Conn
	log         *slog.Logger
	queue       *queue
	end         context.CancelCauseFunc // ends the connection; the cause is a closeWith or an error
	participant session.Participant
	room        *room
	limit       *rate.Limiter
	candidates  map[string]int // by link
	dropped     atomic.Int64   // of this sender's fallback frames, since it was told
	toldAt      atomic.Int64   // milliseconds
}

// serve upgrades a request and stays until the connection's end.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, agent bool) {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	if !s.enter(address) {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "Too many connections from this address.", http.StatusTooManyRequests)
		return
	}
	defer s.leave(address)
	ws, err := wsconn.Accept(w, r)
	if err != nil {
		s.c.Log.Debug("socket refused", "error", err)
		return
	}
	defer func() { _ = ws.CloseNow() }()
	ctx, end := context.WithCancelCause(s.life)
	c := &conn{
		server: s, ws: ws, log: s.c.Log.With("address", address), queue: newQueue(), end: end,
		limit: rate.NewLimiter(50, 200), candidates: map[string]int{},
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write(ctx)
	}()
	end(c.run(ctx, r.Header.Get("Origin"), agent))
	<-written
	c.farewell(context.Cause(ctx))
}

// run reads until the connection ends; the error is its cause, unless somebody ended it before.
func (c *conn) run(ctx context.Context, origin string, agent bool) error {
	opened, err := c.hello(ctx, origin, agent)
	if err != nil {
		return err
	}
	c.participant = opened.Participant
	c.log = c.log.With("session", opened.Session.ID, "participant", c.participant.ID, "role", c.participant.Role)
	if err := c.server.join(c, opened); err != nil {
		return err
	}
	defer c.server.part(c)
	c.server.c.Metrics.SocketOpened(string(c.participant.Role))
	c.log.Info("socket open", "epoch", opened.Session.Epoch)
	return c.read(ctx)
}

// farewell writes the one line about the end.
func (c *conn) farewell(cause error) {
	name := "gone"
	var ours closeWith
	if errors.As(cause, &ours) {
		name = ours.Name
	}
	if c.room == nil {
		c.log.Info("socket closed before hello", "code", name, "error", cause)
		c.server.c.Metrics.BadInput(name)
		return
	}
	c.server.c.Metrics.SocketClosed(string(c.participant.Role), name)
	c.log.Info("socket closed", "code", name, "error", cause)
}

// hello waits for the first message and opens what its credential opens.
func (c *conn) hello(ctx context.Context, origin string, agent bool) (session.Opened, error) {
	late := time.AfterFunc(wire.HelloTimeout, func() { c.end(closeWith{wire.CloseHello}) })
	text, data, err := c.ws.Read(reading)
	late.Stop()
	if err != nil {
		return session.Opened{}, readError(err)
	}
	envelope, err := wire.ParseEnvelope(data)
	if !text || err != nil || envelope.Type != "hello" {
		return session.Opened{}, closeWith{wire.CloseMessage}
	}
	var h wire.Hello
	if err := envelope.Into(&h); err != nil {
		return session.Opened{}, closeWith{wire.CloseMessage}
	}
	if h.V != wire.Version {
		return session.Opened{}, closeWith{wire.CloseVersion}
	}
	return c.open(ctx, h, origin, agent)
}

// open checks that the credential belongs to this kind of socket, and a customer to one of the project's sites.
func (c *conn) open(ctx context.Context, h wire.Hello, origin string, agent bool) (session.Opened, error) {
	opened, err := c.server.c.Service.Open(ctx, h.Credential, h.Epoch == 0)
	if err := openError(err); err != nil {
		return session.Opened{}, err
	}
	if customer := opened.Participant.Role == wire.RoleCustomer; customer == agent {
		return session.Opened{}, closeWith{wire.CloseCredential}
	}
	if agent {
		return opened, nil
	}
	project, _ := c.server.c.Projects.Project(opened.Session.Project)
	if !project.Allows(origin) {
		c.log.Warn("socket refused", "socket", "peer", "origin", short(origin))
		return session.Opened{}, closeWith{wire.CloseOrigin}
	}
	c.visit(ctx, opened.Participant, h.URL, h.Title)
	return opened, nil
}

// reading is the context of every read. Its end would cut the connection before the close code is sent; the writer, which closes,
// is what ends a read.
var reading = context.Background()

func openError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, session.ErrCredential):
		return closeWith{wire.CloseCredential}
	case errors.Is(err, session.ErrEnded):
		return closeWith{wire.CloseEnded}
	}
	return errors.Join(err, closeWith{wire.CloseInternal})
}

func readError(err error) error {
	if errors.Is(err, wsconn.ErrTooLarge) {
		return closeWith{wire.CloseTooLarge}
	}
	return err
}

// welcome is queued before anything else that c gets.
func (c *conn) welcome(opened session.Opened, people []wire.Participant) {
	servers, relayOnly := c.iceServers()
	var privacy *wire.Privacy
	var archive string
	if opened.Participant.Role == wire.RoleCustomer {
		if project, _ := c.server.c.Projects.Project(opened.Session.Project); project.Privacy != (wire.Privacy{}) {
			privacy = &project.Privacy
		}
		if record := c.server.c.Archive; record != nil && opened.Session.Consent.Record {
			archive = record(opened)
		}
	}
	c.control(encode(wire.Welcome{
		Type: "welcome", V: wire.Version, Session: opened.Session.ID, Participant: view(opened.Participant, true), Resume: opened.Resume,
		Epoch: opened.Session.Epoch, ICEServers: servers, RelayOnly: relayOnly, Participants: people, Consent: opened.Session.Consent.Consent,
		Privacy: privacy, Archive: archive,
	}))
}

// iceServers of c's participant, as of now.
func (c *conn) iceServers() (servers []wire.ICEServer, relayOnly bool) {
	servers, relayOnly = c.server.c.ICE(c.participant)
	if servers == nil {
		servers = []wire.ICEServer{} // [] in JSON
	}
	return servers, relayOnly
}

// control queues a message; a receiver with no room for it is too slow to stay.
func (c *conn) control(message []byte) {
	if !c.queue.putControl(message) {
		c.end(closeWith{wire.CloseSlow})
	}
}

// write sends what is queued. At the connection's end it sends the control messages that are still there and closes with the
// code of the cause, which makes the reader return.
func (c *conn) write(ctx context.Context) {
	ping := time.NewTicker(wire.PingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ctx.Done():
			c.flush()
			c.hangUp(context.Cause(ctx))
			return
		case <-ping.C:
			// The answer comes in through the reader; waiting for it here would keep messages back.
			go func() {
				if err := c.ws.Ping(ctx); err != nil && ctx.Err() == nil {
					c.end(err)
				}
			}()
		case <-c.queue.wake:
			if err := c.drain(reading); err != nil {
				c.end(err)
			}
		}
	}
}

// hangUp closes with the code of the cause; without one the connection is broken already.
func (c *conn) hangUp(cause error) {
	var ours closeWith
	if !errors.As(cause, &ours) || c.ws.Close(ours.CloseCode) != nil {
		_ = c.ws.CloseNow()
	}
}

func (c *conn) drain(ctx context.Context) error {
	for {
		message, text, ok := c.queue.next()
		if !ok {
			return nil
		}
		if err := c.ws.Write(ctx, text, message); err != nil {
			return err
		}
		if !text {
			c.server.c.Metrics.Forwarded(len(message))
		}
	}
}

// flush writes the last words, such as `ended`, within a second.
func (c *conn) flush() {
	last, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for {
		message, text, ok := c.queue.next()
		if !ok || !text || c.ws.Write(last, text, message) != nil {
			return
		}
	}
}

// visit notes the page for the list; the live path does not wait for the database to agree.
func (c *conn) visit(ctx context.Context, p session.Participant, url, title string) {
	if url == "" && title == "" {
		return
	}
	if err := c.server.c.Service.Visit(ctx, p.ID, url, title); err != nil {
		c.log.Warn("note the page", "error", err)
	}
}

// answer tells c what was wrong with a message; the socket stays.
func (c *conn) answer(code, message string) {
	c.server.c.Metrics.BadInput(code)
	c.log.Warn("message refused", "code", code)
	c.control(encode(wire.Error{Type: "error", Code: code, Message: message}))
}

// pong answers a ping in the sender's own number.
func (c *conn) pong(e wire.Envelope) error {
	var p wire.Ping
	if err := e.Into(&p); err != nil {
		return err
	}
	data, err := json.Marshal(wire.Pong{Type: "pong", T: p.T})
	if err == nil {
		c.control(data)
	}
	return err
}
