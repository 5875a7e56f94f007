// How many channels and permissions an allocation may have. pion has no limit of its own, and no word for a refusal of this kind: a request
// that would exceed it is answered before pion sees it.

package relay

import (
	"encoding/binary"
	"net"
	"net/netip"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// Of one allocation: more than any browser takes, which needs one for each candidate of the other side.
const (
	mostChannels    = 64
	mostPermissions = 64
)

// refusal is the answer to a request for a channel or a permission more than the client's allocation may have, or nil: 508, Insufficient
// Capacity (RFC 8656 §9.2 and §12.2). Only who proves the allocation's credential is answered here; the rest is pion's to refuse.
func (s *Server) refusal(from client, request []byte) []byte {
	kind := binary.BigEndian.Uint16(request)
	if kind != channelBind && kind != createPermission {
		return nil
	}
	m := &stun.Message{Raw: request}
	if m.Decode() != nil {
		return nil
	}
	username, full := s.board.full(from, m)
	if !full {
		return nil
	}
	var named stun.Username
	key := stun.MessageIntegrity(turn.GenerateAuthKey(username, realm, s.Credentials.password(username)))
	if named.GetFrom(m) != nil || named.String() != username || key.Check(m) != nil {
		return nil
	}
	s.drop(dropFull)
	answer, err := stun.Build(stun.NewTransactionIDSetter(m.TransactionID), stun.NewType(m.Type.Method, stun.ClassErrorResponse),
		stun.CodeInsufficientCapacity, key)
	if err != nil {
		return nil
	}
	return answer.Raw
}

// full reports whether a request asks for more than the allocation of a client may have, and whose that is.
func (b *board) full(from client, m *stun.Message) (username string, is bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	l := b.clients[from]
	if l == nil {
		return "", false
	}
	if number, err := m.Get(stun.AttrChannelNumber); m.Type.Method == stun.MethodChannelBind && err == nil && len(number) >= 2 {
		_, bound := l.numbers[binary.BigEndian.Uint16(number)]
		is = !bound && len(l.numbers) >= mostChannels
	}
	// In a closed relay there is one address to have a permission for.
	return l.username, is || b.denied != nil && len(l.permitted)+l.unknown(m) > mostPermissions
}

// unknown is how many peers a request names for which there is no permission yet.
func (l *line) unknown(m *stun.Message) int {
	more := map[netip.Addr]bool{}
	_ = m.ForEach(stun.AttrXORPeerAddress, func(m *stun.Message) error {
		var peer stun.XORMappedAddress
		if err := peer.GetFromAs(m, stun.AttrXORPeerAddress); err != nil {
			return err
		}
		if address := ipOf(peer.IP); !l.permitted[address] {
			more[address] = true
		}
		return nil
	})
	return len(more)
}

// ipOf is an address of pion's, an IPv4 one in its own form.
func ipOf(ip net.IP) netip.Addr {
	address, _ := netip.AddrFromSlice(ip)
	return address.Unmap()
}
