package relay

import (
	"fmt"
	"net"
	"testing"
	"time"
)

func TestAnOfficeBehindOneAddressComesInAndSilentStreamsOfItDoNot(t *testing.T) {
	b := start(t)
	for i := range streamsPerSource + 10 {
		allocate(t, b.client(t, "tcp", customer(fmt.Sprintf("s%d", i))))
	}
	for range streamsPerSource + 10 {
		conn, err := net.Dial("tcp4", b.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
	}
	for deadline := time.Now().Add(5 * time.Second); b.dropped("budget") < 10; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d were refused, want 10", b.dropped("budget"))
		}
	}
	for i := range streamsPerSource + 10 {
		b.Revoke(fmt.Sprintf("s%d", i))
	}
	if n := b.Allocations(); n != 0 {
		t.Errorf("%d allocations are left", n)
	}
}
