package recording

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// leastRoom is what recordings leave of a disk to everything else on it, the database of live sessions first: this much, or a tenth of a
// small disk.
const leastRoom = 1 << 30

// roomAge is how long an answer is believed.
const roomAge = time.Second

var errNoRoom = errors.New("the disk is nearly full, and what is left of it is kept for live sessions")

// space says whether a disk has room for recordings. Several goroutines may ask.
type space struct {
	free func() (free, total uint64, err error)
	now  func() time.Time

	mu    sync.Mutex
	asked time.Time
	last  error
}

// check is nil when there is some; a disk that does not say has.
func (s *space) check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); s.asked.IsZero() || now.Sub(s.asked) >= roomAge || now.Before(s.asked) {
		free, total, err := s.free()
		s.asked, s.last = now, nil
		if err == nil && free < min(leastRoom, total/10) {
			s.last = fmt.Errorf("%w (%d MB)", errNoRoom, free>>20)
		}
	}
	return s.last
}
