package recording

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"ridealong/recording/chunk"
)

// Records of a recording, in the order in which they were stored; of one that is live what there is. Damaged records are left out.
func (s *Service) Records(ctx context.Context, id string) iter.Seq2[chunk.Record, error] {
	return func(yield func(chunk.Record, error) bool) {
		d, err := s.Detail(ctx, id)
		if err == nil && d.State == Erased {
			err = ErrNotFound
		}
		if err != nil {
			yield(chunk.Record{}, err)
			return
		}
		for _, c := range d.Chunks {
			content, err := s.Chunk(ctx, id, c.N)
			if err != nil {
				yield(chunk.Record{}, err)
				return
			}
			for rest := content.Records; len(rest) > 0; {
				size, n := binary.Uvarint(rest)
				if n <= 0 || size > uint64(len(rest)-n) {
					yield(chunk.Record{}, fmt.Errorf("recording %s, chunk %d: a record that is cut short", id, c.N))
					return
				}
				record, err := chunk.DecodeRecord(rest[n : n+int(size)]) //nolint:gosec // bounded above
				if !yield(record, err) || err != nil {
					return
				}
				rest = rest[n+int(size):] //nolint:gosec // bounded above
			}
		}
	}
}

// Began finds where a document's own clock was 0, ms since the recording began.
func (d Detail) Began(tab, epoch uint32) (int64, bool) {
	for _, one := range d.Documents {
		if one.Tab == tab && one.Epoch == epoch && !one.noFrame {
			return one.Began, true
		}
	}
	return 0, false
}

// FileName is what a file that is made of it is called: letters, digits and dashes, whatever the customer's reference is.
func (r Recording) FileName(suffix string) string {
	name := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(r.Reference), "-"), "-")
	if name == "" {
		name = strings.ToLower(r.ID)
	}
	return fmt.Sprintf("ridealong-%.40s-%s%s", name, r.Started.UTC().Format("20060102-1504"), suffix)
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)
