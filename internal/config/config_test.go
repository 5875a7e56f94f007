package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Config kong.ConfigFlag  `help:"YAML file."`
	Serve  struct{ Config } `cmd:""`
}

func parse(t *testing.T, yaml string, args ...string) (*Config, error) {
	t.Helper()
	var c cli
	parser, err := kong.New(&c, append(Options(), kong.Exit(func(int) { t.Fatal("exit") }))...)
	if err != nil {
		t.Fatal(err)
	}
	if yaml != "" {
		name := filepath.Join(t.TempDir(), "ridealong.yaml")
		if err := os.WriteFile(name, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append([]string{"--config", name}, args...)
	}
	if _, err := parser.Parse(append(args, "serve")); err != nil {
		return nil, err
	}
	return &c.Serve.Config, c.Serve.Check()
}

func TestFlagsWinOverEnvironmentOverFileOverDefaults(t *testing.T) {
	file := "organisation: File\nlink-life: 5m\norigins: [https://a.example, https://b.example]\n"
	c, err := parse(t, file)
	if err != nil {
		t.Fatal(err)
	}
	if c.Organisation != "File" || c.LinkLife != 5*time.Minute || len(c.Origins) != 2 || c.SessionLife != 4*time.Hour || c.Page != "https://a.example/" {
		t.Errorf("file: %+v", c)
	}
	t.Setenv("RIDEALONG_ORGANISATION", "Environment")
	if c, _ := parse(t, file); c.Organisation != "Environment" {
		t.Errorf("environment: %q", c.Organisation)
	}
	var flags cli
	parser, _ := kong.New(&flags, Options()...)
	if _, err := parser.Parse([]string{"serve", "--organisation", "Flag"}); err != nil || flags.Serve.Organisation != "Flag" {
		t.Errorf("flag: %q %v", flags.Serve.Organisation, err)
	}
}

func TestWrongValueNamesItsKey(t *testing.T) {
	for yaml, key := range map[string]string{
		"listen: nowhere":                     "listen",
		"listen: 0.0.0.0:80":                  "listen",
		"domain: http://x.example":            "domain",
		"domain: x":                           "domain",
		"metrics: 9090x":                      "metrics",
		"public-url: ftp://x":                 "public-url",
		"origins: [shop.example]":             "origins",
		"origins: ['https://a.example/path']": "origins",
		"origins: ['https://a.example']\npage: https://b.example/": "page",
		"link-life: 5s":                         "link-life",
		"session-life: 48h":                     "session-life",
		"stun: ['https://x']":                   "stun",
		"nats: '::'":                            "nats",
		"linklife: 5m":                          "linklife",
		"drain: 1h":                             "drain",
		"domain: a.example\ncertificate: c.pem": "certificate",
		"certificate: c.pem\ncertificate-key: k.pem": "certificate",
		"tabs: 0":            "tabs",
		"s3-url: s3.example": "s3-bucket",
		"s3-url: s3.example\ns3-bucket: b\ns3-key: k\ns3-secret: s":                          "s3-url",
		"s3-url: https://s3.example\ns3-bucket: b\ns3-key: k":                                "s3-secret",
		"s3-url: https://s3.example\ns3-bucket: b\ns3-key: k\ns3-secret: s\ns3-prefix: ours": "s3-prefix",
		"s3-bucket: b":                   "s3-url",
		"tabs: 13":                       "tabs",
		"relay: nowhere":                 "relay",
		"relay-address: '::1'":           "relay-address",
		"relay-mode: public":             "relay-address",
		"relay-ports: 5":                 "relay-ports",
		"relay-ports: 80-90":             "relay-ports",
		"relay-ports: 5000-4000":         "relay-ports",
		"relay-deny: [10.0.0.0/33]":      "relay-deny",
		"relay-deny: [10.1.0.0/8]":       "relay-deny",
		"relay-deny: [example.org]":      "relay-deny",
		"relay-deny: ['::ffff:1.2.3.4']": "relay-deny",
		"relay-allow: ['fe80::1%lo']":    "relay-allow",
		"relay-allow: [10.0.0.0-9]":      "relay-allow",
		"relay-secret: short":            "relay-secret",
		"relay-transports: [quic]":       "relay-transports",
		"relay-allocations: 0":           "relay-allocations",
		"relay-rate: 100":                "relay-rate",
		"relay-bytes: -1":                "relay-bytes",
		"relay: ''\nrelay-only: true":    "relay-only",
	} {
		_, err := parse(t, yaml)
		var problem *KeyError
		if !errors.As(err, &problem) || problem.Key != key {
			t.Errorf("%q: error %v, want key %s", yaml, err, key)
		}
	}
	for _, yaml := range []string{"link-life: soon", "log-level: loud", "tabs: many", "link-life: {a: 1}"} {
		if _, err := parse(t, yaml); err == nil || !strings.Contains(err.Error(), strings.SplitN(yaml, ":", 2)[0]) {
			t.Errorf("%q: error %v", yaml, err)
		}
	}
}

func TestPublicURLFollowsFromTheRest(t *testing.T) {
	for yaml, want := range map[string]string{
		"":                  "http://localhost:8080",
		"domain: r.example": "https://r.example",
		"domain: r.example\nhttps-listen: ':8443'":               "https://r.example:8443",
		"listen: 0.0.0.0:80\npublic-url: https://Proxy.example/": "https://proxy.example",
	} {
		c, err := parse(t, yaml)
		if err != nil || c.PublicURL != want {
			t.Errorf("%q: %v, %v", yaml, c, err)
		}
	}
}

func TestPrintedConfigReadsBackTheSame(t *testing.T) {
	c, err := parse(t, "origins: [https://a.example]\nlog-level: debug\n")
	if err != nil {
		t.Fatal(err)
	}
	var printed, again bytes.Buffer
	if err := c.Write(&printed); err != nil {
		t.Fatal(err)
	}
	d, err := parse(t, printed.String())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(&again); err != nil || again.String() != printed.String() {
		t.Errorf("%v\n%s\n%s", err, printed.String(), again.String())
	}
}

func TestEveryKeyIsDocumented(t *testing.T) {
	var doc, defaults bytes.Buffer
	if err := WriteDoc(&doc); err != nil {
		t.Fatal(err)
	}
	if err := WriteDefaults(&defaults); err != nil {
		t.Fatal(err)
	}
	for _, k := range Keys() {
		if k.Help == "" || !strings.Contains(doc.String(), "`"+k.Env+"`") || !strings.Contains(defaults.String(), "# "+k.Name+":") {
			t.Errorf("%s is not documented", k.Name)
		}
	}
}

func TestTheRelayIsOpenToTheNetworkOnlyWhereTheServerIs(t *testing.T) {
	for yaml, want := range map[string]string{
		"":                                  "127.0.0.1:3478",
		"domain: r.example":                 ":3478",
		"public-url: https://proxy.example": ":3478",
		"relay: '127.0.0.1:4000'":           "127.0.0.1:4000",
		"relay: ''":                         "",
	} {
		c, err := parse(t, yaml)
		if err != nil || c.Relay != want || len(c.RelayTransports) != 3 {
			t.Errorf("%q: %v, %v", yaml, c, err)
		}
	}
}
