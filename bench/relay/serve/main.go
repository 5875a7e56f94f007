// Command serve runs the relay alone, for the bench: what its process uses is the relay's.
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"log"
	"log/slog"
	"net"
	"net/http"
	_ "net/http/pprof" //nolint:gosec // on loopback, when asked
	"net/netip"
	"os"
	"os/signal"
	"syscall"

	"ridealong/relay"
)

type unheard struct{}

func (unheard) Allocated()          {}
func (unheard) Released()           {}
func (unheard) RelayDropped(string) {}
func (unheard) RelayRefused()       {}

func main() {
	listen := flag.String("listen", "127.0.0.1:3478", "UDP and TCP")
	secure := flag.String("tls", "127.0.0.1:5349", "TLS")
	cert := flag.String("cert", "", "certificate file")
	key := flag.String("key", "", "key file")
	secret := flag.String("secret", "", "key of the credentials")
	profile := flag.String("profile", "", "address for pprof")
	flag.Parse()
	if *profile != "" {
		go func() { log.Print(http.ListenAndServe(*profile, nil)) }() //nolint:gosec // a bench
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *listen, *secure, *cert, *key, *secret); err != nil {
		log.Fatal(err) //nolint:gocritic // the process ends
	}
}

func run(ctx context.Context, listen, secure, cert, key, secret string) error {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return err
	}
	var open net.ListenConfig
	plain, err := open.Listen(ctx, "tcp", secure)
	if err != nil {
		return err
	}
	server, err := relay.New(ctx, relay.Config{
		Listen: listen, Address: netip.MustParseAddr("203.0.113.1"), Credentials: relay.NewCredentials([]byte(secret)),
		Streams: []net.Listener{tls.NewListener(plain, &tls.Config{
			Certificates: []tls.Certificate{pair}, DynamicRecordSizingDisabled: true, MinVersion: tls.VersionTLS12,
		})},
		Admission: relay.Opposite{}, Limits: relay.Limits{Rate: 1 << 30, Bytes: 1 << 50},
		Log: slog.Default(), Metrics: unheard{},
	})
	if err != nil {
		return err
	}
	return server.Run(ctx)
}
