package recording

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"ridealong/recording/chunk"
	"ridealong/wire"
)

// sealed opens a fallback frame and takes what is in it. What does not open is nobody's.
func (a *archiver) sealed(ctx context.Context, data []byte) {
	leg, ok := wire.FallbackLeg(data)
	l := a.links[leg]
	if !ok || l == nil {
		return
	}
	lane, piece, err := l.opener.Open(data[5:])
	if err != nil {
		a.log.Warn("a sealed piece that does not open", "tab", leg, "error", err)
		return
	}
	f, whole, err := l.piece(lane, piece)
	if err != nil {
		a.log.Warn("a frame that cannot be read", "tab", leg, "lane", lane, "error", err)
		return
	}
	if whole {
		a.frame(ctx, l, lane, f)
	}
	if l.bytes-l.told > ackBytes {
		a.ack(ctx, l, a.documents[documentKey{leg, a.newest[leg]}])
	}
}

// lanes that the kinds of stored frames come by; others are skipped.
var lanes = map[wire.Kind]wire.Lane{
	wire.KindKeyframe: wire.LaneDOM, wire.KindOps: wire.LaneDOM, wire.KindEntries: wire.LaneTelemetry,
	wire.KindAsset: wire.LaneBlob, wire.KindBlob: wire.LaneBlob, wire.KindRefused: wire.LaneBlob, wire.KindControl: wire.LaneControl,
}

func (a *archiver) frame(ctx context.Context, l *link, lane wire.Lane, f wire.Frame) {
	if due, known := lanes[f.Kind]; !known || due != lane {
		return
	}
	switch f.Kind {
	case wire.KindControl:
		a.control(ctx, l, f.Payload)
	case wire.KindBlob:
		a.blob(l, f)
	default:
		doc := a.document(documentKey{l.leg, f.Epoch})
		if doc == nil || f.Epoch == 0 {
			return
		}
		if f.Epoch > l.epoch {
			l.epoch = f.Epoch
			a.newest[l.leg] = max(a.newest[l.leg], f.Epoch)
			a.place(l, doc)
		}
		switch f.Kind {
		case wire.KindAsset, wire.KindRefused:
			a.store(doc, nil, lane, f)
			if asset, err := wire.ReadAsset(f.Payload); f.Kind == wire.KindAsset && err == nil {
				a.wish(ctx, l, asset.Hash)
			}
		case wire.KindEntries:
			a.ordered(doc, &doc.telemetry, f)
		default:
			a.ordered(doc, &doc.dom, f)
		}
	}
}

// document finds or begins one; nil when there are too many.
func (a *archiver) document(key documentKey) *document {
	doc := a.documents[key]
	if doc == nil && len(a.documents) < maxDocuments {
		doc = &document{key: key, dom: stream{lane: wire.LaneDOM}, telemetry: stream{lane: wire.LaneTelemetry}, wholeAt: a.now()}
		a.documents[key] = doc
		if key.Epoch > a.newest[key.Tab] {
			a.newest[key.Tab] = key.Epoch
		}
	}
	return doc
}

func (a *archiver) ordered(doc *document, s *stream, f wire.Frame) {
	v := s.take(f, a.now())
	if v.gap != nil {
		a.gap(doc, *v.gap)
	}
	for _, f := range v.store {
		if f.Kind == wire.KindKeyframe {
			doc.sinceWhole, doc.wholeAt = 0, a.now()
		} else if s == &doc.dom {
			doc.sinceWhole += len(f.Payload)
		}
		a.store(doc, s, s.lane, f)
	}
	if len(v.store) == 0 {
		doc.changed = true // it came again: its acknowledgement may have been lost
	}
}

func (a *archiver) gap(doc *document, g Gap) {
	a.log.Warn("a gap in the recording", "tab", doc.key.Tab, "epoch", doc.key.Epoch, "lane", g.Lane, "from", g.From, "to", g.To)
	a.shelf.Note(doc.key, func(d *Document) { d.Gaps = append(d.Gaps, g) })
}

// store appends a frame; its position is acknowledged when it is on disk.
func (a *archiver) store(doc *document, s *stream, lane wire.Lane, f wire.Frame) {
	n, ok := a.shelf.Append(chunk.Record{At: a.since(), Tab: doc.key.Tab, Lane: lane, Frame: f.Append(nil)})
	if !ok {
		a.stuck = true
		return
	}
	if s != nil {
		a.marks = append(a.marks, mark{n, s, doc, f.Seq})
	}
}

func (a *archiver) blob(l *link, f wire.Frame) {
	hash, content, err := wire.ReadBlob(f.Payload)
	if err != nil {
		a.log.Warn("a content that is not what its hash says", "tab", l.leg, "error", err)
		return
	}
	if !a.wanted[l.leg][hash] {
		return // nobody asked
	}
	if !a.shelf.Blob(hash, content) {
		a.stuck = true
		return
	}
	delete(a.wanted[l.leg], hash)
}

// wish asks for a content that is not kept yet.
func (a *archiver) wish(ctx context.Context, l *link, hash wire.BlobHash) {
	wanted := a.wanted[l.leg]
	if wanted == nil {
		wanted = map[wire.BlobHash]bool{}
		a.wanted[l.leg] = wanted
	}
	if wanted[hash] || len(wanted) >= maxWanted || a.shelf.Has(hash) {
		return
	}
	wanted[hash] = true
	a.tell(ctx, l, map[string]any{"type": "want", "hashes": []string{encodeHash(hash)}})
}

