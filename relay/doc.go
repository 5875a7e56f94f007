// Package relay carries what two browsers cannot send to each other: a TURN server (RFC 8656) whose relayed addresses lead nowhere but
// to each other. It is the one door to pion/turn.
//
// Guarantees of a closed relay, which is the default. A relayed transport address is a number in a table: no socket is bound to it, and nothing that a client can say (a
// permission, a channel, a Send indication, a TCP allocation) makes a packet leave for any address but that of another client. A packet
// passes only between two live allocations that Admission connects. Revoke ends a session's or a participant's allocations before it returns; what is on
// its way to them is dropped.
//
// A public relay (Config.Public) has a socket for each relayed address, and clients reach with it whatever is not denied: denied.go says
// what is. What is for its own address is switched in memory as in a closed one. Credentials, quotas and revocation are the same.
//
// Who may block: nobody waits for a slow client. A datagram that cannot be sent at once is dropped, as on any network; a stream (TCP, TLS)
// has a bounded queue, and what does not fit is dropped with a reason. Packets of one client over one path keep their order.
//
// A datagram without proof of a credential gets at most 10 answers a second for each source address, each smaller than 100 bytes. Over a
// stream, whose address is its own, such a request is answered in its turn: streams wait rather than lose one.
package relay
