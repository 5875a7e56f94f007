package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime"
	"syscall"
	"time"

	"github.com/pion/logging"
	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"

	"ridealong/internal/batch"
)

// realm of the credentials (RFC 8489 §9.2). Short, for it stands in answers to those who prove nothing.
const realm = "r"

// Metrics is what the relay tells of itself; the embedder counts.
type Metrics interface {
	// Allocated and Released count allocations.
	Allocated()
	Released()
	// RelayDropped counts a packet that went no further; reasons are those of DropReasons.
	RelayDropped(reason string)
	// RelayRefused counts a request whose credential did not open anything.
	RelayRefused()
}

// Config of a Server.
type Config struct {
	// Listen is the address of UDP and TCP, such as ":3478".
	Listen string
	// Address is the IPv4 address that relayed addresses have. Nothing is bound to it in a closed relay.
	Address netip.Addr
	// Public gives relayed addresses sockets, so that clients reach peers that are not ours; nil for a closed relay.
	Public *Public
	// Streams are further listeners whose connections are TURN inside, such as those of TLS; with DynamicRecordSizingDisabled what goes
	// together is one record.
	Streams     []net.Listener
	Credentials *Credentials
	Admission   Admission
	Limits      Limits
	Log         *slog.Logger
	Metrics     Metrics

	portable bool             // sockets of the standard library, which move one datagram at a time; for tests
	lives    [3]time.Duration // of an allocation, a permission and a channel; 10 minutes each, other in tests
}

// Server is one relay.
type Server struct {
	Config
	board  *board
	budget *budget // of datagrams
	pace   *pace   // of streams: who sends datagrams in somebody's name takes none of the answers to their streams
	legs   *legs
	udp    []*datagrams
	tcp    []net.Listener
}

// New opens the sockets. Nothing is answered before Run.
func New(ctx context.Context, c Config) (*Server, error) {
	if !c.Address.Is4() {
		return nil, fmt.Errorf("relay: %q is not an IPv4 address", c.Address)
	}
	s := &Server{Config: c, budget: newBudget(), pace: newPace(), legs: &legs{all: map[client]*stream{}, sources: map[netip.Prefix]int{}}}
	s.board = newBoard(c.Address, c.Admission, c.Limits, s.drop)
	if err := s.openUp(ctx); err != nil {
		return nil, err
	}
	// A busy socket keeps a processor; half of them are left to streams, requests and the system's side of the network.
	sockets, err := batch.Listen(ctx, batch.Options{
		Address: c.Listen, Sockets: (runtime.GOMAXPROCS(0) + 1) / 2, Size: mtu, Segments: true, Portable: c.portable,
	})
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	for _, socket := range sockets {
		s.udp = append(s.udp, s.datagrams(socket))
	}
	// The same port, also where the system chose it.
	var open net.ListenConfig
	listener, err := open.Listen(ctx, "tcp", sockets[0].LocalAddr().String())
	if err != nil {
		for _, socket := range sockets {
			_ = socket.Close()
		}
		return nil, fmt.Errorf("relay: %w", err)
	}
	s.tcp = append([]net.Listener{listener}, c.Streams...)
	return s, nil
}

// Addr is where UDP and TCP are listened to.
func (s *Server) Addr() netip.AddrPort { return addrPort(s.udp[0].LocalAddr()) }

