// Package export turns a recording into files that other programs read: an HTTP archive, the console as text, a Playwright script.
//
// Guarantees: what was masked in the customer's browser stays masked; what cannot be read is left out and never an error of the export; the
// texts of a page stand in comments and string literals only, quoted, whatever they are.
package export

import (
	"io"
	"iter"
	"math"
	"time"

	"ridealong/recording/chunk"
	"ridealong/wire"
)

// Dots stand for what was masked.
const dots = "••••••"

// Input is a recording as it is read.
type Input struct {
	Started time.Time
	// Records in the order in which they were stored. An error ends the export.
	Records iter.Seq2[chunk.Record, error]
	// Began says where on the recording's time line, ms, a document's own clock was 0, if that is known.
	Began func(tab, epoch uint32) (int64, bool)
}

// Format is one kind of file.
type Format struct {
	Name, MIME, Suffix string
	Write              func(io.Writer, Input) error
}

// Formats that there are.
var Formats = []Format{
	{"har", "application/json", ".har", HAR},
	{"console", "text/plain; charset=utf-8", ".console.txt", Console},
	{"playwright", "text/plain; charset=utf-8", ".spec.ts", Playwright},
}

// Named gives the format of this name.
func Named(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// page is one document of the customer's.
type page struct {
	tab, epoch uint32
	began      int64 // ms since the recording began
	telemetry  wire.Inflater
	unread     bool // of the telemetry: until a frame that can be read from nothing
}

// sink is told what is in a recording, in order.
type sink struct {
	entry func(*page, wire.Entry)
	dom   func(*page, wire.Frame) // nil where nobody looks at the picture
}

func (in Input) read(to sink) error {
	pages := map[[2]uint32]*page{}
	for record, err := range in.Records {
		if err != nil {
			return err
		}
		frame, err := wire.DecodeFrame(record.Frame)
		if err != nil || frame.Brief || record.Lane == wire.LaneBlob {
			continue
		}
		key := [2]uint32{record.Tab, frame.Epoch}
		p := pages[key]
		if p == nil {
			p = &page{tab: record.Tab, epoch: frame.Epoch, began: int64(record.At) - int64(frame.Time)}
			if in.Began != nil {
				if began, ok := in.Began(p.tab, p.epoch); ok {
					p.began = began
				}
			}
			pages[key] = p
		}
		switch {
		case record.Lane == wire.LaneDOM && to.dom != nil:
			to.dom(p, frame)
		case record.Lane == wire.LaneTelemetry && frame.Kind == wire.KindEntries:
			for _, entry := range p.entries(frame) {
				if entry.What != nil {
					to.entry(p, entry)
				}
			}
		}
	}
	return nil
}

// entries of a frame; none of one that cannot be read, and of those that stand on it.
func (p *page) entries(f wire.Frame) []wire.Entry {
	if f.Flags&wire.FlagFresh != 0 {
		p.telemetry.Fresh()
		p.unread = false
	}
	if p.unread {
		return nil
	}
	payload := f.Payload
	var err error
	if f.Flags&wire.FlagDeflated != 0 {
		if payload, err = p.telemetry.Inflate(payload); err != nil {
			p.unread = true
			return nil
		}
	}
	entries, err := wire.ReadEntries(payload, f.Time)
	if err != nil {
		return nil
	}
	return entries
}

// at is the moment of an entry, ms since the recording began.
func (p *page) at(e wire.Entry) float64 { return float64(p.began) + float64(e.At)/10 }

// wall is a moment by the server's clock; within what every reader of dates takes.
func (in Input) wall(ms float64) time.Time {
	ms = math.Max(-4e12, math.Min(ms, 4e12))
	return in.Started.Add(time.Duration(ms * float64(time.Millisecond))).UTC()
}
