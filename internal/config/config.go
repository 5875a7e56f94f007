// Package config is the one struct from which flags, environment variables, the YAML file, the printed defaults and the
// documentation come. A value that is wrong stops the start with a message that names its key.
package config

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"ridealong/wire"
)

// Config of `ridealong serve`. Each field is a flag, an environment variable (RIDEALONG_…) and a key of the YAML file.
type Config struct {
	Listen       string        `default:"127.0.0.1:8080" help:"Address for plain HTTP. With a domain it is only used for ACME and redirects, see http-listen."`
	Domain       string        `help:"Public host name. Switches to HTTPS with a certificate of its own from ACME."`
	HTTPListen   string        `name:"http-listen" default:":80" help:"With a domain: address for ACME challenges and the redirect to HTTPS."`
	HTTPSListen  string        `name:"https-listen" default:":443" help:"With a domain: address for HTTPS."`
	PublicURL    string        `name:"public-url" help:"Origin under which browsers reach the server. Default: from domain or listen."`
	Data         string        `default:"./data" help:"Directory for the database, certificates and keys."`
	Organisation string        `default:"Ridealong" help:"Name the customer reads when asked to share."`
	Project      string        `default:"Support" help:"Name of the project."`
	Page         string        `help:"Page a new session offers to open. Default: the first origin."`
	Origins      []string      `help:"Origins of the sites that may be shared, such as https://shop.example."`
	PrivacyMode  string        `name:"privacy-mode" default:"standard" enum:"standard,strict" help:"strict: every page shows its shape only, and what the site itself shows. A site may be stricter, never less strict."`
	PrivacyMask  string        `name:"privacy-mask" help:"CSS selectors of what is masked on every page, beside what the site masks."`
	PrivacyBlock string        `name:"privacy-block" help:"CSS selectors of what is an empty box on every page, beside what the site blocks."`
	LinkLife     time.Duration `name:"link-life" default:"30m" help:"How long a magic link can be opened."`
	SessionLife  time.Duration `name:"session-life" default:"4h" help:"How long a session may last."`
	CodeLife     time.Duration `name:"code-life" default:"10m" help:"How long a join code can be used."`
	Tabs         int           `default:"8" help:"How many tabs of one customer a session takes at a time."`
	STUN         []string      `name:"stun" help:"STUN or TURN URLs that browsers get, such as stun:stun.example:3478."`
	RelayOnly    bool          `name:"relay-only" help:"Browsers use relayed paths only, so that neither side learns the other's address."`

	Relay            string   `name:"relay" default:":3478" help:"Address of the relay for browsers that cannot reach each other, UDP and TCP (TURN). On this machine only, as in the demo, the default is 127.0.0.1:3478. Empty: none."`
	RelayAddress     string   `name:"relay-address" help:"IPv4 address that relayed addresses carry; nothing is bound to it in the closed mode. Default: the public host's, or the one this machine sends from. Needed in the public mode."`
	RelayMode        string   `name:"relay-mode" default:"closed" enum:"closed,public" help:"closed: whoever uses the relay reaches the other side of their session and nothing else. public: other hosts too, but for those that are denied."`
	RelayPorts       string   `name:"relay-ports" default:"49152-65535" help:"UDP ports of relayed addresses in the public mode."`
	RelayDeny        []string `name:"relay-deny" help:"Prefixes and addresses that nobody reaches in the public mode, beside those that are denied always."`
	RelayAllow       []string `name:"relay-allow" help:"Prefixes and addresses that are reached in the public mode though they are denied always. What relay-deny names stays denied."`
	RelaySecret      string   `name:"relay-secret" help:"Secret of the relay's credentials, 16 characters at least, the same on every node. Empty: one for each process."`
	RelayTransports  []string `name:"relay-transports" default:"udp,tcp,tls" help:"How browsers may come to the relay. tls is on the port of HTTPS, with a domain."`
	RelayAllocations int      `name:"relay-allocations" default:"64" help:"Allocations that a session may have at a time. A link takes one on each side for each transport."`
	RelayRate        int      `name:"relay-rate" default:"2500000" help:"Bytes a second that a session may send over the relay."`
	RelayBytes       int64    `name:"relay-bytes" default:"2147483648" help:"Bytes that a session may send over the relay in all."`

	Recordings     bool          `name:"recordings" default:"true" negatable:"" help:"Sessions whose customer agrees are recorded. With --no-recordings nobody is asked, and nothing is."`
	RecordingsKeep time.Duration `name:"recordings-keep" default:"720h" help:"How long a recording is kept; then it is erased, unless it is on hold. 0: without end."`
	MasterKey      string        `name:"master-key" help:"Key that wraps the keys of recordings: 32 bytes, base64 or hex. Empty: in the file master.key of the data directory, made at the first start. Without it no recording can be read again."`

	ObjectStore

	NATS      string        `name:"nats" help:"URL of a NATS cluster. Empty: one inside the process."`
	Metrics   string        `default:"127.0.0.1:9090" help:"Private address for metrics, health and profiles. Empty: none."`
	LogLevel  string        `name:"log-level" default:"info" enum:"debug,info,warn,error" help:"Least level that is logged."`
	LogFormat string        `name:"log-format" default:"text" enum:"text,json" help:"Form of the log."`
	Drain     time.Duration `default:"8s" help:"How long a stop waits for connections to move."`

	Certificate    string `help:"PEM file of a certificate of your own for the domain, with its chain. Empty: ACME. A new file is taken within a minute."`
	CertificateKey string `name:"certificate-key" help:"PEM file of its key."`

	ACMEEmail string `name:"acme-email" help:"Address the certificate authority may write to."`
	ACMECA    string `name:"acme-ca" help:"Directory URL of another certificate authority."`
	ACMERoots string `name:"acme-roots" help:"PEM file with the roots of that authority's own HTTPS."`
	E2E       bool   `name:"e2e" hidden:"" help:"Shows the test object in the app. For tests only."`
}

