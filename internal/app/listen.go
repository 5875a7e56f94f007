package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"syscall"
	"time"

	"ridealong/internal/oneport"
	"ridealong/internal/tlscert"
)

func (a *App) openCertificates(context.Context) (err error) {
	if a.Config.Domain == "" {
		return nil
	}
	a.certs, err = tlscert.New(tlscert.Config{
		Domain: a.Config.Domain, Dir: filepath.Join(a.Config.Data, "certificates"), Email: a.Config.ACMEEmail,
		Directory: a.Config.ACMECA, Roots: a.Config.ACMERoots,
		Certificate: a.Config.Certificate, Key: a.Config.CertificateKey, Log: a.Log.With("part", "acme"),
	})
	return err
}

func (a *App) openListeners(ctx context.Context) error {
	handler, err := a.handler()
	if err != nil {
		return err
	}
	if a.certs == nil {
		if err := a.listen(ctx, "http", a.Config.Listen, handler, nil); err != nil {
			return err
		}
	} else {
		if err := a.listen(ctx, "http", a.Config.HTTPListen, a.certs.HTTPHandler(toHTTPS(a.Config.PublicURL)), nil); err != nil {
			return err
		}
		if err := a.listen(ctx, "https", a.Config.HTTPSListen, handler, a.certs.TLSConfig()); err != nil {
			return err
		}
	}
	if a.Config.Metrics == "" {
		return nil
	}
	return a.listen(ctx, "metrics", a.Config.Metrics, a.private(), nil)
}

// private is what only the operator sees.
func (a *App) private() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", a.metrics.Handler(a.ready))
	mux.HandleFunc("GET /debug/relay", a.relayPage)
	return mux
}

// listen opens an address; serving begins in Run.
func (a *App) listen(ctx context.Context, name, address string, handler http.Handler, secure *tls.Config) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s: %w (is another server running there? choose another address)", name, err)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if secure != nil && a.Config.Relay == "" {
		listener = tls.NewListener(listener, secure)
	} else if secure != nil {
		secure.DynamicRecordSizingDisabled = true // a batch of the relay's is one record
		port := oneport.New(listener, secure)
		listener, a.turn = port.HTTP(), port.TURN()
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(a.Log.Handler(), slog.LevelDebug),
	}
	a.servers = append(a.servers, listening{name, listener, server})
	a.Log.Info("listening", "what", name, "address", listener.Addr().String())
	return nil
}

// toHTTPS sends plain requests to the same path under the public origin; the request's own Host is not believed.
func toHTTPS(origin string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, origin+r.URL.EscapedPath(), http.StatusMovedPermanently)
	})
}