// Run answers until ctx is done; every allocation has ended then.
func (s *Server) Run(ctx context.Context) error {
	config := turn.ServerConfig{
		Realm: realm, LoggerFactory: quiet{}, AuthHandler: s.authenticate, EventHandler: s.events(),
		QuotaHandler: s.hasRoom, AllocationLifetime: s.lives[0], PermissionTimeout: s.lives[1], ChannelBindTimeout: s.lives[2],
		// Both sides of a session get addresses of one family, however they come here.
		StrictAddressFamily: true, InboundMTU: mtu,
	}
	for _, d := range s.udp {
		config.PacketConnConfigs = append(config.PacketConnConfigs, turn.PacketConnConfig{
			PacketConn: d, RelayAddressGenerator: addresses{s.board, s.Credentials}, PermissionHandler: s.permit,
		})
	}
	for _, l := range s.tcp {
		config.ListenerConfigs = append(config.ListenerConfigs, turn.ListenerConfig{
			Listener: streams{l, s}, RelayAddressGenerator: addresses{s.board, s.Credentials}, PermissionHandler: s.permit,
		})
	}
	server, err := turn.NewServer(config)
	if err != nil {
		return fmt.Errorf("relay: %w", err)
	}
	if d := s.board.denied; d != nil {
		d.watch(ctx, s.Log)
	} else {
		<-ctx.Done()
	}
	err = server.Close()
	s.end()
	return err
}

// end closes what pion does not: streams, and allocations whose sockets were closed under it.
func (s *Server) end() {
	s.legs.mu.Lock()
	open := make([]*stream, 0, len(s.legs.all))
	for _, st := range s.legs.all {
		open = append(open, st)
	}
	s.legs.mu.Unlock()
	for _, st := range open {
		_ = st.Close()
	}
	s.board.mu.RLock()
	lines := make([]*line, 0, len(s.board.ports))
	for _, l := range s.board.ports {
		lines = append(lines, l)
	}
	s.board.mu.RUnlock()
	for _, l := range lines {
		l.close()
	}
}

// Revoke ends every allocation of a session and says how many there were. Who is not to open others is not admitted any more before.
func (s *Server) Revoke(session string) int {
	return s.board.revoke(func(h Holder) bool { return h.Session == session })
}

// RevokeParticipant ends those of one participant; the others of the session keep theirs.
func (s *Server) RevokeParticipant(session, participant string) int {
	return s.board.revoke(func(h Holder) bool { return h.Session == session && h.Participant == participant })
}

// Allocations is how many are open.
func (s *Server) Allocations() int {
	s.board.mu.RLock()
	defer s.board.mu.RUnlock()
	return len(s.board.ports)
}

func (s *Server) drop(reason dropReason) { s.Metrics.RelayDropped(reason.String()) }

// authenticate gives pion the key of a credential. Its age counts for new allocations only, so that a call that is under way goes on.
func (s *Server) authenticate(r *turn.RequestAttributes) (string, []byte, bool) {
	holder, until, err := s.Credentials.holder(r.Username)
	if err != nil || r.Method == stun.MethodAllocate && time.Now().After(until) || !s.Admission.Admits(holder) {
		return "", nil, false
	}
	return r.Username, turn.GenerateAuthKey(r.Username, realm, s.Credentials.password(r.Username)), true
}

// hasRoom makes the answer to most of those whose session has enough the right one; open decides.
func (s *Server) hasRoom(username, _ string, _ net.Addr) bool {
	holder, _, err := s.Credentials.holder(username)
	s.board.mu.RLock()
	defer s.board.mu.RUnlock()
	a := s.board.sessions[holder.Session]
	return err == nil && (a == nil || a.lines < s.board.limits.Allocations)
}

// permit lets clients ask for the relayed addresses of others, and in a public relay for what is not denied.
func (s *Server) permit(_ net.Addr, peer net.IP) bool {
	address, ok := netip.AddrFromSlice(peer)
	if ok && address.Unmap() == s.Address {
		return true
	}
	if d := s.board.denied; d != nil {
		if ok && !d.holds(address) {
			return true
		}
		s.drop(dropDenied)
		return false
	}
	s.drop(dropOutside)
	return false
}