// Privacy is what customers' pages are told to hide.
func (c *Config) Privacy() wire.Privacy {
	p := wire.Privacy{Mask: c.PrivacyMask, Block: c.PrivacyBlock}
	if c.PrivacyMode == "strict" {
		p.Mode = c.PrivacyMode
	}
	return p
}

// KeyError is a value that cannot be used.
type KeyError struct {
	Key, Problem string
}

func (e *KeyError) Error() string { return fmt.Sprintf("config: %s: %s", e.Key, e.Problem) }

// Check finds the first value that cannot be used and fills in what depends on others.
func (c *Config) Check() error {
	for _, check := range []func() error{c.checkAddresses, c.checkURLs, c.checkOrigins, c.checkPrivacy, c.checkTimes, c.checkTabs, c.checkRelay, c.ObjectStore.Check} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) checkAddresses() error {
	addresses := map[string]string{"listen": c.Listen, "metrics": c.Metrics}
	if c.Domain != "" {
		addresses["http-listen"], addresses["https-listen"] = c.HTTPListen, c.HTTPSListen
		if strings.ContainsAny(c.Domain, "/:@ ") || !strings.Contains(c.Domain, ".") && c.Domain != "localhost" {
			return &KeyError{"domain", fmt.Sprintf("%q is not a host name", c.Domain)}
		}
	}
	if (c.Certificate == "") != (c.CertificateKey == "") {
		return &KeyError{"certificate", "set both certificate and certificate-key, or none"}
	}
	if c.Certificate != "" && c.Domain == "" {
		return &KeyError{"certificate", "set domain too: without it there is no HTTPS"}
	}
	for _, key := range []string{"listen", "metrics", "http-listen", "https-listen"} {
		address, used := addresses[key]
		if !used || key == "metrics" && address == "" {
			continue
		}
		if _, _, err := net.SplitHostPort(address); err != nil {
			return &KeyError{key, fmt.Sprintf("%q is not an address like 127.0.0.1:8080", address)}
		}
	}
	// Behind a proxy that speaks HTTPS the public URL says so; otherwise plain HTTP stays on this machine.
	if c.Domain == "" && !loopback(c.Listen) && !strings.HasPrefix(c.PublicURL, "https://") {
		return &KeyError{"listen", "plain HTTP is for this machine only: listen on 127.0.0.1, set domain for HTTPS, or set public-url to the https origin of the proxy in front"}
	}
	return nil
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c *Config) checkURLs() error {
	if c.PublicURL == "" {
		c.PublicURL = "http://" + strings.Replace(c.Listen, "127.0.0.1:", "localhost:", 1)
		if c.Domain != "" {
			c.PublicURL = "https://" + c.Domain
			if _, port, _ := net.SplitHostPort(c.HTTPSListen); port != "443" && port != "0" {
				c.PublicURL += ":" + port
			}
		}
	}
	origin, err := parseOrigin(c.PublicURL)
	if err != nil {
		return &KeyError{"public-url", err.Error()}
	}
	c.PublicURL = origin
	for key, value := range map[string]string{"acme-ca": c.ACMECA, "nats": c.NATS} {
		if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "") {
			return &KeyError{key, fmt.Sprintf("%q is not a URL", value)}
		}
	}
	for _, s := range c.STUN {
		scheme, rest, _ := strings.Cut(s, ":")
		if rest == "" || scheme != "stun" && scheme != "stuns" && scheme != "turn" && scheme != "turns" {
			return &KeyError{"stun", fmt.Sprintf("%q is not a URL like stun:host:3478", s)}
		}
	}
	return nil
}

