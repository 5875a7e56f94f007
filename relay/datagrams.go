package relay

import (
	"net"
	"net/netip"
	"time"
)

// mtu is the largest datagram that is taken.
const mtu = 1600

// datagrams is one UDP socket: ChannelData is switched here, STUN goes on to pion, everything else ends here.
type datagrams struct {
	*net.UDPConn
	server *Server
	local  uint16
	buffer [mtu]byte
}

func (s *Server) datagrams(conn *net.UDPConn) *datagrams {
	_ = conn.SetReadBuffer(4 << 20) // as much as the system allows
	_ = conn.SetWriteBuffer(4 << 20)
	return &datagrams{UDPConn: conn, server: s, local: addrPort(conn.LocalAddr()).Port()}
}

// ReadFrom implements net.PacketConn for pion, which sees STUN messages only.
func (d *datagrams) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := d.ReadFromUDPAddrPort(d.buffer[:])
		if err != nil {
			if isTransient(err) {
				continue
			}
			return 0, nil, err
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		if d.passes(client{addr: from, local: d.local}, d.buffer[:n]) {
			return copy(p, d.buffer[:n]), net.UDPAddrFromAddrPort(from), nil
		}
	}
}

// WriteTo implements net.PacketConn for pion's answers and indications.
func (d *datagrams) WriteTo(p []byte, to net.Addr) (int, error) {
	if a := addrPort(to); d.server.answers(d.server.budget, a.Addr(), p) {
		return d.WriteToUDPAddrPort(p, a)
	}
	return len(p), nil
}

// passes reports whether pion gets to see a packet.
func (d *datagrams) passes(from client, p []byte) bool {
	s := d.server
	if len(p) < 4 {
		s.drop(dropMalformed)
		return false
	}
	switch kindOf(p[0]) {
	case channelData:
		s.board.mu.RLock()
		s.board.channelData(from, p)
		s.board.mu.RUnlock()
	case stunMessage:
		if !isSTUN(p) {
			s.drop(dropMalformed)
			return false
		}
		if !proves(p) && !s.budget.left(from.addr.Addr(), time.Now()) {
			s.drop(dropBudget)
			return false
		}
		return true
	default:
		s.drop(dropMalformed)
	}
	return false
}

// way is the leg to a client of this socket.
type way struct {
	socket *datagrams
	to     netip.AddrPort
}

func (w way) send(message []byte) bool {
	_, err := w.socket.WriteToUDPAddrPort(message, w.to)
	return err == nil
}