// events keeps the board as pion has it. They are called under pion's locks: they call nothing of pion's.
func (s *Server) events() turn.EventHandler {
	events := turn.EventHandler{
		OnAuth: func(_, _ net.Addr, _, _, _, _ string, verdict bool) {
			if !verdict {
				s.Metrics.RelayRefused()
			}
		},
		OnAllocationCreated: func(src, dst net.Addr, _, _, _ string, relay net.Addr, _ int) {
			s.Metrics.Allocated()
			s.settle(src, dst, addrPort(relay).Port())
		},
		OnAllocationDeleted: func(src, dst net.Addr, _, _, _ string) {
			s.Metrics.Released()
			s.legs.holds(clientAt(src, dst), false)
		},
		OnChannelCreated: func(_, _ net.Addr, _, _, _ string, relay, peer net.Addr, number uint16) {
			s.board.bind(addrPort(relay).Port(), addrPort(peer), number)
		},
		OnChannelDeleted: func(_, _ net.Addr, _, _, _ string, relay, _ net.Addr, number uint16) {
			s.board.unbind(addrPort(relay).Port(), number)
		},
	}
	if s.board.denied != nil {
		events.OnPermissionCreated = func(_, _ net.Addr, _, _, _ string, relay net.Addr, peer net.IP) {
			s.board.permits(addrPort(relay).Port(), peer, true)
		}
		events.OnPermissionDeleted = func(_, _ net.Addr, _, _, _ string, relay net.Addr, peer net.IP) {
			s.board.permits(addrPort(relay).Port(), peer, false)
		}
	}
	return events
}

func (s *Server) settle(src, dst net.Addr, port uint16) {
	c := clientAt(src, dst)
	if !c.tcp {
		s.board.settle(port, c, way{s.udp[0], c.addr})
		return
	}
	if st := s.legs.of(c); st != nil {
		s.board.settle(port, c, st)
		s.legs.holds(c, true)
	}
}

func clientAt(src, dst net.Addr) client {
	_, tcp := src.(*net.TCPAddr)
	return client{addr: addrPort(src), local: addrPort(dst).Port(), tcp: tcp}
}

// addresses gives out relayed addresses.
type addresses struct {
	board       *board
	credentials *Credentials
}

// Validate implements turn.RelayAddressGenerator.
func (addresses) Validate() error { return nil }

// AllocatePacketConn implements turn.RelayAddressGenerator.
func (a addresses) AllocatePacketConn(c turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	if c.Network != "udp4" {
		return nil, nil, errNoIPv6
	}
	if c.UserID == "" { // pion looks for an even port that is free; then it asks for that
		return a.board.evenPort()
	}
	holder, _, err := a.credentials.holder(c.UserID)
	if err != nil {
		return nil, nil, err
	}
	l, err := a.board.openSocket(holder, uint16(c.RequestedPort)) //nolint:gosec // one that pion was given
	if err != nil {
		return nil, nil, err
	}
	l.username = c.UserID // before pion says that there is an allocation, and the board looks at it
	r := relayed{l}
	return r, r.LocalAddr(), nil
}

// evenPort finds an even port (RFC 8656 §18.7) that is free. Nothing is held: who asks for it next has it.
func (b *board) evenPort() (net.PacketConn, net.Addr, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if len(b.ports) >= int(b.count)/2 {
		return nil, nil, errFull
	}
	for {
		if port := b.freePort(); port%2 == 0 {
			return unheld{}, net.UDPAddrFromAddrPort(netip.AddrPortFrom(b.address, port)), nil
		}
	}
}

// unheld is the socket of a port that nobody has; it can be closed.
type unheld struct{ net.PacketConn }

// Close implements net.PacketConn.
func (unheld) Close() error { return nil }

// AllocateListener implements turn.RelayAddressGenerator: there are no TCP allocations (RFC 6062).
func (addresses) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errNoTCP
}

// AllocateConn implements turn.RelayAddressGenerator.
func (addresses) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errNoTCP }

// isTransient reports an error after which a socket still works.
func isTransient(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNABORTED) || errors.Is(err, syscall.EMSGSIZE) ||
		errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}

// quiet is pion's log: what matters of it is counted, and its lines hold addresses.
type quiet struct{}

// NewLogger implements logging.LoggerFactory.
func (quiet) NewLogger(string) logging.LeveledLogger {
	return &logging.DefaultLeveledLogger{}
}
