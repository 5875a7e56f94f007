package app

import (
	"bytes"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ridealong/internal/config"
	"ridealong/internal/doctor"
)

const doctorsSecret = "a secret of the relay's"

// examined is what the doctor says of a server that runs.
func examined(t *testing.T, change ...func(*doctor.Options)) (said string, healthy bool) {
	t.Helper()
	a, roots := running(t, func(c *config.Config) { c.RelaySecret = doctorsSecret })
	_, port, _ := net.SplitHostPort(a.turn.Addr().String())
	o := doctor.Options{
		URL: &url.URL{Scheme: "https", Host: "localhost:" + port}, RelayHost: "127.0.0.1", RelayPort: strconv.Itoa(int(a.relay.Addr().Port())),
		Transports: config.Transports, Secret: doctorsSecret, Roots: roots,
	}
	for _, f := range change {
		f(&o)
	}
	var out bytes.Buffer
	healthy = doctor.Examine(t.Context(), &out, o)
	eventually(t, "the doctor leaves allocations", func() bool { return a.relay.Allocations() == 0 })
	return out.String(), healthy
}

// lines checks that each name has the line that its pattern says.
func lines(t *testing.T, said string, patterns map[string]string) {
	t.Helper()
	for name, pattern := range patterns {
		if !regexp.MustCompile(`(?m)^` + strings.Replace(pattern, " ", ` +`+name+` +`, 1)).MatchString(said) {
			t.Errorf("%s: want %s in\n%s", name, pattern, said)
		}
	}
}

func TestTheDoctorSaysThatEachWayWorks(t *testing.T) {
	said, healthy := examined(t)
	if !healthy || strings.Count(said, "\n") != 9 {
		t.Errorf("healthy: %v", healthy)
	}
	lines(t, said, map[string]string{
		"name": `ok localhost is .*127\.0\.0\.1`, "certificate": `warn ends in 0 days`, "http": `ok /healthz`, "clock": `ok the server's`, "websocket": `ok /ws/peer opens and answers`,
		"relay udp": `ok STUN at 127`, "relay tcp": `ok STUN at 127`, "relay tls": `ok STUN at 127`, "round trip": `ok from one allocation`,
	})
}

func TestTheDoctorNamesThePortToOpenAndTheKeyToSet(t *testing.T) {
	nobody, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(nobody.LocalAddr().String())
	defer nobody.Close() // takes datagrams and answers none, as behind a firewall
	said, healthy := examined(t, func(o *doctor.Options) { o.RelayPort, o.Secret = port, "not the relay's own secret" })
	if healthy {
		t.Error("healthy")
	}
	lines(t, said, map[string]string{
		"relay udp": `fail .*no answer in 3s\. Open UDP ` + port + ` .*\(relay\)`, "relay tcp": `fail .*Open TCP ` + port + ` .*\(relay\)`, "relay tls": `ok STUN`,
		"round trip": `fail .*relay-secret is the server's`, "http": `ok /healthz`,
	})
}

func TestTheDoctorLeavesOutWhatThereIsNot(t *testing.T) {
	said, healthy := examined(t, func(o *doctor.Options) { o.Secret, o.Transports = "", []string{"udp"} })
	if !healthy {
		t.Error("not healthy")
	}
	lines(t, said, map[string]string{"relay udp": `ok STUN`, "relay tcp": `skip not offered`, "relay tls": `skip not offered`, "round trip": `skip .*RIDEALONG_RELAY_SECRET`})
	said, healthy = examined(t, func(o *doctor.Options) { o.RelayPort = "" })
	if !healthy {
		t.Error("not healthy")
	}
	lines(t, said, map[string]string{"relay udp": `skip no relay`, "round trip": `skip no relay`})
}
