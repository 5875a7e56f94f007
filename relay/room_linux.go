package relay

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// sendRoom is asked of the system for what a stream has written and its client has not acknowledged.
const sendRoom = 128 << 10

// recordSize is what a write may add over TLS, beside what is written.
const recordSize = 64

// room says whether a write of at most usualRoom bytes goes at once, because nearly nothing is unacknowledged. The system is asked when
// what was held the last time and what was written since might be more than that.
type room struct {
	raw  syscall.RawConn
	ask  func(fd uintptr)
	held int
	most int // that may be unacknowledged now
	err  error
}

// newRoom is nil for a connection of which that cannot be known.
func newRoom(conn net.Conn) *room {
	for {
		inner, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		conn = inner.NetConn()
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok || tcp.SetWriteBuffer(sendRoom) != nil {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	r := &room{raw: raw, most: usualRoom}
	r.ask = func(fd uintptr) { r.held, r.err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) } //nolint:gosec // a file descriptor
	return r
}

// there is called before a write of n bytes, by one goroutine at a time.
func (r *room) there(n int) bool {
	if r == nil {
		return false
	}
	if r.most+n+recordSize > usualRoom {
		if r.raw.Control(r.ask) != nil || r.err != nil || r.held > usualRoom {
			return false
		}
		r.most = r.held
	}
	r.most += n + recordSize
	return true
}

// full is told that something was written unasked.
func (r *room) full() {
	if r != nil {
		r.most = usualRoom
	}
}
