// The public mode: relayed addresses with sockets. Packets come and go by pion; here they are judged, counted and limited.

package relay

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// Public is the public mode.
type Public struct {
	// First and Last are the ports of relayed addresses.
	First, Last uint16
	// Deny is denied beside what always is. Allow is reached though it is denied always, but not what Deny names.
	Deny, Allow []netip.Prefix
	// Hosts are those that this server uses itself, such as its database and its bus, by name or address. They are asked for and looked up
	// at the start and every minute; what a name has stood for stays denied, whatever Allow says. May be nil.
	Hosts func() []string
}

// socketTries is how many ports are tried for an allocation; other programs may have some.
const socketTries = 16

var errRange = errors.New("relay: a range of ports is two or more, from 1024 on")

// openUp makes the relay a public one, if it is to be.
func (s *Server) openUp(ctx context.Context) error {
	p := s.Public
	if p == nil {
		return nil
	}
	if p.First < leastPeerPort || p.Last <= p.First {
		return errRange
	}
	for _, prefix := range append(append([]netip.Prefix(nil), p.Deny...), p.Allow...) {
		if !prefix.IsValid() || prefix.Addr().Is4In6() || prefix != prefix.Masked() {
			return fmt.Errorf("relay: %q is not a prefix that addresses can be compared with", prefix)
		}
	}
	d := newDenied(*p, s.Address)
	if err := d.look(); err != nil {
		return err
	}
	d.lookUp(ctx, s.Log)
	s.board.first, s.board.count, s.board.denied = p.First, p.Last-p.First+1, d
	s.board.bindTo = "0.0.0.0"
	if host, _, err := net.SplitHostPort(s.Listen); err == nil {
		if address, err := netip.ParseAddr(host); err == nil && address.Is4() {
			s.board.bindTo = host
		}
	}
	s.Log.Info("relay: public: its clients reach other hosts", "address", s.Address, "ports", fmt.Sprintf("%d-%d", p.First, p.Last))
	if len(p.Allow) > 0 {
		s.Log.Warn("relay: ALLOWED THOUGH ALWAYS DENIED: whoever has a credential reaches these", "prefixes", p.Allow)
	}
	return nil
}

// openSocket makes an allocation at a port, or anywhere for 0, with a socket in a public relay.
func (b *board) openSocket(h Holder, port uint16) (*line, error) {
	if b.denied == nil {
		return b.openAt(h, port)
	}
	var problem error
	for range socketTries {
		l, err := b.openAt(h, port)
		if err != nil {
			return nil, err
		}
		if problem = l.listen(); problem == nil {
			return l, nil
		}
		l.close()
		if port != 0 {
			break
		}
	}
	return nil, problem
}

// listen opens the socket of an allocation and reads it until that is closed.
func (l *line) listen() error {
	var open net.ListenConfig
	conn, err := open.ListenPacket(context.Background(), "udp4", net.JoinHostPort(l.board.bindTo, strconv.Itoa(int(l.port))))
	if err != nil {
		return err
	}
	l.board.mu.Lock()
	defer l.board.mu.Unlock()
	l.socket = conn.(*net.UDPConn) //nolint:forcetypeassert // that is what udp4 makes
	select {
	case <-l.closed: // revoked meanwhile
		_ = conn.Close()
		return net.ErrClosed
	default:
	}
	go l.hear()
	return nil
}

// hear takes what peers send to an allocation. What comes from one without a permission costs the session nothing.
func (l *line) hear() {
	defer l.close()
	b, buffer := l.board, make([]byte, mtu)
	for {
		n, from, err := l.socket.ReadFromUDPAddrPort(buffer)
		if err != nil {
			if isTransient(err) {
				continue
			}
			return
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		switch {
		case b.denied.peer(from):
			b.drop(dropDenied)
		case !b.hears(l, from.Addr()):
			b.drop(dropStranger)
		case !l.account.take(n, b.now()):
			b.drop(dropQuota)
		case !l.inbox.put(parcel{from, append([]byte(nil), buffer[:n]...)}):
			b.drop(dropSlow)
		default:
			l.sent.Add(int64(n))
		}
	}
}

// outside sends to a peer that has no relayed address of ours.
func (r relayed) outside(p []byte, to netip.AddrPort) (int, error) {
	b := r.board
	if b.denied == nil {
		b.drop(dropOutside)
		return len(p), nil
	}
	if b.denied.peer(to) {
		b.drop(dropDenied)
		return len(p), nil
	}
	b.flights.RLock()
	defer b.flights.RUnlock()
	select {
	case <-r.closed:
		return 0, net.ErrClosed
	default:
	}
	if !r.account.take(len(p), b.now()) {
		b.drop(dropQuota)
		return len(p), nil
	}
	if _, err := r.socket.WriteToUDPAddrPort(p, to); err != nil {
		b.drop(dropNobody)
		return len(p), nil
	}
	r.sent.Add(int64(len(p)))
	return len(p), nil
}

// permits notes whose packets pion passes on to an allocation.
func (b *board) permits(port uint16, peer net.IP, does bool) {
	address := ipOf(peer)
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.ports[port]
	switch {
	case l == nil:
	case !does:
		delete(l.permitted, address)
	case l.permitted == nil:
		l.permitted = map[netip.Addr]bool{address: true}
	default:
		l.permitted[address] = true
	}
}

func (b *board) hears(l *line, peer netip.Addr) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return l.permitted[peer]
}

// known reports whether a client that sends ChannelData has an allocation.
func (s *Server) known(c client) bool {
	if s.board.has(c) {
		return true
	}
	s.drop(dropNobody)
	return false
}
