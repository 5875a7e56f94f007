package recording

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"ridealong/recording/chunk"
	"ridealong/wire"
)

// Socket is a participant's end of a session's room. Read is called by one goroutine, Write by another.
type Socket interface {
	Read(ctx context.Context) (text bool, data []byte, err error)
	Write(ctx context.Context, text bool, data []byte) error
	Leave()
}

// shelf is where an archiver puts what it receives: the open chunk of a recording.
type shelf interface {
	// Append takes records in order and never waits for the disk; how many it has been given so far, false: there is no room now,
	// and nothing was taken.
	Append(record chunk.Record) (uint64, bool)
	// Blob keeps a content; false: not now.
	Blob(hash wire.BlobHash, content []byte) bool
	// Has tells whether a content is kept already.
	Has(hash wire.BlobHash) bool
	// Durable has a token when more than before is on disk.
	Durable() <-chan struct{}
	// Stored is how many records are on disk, counted as Append does.
	Stored() uint64
	// Note keeps what is known of a document beside its frames.
	Note(doc documentKey, change func(*Document))
	// Positions is what earlier archivers of the recording have stored.
	Positions() map[documentKey]Position
}

type documentKey struct {
	Tab   uint32
	Epoch uint32
}

// Position is the last frame of each lane that is on disk; Begun says whether there is any.
type Position struct {
	DOM, Telemetry           uint32
	DOMBegun, TelemetryBegun bool
}

const (
	tickEvery     = 200 * time.Millisecond
	pingEvery     = 2 * time.Second // what the customer's side expects of one who watches
	ackBytes      = 64 << 10
	keyframeBytes = 1 << 20         // of a document's changes: then a point to begin at is asked for
	keyframeTime  = 2 * time.Minute // the same, while something changes
	maxDocuments  = 10_000          // of a session
	maxWanted     = 4096
	lastWords     = 2 * time.Second // from the session's end until its room has said everything
)

// document is what the archiver knows of one document of the customer's.
type document struct {
	key        documentKey
	dom        stream
	telemetry  stream
	changed    bool // acknowledged less than is on disk
	sinceWhole int  // bytes of changes since the newest keyframe
	wholeAt    time.Time
}

// mark says which position is on disk when so many records are.
type mark struct {
	records uint64
	stream  *stream
	doc     *document
	seq     uint32
}

// archiver follows all tabs of one session and stores what they send. One goroutine has all of its state.
//
// Guarantees: frames are stored in order and each once, with the bytes that came; what is acknowledged is on disk; what the customer
// could not send any more is written down as a gap; a link whose proof is wrong stores nothing.
type archiver struct {
	session string
	key     [32]byte
	socket  Socket
	shelf   shelf
	log     *slog.Logger
	since   func() uint32 // ms since the recording began
	now     func() time.Time

	links     map[uint32]*link // ready ones, by leg
	opening   map[uint32]*link
	documents map[documentKey]*document
	newest    map[uint32]uint32 // epoch by leg
	marks     []mark
	wanted    map[uint32]map[wire.BlobHash]bool // by leg
	customers map[uint32]bool
	stuck     bool // the shelf had no room: what comes now is not taken
	over      bool // the session is: nothing more comes but what is under way
}

func newArchiver(session string, key [32]byte, socket Socket, s shelf, log *slog.Logger, since func() uint32, now func() time.Time) *archiver {
	a := &archiver{
		session: session, key: key, socket: socket, shelf: s, log: log, since: since, now: now,
		links: map[uint32]*link{}, opening: map[uint32]*link{}, documents: map[documentKey]*document{}, newest: map[uint32]uint32{},
		wanted: map[uint32]map[wire.BlobHash]bool{}, customers: map[uint32]bool{},
	}
	for key, at := range s.Positions() {
		doc := a.document(key)
		doc.dom.last, doc.dom.durable, doc.dom.begun = at.DOM, at.DOM, at.DOMBegun
		doc.telemetry.last, doc.telemetry.durable, doc.telemetry.begun = at.Telemetry, at.Telemetry, at.TelemetryBegun
	}
	return a
}

type incoming struct {
	text bool
	data []byte
}

// run stays until the session's end, the end of its place in the room, or ctx; the error says which. After errStuck there is more to
// store than there is room for: the caller comes back when there is.
func (a *archiver) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	in := make(chan incoming, 64)
	go func() {
		for {
			text, data, err := a.socket.Read(ctx)
			if err != nil {
				cancel(err)
				return
			}
			select {
			case in <- incoming{text, data}:
			case <-ctx.Done():
				return
			}
		}
	}()
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	var last <-chan time.Time
	for {
		select {
		case m := <-in:
			if err := a.take(ctx, m); err != nil {
				return err
			}
		case <-a.shelf.Durable():
			a.acknowledge(ctx)
		case <-tick.C:
			a.tick(ctx)
		case <-ctx.Done():
			a.rest(ctx, in)
			if a.over {
				return errOver
			}
			return context.Cause(ctx)
		case <-last:
			return errOver
		}
		if a.stuck {
			return errStuck
		}
		if a.over && last == nil {
			last = time.After(lastWords)
		}
	}
}

