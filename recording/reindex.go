package recording

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"ridealong/recording/chunk"
	"ridealong/wire"
)

// reindexBatch is in frames.
const reindexBatch = 1000

// Reindex makes what is found of a recording anew, from its chunks. What cannot be read is left out, and said.
func (s *Service) Reindex(ctx context.Context, id string) error {
	if s.c.Index == nil {
		return nil
	}
	key, err := s.key(ctx, id)
	if err != nil {
		return err
	}
	d, err := s.Detail(ctx, id)
	if err != nil {
		return err
	}
	if err := s.c.Index.Forget(ctx, id); err != nil {
		return err
	}
	index, err := s.c.Index.Open(ctx, d.Recording)
	if err != nil {
		return err
	}
	began := map[documentKey]int64{}
	for _, one := range d.Documents {
		began[documentKey{one.Tab, one.Epoch}] = one.Began
	}
	var problems []error
	for _, c := range d.Chunks {
		if err := s.reindexChunk(ctx, id, c.N, key, began, index); err != nil {
			problems = append(problems, fmt.Errorf("chunk %d: %w", c.N, err))
		}
	}
	problems = append(problems, index.Close(ctx), s.c.Store.Update(ctx, id, index.Facts()))
	return errors.Join(problems...)
}

func (s *Service) reindexChunk(ctx context.Context, id string, n int, key [32]byte, began map[documentKey]int64, index Indexing) error {
	raw, _, err := s.bytes(ctx, id, n)
	if err != nil {
		return err
	}
	reader, err := chunk.Open(bytes.NewReader(raw), int64(len(raw)), chunk.ID{Recording: id, Number: uint32(n)}, key)
	if err != nil {
		return err
	}
	var damage error
	var batch []Heard
	for r, err := range reader.Records(0) {
		if err != nil {
			damage = err
			continue
		}
		f, err := wire.DecodeFrame(r.Frame)
		if err != nil {
			continue
		}
		batch = append(batch, Heard{At: r.At, Tab: r.Tab, Lane: r.Lane, Frame: f, Began: began[documentKey{r.Tab, f.Epoch}]})
		if len(batch) == reindexBatch {
			if err := index.Add(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return errors.Join(damage, index.Add(ctx, batch))
}
