// Package archtest holds the house to its plan: which package may import which (the floors of docs/ARCHITECTURE.md), and through
// which door each dependency comes in. Each rule carries its reason; a new package has to be given a floor here.
package archtest

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// floors, lowest first. A package imports lower floors only; two packages of one floor meet through session or through an
// interface that the caller declares, because otherwise neither can be read or replaced without the other.
var floors = map[string]int{
	"ridealong/wire":                        0, // the contract: everything may know it, it knows nothing
	"ridealong/session":                     1, // the domain knows the contract only
	"ridealong/session/sessiontest":         2, // builders and suites of the domain
	"ridealong/internal/wsconn":             1, // a socket in terms of the contract
	"ridealong/internal/auth":               1, // accounts know nothing of sessions
	"ridealong/internal/sourcemaps":         1, // maps know neither sessions nor where they are kept
	"ridealong/internal/batch":              1, // datagrams by the system call: it knows nobody
	"ridealong/internal/metrics":            1,
	"ridealong/internal/oneport":            1, // two listeners of one socket know neither HTTP nor TURN
	"ridealong/recording/chunk":             1, // the file format knows the contract only
	"ridealong/recording/chunk/chunktest":   0, // a file that fails
	"ridealong/signaling":                   2, // rooms: the domain live
	"ridealong/internal/audit":              1, // who did what: it knows names only
	"ridealong/internal/audit/audittest":    2,
	"ridealong/recording":                   2, // asks interfaces for rooms, objects, keys and tables
	"ridealong/recording/export":            2, // records become files of other formats: the contract and the chunks only
	"ridealong/recording/search":            1, // what is found again: the contract only
	"ridealong/recording/search/searchtest": 3, // builders and suites of search; imported by tests alone
	"ridealong/recording/recordingtest":     3, // builders and suites of recordings; imported by tests alone
	"ridealong/relay":                       2, // knows no sessions: it asks its Admission
	"ridealong/internal/api":                3, // the domain by request
	"ridealong/internal/web":                3,
	"ridealong/internal/sqlstore":           3, // adapters implement what lower floors declare
	"ridealong/internal/keystore":           3, // knows recordings by name only
	"ridealong/internal/blob":               3, // objects by name: it knows nobody
	"ridealong/internal/bus":                3,
	"ridealong/internal/index":              3, // what recordings keep becomes what can be found
	"ridealong/internal/tlscert":            3,
	"ridealong/internal/config":             3,
	"ridealong/internal/doctor":             3, // looks from outside: by sockets and by the relay's own client
	"ridealong/viewer":                      3, // built files, embedded
	"ridealong/recorder-js":                 3,
	"ridealong/examples/shop":               3,
	"ridealong/internal/app":                4, // wiring: the only place where everything meets
	"ridealong/cmd/ridealong":               5,

	// What tests need of them.
	"ridealong/internal/keystore/keystoretest": 2,
	"ridealong/internal/blob/blobtest":         4,
}

// tools are programs of the build; nothing imports them.
var tools = map[string]bool{"ridealong/wire/wiregen": true, "ridealong/internal/archtest": true, "ridealong/e2e/proxy": true,
	"ridealong/bench/relay": true, "ridealong/bench/relay/serve": true, "ridealong/bench/archive": true, "ridealong/bench/review": true}

// doors: a dependency is imported by these packages only, so that it can be replaced, updated and watched in one place.
var doors = map[string][]string{
	"github.com/coder/websocket":                   {"ridealong/internal/wsconn"},
	"github.com/caddyserver/certmagic":             {"ridealong/internal/tlscert"},
	"go.uber.org/zap":                              {"ridealong/internal/tlscert"},
	"modernc.org/sqlite":                           {"ridealong/internal/sqlstore", "ridealong/internal/keystore"}, // keys lie in a database of their own
	"database/sql":                                 {"ridealong/internal/sqlstore", "ridealong/internal/keystore"},
	"github.com/pressly/goose":                     {"ridealong/internal/sqlstore"},
	"github.com/minio":                             {"ridealong/internal/blob"},
	"github.com/nats-io":                           {"ridealong/internal/bus"},
	"github.com/alecthomas/kong":                   {"ridealong/cmd/ridealong", "ridealong/internal/config"},
	"go.yaml.in/yaml":                              {"ridealong/internal/config"},
	"github.com/prometheus/client_golang":          {"ridealong/internal/metrics"},
	"golang.org/x/crypto/argon2":                   {"ridealong/internal/auth"},
	"github.com/hashicorp/golang-lru/v2/expirable": {}, // its goroutine cannot be stopped
	"github.com/pion/turn":                         {"ridealong/relay"},
	"github.com/pion/stun":                         {"ridealong/relay", "ridealong/bench/relay"},
	"github.com/pion/logging":                      {"ridealong/relay"},
	"github.com/pion/webrtc":                       {}, // the archiver's, when it is built
	"github.com/stretchr/testify":                  {}, // the standard library and go-cmp say the same with less
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "ridealong/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p pkg
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestPackagesImportLowerFloorsOnly(t *testing.T) {
	for _, problem := range floorProblems(packages(t)) {
		t.Error(problem)
	}
}

func floorProblems(all []pkg) []string {
	var problems []string
	for _, p := range all {
		if tools[p.ImportPath] {
			continue
		}
		floor, ok := floors[p.ImportPath]
		if !ok {
			problems = append(problems, p.ImportPath+" has no floor: give it one in archtest, with its reason")
			continue
		}
		for _, imported := range p.Imports {
			if below, ours := floors[imported]; ours && below >= floor {
				problems = append(problems, p.ImportPath+" imports "+imported+", which is not on a lower floor")
			}
		}
	}
	return problems
}

func TestDependenciesComeInThroughTheirDoors(t *testing.T) {
	for _, problem := range doorProblems(packages(t)) {
		t.Error(problem)
	}
}

func doorProblems(all []pkg) []string {
	var problems []string
	for _, p := range all {
		for _, imported := range p.Imports {
			for dependency, allowed := range doors {
				if (imported == dependency || strings.HasPrefix(imported, dependency+"/")) && !contains(allowed, p.ImportPath) {
					problems = append(problems, p.ImportPath+" imports "+imported+", whose door is elsewhere")
				}
			}
		}
	}
	return problems
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// A guard that never fires guards nothing.
func TestRulesSeeABreach(t *testing.T) {
	bad := []pkg{
		{"ridealong/wire", []string{"ridealong/session"}},
		{"ridealong/session", []string{"github.com/coder/websocket", "github.com/hashicorp/golang-lru/v2/expirable"}},
		{"ridealong/somewhere", nil},
	}
	if n := len(floorProblems(bad)); n != 2 {
		t.Errorf("%d floor problems seen, want 2", n)
	}
	if n := len(doorProblems(bad)); n != 2 {
		t.Errorf("%d door problems seen, want 2", n)
	}
}
