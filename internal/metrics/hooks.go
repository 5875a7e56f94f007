package metrics

// The methods below are what signaling calls; it declares the interface that they satisfy.

// SocketOpened counts a socket of a role.
func (m *Metrics) SocketOpened(role string) { m.sockets.WithLabelValues(role).Inc() }

// SocketClosed counts the end of a socket and the code it was closed with.
func (m *Metrics) SocketClosed(role, code string) {
	m.sockets.WithLabelValues(role).Dec()
	m.closes.WithLabelValues(code).Inc()
}

// Forwarded counts sealed bytes that were passed on.
func (m *Metrics) Forwarded(bytes int) { m.forwards.WithLabelValues("out").Add(float64(bytes)) }

// Received counts sealed bytes that came in.
func (m *Metrics) Received(bytes int) { m.forwards.WithLabelValues("in").Add(float64(bytes)) }

// Dropped counts fallback frames that were not forwarded.
func (m *Metrics) Dropped(reason string) { m.drops.WithLabelValues(reason).Inc() }

// Rooms sets the number of sessions with at least one socket.
func (m *Metrics) Rooms(n int) { m.rooms.Set(float64(n)) }

// BadInput counts a refused message.
func (m *Metrics) BadInput(code string) { m.bad.WithLabelValues(code).Inc() }
