// Package app puts the server together. It is the only place where every part is known; no part knows it.
//
// Guarantees: New opens everything that can fail and starts nothing that outlives an error; Run returns when ctx is done and
// every part has stopped, sockets having been told to come back.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"ridealong/internal/api"
	"ridealong/internal/auth"
	"ridealong/internal/blob"
	"ridealong/internal/bus"
	"ridealong/internal/config"
	"ridealong/internal/keystore"
	"ridealong/internal/metrics"
	"ridealong/internal/sqlstore"
	"ridealong/internal/tlscert"
	"ridealong/internal/web"
	"ridealong/recording"
	"ridealong/relay"
	"ridealong/session"
	"ridealong/signaling"
)

// Options of the process.
type Options struct {
	Config  config.Config // checked
	Version string
	Log     *slog.Logger
	Out     io.Writer // what people read at the start
}

// App is one server process.
type App struct {
	Options
	db         *sqlstore.DB
	keys       *keystore.Store // nil: nothing is recorded here
	objects    blob.Store      // what is whole of recordings
	bus        session.Bus
	auth       *auth.Auth
	service    *session.Service
	recordings *recording.Service // nil: nothing is recorded here
	signaling  *signaling.Server
	metrics    *metrics.Metrics
	certs      *tlscert.Certs
	servers    []listening

	relay       *relay.Server // nil without one
	credentials *relay.Credentials
	admission   *admission
	turn        net.Listener // TURN inside the HTTPS port; nil without a certificate

	draining atomic.Bool
	greet    func(ctx context.Context) error // prints what to do next, once everything listens
}

// listening is an HTTP server with its open listener.
type listening struct {
	name     string
	listener net.Listener
	server   *http.Server
}

// New opens the data directory, the bus and every listener.
func New(ctx context.Context, o Options) (*App, error) {
	a := &App{Options: o}
	a.greet = a.printStart
	for _, open := range []func(context.Context) error{a.openData, a.openBus, a.openDomain, a.openRecordings, a.openCertificates, a.openListeners, a.openRelay} {
		if err := open(ctx); err != nil {
			a.close()
			return nil, err
		}
	}
	return a, nil
}

func (a *App) openData(ctx context.Context) error {
	if err := os.MkdirAll(a.Config.Data, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	db, err := sqlstore.Open(ctx, filepath.Join(a.Config.Data, databaseFile))
	if err != nil {
		return err
	}
	a.db = db
	return nil
}

func (a *App) openBus(ctx context.Context) (err error) {
	if a.Config.NATS != "" {
		a.bus, err = bus.Connect(ctx, a.Config.NATS, a.Log)
		return err
	}
	a.bus, err = bus.Embedded(ctx, a.Log)
	return err
}

func (a *App) openDomain(context.Context) error {
	c := a.Config
	a.auth = auth.New(auth.Config{Store: a.db.Accounts(), Log: a.Log, Secure: a.secure()})
	projects := oneProject{session.Project{ID: "default", Name: c.Project, Origins: c.Origins, Page: c.Page, Privacy: c.Privacy()}}
	a.service = session.New(session.Config{
		Store: a.db.Sessions(), Bus: a.bus, Projects: projects, Log: a.Log,
		LinkLife: c.LinkLife, SessionLife: c.SessionLife, CodeLife: c.CodeLife,
	})
	a.metrics = newMetrics()
	a.signaling = signaling.New(signaling.Config{
		Service: a.service, Bus: a.bus, Projects: projects, ICE: a.iceServers, ICEEvery: relay.CredentialLife / 3, Log: a.Log, Metrics: a.metrics, Origin: c.PublicURL, Tabs: c.Tabs,
		Archive: a.archive,
	})
	return nil
}

func (a *App) handler() (http.Handler, error) {
	pages, err := web.New(a.webConfig())
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", api.New(api.Config{
		Service: a.service, Auth: a.auth, Log: a.Log, Version: a.Version, Organisation: a.Config.Organisation, Here: a.signaling.Here,
		Maps: a.db.SourceMaps(), Recordings: a.recordingsAPI(), Search: a.searchAPI(), Keep: a.Config.RecordingsKeep,
		Audit: a.db.Audit(), Origin: a.Config.PublicURL,
	}))
	mux.Handle("GET /ws/peer", a.signaling.Peer())
	mux.Handle("GET /ws/agent", a.signaling.Agent())
	metrics.Health(mux, a.ready)
	mux.Handle("/", pages)
	return mux, nil
}

// ready says why no new session should come here.
func (a *App) ready() error {
	if a.draining.Load() {
		return errors.New("draining")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := a.db.Ping(ctx); err != nil {
		return errors.New("the database does not answer")
	}
	return nil
}

func (a *App) secure() bool { return strings.HasPrefix(a.Config.PublicURL, "https:") }

// Run serves until ctx is done.
func (a *App) Run(ctx context.Context) error {
	defer a.close()
	group, running := errgroup.WithContext(ctx)
	for _, s := range a.servers {
		group.Go(func() error { return s.run() })
	}
	group.Go(func() error { return a.service.Run(running) })
	group.Go(func() error { return a.signaling.Run(running) })
	if a.recordings != nil {
		group.Go(func() error { return a.recordings.Run(running) })
	}
	if a.certs != nil {
		group.Go(func() error { return a.certs.Run(running) })
	}
	// The relay carries what is under way for as long as requests may.
	relaying, last := context.WithCancel(context.WithoutCancel(ctx))
	if a.relay != nil {
		group.Go(func() error { return a.relay.Run(relaying) })
		group.Go(func() error { return a.admission.run(running) })
	}
	group.Go(func() error {
		defer last()
		<-running.Done()
		return a.stop()
	})
	if err := a.greet(ctx); err != nil {
		a.Log.Error("start message", "error", err)
	}
	err := group.Wait()
	a.Log.Info("stopped")
	return err
}

func (s listening) run() error {
	if err := s.server.Serve(s.listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

// stop ends the listeners; requests that are under way may finish within the time of `drain`.
func (a *App) stop() error {
	a.draining.Store(true)
	a.Log.Info("draining", "for", a.Config.Drain)
	ctx, cancel := context.WithTimeout(context.Background(), a.Config.Drain)
	defer cancel()
	var problems []error
	for _, s := range a.servers {
		if err := s.server.Shutdown(ctx); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", s.name, err), s.server.Close())
		}
	}
	return errors.Join(problems...)
}

func (a *App) close() {
	for _, s := range a.servers {
		_ = s.listener.Close()
	}
	if a.relay != nil {
		_ = a.relay.Close()
	}
	if a.bus != nil {
		_ = a.bus.Close()
	}
	if a.objects != nil {
		_ = a.objects.Close()
	}
	if a.keys != nil {
		_ = a.keys.Close()
	}
	if a.db != nil {
		_ = a.db.Close()
	}
}
