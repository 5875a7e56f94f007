package relay

import (
	"context"
	"errors"
	"testing"
	"time"
)

// What the doctor asks with leaves nothing behind, here or there, whether it is answered or not.
func TestAProbePassesWithTheSecretOnly(t *testing.T) {
	b := start(t)
	for _, network := range []string{"udp", "tcp"} {
		w := Way{Network: network, Address: b.Addr().String()}
		if seen, err := Binding(t.Context(), w); err != nil || seen == "" {
			t.Errorf("%s: %q %v", network, seen, err)
		}
		if err := Probe(t.Context(), w, b.Credentials); err != nil {
			t.Errorf("%s: %v", network, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		if err := Probe(ctx, w, NewCredentials(nil)); err == nil || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s, with another secret: %v", network, err)
		}
		cancel()
	}
	eventually(t, "allocations stay", func() bool { return b.Allocations() == 0 })
}
