package recording

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"ridealong/recording/chunk"
)

// Report is what a look at every byte of a recording found.
type Report struct {
	Chunks, Records, Contents int
	Problems                  []string // in words; empty: it is whole
}

// Verify reads all of a recording and holds it to its checksums, its key and its index. Of one that is live the open chunk may end anywhere.
func (s *Service) Verify(ctx context.Context, id string) (Report, error) {
	key, err := s.key(ctx, id)
	if err != nil {
		return Report{}, err
	}
	chunks, err := s.c.Store.Chunks(ctx, id)
	if err != nil {
		return Report{}, err
	}
	var r Report
	for _, c := range chunks {
		r.Chunks++
		for _, problem := range s.verifyChunk(ctx, id, c.N, key, &r) {
			r.Problems = append(r.Problems, fmt.Sprintf("chunk %d: %s", c.N, problem))
		}
	}
	documents, err := s.c.Store.Documents(ctx, id)
	if err != nil {
		return r, err
	}
	for _, d := range documents {
		for _, g := range d.Gaps {
			r.Problems = append(r.Problems, fmt.Sprintf("tab %d, document %d: frames %d to %d of lane %d never came", d.Tab, d.Epoch, g.From, g.To, g.Lane))
		}
	}
	return r, s.verifyContents(ctx, id, &r)
}

func (s *Service) verifyChunk(ctx context.Context, id string, n int, key [32]byte, r *Report) (problems []string) {
	raw, open, err := s.bytes(ctx, id, n)
	if err != nil {
		return []string{err.Error()}
	}
	found, err := chunk.Verify(bytes.NewReader(raw), int64(len(raw)), chunk.ID{Recording: id, Number: uint32(n)}, key)
	if err != nil {
		return []string{err.Error()}
	}
	r.Records += int(found.Records)
	for _, d := range found.Damage {
		if !open || d.Fault != chunk.Torn {
			problems = append(problems, d.Error())
		}
	}
	if !open && !found.Sealed {
		problems = append(problems, "it has no end")
	}
	return problems
}

func (s *Service) verifyContents(ctx context.Context, id string, r *Report) error {
	local, err := (&spool{dir: s.spoolDir(id)}).contents()
	if err != nil {
		return err
	}
	names, err := s.c.Blobs.List(ctx, "recordings/"+id+"/blobs/")
	if err != nil {
		return err
	}
	for _, name := range names {
		local = append(local, path.Base(name))
	}
	for _, hash := range local {
		r.Contents++
		if _, err := s.Blob(ctx, id, hash); err != nil {
			r.Problems = append(r.Problems, fmt.Sprintf("content %s: %s", hash, err))
		}
	}
	return nil
}

// Find gives the recordings of a customer, by the agent's words for them, and of nobody else: the whole text, without regard to case.
func (s *Service) Find(ctx context.Context, reference string) (out []Recording, err error) {
	for before := ""; ; {
		page, err := s.c.Store.Recordings(ctx, before, sweepPage)
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			before = r.ID
			if r.State != Erased && strings.EqualFold(strings.TrimSpace(r.Reference), strings.TrimSpace(reference)) {
				out = append(out, r)
			}
		}
		if len(page) < sweepPage {
			return out, nil
		}
	}
}

// EraseAll deletes several; what is on hold stays, and is said. What fails for one does not keep the others.
func (s *Service) EraseAll(ctx context.Context, all []Recording) (erased []string, err error) {
	var problems []error
	for _, r := range all {
		if err := s.Delete(ctx, r.ID); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", r.ID, err))
			continue
		}
		erased = append(erased, r.ID)
	}
	return erased, errors.Join(problems...)
}
