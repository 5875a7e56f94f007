package main

// The command as people run it: this test binary, started again, is the command.

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const asCommand = "RIDEALONG_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, os.Args[0], args...) //nolint:gosec // it is this binary
	c.Env = append(os.Environ(), asCommand+"=1")
	c.Dir = t.TempDir()
	return c
}

type result struct {
	out, errors string
	code        int
}

func run(t *testing.T, env []string, args ...string) result {
	t.Helper()
	c := command(t, args...)
	c.Env = append(c.Env, env...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	_ = c.Run() // the code says it
	return result{out.String(), errs.String(), c.ProcessState.ExitCode()}
}

func TestVersion(t *testing.T) {
	if r := run(t, nil, "version"); r.code != 0 || !strings.HasPrefix(r.out, "ridealong ") {
		t.Errorf("%+v", r)
	}
}

func TestABadValueStopsTheStartAndNamesTheKey(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(file, []byte("link-life: soon\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		args  []string
		env   []string
		names string
	}{
		"a flag that there is not":      {[]string{"serve", "--colour", "red"}, nil, "--colour"},
		"a command that there is not":   {[]string{"server"}, nil, "server"},
		"no command":                    {nil, nil, "expected one of"},
		"a duration in a flag":          {[]string{"serve", "--link-life", "soon"}, nil, "link-life"},
		"a duration in the environment": {[]string{"config", "check"}, []string{"RIDEALONG_LINK_LIFE=soon"}, "link-life"},
		"a duration in the file":        {[]string{"--config", file, "config", "check"}, nil, "link-life"},
		"a level that there is not":     {[]string{"serve", "--log-level", "loud"}, nil, "log-level"},
		"an origin with a path":         {[]string{"serve", "--origins", "https://shop.example/path"}, nil, "origins"},
		"a file that is not there":      {[]string{"--config", "none.yaml", "serve"}, nil, "none.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, tt.env, tt.args...)
			if r.code == 0 || !strings.Contains(r.errors, tt.names) {
				t.Errorf("code %d, %s", r.code, r.errors)
			}
			if entries, err := os.ReadDir("data"); err == nil {
				t.Errorf("it began: %v", entries)
			}
		})
	}
}

func TestAStartThatFailsSaysWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a-file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		args []string
		says string
	}{
		"data is a file":               {[]string{"--data", file}, "data directory"},
		"the bus does not answer":      {[]string{"--nats", "nats://" + freePort(t)}, "key nats"},
		"an address that there is not": {[]string{"--listen", "127.0.0.1:99999"}, "99999"},
	} {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"serve", "--listen", "127.0.0.1:0", "--metrics", "", "--data", filepath.Join(dir, "data")}, tt.args...)
			r := run(t, nil, args...)
			if r.code != 1 || !strings.HasPrefix(r.errors, "ridealong: error: ") || !strings.Contains(r.errors, tt.says) {
				t.Errorf("code %d, %s", r.code, r.errors)
			}
		})
	}
}

func TestTheDefaultFileIsOneThatIsTaken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ridealong.yaml")
	r := run(t, nil, "config", "default")
	if r.code != 0 || len(r.out) < 500 {
		t.Fatalf("%+v", r)
	}
	if err := os.WriteFile(file, []byte(r.out), 0o600); err != nil {
		t.Fatal(err)
	}
	plain, checked := run(t, nil, "config", "check"), run(t, nil, "--config", file, "config", "check")
	if checked.code != 0 || checked.out != plain.out {
		t.Errorf("%s\nwithout a file %s\n%s", checked.out, plain.out, checked.errors)
	}
	if doc := run(t, nil, "config", "doc"); doc.code != 0 || !strings.Contains(doc.out, "link-life") {
		t.Errorf("%+v", doc)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serving is a server that listens.
type serving struct {
	*exec.Cmd
	address, metrics string
	data             string
	out, errors      bytes.Buffer
}

func serve(t *testing.T) *serving {
	t.Helper()
	s := &serving{address: freePort(t), metrics: freePort(t), data: filepath.Join(t.TempDir(), "data")}
	s.Cmd = command(t, "serve", "--listen", s.address, "--metrics", s.metrics, "--data", s.data, "--public-url", "http://"+s.address)
	s.Stderr = &s.errors
	pipe, err := s.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(io.TeeReader(pipe, &s.out))
	for lines.Scan() && !strings.Contains(lines.Text(), "/setup#") {
		continue
	}
	go func() {
		for lines.Scan() {
			continue // the pipe must not fill
		}
	}()
	return s
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// The first start prints a link for the first admin; health is public, figures are not; SIGTERM ends it with 0.
func TestAServerFromStartToEnd(t *testing.T) {
	s := serve(t)
	if !regexp.MustCompile(`http://` + regexp.QuoteMeta(s.address) + `/setup#[\w-]{43}`).MatchString(s.out.String()) {
		t.Errorf("the start says %s", s.out.String())
	}
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 404, "/api/me": 401, "/j": 200} {
		if code, _ := get(t, "http://"+s.address+path); code != want {
			t.Errorf("%s: %d, want %d", path, code, want)
		}
	}
	if code, body := get(t, "http://"+s.metrics+"/metrics"); code != 200 || !strings.Contains(body, "ridealong_") {
		t.Errorf("figures: %d %s", code, body)
	}
	second := run(t, nil, "serve", "--listen", s.address, "--metrics", "", "--data", filepath.Join(t.TempDir(), "other"))
	if second.code == 0 || !strings.Contains(second.errors, s.address) || !strings.Contains(second.errors, "another server") {
		t.Errorf("a second server there: %+v", second)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(); err != nil || s.ProcessState.ExitCode() != 0 {
		t.Errorf("the end: %v\n%s", err, s.errors.String())
	}
	if log := s.errors.String(); !strings.Contains(log, "draining") || !strings.Contains(log, "stopped") || strings.Contains(log, "level=ERROR") {
		t.Errorf("the log: %s", log)
	}
}

// 2 for wrong use, 1 for a server that does not work, 0 for one that does.
func TestTheDoctorsCodes(t *testing.T) {
	for name, args := range map[string][]string{
		"no URL": {"doctor"}, "no scheme": {"doctor", "relay.example"}, "a flag that there is not": {"doctor", "--colour", "https://relay.example"},
		"a short secret": {"doctor", "--relay-secret", "short", "https://relay.example"}, "no port": {"doctor", "--relay", "3478", "https://relay.example"},
	} {
		if r := run(t, nil, args...); r.code != 2 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := run(t, nil, "doctor", "--relay", "", "http://"+freePort(t)); r.code != 1 || !strings.Contains(r.out, "fail  http ") {
		t.Errorf("nobody there: %+v", r)
	}
	s := serve(t)
	if r := run(t, nil, "doctor", "--relay", "", "http://"+s.address); r.code != 0 || !strings.Contains(r.out, "ok    websocket ") || strings.Contains(r.out, "\x1b") {
		t.Errorf("a server: %+v", r)
	}
	if err := s.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = s.Wait()
}
