// Coturn's clients, which are written by others than we and pion. Skipped, loudly, where they are not installed.

package relay

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// everybody connects all: coturn's client has one credential for both of its ends.
type everybody struct{ Opposite }

func (everybody) Connects(from, to Holder) bool { return from.Session == to.Session }

func coturn(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("NOT SHOWN that standard clients can speak to the relay: there is no %s (Debian: coturn)", name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

// ways in which coturn's client comes to a relay, by its arguments.
var ways = map[string][]string{
	"UDP, indications": {"-s"}, "UDP, channels": {}, "TCP, indications": {"-t", "-s"}, "TCP, channels": {"-t"},
	"TLS, indications": {"-t", "-S", "-s"}, "TLS, channels": {"-t", "-S"},
}

// reached is a relay, and the port by which one of the ways leads to it.
func reached(t *testing.T, way []string, configure func(*Config)) (bench, uint16) {
	t.Helper()
	var secure uint16
	b := start(t, configure, secured(t), func(c *Config) {
		c.Limits.Allocations = 16
		secure = addrPort(c.Streams[0].Addr()).Port()
	})
	if slices.Contains(way, "-S") {
		return b, secure
	}
	return b, b.Addr().Port()
}

// lossless says whether messages went and all of them came. Over TLS the client reads one message each time that its socket has something:
// of what came together it leaves the rest in its TLS library's buffer, also beside coturn's own server, and the more of it the busier the
// machine is. There it counts that most came and that the relay dropped none.
func (b bench) lossless(out string, arguments []string) bool {
	if !regexp.MustCompile(`tot_send_msgs=[1-9]\d*, tot_recv_msgs=[1-9]`).MatchString(out) {
		return false
	}
	if !slices.Contains(arguments, "-S") {
		return strings.Contains(out, "Total lost packets 0 ")
	}
	var dropped int
	b.add(func() {
		for _, n := range b.drops {
			dropped += n
		}
	})
	lost := regexp.MustCompile(`Total lost packets (\d+) `).FindStringSubmatch(out)
	if len(lost) < 2 || dropped > 0 {
		return false
	}
	n, err := strconv.Atoi(lost[1])
	return err == nil && n < 20 // of 40
}

func TestCoturnsSTUNClientLearnsItsAddress(t *testing.T) {
	b := start(t)
	out := coturn(t, "turnutils_stunclient", "-p", fmt.Sprint(b.Addr().Port()), "127.0.0.1")
	if !regexp.MustCompile(`UDP reflexive addr: 127\.0\.0\.1:\d+`).MatchString(out) {
		t.Error(out)
	}
}

// TestCoturnsTURNClientLosesNothingBetweenRelayedAddresses: its ends talk to each other, which is what a closed relay allows. Its
// channels have numbers of up to 0x7fff.
func TestCoturnsTURNClientLosesNothingBetweenRelayedAddresses(t *testing.T) {
	for name, arguments := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, port := reached(t, arguments, func(c *Config) { c.Admission = everybody{} })
			username, password := b.Credentials.Mint(customer("s"), time.Now())
			out := coturn(t, "turnutils_uclient", append(arguments, "-y", "-c", "-m", "2", "-n", "20", "-l", "200",
				"-u", username, "-w", password, "-p", fmt.Sprint(port), "127.0.0.1")...)
			if !b.lossless(out, arguments) {
				t.Error(out)
			}
			t.Log(regexp.MustCompile(`tot_send_msgs=\d+, tot_recv_msgs=\d+`).FindAllString(out, -1))
		})
	}
}
