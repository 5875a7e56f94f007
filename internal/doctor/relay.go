package doctor

import (
	"context"
	"errors"
	"net"
	"slices"

	"ridealong/relay"
)

// way is how browsers come to the relay over a transport, with its port and the key of the port's address.
func (e *examination) way(transport string) (w relay.Way, port, key string) {
	if transport == "tls" {
		return relay.Way{Network: "tcp", Address: e.front(), TLS: e.tls()}, e.port(), "https-listen"
	}
	host := e.RelayHost
	if host == "" {
		host = e.address.String()
	}
	return relay.Way{Network: transport, Address: net.JoinHostPort(host, e.RelayPort)}, e.RelayPort, "relay"
}

func (e *examination) relay(ctx context.Context, transport string) finding {
	switch {
	case e.RelayPort == "":
		return is(skip, "no relay (relay)")
	case !slices.Contains(e.Transports, transport):
		return is(skip, "not offered to browsers (relay-transports)")
	case transport == "tls" && !e.secure():
		return is(skip, "the URL is not https")
	}
	w, port, key := e.way(transport)
	seen, err := relay.Binding(ctx, w)
	if err == nil {
		e.ways = append(e.ways, w)
		return is(ok, "STUN at %s sees this machine as %s", w.Address, seen)
	}
	if transport == "tls" {
		return is(fail, "no STUN over TLS at %s: %v. Open TCP %s (%s). Where a proxy has that port there is no TURN over TLS: leave tls out of relay-transports.", w.Address, reason(err), port, key)
	}
	name := map[string]string{"udp": "UDP", "tcp": "TCP"}[transport]
	if errors.Is(err, relay.ErrNotTURN) {
		return is(fail, "something else answers at %s %s. Choose another port (%s).", name, w.Address, key)
	}
	return is(fail, "no STUN at %s %s: %v. Open %s %s in the firewall, to this server (%s).", name, w.Address, reason(err), name, port, key)
}

func (e *examination) roundTrip(ctx context.Context) finding {
	switch {
	case e.RelayPort == "":
		return is(skip, "no relay (relay)")
	case e.Secret == "":
		return is(skip, "needs the server's secret: set relay-secret there, and give it here by RIDEALONG_RELAY_SECRET")
	case len(e.ways) == 0:
		return is(skip, "the relay does not answer")
	}
	w := e.ways[0]
	if err := relay.Probe(ctx, w, relay.NewCredentials([]byte(e.Secret))); err != nil {
		return is(fail, "nothing passes from one allocation to another: %v. See that relay-secret is the server's, on every node, and look at the clocks.", reason(err))
	}
	return is(ok, "from one allocation to another and back, by %s %s", w.Network, w.Address)
}
