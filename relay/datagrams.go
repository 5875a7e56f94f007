package relay

import (
	"net"
	"net/netip"
	"time"

	"ridealong/internal/batch"
)

// mtu is the largest datagram that is taken.
const mtu = 1600

// datagrams is one UDP socket: ChannelData is switched here (that of a public relay is pion's), STUN goes on to pion, everything else
// ends here.
type datagrams struct {
	batch.Socket
	server *Server
	local  uint16
	unread []batch.Packet // what the last read brought and is not switched yet
	out    courier
}

func (s *Server) datagrams(socket batch.Socket) *datagrams {
	return &datagrams{
		Socket: socket, server: s, local: addrPort(socket.LocalAddr()).Port(),
		out: courier{server: s, out: socket.Batch(batchSize)},
	}
}

// ReadFrom implements net.PacketConn for pion, which sees STUN messages only.
func (d *datagrams) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		for len(d.unread) > 0 {
			if d.server.board.denied == nil {
				d.switchAll()
			}
			if len(d.unread) == 0 {
				break
			}
			in := d.unread[0]
			d.unread = d.unread[1:]
			if d.passes(in.From, in.Data) {
				return copy(p, in.Data), net.UDPAddrFromAddrPort(in.From), nil
			}
		}
		var err error
		if d.unread, err = d.Read(); err != nil && !isTransient(err) {
			return 0, nil, err
		}
	}
}

// switchAll switches what is read until something comes that is not ChannelData, under one lock and with one flush.
func (d *datagrams) switchAll() {
	b := d.out.depart()
	defer d.out.arrive()
	for len(d.unread) > 0 {
		in := d.unread[0]
		if len(in.Data) < 4 || kindOf(in.Data[0]) != channelData {
			break
		}
		b.channelData(client{addr: in.From, local: d.local}, in.Data, &d.out)
		d.unread = d.unread[1:]
	}
}

// passes reports whether pion gets to see a packet that is not ChannelData.
func (d *datagrams) passes(from netip.AddrPort, p []byte) bool {
	switch {
	case d.server.board.denied != nil && len(p) >= 4 && kindOf(p[0]) == channelData:
		return d.server.known(client{addr: from, local: d.local})
	case !isSTUN(p):
		d.server.drop(dropMalformed)
		return false
	case !proves(p) && !d.server.budget.left(from.Addr(), time.Now()):
		d.server.drop(dropBudget)
		return false
	}
	if refusal := d.server.refusal(client{addr: from, local: d.local}, p); refusal != nil {
		_ = d.Send(refusal, from)
		return false
	}
	return true
}

// WriteTo implements net.PacketConn for pion's answers and indications.
func (d *datagrams) WriteTo(p []byte, to net.Addr) (int, error) {
	if a := addrPort(to); d.server.answers(a.Addr(), p) {
		if err := d.Send(p, a); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// No time limits a socket: Close wakes its reader, and nothing waits for room to send.
func (*datagrams) SetDeadline(time.Time) error      { return nil }
func (*datagrams) SetReadDeadline(time.Time) error  { return nil }
func (*datagrams) SetWriteDeadline(time.Time) error { return nil }

// way is the leg to a client over UDP.
type way struct {
	socket *datagrams
	to     netip.AddrPort
}

func (w way) send(message []byte, out *courier) bool {
	if out == nil {
		return w.socket.Send(message, w.to) == nil
	}
	out.datagram(message, w)
	return true
}
