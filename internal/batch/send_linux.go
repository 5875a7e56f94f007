package batch

import (
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// maxSegments and maxBytes are what one buffer that the system cuts may hold (UDP_MAX_SEGMENTS; the length of an IP packet).
	maxSegments = 64
	maxBytes    = 65000
)

// group is packets for one address that go as one message: all of one size, but for the last, which may be smaller.
type group struct {
	to           netip.AddrPort
	size         int
	count, bytes int
	full         bool
	first        int // the first vector
}

// control is a control message that holds a uint16.
type control struct {
	unix.Cmsghdr
	segment uint16
	_       [6]byte
}

type waiting struct {
	data  []byte
	group int
}

// sending is a Batch.
type sending struct {
	socket   *socket
	lost     int
	waits    []waiting
	groups   []group
	messages []mmsghdr
	vectors  []unix.Iovec
	names    []name
	controls []control
}

// Batch implements Socket.
func (s *socket) Batch(size int) Batch {
	return &sending{
		socket: s, waits: make([]waiting, 0, size), groups: make([]group, 0, size), messages: make([]mmsghdr, size),
		vectors: make([]unix.Iovec, size), names: make([]name, size), controls: make([]control, size),
	}
}

// Add implements Batch.
func (b *sending) Add(p []byte, to netip.AddrPort) {
	if len(p) == 0 || to.Addr().Is6() && !b.socket.six {
		b.lost++
		return
	}
	if len(b.waits) == cap(b.waits) {
		b.send()
	}
	b.waits = append(b.waits, waiting{p, b.place(len(p), to)})
}

// place finds the group that a packet goes with: the last of its address, so that the order stays.
func (b *sending) place(size int, to netip.AddrPort) int {
	if !b.socket.whole.Load() {
		for i := len(b.groups) - 1; i >= 0; i-- {
			g := &b.groups[i]
			if g.to != to {
				continue
			}
			if g.full || size > g.size || g.count == maxSegments || g.bytes+size > maxBytes {
				break
			}
			g.count++
			g.bytes += size
			g.full = size < g.size
			return i
		}
	}
	b.groups = append(b.groups, group{to: to, size: size, count: 1, bytes: size})
	return len(b.groups) - 1
}

// Flush implements Batch.
func (b *sending) Flush() int {
	if len(b.waits) > 0 {
		b.send()
	}
	lost := b.lost
	b.lost = 0
	return lost
}

func (b *sending) send() {
	b.layOut()
	b.socket.open.RLock()
	defer b.socket.open.RUnlock()
	if b.socket.closed.Load() {
		b.lost += len(b.waits)
	} else {
		b.write(0, len(b.groups))
	}
	clear(b.waits)
	b.waits, b.groups = b.waits[:0], b.groups[:0]
}

// layOut fills in what the system reads: the vectors of each group side by side.
func (b *sending) layOut() {
	next := 0
	for i := range b.groups {
		g := &b.groups[i]
		g.first = next
		next += g.count
		m := &b.messages[i]
		m.Name, m.Namelen = &b.names[i][0], b.names[i].set(g.to, b.socket.six)
		m.Iov = &b.vectors[g.first]
		m.SetIovlen(g.count)
		m.Control = nil
		m.SetControllen(0)
		if g.count > 1 {
			c := &b.controls[i]
			c.Level, c.Type, c.segment = unix.SOL_UDP, unix.UDP_SEGMENT, uint16(g.size) //nolint:gosec // a datagram's length
			c.SetLen(unix.CmsgLen(2))
			m.Control = (*byte)(unsafe.Pointer(c))
			m.SetControllen(unix.CmsgSpace(2))
		}
		g.count = 0
	}
	for _, w := range b.waits {
		g := &b.groups[w.group]
		v := &b.vectors[g.first+g.count]
		v.Base = &w.data[0]
		v.SetLen(len(w.data))
		g.count++
	}
}

// write sends messages; what the system refuses as one it is given packet by packet.
func (b *sending) write(from, to int) {
	for from < to {
		n, errno := b.call(&b.messages[from], to-from)
		if errno == unix.EINTR {
			continue
		}
		if errno == 0 {
			from += n
			continue
		}
		g := &b.groups[from]
		if g.count > 1 && errno != unix.EAGAIN && errno != unix.ENOBUFS {
			if errno == unix.EIO || errno == unix.ENOPROTOOPT || errno == unix.EOPNOTSUPP {
				b.socket.whole.Store(true)
			}
			b.singly(from)
		} else {
			b.lost += g.count
		}
		from++
	}
}

func (b *sending) singly(i int) {
	m, g := &b.messages[i], &b.groups[i]
	m.Control = nil
	m.SetControllen(0)
	m.SetIovlen(1)
	for k := range g.count {
		m.Iov = &b.vectors[g.first+k]
		if _, errno := b.call(m, 1); errno != 0 {
			b.lost++
		}
	}
}

// call never waits, so Go's scheduler is not told of it.
func (b *sending) call(first *mmsghdr, count int) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(b.socket.fd), uintptr(unsafe.Pointer(first)), uintptr(count), unix.MSG_DONTWAIT, 0, 0)
	return int(n), errno //nolint:gosec // at most count
}
