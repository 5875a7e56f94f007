package relay

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// sendRoom is asked of the system for what a stream has written and its client has not acknowledged.
const sendRoom = 128 << 10

// room says whether a write of at most usualRoom bytes goes at once, because nearly nothing is unacknowledged.
type room struct {
	raw  syscall.RawConn
	ask  func(fd uintptr)
	held int
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
	r := &room{raw: raw}
	r.ask = func(fd uintptr) { r.held, r.err = unix.IoctlGetInt(int(fd), unix.SIOCOUTQ) } //nolint:gosec // a file descriptor
	return r
}

// there is called by one goroutine at a time.
func (r *room) there() bool {
	return r != nil && r.raw.Control(r.ask) == nil && r.err == nil && r.held <= usualRoom
}
