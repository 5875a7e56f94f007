package batch

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"
)

// kinds are the ways to move datagrams; each keeps the same promises.
var kinds = map[string]Options{
	"portable": {Portable: true}, "plain": {Sockets: 2}, "segments": {Sockets: 2, Segments: true},
}

func open(t *testing.T, o Options, address string) []Socket {
	t.Helper()
	o.Address, o.Size = address, 1600
	sockets, err := Listen(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, s := range sockets {
			_ = s.Close()
		}
	})
	return sockets
}

func peer(t *testing.T) (*net.UDPConn, netip.AddrPort) {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn, conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

func expect(t *testing.T, conn *net.UDPConn, want string) {
	t.Helper()
	p := make([]byte, 2000)
	_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, err := conn.Read(p)
	if err != nil || string(p[:n]) != want {
		t.Fatalf("got %q (%v), want %q", p[:n], err, want)
	}
}

func TestABatchKeepsTheOrderOfEachAddressWhateverTheSizes(t *testing.T) {
	for kind, o := range kinds {
		for _, address := range []string{"127.0.0.1:0", "[::]:0"} {
			t.Run(kind+" "+address, func(t *testing.T) {
				b := open(t, o, address)[0].Batch(16)
				one, toOne := peer(t)
				two, toTwo := peer(t)
				var want []string
				for i := range 100 {
					text := fmt.Sprintf("%03d%*s", i, i*7%5, "")
					want = append(want, text)
					b.Add([]byte(text), toOne)
					if i%3 != 0 {
						b.Add([]byte(text), toTwo)
					}
				}
				if lost := b.Flush(); lost != 0 {
					t.Errorf("%d lost", lost)
				}
				for i, text := range want {
					expect(t, one, text)
					if i%3 != 0 {
						expect(t, two, text)
					}
				}
			})
		}
	}
}

func TestPacketsComeWithTheirSenders(t *testing.T) {
	for kind, o := range kinds {
		t.Run(kind, func(t *testing.T) {
			sockets := open(t, o, "127.0.0.1:0")
			to := sockets[0].LocalAddr().(*net.UDPAddr)
			got := make(chan string)
			for _, s := range sockets {
				go func() {
					for {
						packets, err := s.Read()
						if err != nil {
							return
						}
						for _, p := range packets {
							got <- fmt.Sprint(p.From, " ", string(p.Data))
						}
					}
				}()
			}
			for i := range 8 {
				conn, from := peer(t)
				for k := range 4 {
					text := fmt.Sprint(i, k)
					_, _ = conn.WriteTo([]byte(text), to)
					select {
					case line := <-got:
						if want := fmt.Sprint(from, " ", text); line != want {
							t.Fatalf("got %q, want %q", line, want)
						}
					case <-time.After(5 * time.Second):
						t.Fatal("nothing came")
					}
				}
			}
		})
	}
}

func TestCloseWakesTheReaderAndWhatIsSentLaterIsLost(t *testing.T) {
	for kind, o := range kinds {
		t.Run(kind, func(t *testing.T) {
			s := open(t, o, "127.0.0.1:0")[0]
			done := make(chan error)
			go func() {
				_, err := s.Read()
				done <- err
			}()
			_, to := peer(t)
			if err := s.Send([]byte("x"), to); err != nil {
				t.Error(err)
			}
			_ = s.Close()
			select {
			case err := <-done:
				if !errors.Is(err, net.ErrClosed) {
					t.Error(err)
				}
			case <-time.After(5 * time.Second):
				t.Fatal("it still waits")
			}
			if err := s.Send([]byte("x"), to); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestNothingIsAllocatedForAPacket(t *testing.T) {
	for _, kind := range []string{"plain", "segments"} {
		s := open(t, kinds[kind], "127.0.0.1:0")[0]
		_, to := peer(t)
		b, p := s.Batch(8), make([]byte, 100)
		if n := testing.AllocsPerRun(20, func() {
			for range 8 {
				b.Add(p, to)
			}
			b.Flush()
		}); n > 0 {
			t.Errorf("%s: %v allocations for eight packets", kind, n)
		}
	}
}
