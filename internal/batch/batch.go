// Package batch moves UDP datagrams, many with one system call where the system can (Linux: recvmmsg, sendmmsg and UDP_SEGMENT).
//
// Guarantees. Packets that one Batch sends to one address keep their order. Nothing waits for room to send: what does not go at once is
// lost, and counted. No memory is taken per packet.
package batch

import (
	"context"
	"fmt"
	"net"
	"net/netip"
)

// Packet is one datagram that came.
type Packet struct {
	Data []byte
	From netip.AddrPort // an IPv4 address in its own form
}

// Socket is one UDP socket.
type Socket interface {
	// Read waits for packets. They and their data are the caller's until the next Read; one goroutine reads.
	Read() ([]Packet, error)
	// Send sends one datagram.
	Send(p []byte, to netip.AddrPort) error
	// Batch makes a place where up to size datagrams wait for one Flush.
	Batch(size int) Batch
	LocalAddr() net.Addr
	Close() error
}

// Batch gathers datagrams. One goroutine uses it.
type Batch interface {
	// Add takes a datagram, whose data stays as it is until the next Flush. A full batch is flushed first.
	Add(p []byte, to netip.AddrPort)
	// Flush sends what waits and says how many were lost since the last.
	Flush() (lost int)
}

// Options of sockets.
type Options struct {
	Address string
	// Sockets is how many share the address, where the system lets them; packets of one source always come to the same.
	Sockets int
	// Size is the largest datagram that is read whole.
	Size int
	// Segments lets the system cut one large buffer into datagrams of one size for one address.
	Segments bool
	// Impatient lets Read bring nothing when nothing is there, where the system can.
	Impatient bool
	// Portable takes the sockets of the standard library, which move one datagram at a time, everywhere.
	Portable bool
}

// buffer is what is asked of the system for what waits in either direction; it gives as much as it allows.
const buffer = 4 << 20

// Listen opens sockets.
func Listen(ctx context.Context, o Options) ([]Socket, error) {
	if o.Portable {
		return listenPortable(ctx, o)
	}
	return listen(ctx, o)
}

func listenPortable(ctx context.Context, o Options) ([]Socket, error) {
	var open net.ListenConfig
	conn, err := open.ListenPacket(ctx, "udp", o.Address)
	if err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	udp := conn.(*net.UDPConn)
	_ = udp.SetReadBuffer(buffer)
	_ = udp.SetWriteBuffer(buffer)
	return []Socket{&portable{UDPConn: udp, data: make([]byte, o.Size)}}, nil
}

// portable is a Socket of the standard library.
type portable struct {
	*net.UDPConn
	data []byte
	one  [1]Packet
}

// Read implements Socket.
func (s *portable) Read() ([]Packet, error) {
	n, from, err := s.ReadFromUDPAddrPort(s.data)
	if err != nil {
		return nil, err
	}
	s.one[0] = Packet{s.data[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port())}
	return s.one[:], nil
}

// Send implements Socket.
func (s *portable) Send(p []byte, to netip.AddrPort) error {
	_, err := s.WriteToUDPAddrPort(p, to)
	return err
}

// Batch implements Socket.
func (s *portable) Batch(int) Batch { return &portableBatch{socket: s} }

type portableBatch struct {
	socket *portable
	lost   int
}

// Add implements Batch.
func (b *portableBatch) Add(p []byte, to netip.AddrPort) {
	if b.socket.Send(p, to) != nil {
		b.lost++
	}
}

// Flush implements Batch.
func (b *portableBatch) Flush() int {
	lost := b.lost
	b.lost = 0
	return lost
}
