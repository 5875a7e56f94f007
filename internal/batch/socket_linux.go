package batch

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// reads is how many datagrams one system call brings at most.
	reads = 64
	// busyRate is how many datagrams a millisecond make a reader nap, and for how long; the system adds its slack of 50 µs.
	busyRate = 5
	nap      = 100 * time.Microsecond
)

// mmsghdr is struct mmsghdr of sendmmsg(2).
type mmsghdr struct {
	unix.Msghdr
	length uint32
}

// name is room for a struct sockaddr_in or sockaddr_in6.
type name [unix.SizeofSockaddrInet6]byte

// socket is a Socket whose reader waits in the system call itself: a wake-up through the poller costs two more calls.
type socket struct {
	file  *os.File
	fd    int
	local *net.UDPAddr
	six   bool // the socket is IPv6, so are its sockaddrs
	// whole is set where datagrams are to be sent one by one.
	whole atomic.Bool
	// open is held for reading by whoever uses fd, so that none uses a number that is another's by then.
	open   sync.RWMutex
	closed atomic.Bool

	messages [reads]mmsghdr
	vectors  [reads]unix.Iovec
	names    [reads]name
	packets  [reads]Packet

	// busy is whether the socket naps before it reads; count datagrams came since then.
	busy, naps bool
	count      int
	since      time.Time
	nap        unix.Timespec

	size int
	wait uintptr // flags of recvmmsg
	data []byte
}

func listen(ctx context.Context, o Options) ([]Socket, error) {
	share := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		if e := c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) }); e != nil {
			return e
		}
		return err
	}}
	if o.Sockets < 2 {
		share.Control = nil
	}
	var all []Socket
	address := o.Address
	for range max(o.Sockets, 1) {
		s, err := listenOne(ctx, share, address, o)
		if err != nil {
			for _, s := range all {
				_ = s.Close()
			}
			return nil, fmt.Errorf("batch: %w", err)
		}
		all = append(all, s)
		address = s.local.String()
	}
	return all, nil
}

func listenOne(ctx context.Context, open net.ListenConfig, address string, o Options) (*socket, error) {
	conn, err := open.ListenPacket(ctx, "udp", address)
	if err != nil {
		return nil, err
	}
	udp := conn.(*net.UDPConn)
	defer func() { _ = udp.Close() }()
	_ = udp.SetReadBuffer(buffer)
	_ = udp.SetWriteBuffer(buffer)
	file, err := udp.File()
	if err != nil {
		return nil, err
	}
	s := &socket{file: file, fd: int(file.Fd()), local: udp.LocalAddr().(*net.UDPAddr), size: o.Size, wait: unix.MSG_WAITFORONE} //nolint:gosec // a file descriptor
	name, err := unix.Getsockname(s.fd)
	if err == nil {
		err = unix.SetNonblock(s.fd, false)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	// Where there is one processor, others wait for it.
	s.naps, s.nap.Nsec = runtime.GOMAXPROCS(0) > 1 && !o.Impatient, int64(nap)
	if o.Impatient {
		s.wait = unix.MSG_DONTWAIT
	}
	_, s.six = name.(*unix.SockaddrInet6)
	s.whole.Store(!o.Segments)
	s.data = make([]byte, reads*o.Size)
	for i := range s.messages {
		s.vectors[i] = unix.Iovec{Base: &s.data[i*o.Size]}
		s.vectors[i].SetLen(o.Size)
		s.messages[i].Iov, s.messages[i].Name = &s.vectors[i], &s.names[i][0]
		s.messages[i].SetIovlen(1)
	}
	return s, nil
}

// Read implements Socket.
func (s *socket) Read() ([]Packet, error) {
	s.open.RLock()
	defer s.open.RUnlock()
	for !s.closed.Load() {
		s.pace()
		for i := range s.messages {
			s.messages[i].Namelen = uint32(len(s.names[i]))
		}
		n, errno := s.receive()
		if s.closed.Load() {
			break
		}
		if errno == unix.EINTR {
			continue
		}
		if errno == unix.EAGAIN {
			return nil, nil
		}
		if errno != 0 {
			return nil, os.NewSyscallError("recvmmsg", errno)
		}
		s.count += n
		for i := range n {
			m := &s.messages[i]
			s.packets[i] = Packet{s.data[i*s.size : i*s.size+int(min(m.length, uint32(s.size)))], s.names[i].address()} //nolint:gosec // sizes
		}
		return s.packets[:n], nil
	}
	return nil, net.ErrClosed
}

// pace counts what comes, and says whether it comes so fast that a nap before each read pays.
func (s *socket) pace() {
	now := time.Now()
	if passed := now.Sub(s.since); passed > time.Millisecond {
		s.busy = s.naps && s.count*int(time.Millisecond) > busyRate*int(passed)
		s.count, s.since = 0, now
	}
}

// receive waits for datagrams. Under load it takes a nap first, in which more come than one, and keeps its place in Go's scheduler
// meanwhile: losing and finding it costs more than all else. Whoever waits for it, such as the collector, waits for a nap.
func (s *socket) receive() (int, unix.Errno) {
	if s.busy {
		_, _, _ = unix.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&s.nap)), 0, 0)
		n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.messages)), reads, unix.MSG_DONTWAIT, 0, 0)
		if errno != unix.EAGAIN {
			return int(n), errno //nolint:gosec // at most reads
		}
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&s.messages)), reads, s.wait, 0, 0)
	return int(n), errno //nolint:gosec // at most reads
}

// Send implements Socket.
func (s *socket) Send(p []byte, to netip.AddrPort) error {
	b := s.Batch(1)
	b.Add(p, to)
	if b.Flush() > 0 {
		return unix.EAGAIN
	}
	return nil
}

// LocalAddr implements Socket.
func (s *socket) LocalAddr() net.Addr { return s.local }

// Close implements Socket.
func (s *socket) Close() error {
	if s.closed.Swap(true) {
		return net.ErrClosed
	}
	_ = unix.Shutdown(s.fd, unix.SHUT_RDWR) // wakes the reader, though it says that nothing is connected
	s.open.Lock()
	defer s.open.Unlock()
	return s.file.Close()
}

func (n *name) address() netip.AddrPort {
	if *(*uint16)(unsafe.Pointer(n)) == unix.AF_INET {
		in := (*unix.RawSockaddrInet4)(unsafe.Pointer(n))
		return netip.AddrPortFrom(netip.AddrFrom4(in.Addr), swap(in.Port))
	}
	in := (*unix.RawSockaddrInet6)(unsafe.Pointer(n))
	return netip.AddrPortFrom(netip.AddrFrom16(in.Addr).Unmap(), swap(in.Port))
}

// set fills in an address and says how long it is.
func (n *name) set(to netip.AddrPort, six bool) uint32 {
	if !six {
		in := (*unix.RawSockaddrInet4)(unsafe.Pointer(n))
		in.Family, in.Port, in.Addr = unix.AF_INET, swap(to.Port()), to.Addr().Unmap().As4()
		return unix.SizeofSockaddrInet4
	}
	in := (*unix.RawSockaddrInet6)(unsafe.Pointer(n))
	*in = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: swap(to.Port()), Addr: to.Addr().As16()}
	return unix.SizeofSockaddrInet6
}

// swap turns a port between the order of the machine and that of the wire.
func swap(port uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&port))
	return uint16(b[0])<<8 | uint16(b[1])
}
