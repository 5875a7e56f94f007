package relay

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// Limits of one session.
type Limits struct {
	Allocations int   // at a time; 4
	Rate        int   // bytes a second that its clients may send; 2.5 MB (20 Mbit/s)
	Bytes       int64 // in all; 2 GiB
}

func (l Limits) orDefaults() Limits {
	if l.Allocations == 0 {
		l.Allocations = 4
	}
	if l.Rate == 0 {
		l.Rate = 20e6 / 8
	}
	if l.Bytes == 0 {
		l.Bytes = 2 << 30
	}
	return l
}

const (
	firstPort = 49152 // RFC 8656 §7.2: relayed ports are dynamic ones
	portCount = 65536 - firstPort
	// inboxSize bounds what waits to become Data indications of one allocation.
	inboxSize = 64
	// endedSessions is how many sessions without allocations keep what they used up.
	endedSessions = 16384
)

var (
	errNotAdmitted = errors.New("relay: not admitted")
	errQuota       = errors.New("relay: the session has as many allocations as it may")
	errFull        = errors.New("relay: no relayed address is free")
	errNoTCP       = errors.New("relay: no TCP allocations")
	errNoIPv6      = errors.New("relay: relayed addresses are IPv4")
)

// client is where a client is, as pion names it: its address, and the port of ours that it came to.
type client struct {
	addr  netip.AddrPort
	local uint16
	tcp   bool
}

// leg is the way to a client.
type leg interface {
	// send takes one TURN message, a ChannelData message without padding, and never waits; false when it was dropped. With a courier it
	// goes when that is flushed, and stays as it is until then; without one it goes at once.
	send(message []byte, out *courier) bool
}

// board is the switchboard: allocations, their channels, and who may send to whom.
type board struct {
	address   netip.Addr // of every relayed address
	admission Admission
	limits    Limits
	drop      func(reason dropReason)
	now       func() time.Time

	// flights is held for reading from a look at the table until what was switched by it is out.
	flights sync.RWMutex
	// mu guards everything below and the channels of every line. A reader holds it for one batch of packets.
	mu       sync.RWMutex
	ports    map[uint16]*line
	clients  map[client]*line
	sessions map[string]*account
	ended    *lru.Cache[string, *account]
	before   int64 // bytes of the allocations that are closed

	first, count uint16  // the range of relayed ports
	denied       *denied // whom clients may not reach; nil in a closed relay, where they reach nobody but each other
	bindTo       string  // address of the sockets of a public relay
}

// account is what a session used.
type account struct {
	lines int
	rate  *rate.Limiter
	mu    sync.Mutex // guards left
	left  int64
}

// line is one allocation.
type line struct {
	board  *board
	port   uint16
	holder Holder
	// username that opened it: pion takes no other for it.
	username string
	account  *account
	leg      leg
	client   client
	numbers  map[uint16]uint16 // channel number -> port of the peer; 0 for a peer of a public relay's that is not ours
	peers    map[uint16]uint16 // port of the peer -> channel number
	inbox    inbox
	closed   chan struct{}
	once     sync.Once
	left     atomic.Bool // by pion: it has no allocation any more
	opened   time.Time
	sent     atomic.Int64 // bytes that were passed on

	socket    *net.UDPConn        // of a public relay
	permitted map[netip.Addr]bool // whose packets pion passes on; kept by a public relay only
}

func newBoard(address netip.Addr, admission Admission, limits Limits, drop func(dropReason)) *board {
	ended, _ := lru.New[string, *account](endedSessions)
	return &board{
		address: address, admission: admission, limits: limits.orDefaults(), drop: drop, now: time.Now,
		ports: map[uint16]*line{}, clients: map[client]*line{}, sessions: map[string]*account{}, ended: ended,
		first: firstPort, count: portCount,
	}
}

// open makes an allocation for a holder.
func (b *board) open(h Holder) (*line, error) { return b.openAt(h, 0) }

// openAt makes it at a port, or anywhere for 0.
func (b *board) openAt(h Holder, port uint16) (*line, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	// Asked under mu: who is not admitted any more when revoke looks has no allocation on its way.
	if !b.admission.Admits(h) {
		return nil, errNotAdmitted
	}
	a := b.sessions[h.Session]
	if a != nil && a.lines >= b.limits.Allocations {
		return nil, errQuota
	}
	if len(b.ports) >= int(b.count) || port != 0 && (port < b.first || port-b.first >= b.count || b.ports[port] != nil) {
		return nil, errFull
	}
	if port == 0 {
		port = b.freePort()
	}
	if a == nil {
		if a, _ = b.ended.Get(h.Session); a == nil {
			a = &account{rate: rate.NewLimiter(rate.Limit(b.limits.Rate), b.limits.Rate), left: b.limits.Bytes}
		}
		b.sessions[h.Session] = a
		b.ended.Remove(h.Session)
	}
	a.lines++
	l := &line{board: b, port: port, holder: h, account: a, inbox: inbox{come: make(chan struct{}, 1)}, closed: make(chan struct{}), opened: b.now()}
	b.ports[l.port] = l
	return l, nil
}

