package metrics

import "github.com/prometheus/client_golang/prometheus"

// relayMetrics are what the relay tells; it declares the interface that these methods satisfy.
type relayMetrics struct {
	registry    *prometheus.Registry
	allocations prometheus.Gauge
	opened      prometheus.Counter
	drops       *prometheus.CounterVec
	refused     prometheus.Counter
}

func newRelayMetrics(registry *prometheus.Registry, reasons []string) relayMetrics {
	m := relayMetrics{
		registry:    registry,
		allocations: prometheus.NewGauge(prometheus.GaugeOpts{Name: "ridealong_relay_allocations", Help: "Open allocations of the relay."}),
		opened:      prometheus.NewCounter(prometheus.CounterOpts{Name: "ridealong_relay_allocations_total", Help: "Allocations that were opened."}),
		drops:       prometheus.NewCounterVec(prometheus.CounterOpts{Name: "ridealong_relay_drops_total", Help: "Packets that the relay dropped."}, []string{"reason"}),
		refused:     prometheus.NewCounter(prometheus.CounterOpts{Name: "ridealong_relay_refused_total", Help: "Requests to the relay whose credential opened nothing."}),
	}
	registry.MustRegister(m.allocations, m.opened, m.drops, m.refused)
	for _, reason := range reasons {
		m.drops.WithLabelValues(reason)
	}
	return m
}

// RelayBytes says where the number of relayed bytes is found. Called once.
func (m *Metrics) RelayBytes(bytes func() int64) {
	m.relay.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "ridealong_relay_bytes_total", Help: "Bytes that the relay passed on.",
	}, func() float64 { return float64(bytes()) }))
}

// Allocated counts an allocation.
func (m *Metrics) Allocated() {
	m.relay.allocations.Inc()
	m.relay.opened.Inc()
}

// Released counts the end of an allocation.
func (m *Metrics) Released() { m.relay.allocations.Dec() }

// RelayDropped counts a packet that went no further.
func (m *Metrics) RelayDropped(reason string) { m.relay.drops.WithLabelValues(reason).Inc() }

// RelayRefused counts a credential that opened nothing.
func (m *Metrics) RelayRefused() { m.relay.refused.Inc() }
