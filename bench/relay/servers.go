package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ridealong/relay"
)

const (
	secret = "the key of the credentials of the bench"
	// tick is what /proc counts CPU time in (USER_HZ).
	tick = 10 * time.Millisecond
)

// server is one TURN server in a process of its own.
type server struct {
	name        string
	addr        string // of UDP and TCP
	secure      string // of TLS
	credentials func(session string, side relay.Side) (username, password string)
	process     *exec.Cmd
}

func installed(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// start starts ours, and coturn where it is installed.
func start(ctx context.Context, dir string) ([]*server, error) {
	cert, key, err := certificate(dir)
	if err != nil {
		return nil, err
	}
	ours, err := startOurs(ctx, cert, key)
	if err != nil {
		return nil, err
	}
	if !installed("turnserver") {
		fmt.Fprintln(os.Stderr, "relay: coturn is not installed (Debian package coturn): ours alone, no ratios")
		return []*server{ours}, nil
	}
	theirs, err := startCoturn(ctx, dir, cert, key)
	if err != nil {
		ours.stop()
		return nil, err
	}
	return []*server{ours, theirs}, nil
}

func startOurs(ctx context.Context, cert, key string) (*server, error) {
	credentials := relay.NewCredentials([]byte(secret))
	s := &server{name: "ridealong", addr: free(), secure: free(), credentials: func(session string, side relay.Side) (string, string) {
		return credentials.Mint(relay.Holder{Session: session, Participant: "p", Side: side}, time.Now())
	}}
	arguments := []string{"-listen", s.addr, "-tls", s.secure, "-cert", cert, "-key", key, "-secret", secret}
	if address := os.Getenv("PROFILE"); address != "" {
		arguments = append(arguments, "-profile", address)
	}
	return s, s.start(ctx, os.Getenv("RELAY_SERVE"), arguments...)
}

func startCoturn(ctx context.Context, dir, cert, key string) (*server, error) {
	s := &server{name: "coturn", addr: free(), secure: free(), credentials: func(string, relay.Side) (string, string) {
		return "someone", "secret"
	}}
	port := func(address string) string {
		_, p, _ := net.SplitHostPort(address)
		return p
	}
	return s, s.start(ctx, "turnserver", "-n", "--no-stdout-log", "--log-file", filepath.Join(dir, "coturn.log"),
		"--pidfile", filepath.Join(dir, "coturn.pid"), "--userdb", filepath.Join(dir, "coturn.db"),
		"-L", "127.0.0.1", "-E", "127.0.0.1", "-p", port(s.addr), "--tls-listening-port", port(s.secure), "--cert", cert, "--pkey", key,
		"--lt-cred-mech", "-u", "someone:secret", "-r", "bench", "--allow-loopback-peers", "--no-cli", "--no-dtls",
		"--min-port", "20000", "--max-port", "32000")
}

// start runs the program and waits until it listens.
func (s *server) start(ctx context.Context, program string, arguments ...string) error {
	s.process = exec.CommandContext(ctx, program, arguments...) //nolint:gosec // a bench
	if s.name == "ridealong" {
		s.process.Stderr = os.Stderr // coturn tells of protocols that the machine lacks
	}
	if err := s.process.Start(); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	var dial net.Dialer
	for range 200 {
		conn, err := dial.DialContext(ctx, "tcp", s.secure)
		if err == nil {
			return conn.Close()
		}
		time.Sleep(25 * time.Millisecond)
	}
	s.stop()
	return errors.New(s.name + " does not listen")
}

func (s *server) stop() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
}

// cpu is what the process used.
func (s *server) cpu() time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	_, after, _ := strings.Cut(string(text), ") ")
	parts := strings.Fields(after)
	if len(parts) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(parts[11])
	system, _ := strconv.Atoi(parts[12])
	return time.Duration(user+system) * tick
}

// memory is what the process holds, in bytes.
func (s *server) memory() float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	for l := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(l, "VmRSS:"); ok {
			kilobytes, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			return float64(kilobytes) * 1024
		}
	}
	return 0
}

// free is an address that nothing listens to now.
func free() string {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // at once
	if err != nil {
		return ""
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// certificate makes one for both servers.
func certificate(dir string) (cert, key string, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", "", err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	public, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return "", "", err
	}
	secretPart, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return "", "", err
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: public}, key: {Type: "PRIVATE KEY", Bytes: secretPart}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			return "", "", err
		}
	}
	return cert, key, nil
}
