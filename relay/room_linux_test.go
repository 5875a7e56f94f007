package relay

import (
	"io"
	"net"
	"syscall"
	"testing"
)

// TestAStreamThatIsNotReadIsNeverWaitedFor writes as flush does, small and large, until there is no room, to a client that reads nothing:
// each write that room allows goes at once, and there is room again when the client has read.
func TestAStreamThatIsNotReadIsNeverWaitedFor(t *testing.T) {
	for _, size := range []int{64, 130, 1300, usualRoom} {
		listener, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		far, err := net.Dial("tcp4", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer far.Close()
		near, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer near.Close()
		_ = far.(*net.TCPConn).SetReadBuffer(4 << 10)
		r := newRoom(near)
		asked := 0
		ask := r.ask
		r.ask = func(fd uintptr) { asked++; ask(fd) }
		written, writes := 0, 0
		raw, _ := near.(*net.TCPConn).SyscallConn()
		for packet := make([]byte, size); r.there(size); writes++ {
			if writes > 1_000_000 {
				t.Fatalf("%d bytes: there is always room", size)
			}
			// A write of the system's own that would wait says so.
			took := 0
			if err := raw.Control(func(fd uintptr) { took = sendNow(int(fd), packet) }); err != nil || took != size {
				t.Fatalf("%d bytes: write %d would have waited: %d (%v)", size, writes, took, err)
			}
			written += took
		}
		if writes == 0 || size < 200 && asked > writes/2 {
			t.Errorf("%d bytes: asked %d times for %d writes", size, asked, writes)
		}
		if _, err := io.ReadFull(far, make([]byte, written)); err != nil {
			t.Fatal(err)
		}
		eventually(t, "there is room again", func() bool { return r.there(size) })
		t.Logf("writes of %d bytes: %d went, %d bytes; asked %d times", size, writes, written, asked)
	}
}

// sendNow writes without waiting and says how much went.
func sendNow(fd int, p []byte) int {
	n, err := syscall.SendmsgN(fd, p, nil, nil, syscall.MSG_DONTWAIT)
	if err != nil {
		return -1
	}
	return n
}
