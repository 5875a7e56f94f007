package recording

import (
	"bytes"
	"context"
	"errors"
	"path"
	"strconv"
	"strings"
	"time"

	"ridealong/recording/chunk"
	"ridealong/session"
)

// restore finds out where a recording stands: its open chunks are sealed as far as they are good, and read again, because the database
// hears of them later than the disk.
func (k *keeper) restore(ctx context.Context, s *Service) error {
	open, _, err := k.spool.chunks()
	if err != nil {
		return err
	}
	for _, n := range open {
		if err := k.spool.recover(k.rec.ID, k.key, n); err != nil {
			return err
		}
	}
	documents, err := k.store.Documents(ctx, k.rec.ID)
	if err != nil {
		return err
	}
	for _, d := range documents {
		k.documents[documentKey{d.Tab, d.Epoch}] = &d
	}
	known, err := k.store.Chunks(ctx, k.rec.ID)
	if err != nil {
		return err
	}
	noted := map[int]bool{}
	for _, c := range known {
		noted[c.N] = c.Sealed
		k.next = max(k.next, c.N+1)
		if c.Sealed {
			k.size += c.Bytes
		}
	}
	_, sealed, err := k.spool.chunks()
	if err != nil {
		return err
	}
	for _, n := range sealed {
		k.next = max(k.next, n+1)
		if !noted[n] {
			if k.reheard == 0 {
				k.reheard = n
			}
			hear := func(r chunk.Record) {
				k.mu.Lock()
				defer k.mu.Unlock()
				k.hear(r)
			}
			if err := k.reread(ctx, n, hear); err != nil {
				return err
			}
		}
	}
	return k.stock(ctx, s)
}

// reread notes a chunk that was sealed without its writer; each gets what is in it.
func (k *keeper) reread(ctx context.Context, n int, each func(chunk.Record)) error {
	content, _, err := k.spool.read(n)
	if err != nil {
		return err
	}
	facts := Chunk{N: n, Bytes: int64(len(content)), Sealed: true}
	reader, err := chunk.Open(bytes.NewReader(content), facts.Bytes, chunk.ID{Recording: k.rec.ID, Number: uint32(n)}, k.key)
	if err != nil {
		return err
	}
	if each != nil {
		for r, err := range reader.Records(0) {
			if err != nil {
				k.log.Warn("a part of a chunk is damaged", "recording", k.rec.ID, "chunk", n, "error", err)
				continue
			}
			each(r)
		}
	}
	index, err := reader.Index()
	if err != nil {
		return err
	}
	facts.From, facts.To, facts.Keyframes = index.From, index.To, index.Keyframes
	k.mu.Lock()
	k.size += facts.Bytes
	k.mu.Unlock()
	return k.store.PutChunk(ctx, k.rec.ID, facts)
}

// stock finds the contents that are kept, and the chunks that are in the object store alone.
func (k *keeper) stock(ctx context.Context, s *Service) error {
	names, err := s.c.Blobs.List(ctx, "recordings/"+k.rec.ID+"/")
	if err != nil {
		// The store is down: a content that is asked for twice is written twice.
		k.log.Warn("what is in the object store is not known", "recording", k.rec.ID, "error", err)
	}
	for _, name := range names {
		if n, err := strconv.Atoi(path.Base(name)); err == nil && !strings.Contains(name, "/blobs/") {
			k.next = max(k.next, n+1)
			continue
		}
		k.keeps(path.Base(name))
	}
	local, err := k.spool.contents()
	if err != nil {
		return err
	}
	for _, hash := range local {
		k.keeps(hash)
	}
	return nil
}

func (k *keeper) keeps(hash string) {
	var h [16]byte
	if fields(hash, h[:]) == nil {
		k.contents[h] = true
	}
}

// resume finishes what an earlier process left: sessions that are over get their end, the others are recorded again when their customer
// comes back.
func (s *Service) resume(ctx context.Context) error {
	unfinished, err := s.c.Store.Unfinished(ctx)
	if err != nil {
		return err
	}
	var problems []error
	for _, rec := range unfinished {
		k, err := s.keeper(ctx, rec)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		k.note(ctx, true)
		s.toBeMoved(rec.ID)
		_, err = s.c.Sessions.Archive(ctx, rec.ID)
		over := errors.Is(err, session.ErrEnded) || errors.Is(err, session.ErrNotFound) || errors.Is(err, session.ErrForbidden)
		if over {
			problems = append(problems, s.finish(ctx, k, err))
		} else if k.index != nil {
			problems = append(problems, k.index.Close(ctx))
		}
	}
	return errors.Join(problems...)
}

// toBeMoved remembers that a recording has something for the object store.
func (s *Service) toBeMoved(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.toMove[id] = &spool{dir: s.spoolDir(id)}
	token(s.moving)
}

const (
	moveRetry    = 2 * time.Second
	maxMoveRetry = time.Minute
)

// move runs until ctx is done. While the object store is down what is whole stays here.
func (s *Service) move(ctx context.Context) {
	wait := time.Duration(0)
	for ctx.Err() == nil {
		if s.moveAll(ctx) {
			wait = 0
		} else {
			wait = min(max(2*wait, moveRetry), maxMoveRetry)
		}
		var again <-chan time.Time
		if wait > 0 {
			again = time.After(wait)
		}
		select {
		case <-s.moving:
		case <-again:
		case <-ctx.Done():
		}
	}
}

// moveAll says whether everything went.
func (s *Service) moveAll(ctx context.Context) bool {
	s.mu.Lock()
	work := s.toMove
	s.toMove = map[string]*spool{}
	s.mu.Unlock()
	whole := true
	for id, spool := range work {
		if err := spool.move(ctx, id, s.c.Blobs); err != nil {
			if ctx.Err() == nil {
				s.c.Log.Error("the object store does not take a recording: it stays here and is tried again", "recording", id, "error", err)
			}
			whole = false
			s.mu.Lock()
			s.toMove[id] = spool
			s.mu.Unlock()
		}
	}
	return whole
}
