package recording

import (
	"context"
	"errors"
	"time"
)

const (
	sweepEvery = 10 * time.Minute
	sweepPage  = 100
)

// sweep erases what is past its time, and what an erasure that was interrupted has left, until ctx is done.
func (s *Service) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := s.sweepOnce(ctx); err != nil && ctx.Err() == nil {
			s.c.Log.Error("sweep recordings", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweepOnce looks at every recording. What fails for one does not keep the others.
func (s *Service) sweepOnce(ctx context.Context) error {
	var problems []error
	for before := ""; ctx.Err() == nil; {
		page, err := s.c.Store.Recordings(ctx, before, sweepPage)
		if err != nil {
			return errors.Join(append(problems, err)...)
		}
		for _, r := range page {
			before = r.ID
			switch {
			case r.State == Erased && r.Why != erasedWhole:
				err = s.erase(ctx, r.ID)
			case s.late(r):
				s.c.Log.Info("a recording is past its time", "recording", r.ID)
				err = s.Delete(ctx, r.ID)
			default:
				continue
			}
			problems = append(problems, err)
		}
		if len(page) < sweepPage {
			break
		}
	}
	return errors.Join(problems...)
}

func (s *Service) late(r Recording) bool {
	over := r.State == Complete || r.State == Partial
	return s.c.Keep > 0 && over && !r.Hold && s.c.Now().Sub(r.Started.Add(r.Duration)) > s.c.Keep
}