// errStuck is the end of an archiver whose disk does not keep up.
var errStuck = errors.New("recording: no room for what comes")

// rest takes what was received before the end.
func (a *archiver) rest(ctx context.Context, in <-chan incoming) {
	for {
		select {
		case m := <-in:
			if a.take(ctx, m) != nil {
				return
			}
		default:
			return
		}
	}
}

// errOver is the session's end, as the room told it.
var errOver = errors.New("recording: the session is over")

func (a *archiver) take(ctx context.Context, m incoming) error {
	if !m.text {
		a.sealed(ctx, m.data)
		return nil
	}
	var head struct {
		Type string `json:"type"`
		From uint32 `json:"from"`
		Link string `json:"link"`
	}
	if err := json.Unmarshal(m.data, &head); err != nil {
		return fmt.Errorf("recording: message of the room: %w", err)
	}
	switch head.Type {
	case "welcome", "presence":
		var p wire.Presence
		if err := json.Unmarshal(m.data, &p); err != nil {
			return err
		}
		a.present(p.Participants)
	case "greet":
		var g wire.Greet
		if err := json.Unmarshal(m.data, &g); err == nil {
			a.greeted(ctx, g)
		}
	case "proof":
		var p wire.Proof
		if err := json.Unmarshal(m.data, &p); err == nil {
			a.proven(ctx, p)
		}
	case "unlink":
		a.unlinked(head.From, head.Link)
	case "ended":
		// Words of the room overtake frames: what was sent before the end is still to come.
		a.over = true
	}
	return nil
}

func (a *archiver) present(people []wire.Participant) {
	clear(a.customers)
	for _, p := range people {
		if p.Role == wire.RoleCustomer {
			a.customers[p.Leg] = p.Here
		}
	}
}

// greeted answers. Another description of the same link is another link.
func (a *archiver) greeted(ctx context.Context, g wire.Greet) {
	if _, customer := a.customers[g.From]; !customer {
		return
	}
	l, accept, err := answer(a.key, a.session, g, "-")
	if err != nil {
		a.log.Warn("a greet that cannot be answered", "tab", g.From, "error", err)
		return
	}
	a.opening[g.From] = l
	a.say(ctx, accept)
}

func (a *archiver) proven(ctx context.Context, p wire.Proof) {
	l := a.opening[p.From]
	if l == nil || l.id != p.Link {
		return
	}
	delete(a.opening, p.From)
	if err := l.prove(p.Proof); err != nil {
		// The key came from this server and the link goes by it: this is a fault or a forged message, and nothing is stored of it.
		a.log.Warn("a link that is not proven", "tab", p.From, "error", err)
		a.say(ctx, wire.Unlink{Type: "unlink", Address: wire.Address{To: p.From, Link: p.Link}, Code: "tampered"})
		return
	}
	a.links[l.leg] = l
	for _, doc := range a.documents {
		if doc.key.Tab == l.leg {
			doc.dom.again()
			doc.telemetry.again()
		}
	}
	a.watch(ctx, l)
}

// watch goes on where the tab's newest document is, or asks for all of it.
func (a *archiver) watch(ctx context.Context, l *link) {
	message := map[string]any{"type": "watch"}
	if epoch, known := a.newest[l.leg]; known {
		doc := a.documents[documentKey{l.leg, epoch}]
		message["epoch"] = epoch
		message["telemetry"] = doc.telemetry.durable
		if doc.dom.begun {
			message["dom"] = doc.dom.durable
		}
	}
	a.tell(ctx, l, message)
	a.want(ctx, l)
}

func (a *archiver) unlinked(leg uint32, id string) {
	for _, links := range []map[uint32]*link{a.links, a.opening} {
		if l := links[leg]; l != nil && l.id == id {
			delete(links, leg)
		}
	}
}

// say sends a message to the room. A room that does not take it is about to send this archiver away.
func (a *archiver) say(ctx context.Context, message any) {
	data, err := json.Marshal(message)
	if err == nil {
		err = a.socket.Write(ctx, true, data)
	}
	if err != nil && ctx.Err() == nil {
		a.log.Debug("not said", "error", err)
	}
}

// tell sends a control message over a link.
func (a *archiver) tell(ctx context.Context, l *link, message any) {
	frames, err := l.fallback(message)
	for _, data := range frames {
		if err == nil {
			err = a.socket.Write(ctx, false, data)
		}
	}
	if err != nil && ctx.Err() == nil {
		a.log.Debug("not told", "tab", l.leg, "error", err)
	}
}
