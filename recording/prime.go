package recording

import (
	"bytes"
	"context"
	"slices"
	"time"

	"ridealong/recording/chunk"
	"ridealong/wire"
)

const (
	maxPrimed = 32                                      // chunks that a server which begins again reads back for the index of one recording
	unheard   = uint32(2 * noteTime / time.Millisecond) // ms before a crash of which the index may not have heard
)

// prime gives an index that begins again what it needs to go on: the frames of telemetry from where each page that may still be open can
// be read from nothing. They were heard before, but for the last ones before a crash, and are not there twice.
func (k *keeper) prime(ctx context.Context, s *Service) {
	wanted := k.lastPages()
	var primed []Heard
	for n, newest := k.next-1, uint32(0); n >= 1 && n >= k.next-maxPrimed; n-- {
		records, span, err := k.telemetry(ctx, s, n)
		if err != nil {
			k.log.Warn("a chunk that the index does not hear again", "recording", k.rec.ID, "chunk", n, "error", err)
			break
		}
		primed = append(records, primed...)
		newest = max(newest, span.To)
		heard := newest-span.From >= unheard && (k.reheard == 0 || n <= k.reheard)
		for _, h := range records {
			if fresh := h.Frame.Flags&wire.FlagFresh != 0; fresh && (heard || h.Frame.Seq == 1) {
				delete(wanted, documentKey{h.Tab, h.Frame.Epoch})
			}
		}
		if heard && len(wanted) == 0 {
			break
		}
	}
	k.unnoted = slices.Concat(primed, k.unnoted)
}

// lastPages are the newest document of each tab that told something.
func (k *keeper) lastPages() map[documentKey]bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	newest := map[uint32]documentKey{}
	for key, d := range k.documents {
		if before, known := newest[key.Tab]; d.Last.TelemetryBegun && (!known || before.Epoch < key.Epoch) {
			newest[key.Tab] = key
		}
	}
	out := map[documentKey]bool{}
	for _, key := range newest {
		out[key] = true
	}
	return out
}

// telemetry of one chunk, and the time of all that is in it.
func (k *keeper) telemetry(ctx context.Context, s *Service, n int) (out []Heard, span chunk.Index, err error) {
	content, _, err := s.bytes(ctx, k.rec.ID, n)
	if err != nil {
		return nil, span, err
	}
	reader, err := chunk.Open(bytes.NewReader(content), int64(len(content)), chunk.ID{Recording: k.rec.ID, Number: uint32(n)}, k.key) //nolint:gosec // of a file's name
	if err != nil {
		return nil, span, err
	}
	if span, err = reader.Index(); err != nil {
		return nil, span, err
	}
	for r, err := range reader.Records(0) {
		if err != nil || r.Lane != wire.LaneTelemetry {
			continue // damage was said when the chunk was sealed
		}
		f, err := wire.DecodeFrame(r.Frame)
		if err != nil {
			continue
		}
		f.Payload = slices.Clone(f.Payload)
		out = append(out, Heard{At: r.At, Tab: r.Tab, Lane: r.Lane, Frame: f, Began: k.began(r.Tab, f.Epoch)})
	}
	return out, span, nil
}

func (k *keeper) began(tab, epoch uint32) int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	if d := k.documents[documentKey{tab, epoch}]; d != nil {
		return d.Began
	}
	return 0
}