func (c *Config) checkOrigins() error {
	for i, o := range c.Origins {
		origin, err := parseOrigin(o)
		if err != nil {
			return &KeyError{"origins", err.Error()}
		}
		c.Origins[i] = origin
	}
	if c.Page == "" && len(c.Origins) > 0 {
		c.Page = c.Origins[0] + "/"
	}
	if c.Page == "" {
		return nil
	}
	u, err := url.Parse(c.Page)
	if err != nil {
		return &KeyError{"page", fmt.Sprintf("%q is not a URL", c.Page)}
	}
	for _, o := range c.Origins {
		if o == u.Scheme+"://"+u.Host {
			return nil
		}
	}
	return &KeyError{"page", fmt.Sprintf("%q is on none of the origins", c.Page)}
}

const maxSelectors = 4096

// parseOrigin takes scheme, host and port and nothing else.
func parseOrigin(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil || u.Fragment != "" {
		return "", fmt.Errorf("%q is not an origin like https://shop.example", s)
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

// checkPrivacy bounds the selectors. Whether they are selectors only browsers know: there one that is none makes the mode strict.
func (c *Config) checkPrivacy() error {
	for key, selectors := range map[string]string{"privacy-mask": c.PrivacyMask, "privacy-block": c.PrivacyBlock} {
		if len(selectors) > maxSelectors {
			return &KeyError{key, fmt.Sprintf("longer than %d bytes", maxSelectors)}
		}
	}
	return nil
}

func (c *Config) checkTimes() error {
	for key, d := range map[string]time.Duration{"link-life": c.LinkLife, "session-life": c.SessionLife, "code-life": c.CodeLife} {
		if d < time.Minute || d > 24*time.Hour {
			return &KeyError{key, fmt.Sprintf("%s is not between 1m and 24h", d)}
		}
	}
	if c.RecordingsKeep < 0 || c.RecordingsKeep > 0 && c.RecordingsKeep < time.Hour {
		return &KeyError{"recordings-keep", fmt.Sprintf("%s is less than an hour, and not 0", c.RecordingsKeep)}
	}
	if c.Drain < 0 || c.Drain > 10*time.Minute {
		return &KeyError{"drain", fmt.Sprintf("%s is not between 0s and 10m", c.Drain)}
	}
	return nil
}

// mostTabs bounds what one customer's browser costs the server.
const mostTabs = 12

func (c *Config) checkTabs() error {
	if c.Tabs < 1 || c.Tabs > mostTabs {
		return &KeyError{"tabs", fmt.Sprintf("%d is not between 1 and %d", c.Tabs, mostTabs)}
	}
	return nil
}
