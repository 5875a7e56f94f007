package relay

// dropReason is why a packet went no further.
type dropReason uint8

const (
	dropMalformed dropReason = iota // not STUN and not ChannelData, or cut
	dropNobody                      // no allocation there
	dropNoChannel                   // no channel of that number
	dropStranger                    // the two are not connected
	dropOutside                     // an address that is none of ours
	dropQuota                       // the session sent too much
	dropSlow                        // the client does not take it as fast as it comes
	dropBudget                      // no more answers for that source now
	dropDenied                      // from or for a peer whom a public relay does not reach
	dropFull                        // a request for a channel or a permission more than an allocation may have
)

var dropNames = [...]string{"malformed", "nobody", "no_channel", "stranger", "outside", "quota", "slow", "budget", "denied", "full"}

func (r dropReason) String() string { return dropNames[r] }

// DropReasons are all that Metrics may be told.
func DropReasons() []string { return dropNames[:] }
