package signaling

import (
	"context"
	"errors"

	"golang.org/x/time/rate"

	"ridealong/session"
	"ridealong/wire"
)

// Seat is a participant's place in a room without a socket: the server's own archiver sits there. It hears and says what a socket
// would; nobody waits for it either. One goroutine reads, any may write.
type Seat struct {
	c   *conn
	ctx context.Context
}

// Sit takes the place of a participant; the one who sat there before is sent away. Leave has to be called.
func (s *Server) Sit(opened session.Opened) (*Seat, error) {
	s.mu.Lock()
	closing := s.closing
	if !closing {
		s.sockets.Add(1)
	}
	s.mu.Unlock()
	if closing {
		return nil, closeWith{wire.CloseDraining}
	}
	ctx, end := context.WithCancelCause(s.life)
	c := &conn{
		server: s, queue: newQueue(), end: end, participant: opened.Participant, candidates: map[string]int{},
		limit: rate.NewLimiter(rate.Inf, 0),
		log:   s.c.Log.With("session", opened.Session.ID, "participant", opened.Participant.ID, "role", opened.Participant.Role),
	}
	if err := s.join(c, opened); err != nil {
		end(err)
		s.sockets.Done()
		return nil, err
	}
	s.c.Metrics.SocketOpened(string(c.participant.Role))
	return &Seat{c, ctx}, nil
}

// Leave gives the place up. The session stays.
func (s *Seat) Leave() {
	s.c.end(errLeft)
	s.c.server.part(s.c)
	name := "gone"
	var ours closeWith
	if errors.As(context.Cause(s.ctx), &ours) {
		name = ours.Name
	}
	s.c.server.c.Metrics.SocketClosed(string(s.c.participant.Role), name)
	s.c.server.sockets.Done()
}

// Read waits for what a socket would have been sent next. After the end of the place it gives what was still said, then its cause.
func (s *Seat) Read(ctx context.Context) (text bool, data []byte, err error) {
	for {
		if message, text, ok := s.c.queue.next(); ok {
			return text, message, nil
		}
		select {
		case <-s.c.queue.wake:
		case <-ctx.Done():
			return false, nil, ctx.Err()
		case <-s.ctx.Done():
			if message, text, ok := s.c.queue.next(); ok {
				return text, message, nil
			}
			return false, nil, context.Cause(s.ctx)
		}
	}
}

// Write says something as if it had come by a socket: a JSON message, or a fallback frame, whose bytes are the room's from now on.
func (s *Seat) Write(ctx context.Context, text bool, data []byte) error {
	if err := context.Cause(s.ctx); err != nil {
		return err
	}
	if !text {
		if !s.c.fallback(data) {
			return closeWith{wire.CloseMessage}
		}
		return nil
	}
	envelope, err := wire.ParseEnvelope(data)
	if err != nil {
		return err
	}
	return s.c.handle(ctx, envelope)
}
