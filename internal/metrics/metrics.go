// Package metrics is the one door to Prometheus, and the private listener behind which metrics, health and profiles are read.
//
// Every counter and every label it can have exists from the start, so that a zero is visible. No label holds a session's id.
package metrics

import (
	"net/http"
	"net/http/pprof"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics of one process.
type Metrics struct {
	registry *prometheus.Registry
	sockets  *prometheus.GaugeVec
	closes   *prometheus.CounterVec
	drops    *prometheus.CounterVec
	forwards *prometheus.CounterVec
	rooms    prometheus.Gauge
	bad      *prometheus.CounterVec
	relay    relayMetrics
}

// Names of what can happen, so that every series exists from the start.
type Names struct {
	Roles, CloseCodes, DropReasons, RelayDrops []string
}

// New makes a registry of its own: two servers in one process do not meet in it.
func New(names Names) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		sockets:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "ridealong_sockets", Help: "Open sockets."}, []string{"role"}),
		closes:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ridealong_socket_closes_total", Help: "Sockets closed by the server."}, []string{"code"}),
		drops:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ridealong_fallback_drops_total", Help: "Fallback frames dropped."}, []string{"reason"}),
		forwards: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ridealong_fallback_bytes_total", Help: "Sealed bytes forwarded."}, []string{"direction"}),
		rooms:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "ridealong_rooms", Help: "Sessions with at least one socket."}),
		bad:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ridealong_bad_input_total", Help: "Messages that were refused."}, []string{"code"}),
	}
	m.registry.MustRegister(m.sockets, m.closes, m.drops, m.forwards, m.rooms, m.bad,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, role := range names.Roles {
		m.sockets.WithLabelValues(role)
	}
	for _, code := range names.CloseCodes {
		m.closes.WithLabelValues(code)
		m.bad.WithLabelValues(code)
	}
	for _, reason := range names.DropReasons {
		m.drops.WithLabelValues(reason)
	}
	m.relay = newRelayMetrics(m.registry, names.RelayDrops)
	m.forwards.WithLabelValues("in")
	m.forwards.WithLabelValues("out")
	return m
}

// Handler of the private listener. ready says why the process takes no new sessions, nil when it does.
func (m *Metrics) Handler(ready func() error) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	Health(mux, ready)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// Health adds /healthz (the process answers) and /readyz (it takes new sessions).
func Health(mux *http.ServeMux, ready func() error) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
}
