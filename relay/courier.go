package relay

import (
	"time"

	"ridealong/internal/batch"
)

// batchSize is how many datagrams wait for one system call at most: what one read brings.
const batchSize = 64

// courier carries what one reader switches, in the order in which it came, and sends it when the reader has no more at hand: datagrams in
// few system calls, and each stream is written to once. What it holds lies in the reader's buffer.
type courier struct {
	server  *Server
	out     batch.Batch // made when the first datagram is to be sent, by a reader of streams
	size    int
	waiting []*stream
	now     time.Time
}

// datagram takes one for a client over UDP.
func (c *courier) datagram(message []byte, w way) {
	if c.out == nil {
		c.out = c.server.udp[0].Batch(c.size)
	}
	c.out.Add(message, w.to)
}

// call comes back to a stream when the reader is done.
func (c *courier) call(s *stream) {
	c.waiting = append(c.waiting, s)
}

// depart and arrive stand around what one reader switches at a time, with the board between them. Revoke waits for those under way.
func (c *courier) depart() *board {
	b := c.server.board
	b.flights.RLock()
	c.now = b.now()
	b.mu.RLock()
	return b
}

func (c *courier) arrive() {
	b := c.server.board
	b.mu.RUnlock()
	c.flush()
	b.flights.RUnlock()
}

// flush sends what waits.
func (c *courier) flush() {
	if c.out != nil {
		for range c.out.Flush() {
			c.server.drop(dropSlow)
		}
	}
	for i, s := range c.waiting {
		s.flush()
		c.waiting[i] = nil
	}
	c.waiting = c.waiting[:0]
}