// freePort finds a port that no allocation has. Random, so that a late packet for one does not find the next.
func (b *board) freePort() uint16 {
	for {
		port := b.first + uint16(rand.IntN(int(b.count))) //nolint:gosec // not a secret: the switch lets nobody pass by a number
		if b.ports[port] == nil {
			return port
		}
	}
}

// settle says where the client of an allocation is.
func (b *board) settle(port uint16, c client, way leg) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.ports[port]
	if l == nil {
		return
	}
	l.client, l.leg = c, way
	b.clients[c] = l
}

// bind and unbind keep the channels of an allocation.
func (b *board) bind(port uint16, peer netip.AddrPort, number uint16) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.ports[port]
	if l == nil {
		return
	}
	if l.numbers == nil {
		l.numbers, l.peers = map[uint16]uint16{}, map[uint16]uint16{}
	}
	if peer.Addr() != b.address {
		l.numbers[number] = 0
		return
	}
	l.numbers[number], l.peers[peer.Port()] = peer.Port(), number
}

func (b *board) unbind(port, number uint16) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.ports[port]; l != nil {
		delete(l.peers, l.numbers[number])
		delete(l.numbers, number)
	}
}

// close ends an allocation; again is nothing.
func (l *line) close() {
	l.once.Do(func() {
		b := l.board
		b.mu.Lock()
		defer b.mu.Unlock()
		close(l.closed)
		if l.socket != nil {
			_ = l.socket.Close()
		}
		b.before += l.sent.Load()
		delete(b.ports, l.port)
		if b.clients[l.client] == l {
			delete(b.clients, l.client)
		}
		if l.account.lines--; l.account.lines == 0 {
			delete(b.sessions, l.holder.Session)
			b.ended.Add(l.holder.Session, l.account)
		}
	})
}

// revoke ends every allocation of some holders.
func (b *board) revoke(whose func(Holder) bool) (count int) {
	b.mu.RLock()
	var ending []*line
	for _, l := range b.ports {
		if whose(l.holder) {
			ending = append(ending, l)
		}
	}
	b.mu.RUnlock()
	for _, l := range ending {
		l.close()
		// What waits in the queue of a slow stream would still reach its client.
		if st, ok := l.leg.(*stream); ok {
			_ = st.Close()
		}
	}
	b.flights.Lock()
	b.flights.Unlock() //nolint:staticcheck // what was under way to them has arrived
	return len(ending)
}

// channelData switches one ChannelData message (RFC 8656 §12.4) of a client. The caller holds mu for reading. The header in message is
// written over.
func (b *board) channelData(from client, message []byte, out *courier) {
	l := b.clients[from]
	if l == nil {
		b.drop(dropNobody)
		return
	}
	length := int(binary.BigEndian.Uint16(message[2:]))
	if length > len(message)-4 {
		b.drop(dropMalformed)
		return
	}
	port, bound := l.numbers[binary.BigEndian.Uint16(message)]
	if !bound {
		b.drop(dropNoChannel)
		return
	}
	b.deliver(l, port, message[:4+length], out)
}

// deliver hands a payload, which stands behind four free bytes, to the allocation at port. The caller holds mu for reading.
func (b *board) deliver(from *line, port uint16, message []byte, out *courier) {
	to := b.ports[port]
	switch {
	case to == nil || to.leg == nil:
		b.drop(dropNobody)
	case !b.admission.Connects(from.holder, to.holder):
		b.drop(dropStranger)
	case !from.account.take(len(message)-4, b.time(out)):
		b.drop(dropQuota)
	default:
		b.hand(from, to, message, out)
	}
}

// time is now, or when the courier set out: a batch is of one moment.
func (b *board) time(out *courier) time.Time {
	if out == nil {
		return b.now()
	}
	return out.now
}

func (b *board) hand(from, to *line, message []byte, out *courier) {
	from.sent.Add(int64(len(message) - 4))
	if number, bound := to.peers[from.port]; bound {
		binary.BigEndian.PutUint16(message, number)
		binary.BigEndian.PutUint16(message[2:], uint16(len(message)-4)) //nolint:gosec // a datagram's length
		if !to.leg.send(message, out) {
			b.drop(dropSlow)
		}
		return
	}
	if !to.inbox.put(parcel{netip.AddrPortFrom(b.address, from.port), append([]byte(nil), message[4:]...)}) {
		b.drop(dropSlow)
	}
}

// take counts what a session sends; false when it may not send that now, or at all any more.
func (a *account) take(n int, now time.Time) bool {
	if !a.rate.AllowN(now, n) {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.left -= int64(n)
	return a.left >= 0
}

// has reports whether a client has an allocation.
func (b *board) has(c client) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.clients[c] != nil
}
