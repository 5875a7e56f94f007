package relay

import (
	"net"
	"net/netip"
	"runtime"
	"sync"
	"time"
)

// parcel is what came for an allocation without a channel for its sender.
type parcel struct {
	from netip.AddrPort
	data []byte
}

// inbox holds parcels, in no more room than they take: most allocations have none.
type inbox struct {
	mu      sync.Mutex // guards parcels
	parcels []parcel
	come    chan struct{} // has an element when there may be parcels
}

func (i *inbox) put(p parcel) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.parcels) >= inboxSize {
		return false
	}
	i.parcels = append(i.parcels, p)
	select {
	case i.come <- struct{}{}:
	default:
	}
	return true
}

// take is the first parcel; one reader calls it after come.
func (i *inbox) take() (p parcel, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.parcels) == 0 {
		return p, false
	}
	p, i.parcels[0] = i.parcels[0], parcel{}
	if i.parcels = i.parcels[1:]; len(i.parcels) == 0 {
		i.parcels = nil
		return p, true
	}
	select {
	case i.come <- struct{}{}:
	default:
	}
	return p, true
}

// relayed is what pion takes for the socket of a relayed address.
type relayed struct{ *line }

// WriteTo implements net.PacketConn for Send indications.
func (r relayed) WriteTo(p []byte, addr net.Addr) (int, error) {
	b := r.board
	to := addrPort(addr)
	if to.Addr() != b.address {
		return r.outside(p, to)
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	select {
	case <-r.closed:
		return 0, net.ErrClosed
	default:
		b.deliver(r.line, to.Port(), append(make([]byte, 4, 4+len(p)), p...), nil)
		return len(p), nil
	}
}

// ReadFrom implements net.PacketConn: what becomes Data indications.
func (r relayed) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		select {
		case <-r.closed:
			return r.ended()
		case <-r.inbox.come:
			select {
			case <-r.closed:
				return r.ended()
			default:
			}
			if in, ok := r.inbox.take(); ok {
				return copy(p, in.data), net.UDPAddrFromAddrPort(in.from), nil
			}
		}
	}
}

// ended is what ReadFrom says at the end. An error would make pion's reading goroutine delete the allocation that the client has now,
// which is another one if it was quick to ask again; so that goroutine ends here when pion itself deleted this one.
func (r relayed) ended() (int, net.Addr, error) {
	if r.left.Load() {
		runtime.Goexit()
	}
	return 0, nil, net.ErrClosed
}

// Close implements net.PacketConn.
func (r relayed) Close() error {
	r.left.Store(true)
	r.close()
	return nil
}

// LocalAddr implements net.PacketConn.
func (r relayed) LocalAddr() net.Addr {
	return net.UDPAddrFromAddrPort(netip.AddrPortFrom(r.board.address, r.port))
}

// Nothing here waits, so no time limits it.
func (relayed) SetDeadline(time.Time) error      { return nil }
func (relayed) SetReadDeadline(time.Time) error  { return nil }
func (relayed) SetWriteDeadline(time.Time) error { return nil }

// addrPort is the address of a socket, an IPv4 one in its own form.
func addrPort(a net.Addr) netip.AddrPort {
	var ap netip.AddrPort
	switch a := a.(type) {
	case *net.UDPAddr:
		ap = a.AddrPort()
	case *net.TCPAddr:
		ap = a.AddrPort()
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
