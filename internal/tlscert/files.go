package tlscert

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// files is a certificate that somebody else renews: read again when its file changed, looked at once a minute at most.
type files struct {
	cert, key string
	log       *slog.Logger

	mu      sync.Mutex // guards the rest
	current *tls.Certificate
	changed time.Time
	looked  time.Time
}

// lookEvery bounds how often the file is asked for its age.
const lookEvery = time.Minute

func readFiles(c Config) (*files, error) {
	f := &files{cert: c.Certificate, key: c.Key, log: c.Log}
	if err := f.read(); err != nil {
		return nil, err
	}
	f.looked = time.Now()
	return f, nil
}

func (f *files) read() error {
	info, err := os.Stat(f.cert)
	if err != nil {
		return fmt.Errorf("tlscert: certificate: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return fmt.Errorf("tlscert: certificate: %w", err)
	}
	f.current, f.changed = &pair, info.ModTime()
	return nil
}

// get is the certificate for a handshake. One that cannot be read leaves the last one in use.
func (f *files) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.looked) < lookEvery {
		return f.current, nil
	}
	f.looked = time.Now()
	if info, err := os.Stat(f.cert); err == nil && !info.ModTime().Equal(f.changed) {
		if err := f.read(); err != nil {
			f.log.Error("the new certificate cannot be used, the last one stays", "error", err)
		}
	}
	return f.current, nil
}
