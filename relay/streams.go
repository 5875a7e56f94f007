package relay

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// queueSize bounds what waits for one stream, messages.
	queueSize = 256
	// arriving is how long a new stream may take until it has an allocation.
	arriving = 15 * time.Second
	// silent is how long an allocation's stream may say nothing: allocations are refreshed within 10 minutes.
	silent = 11 * time.Minute
	// breath is taken when no connection can be accepted.
	breath = 20 * time.Millisecond
	// streamsPerSource bounds the open streams of one address that have no allocation: those that have one are in its session's quota,
	// and a whole office may come from one address.
	streamsPerSource = 64
)

var errFrame = errors.New("relay: not a TURN message")

// streams is a listener whose connections pion reads as TURN over TCP. Its own connections are opened by a listener of TCP or TLS.
type streams struct {
	net.Listener
	server *Server
}

// Accept implements net.Listener.
func (l streams) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			if isTransient(err) {
				time.Sleep(breath) // out of files, most likely
				continue
			}
			return nil, err
		}
		if s := l.server.stream(conn); s != nil {
			return s, nil
		}
		_ = conn.Close()
	}
}

// stream is one connection. What pion reads of it are its STUN messages; ChannelData is switched here. Writes never wait.
type stream struct {
	net.Conn
	server *Server
	from   client
	in     *bufio.Reader
	rest   []byte // of a STUN message that pion has not read yet
	queue  chan []byte
	gone   chan struct{}
	once   sync.Once
	holds  bool // an allocation; guarded by legs.mu
}

// stream takes a connection; nil when its source has too many.
func (s *Server) stream(conn net.Conn) *stream {
	from := client{addr: addrPort(conn.RemoteAddr()), local: addrPort(conn.LocalAddr()).Port(), tcp: true}
	st := &stream{
		Conn: conn, server: s, from: from, in: bufio.NewReaderSize(conn, 8<<10),
		queue: make(chan []byte, queueSize), gone: make(chan struct{}),
	}
	if !s.legs.add(st) {
		s.drop(dropBudget)
		return nil
	}
	_ = conn.SetReadDeadline(time.Now().Add(arriving))
	go st.write()
	return st
}

// Read implements net.Conn.
func (s *stream) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		message, err := s.next()
		if err != nil {
			return 0, err
		}
		s.rest = message
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// next is the next message for pion (RFC 8656 §3.1: each is padded to four bytes); nil for one that was not for it.
func (s *stream) next() ([]byte, error) {
	head, err := s.in.Peek(4)
	if err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint16(head[2:]))
	kind := kindOf(head[0])
	switch kind {
	case stunMessage:
		length += stunHeader
	case channelData:
		length = (4 + length + 3) &^ 3
	default:
		s.server.drop(dropMalformed)
		return nil, errFrame
	}
	if length > mtu {
		s.server.drop(dropMalformed)
		return nil, errFrame
	}
	message := make([]byte, length)
	if _, err := io.ReadFull(s.in, message); err != nil {
		return nil, err
	}
	if kind == stunMessage {
		return s.control(message)
	}
	_ = s.SetReadDeadline(time.Now().Add(silent))
	s.server.board.mu.RLock()
	defer s.server.board.mu.RUnlock()
	s.server.board.channelData(s.from, message)
	return nil, nil
}

func (s *stream) control(message []byte) ([]byte, error) {
	if !isSTUN(message) {
		s.server.drop(dropMalformed)
		return nil, errFrame
	}
	if s.server.board.has(s.from) {
		_ = s.SetReadDeadline(time.Now().Add(silent))
	}
	if !proves(message) && !s.server.streamBudget.left(s.from.addr.Addr(), time.Now()) {
		s.server.drop(dropBudget)
		return nil, nil
	}
	return message, nil
}

// Write implements net.Conn for pion's answers and indications; one that does not fit is lost, as a datagram is.
func (s *stream) Write(p []byte) (int, error) {
	if s.server.answers(s.server.streamBudget, s.from.addr.Addr(), p) && !s.send(p) {
		s.server.drop(dropSlow)
	}
	return len(p), nil
}

// send implements leg. The message may be used again by the caller.
func (s *stream) send(message []byte) bool {
	padded := make([]byte, (len(message)+3)&^3)
	copy(padded, message)
	select {
	case s.queue <- padded:
		return true
	default:
		return false
	}
}

// write empties the queue, as much at a time as waits.
func (s *stream) write() {
	defer func() { _ = s.Close() }()
	for {
		select {
		case <-s.gone:
			return
		case first := <-s.queue:
			buffers := net.Buffers{first}
			for len(buffers) < queueSize && len(s.queue) > 0 {
				buffers = append(buffers, <-s.queue)
			}
			_ = s.SetWriteDeadline(time.Now().Add(arriving))
			if _, err := buffers.WriteTo(s.Conn); err != nil {
				return
			}
		}
	}
}

// Close implements net.Conn.
func (s *stream) Close() (err error) {
	s.once.Do(func() {
		close(s.gone)
		s.server.legs.remove(s)
		err = s.Conn.Close()
	})
	return err
}

// legs are the open streams.
type legs struct {
	mu      sync.Mutex // guards all and sources
	all     map[client]*stream
	sources map[netip.Prefix]int
}

func (l *legs) add(s *stream) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sources[sourceOf(s.from.addr.Addr())] >= streamsPerSource {
		return false
	}
	l.count(s, 1)
	l.all[s.from] = s
	return true
}

// count is called with mu held.
func (l *legs) count(s *stream, n int) {
	source := sourceOf(s.from.addr.Addr())
	if l.sources[source] += n; l.sources[source] <= 0 {
		delete(l.sources, source)
	}
}

// holds notes whether a stream has an allocation: then it is not its source's but its session's.
func (l *legs) holds(c client, allocation bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.all[c]
	if s == nil || s.holds == allocation {
		return
	}
	s.holds = allocation
	if allocation {
		l.count(s, -1)
	} else {
		l.count(s, 1)
	}
}

func (l *legs) remove(s *stream) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all[s.from] == s {
		delete(l.all, s.from)
	}
	if !s.holds {
		l.count(s, -1)
	}
}

func (l *legs) of(c client) *stream {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all[c]
}