// want asks again for what has not come over an earlier link.
func (a *archiver) want(ctx context.Context, l *link) {
	var hashes []string
	for hash := range a.wanted[l.leg] {
		hashes = append(hashes, encodeHash(hash))
	}
	for len(hashes) > 0 {
		n := min(len(hashes), 256)
		a.tell(ctx, l, map[string]any{"type": "want", "hashes": hashes[:n]})
		hashes = hashes[n:]
	}
}

func encodeHash(hash wire.BlobHash) string { return base64.RawURLEncoding.EncodeToString(hash[:]) }

// control reads what the customer's side says of its document.
func (a *archiver) control(ctx context.Context, l *link, payload []byte) {
	c, err := wire.ReadControl(payload)
	if err != nil {
		return
	}
	doc := a.documents[documentKey{l.leg, a.newest[l.leg]}]
	switch c.Type {
	case "ping":
		a.tell(ctx, l, map[string]any{"type": "pong", "t": c.T})
	case "gone":
		if c.Epoch == nil || c.From == nil || c.Lane == nil || *c.Lane != wire.LaneTelemetry {
			return
		}
		if doc := a.documents[documentKey{l.leg, *c.Epoch}]; doc != nil && doc.telemetry.begun {
			if gap := doc.telemetry.skip(*c.From); gap != nil {
				a.gap(doc, *gap)
			}
		}
	case "tab":
		a.card(l, doc, payload)
	case "leaving":
		if doc != nil && c.Reason == "pause" {
			a.shelf.Note(doc.key, func(d *Document) { d.Paused = true })
		}
	}
}

// card notes where the tab is. It comes before the first frame of a document, and after every change.
func (a *archiver) card(l *link, doc *document, payload []byte) {
	var card struct {
		Epoch uint32 `json:"epoch"`
		URL   string `json:"url"`
		Title string `json:"title"`
	}
	if json.Unmarshal(payload, &card) != nil || card.URL == "" {
		return
	}
	l.of, l.url, l.title = card.Epoch, cut(card.URL, 2000), cut(card.Title, 200)
	if doc != nil && doc.key.Epoch == l.epoch {
		a.place(l, doc)
	}
}

// place notes where a document is, when its tab has said so.
func (a *archiver) place(l *link, doc *document) {
	// What an earlier page has left comes by the link of the one after it.
	if url, title := l.url, l.title; url != "" && l.of == doc.key.Epoch {
		a.shelf.Note(doc.key, func(d *Document) { d.URL, d.Title = url, title })
	}
}

func cut(s string, n int) string { return s[:min(len(s), n)] }

// acknowledge tells each tab what of it is on disk now.
func (a *archiver) acknowledge(ctx context.Context) {
	stored := a.shelf.Stored()
	n := 0
	for _, m := range a.marks {
		if m.records > stored {
			break
		}
		m.stream.durable = m.seq
		m.doc.changed = true
		n++
	}
	a.marks = append(a.marks[:0], a.marks[n:]...)
	for _, doc := range a.documents {
		if l := a.links[doc.key.Tab]; doc.changed && l != nil {
			a.ack(ctx, l, doc)
		}
	}
}

// ack says what of a document is on disk, and how many bytes came over the link.
func (a *archiver) ack(ctx context.Context, l *link, doc *document) {
	l.told = l.bytes
	message := map[string]any{"type": "ack", "epoch": 0, "dom": 0, "telemetry": 0, "bytes": l.bytes}
	if doc != nil {
		doc.changed = false
		message["epoch"], message["dom"], message["telemetry"] = doc.key.Epoch, doc.dom.durable, doc.telemetry.durable
	}
	a.tell(ctx, l, message)
}

// tick asks for what is missing, for points to begin at, and shows that somebody is here.
func (a *archiver) tick(ctx context.Context) {
	now := a.now()
	for leg, l := range a.links {
		if now.Sub(l.pinged) >= pingEvery {
			l.pinged = now
			a.tell(ctx, l, map[string]any{"type": "ping", "t": a.since()})
			if l.bytes > l.told {
				a.ack(ctx, l, a.documents[documentKey{leg, a.newest[leg]}])
			}
		}
		doc := a.documents[documentKey{leg, a.newest[leg]}]
		if doc == nil {
			continue
		}
		for _, s := range []*stream{&doc.dom, &doc.telemetry} {
			switch s.ask(now) {
			case "resend":
				a.tell(ctx, l, map[string]any{"type": "resend", "epoch": doc.key.Epoch, "lane": s.lane, "from": s.last + 1})
			case "keyframe":
				a.whole(ctx, l, doc, now, "gap")
			}
		}
		if doc.sinceWhole > keyframeBytes || doc.sinceWhole > 0 && now.Sub(doc.wholeAt) > keyframeTime {
			a.whole(ctx, l, doc, now, "join")
		}
	}
}

// whole asks for the document as it is now: a point to begin at.
func (a *archiver) whole(ctx context.Context, l *link, doc *document, now time.Time, reason string) {
	doc.sinceWhole, doc.wholeAt = 0, now
	a.ack(ctx, l, doc)
	a.tell(ctx, l, map[string]any{"type": "keyframe", "reason": reason})
}
