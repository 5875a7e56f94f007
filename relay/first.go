package relay

// kind is what the first bytes of a packet or of a stream are (RFC 7983 §7, RFC 8656 §12.4).
type kind uint8

const (
	other       kind = iota
	stunMessage      // 0..3
	tlsRecord        // 22, a handshake: a stream that is TLS inside
	channelData      // 64..79, and up to 127 as RFC 5766 §11 had it and some clients still do
)

// kindOf decides by the first byte. Everything that no participant of ours can mean is other: DTLS, RTP and ZRTP have no business here.
func kindOf(first byte) kind {
	switch {
	case first <= 3:
		return stunMessage
	case first == 22:
		return tlsRecord
	case first >= 64 && first <= 127:
		return channelData
	default:
		return other
	}
}

const (
	stunHeader = 20
	// The requests of RFC 8656 §9.1 and §12.1.
	createPermission = 0x0008
	channelBind      = 0x0009
	stunMagic        = 0x2112A442
	// MESSAGE-INTEGRITY and its successor (RFC 8489 §14.5 and §14.6), which is not asked for here.
	attrIntegrity    = 0x0008
	attrIntegrity256 = 0x001c
)
