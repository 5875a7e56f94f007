package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"syscall"
	"text/tabwriter"
	"time"

	"ridealong/relay"
	"ridealong/session"
	"ridealong/wire"
)

// openRelay opens the relay's port. Where only this machine is served, another port does when that one is taken.
func (a *App) openRelay(ctx context.Context) error {
	a.metrics.RelayBytes(func() int64 {
		if a.relay == nil {
			return 0
		}
		return a.relay.Relayed()
	})
	c := a.Config
	if c.Relay == "" {
		return nil
	}
	a.admission = newAdmission(a.db.Sessions(), a.bus, a.Log)
	a.credentials = relay.NewCredentials([]byte(c.RelaySecret))
	config := relay.Config{
		Listen: c.Relay, Address: a.relayAddress(ctx), Credentials: a.credentials, Admission: a.admission,
		Limits: relay.Limits{Allocations: c.RelayAllocations, Rate: c.RelayRate, Bytes: c.RelayBytes}, Log: a.Log, Metrics: a.metrics,
	}
	if c.RelayMode == "public" {
		public := &relay.Public{}
		var err error
		if public.First, public.Last, err = c.RelayRange(); err != nil {
			return err
		}
		if public.Deny, public.Allow, err = c.RelayPrefixes(); err != nil {
			return err
		}
		public.Hosts = a.ownHosts
		config.Public = public
	}
	if a.turn != nil {
		config.Streams = []net.Listener{a.turn}
	}
	server, err := relay.New(ctx, config)
	if errors.Is(err, syscall.EADDRINUSE) {
		if !c.Local() {
			return fmt.Errorf("%w (is another TURN server running there? choose another address with relay, or none)", err)
		}
		a.Log.Warn("the relay's port is taken, another is used", "taken", c.Relay)
		host, _, _ := net.SplitHostPort(c.Relay)
		config.Listen = net.JoinHostPort(host, "0")
		// A port that is free for UDP may be taken for TCP.
		for try := 0; try < 10 && errors.Is(err, syscall.EADDRINUSE); try++ {
			server, err = relay.New(ctx, config)
		}
	}
	if err != nil {
		return err
	}
	a.relay = server
	a.admission.revoke = revokeAt(server)
	// Before the first request: a secret that outlives the process may have made credentials for what is over.
	a.admission.look(ctx, time.Now().Add(-relay.CredentialLife))
	a.Log.Info("listening", "what", "relay", "address", server.Addr().String())
	return nil
}

// ownHosts are the machines that this server uses: its bus, and a certificate authority of the operator's own. Its database is a file.
func (a *App) ownHosts() (hosts []string) {
	if cluster, ok := a.bus.(interface{ Hosts() []string }); ok {
		hosts = cluster.Hosts()
	}
	if u, err := url.Parse(a.Config.ACMECA); err == nil && u.Hostname() != "" {
		hosts = append(hosts, u.Hostname())
	}
	return hosts
}

// lookup is how long the start waits for a name.
const lookup = 2 * time.Second

// relayAddress is what relayed addresses carry. Nobody sends there in the closed mode: it only has to look like an address that the browsers' ICE takes.
func (a *App) relayAddress(ctx context.Context) netip.Addr {
	if address, err := netip.ParseAddr(a.Config.RelayAddress); err == nil {
		return address
	}
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	if a.Config.Local() {
		return loopback
	}
	ctx, cancel := context.WithTimeout(ctx, lookup)
	defer cancel()
	if found, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", a.publicHost()); err == nil && len(found) > 0 {
		return found[0].Unmap()
	}
	// A UDP socket that is connected has the address that packets would leave with. None is sent.
	conn, err := (&net.Dialer{}).DialContext(ctx, "udp4", "192.0.2.1:9")
	if err != nil {
		return loopback
	}
	defer func() { _ = conn.Close() }()
	return netip.MustParseAddrPort(conn.LocalAddr().String()).Addr()
}

func (a *App) publicHost() string {
	u, err := url.Parse(a.Config.PublicURL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// relayServers are the relay's URLs with a credential for one participant.
func (a *App) relayServers(p session.Participant) []wire.ICEServer {
	if a.relay == nil {
		return nil
	}
	host, address := a.publicHost(), a.relay.Addr()
	if address.Addr().IsLoopback() {
		host = address.Addr().String() // localhost may be another loopback address
	}
	at := net.JoinHostPort(host, strconv.Itoa(int(address.Port())))
	offers := func(transport string) bool { return slices.Contains(a.Config.RelayTransports, transport) }
	var turn []string
	if offers("udp") {
		turn = append(turn, "turn:"+at+"?transport=udp")
	}
	if offers("tcp") {
		turn = append(turn, "turn:"+at+"?transport=tcp")
	}
	if offers("tls") && a.turn != nil {
		turn = append(turn, "turns:"+net.JoinHostPort(a.publicHost(), a.securePort())+"?transport=tcp")
	}
	var servers []wire.ICEServer
	if offers("udp") && !a.Config.RelayOnly {
		servers = append(servers, wire.ICEServer{URLs: []string{"stun:" + at}})
	}
	if len(turn) == 0 {
		return servers
	}
	name, password := a.credentials.Mint(holder(p), time.Now())
	return append(servers, wire.ICEServer{URLs: turn, Username: name, Credential: password})
}

// securePort is where browsers reach HTTPS.
func (a *App) securePort() string {
	if u, err := url.Parse(a.Config.PublicURL); err == nil && u.Port() != "" {
		return u.Port()
	}
	return "443"
}

// holder is a participant as the relay knows it: there is the customer's side, and that of everybody who watches.
func holder(p session.Participant) relay.Holder {
	side := relay.Agent
	if p.Role == wire.RoleCustomer {
		side = relay.Customer
	}
	return relay.Holder{Session: p.Session, Participant: p.ID, Side: side}
}

// relayPage shows what is open, on the private listener.
func (a *App) relayPage(w http.ResponseWriter, _ *http.Request) {
	if a.relay == nil {
		http.Error(w, "There is no relay.", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "session\tside\ttransport\tage\tbytes")
	for _, o := range a.relay.Report() {
		side := "agent"
		if o.Side == relay.Customer {
			side = "customer"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\n", o.Session, side, o.Transport, o.Age.Round(time.Second), o.Bytes)
	}
	_ = table.Flush()
}
