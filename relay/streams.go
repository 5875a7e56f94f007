package relay

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	// queueSize bounds what waits for one stream, bytes.
	queueSize = 256 << 10
	// readSize is how much one read of a stream brings at most.
	readSize = 16 << 10
	// usualRoom is what a queue takes at first; larger ones are not kept.
	usualRoom = 16 << 10
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

var padding [3]byte

// rooms are the buffers of queues that are empty now: a stream that is silent holds none.
var rooms = sync.Pool{New: func() any { return new([usualRoom]byte) }}

func takeRoom() []byte { return rooms.Get().(*[usualRoom]byte)[:0] }

func giveRoom(queue []byte) {
	if cap(queue) == usualRoom {
		rooms.Put((*[usualRoom]byte)(queue[:usualRoom]))
	}
}

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

// stream is one connection. What pion reads of it are its STUN messages; ChannelData is switched here, but for a public relay's. Writes never wait.
type stream struct {
	net.Conn
	server *Server
	from   client
	in     *bufio.Reader
	rest   []byte // of a STUN message that pion has not read yet
	out    courier
	gone   chan struct{}
	once   sync.Once
	holds  bool // an allocation; guarded by legs.mu

	room    *room
	mu      sync.Mutex // guards queue, called and writing
	queue   []byte     // messages that wait to be written, padded
	called  bool       // some courier comes back for the queue
	writing bool       // somebody writes: who comes meanwhile leaves the queue to them
	waiting chan struct{}
}

// stream takes a connection; nil when its source has too many.
func (s *Server) stream(conn net.Conn) *stream {
	from := client{addr: addrPort(conn.RemoteAddr()), local: addrPort(conn.LocalAddr()).Port(), tcp: true}
	st := &stream{
		Conn: conn, server: s, from: from, in: bufio.NewReaderSize(conn, readSize),
		out: courier{server: s, size: batchSize / 4}, waiting: make(chan struct{}, 1), gone: make(chan struct{}), room: newRoom(conn),
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
	if _, err := s.in.Peek(4); err != nil {
		return nil, err
	}
	kind, length, err := s.frame()
	if err != nil {
		return nil, err
	}
	message, err := s.in.Peek(length)
	if err != nil {
		return nil, err
	}
	if kind == stunMessage {
		message = append([]byte(nil), message...)
		_, _ = s.in.Discard(length)
		return s.control(message)
	}
	_ = s.SetReadDeadline(time.Now().Add(silent))
	if s.server.board.denied != nil {
		message = append([]byte(nil), message...)
		if _, err = s.in.Discard(length); err != nil || !s.server.known(s.from) {
			return nil, err
		}
		return message, nil
	}
	return nil, s.switchAll()
}

// frame is what stands first in the buffer, of which four bytes are there.
func (s *stream) frame() (kind, int, error) {
	head, _ := s.in.Peek(4)
	length := int(binary.BigEndian.Uint16(head[2:]))
	kind := kindOf(head[0])
	switch kind {
	case stunMessage:
		length += stunHeader
	case channelData:
		length = (4 + length + 3) &^ 3
	default:
		length = mtu + 1
	}
	if length > mtu {
		s.server.drop(dropMalformed)
		return kind, 0, errFrame
	}
	return kind, length, nil
}

// switchAll switches the ChannelData that has come whole, under one lock and with one flush.
func (s *stream) switchAll() (err error) {
	total := 0
	whole, _ := s.in.Peek(s.in.Buffered())
	b := s.out.depart()
	for rest := whole; len(rest) >= 4 && kindOf(rest[0]) == channelData; rest = whole[total:] {
		length := (4 + int(binary.BigEndian.Uint16(rest[2:])) + 3) &^ 3
		if length > mtu || length > len(rest) {
			break // next says what is wrong with it, or waits
		}
		b.channelData(s.from, rest[:length:length], &s.out)
		total += length
	}
	s.out.arrive()
	_, err = s.in.Discard(total)
	return err
}

func (s *stream) control(message []byte) ([]byte, error) {
	if !isSTUN(message) {
		s.server.drop(dropMalformed)
		return nil, errFrame
	}
	if s.server.board.has(s.from) {
		_ = s.SetReadDeadline(time.Now().Add(silent))
	}
	if refusal := s.server.refusal(s.from, message); refusal != nil {
		_, err := s.Write(refusal)
		return nil, err
	}
	return message, nil
}

// Write implements net.Conn for pion's answers and indications; one that does not fit is lost, as a datagram is. Answers come from the
// goroutine that reads this stream, which may wait.
func (s *stream) Write(p []byte) (int, error) {
	if s.mayAnswer(p) && !s.send(p, nil) {
		s.server.drop(dropSlow)
	}
	return len(p), nil
}

// mayAnswer waits until an answer to what proves nothing has its turn.
func (s *stream) mayAnswer(p []byte) bool {
	if !isSTUN(p) || proves(p) {
		return true
	}
	wait, ok := s.server.pace.turn(s.from.addr.Addr())
	if !ok || len(p) > longestAnswer {
		s.server.drop(dropBudget)
		_ = s.Close() // it would wait for an answer that does not come
		return false
	}
	if wait <= 0 {
		return true
	}
	turn := time.NewTimer(wait)
	defer turn.Stop()
	select {
	case <-turn.C:
		return true
	case <-s.gone:
		return false
	}
}

// send implements leg. The message may be used again by the caller.
func (s *stream) send(message []byte, out *courier) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue)+len(message)+3 > queueSize {
		return false
	}
	if s.queue == nil {
		s.queue = takeRoom()
	}
	s.queue = append(s.queue, message...)
	s.queue = append(s.queue, padding[:-len(message)&3]...)
	switch {
	case out == nil:
		s.wake()
	case !s.called:
		s.called = true
		out.call(s)
	}
	return true
}

// wake has the queue written.
func (s *stream) wake() {
	select {
	case s.waiting <- struct{}{}:
	default:
	}
}

// flush writes what waits, where that takes no waiting: waking the writer costs as much as the write. Else the writer does.
func (s *stream) flush() {
	queue := s.take()
	if queue == nil {
		return // somebody writes, and looks again
	}
	if len(queue) > usualRoom || !s.room.there(len(queue)) {
		s.back(queue)
		s.wake()
		return
	}
	_, err := s.Conn.Write(queue)
	giveRoom(queue)
	if s.done() {
		s.wake()
	}
	if err != nil {
		go func() { _ = s.Close() }()
	}
}

// take is all that waits, and the right to write it; nil when there is nothing, or another writes.
func (s *stream) take() (queue []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.called = false
	if s.writing || s.queue == nil {
		return nil
	}
	queue, s.queue, s.writing = s.queue, nil, true
	return queue
}

// back returns what was taken, before what came meanwhile.
func (s *stream) back(queue []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue, s.writing = append(queue, s.queue...), false
}

// done gives up the right to write and says whether more waits.
func (s *stream) done() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writing = false
	return s.queue != nil
}

// write empties the queue, as much at a time as waits: over TLS few records, over TCP few segments.
func (s *stream) write() {
	defer func() { _ = s.Close() }()
	for {
		select {
		case <-s.gone:
			return
		case <-s.waiting:
		}
		for queue := s.take(); queue != nil; queue = s.take() {
			_ = s.SetWriteDeadline(time.Now().Add(arriving))
			s.room.full()
			_, err := s.Conn.Write(queue)
			giveRoom(queue)
			s.done()
			if err != nil {
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
