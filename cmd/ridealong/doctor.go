package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"

	"ridealong/internal/config"
	"ridealong/internal/doctor"
)

// doctorCommand shares the names of its flags with the server's keys, so that the server's file serves here too.
type doctorCommand struct {
	URL             string   `arg:"" help:"The server's public URL, such as https://relay.example."`
	Relay           string   `default:":3478" help:"Address of the relay, as the server has it. Empty: none."`
	RelayTransports []string `name:"relay-transports" default:"udp,tcp,tls" help:"How browsers may come to the relay, as the server has it."`
	RelaySecret     string   `name:"relay-secret" help:"The server's secret, for a round trip over the relay. Better in the environment than on the command line."`

	options doctor.Options
}

// errUnwell has been said line by line.
var errUnwell = errors.New("something does not work")

// Validate reads what was given; what is wrong with it is wrong use.
func (d *doctorCommand) Validate() error {
	u, err := url.Parse(d.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" {
		return fmt.Errorf("%q is no URL such as https://relay.example", d.URL)
	}
	c := config.Config{RelayTransports: d.RelayTransports, RelaySecret: d.RelaySecret}
	if err := c.CheckRelayAccess(); err != nil {
		return err
	}
	d.options = doctor.Options{URL: u, Transports: d.RelayTransports, Secret: d.RelaySecret}
	if d.Relay == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(d.Relay)
	if err != nil {
		return fmt.Errorf("relay: %w", err)
	}
	d.options.RelayPort = port
	// An address of its own is told to browsers on this machine only; anywhere else it may be one behind a translation.
	if address, err := netip.ParseAddr(host); err == nil && address.IsLoopback() {
		d.options.RelayHost = host
	}
	return nil
}

// Run prints what works.
func (d *doctorCommand) Run() error {
	ctx, stop := interrupted()
	defer stop()
	if !doctor.Examine(ctx, os.Stdout, d.options) {
		return errUnwell
	}
	return nil
}
