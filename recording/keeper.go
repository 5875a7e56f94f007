package recording

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"syscall"
	"time"

	"ridealong/recording/chunk"
	"ridealong/wire"
)

const (
	flushTime  = 100 * time.Millisecond // from a record's arrival until it is written
	flushBytes = 256 << 10
	maxPending = 16 << 20 // bytes that wait for a disk that does not take them
	chunkBytes = 1 << 20
	chunkTime  = 5 * time.Minute
	retryTime  = time.Second
	noteTime   = 5 * time.Second // what is known of a recording is written so often
	newsTime   = time.Second     // the same, when there is a new document, or something is known of one
)

// keeper writes one recording: records into the open chunk, contents beside it, and what is known of both. It is a shelf.
//
// Guarantees: Append does not wait for the disk; Stored counts what is on it for good; after a write that failed the chunk ends where
// it was good, and the same records are written again; sealed chunks are moved by the mover, and read where they are meanwhile.
type keeper struct {
	rec   Recording
	key   [32]byte
	spool *spool
	space *space
	store Store
	index Indexing
	log   *slog.Logger
	now   func() time.Time

	mu        sync.Mutex // guards what follows
	pending   []chunk.Record
	bytes     int
	since     time.Time // when the oldest pending one came
	appended  uint64    // records, since this keeper began
	stored    uint64    // of them, on disk
	documents map[documentKey]*Document
	dirty     map[documentKey]bool
	contents  map[wire.BlobHash]bool
	news      bool   // of a document
	trouble   string // why nothing is written now
	size      int64  // of what is stored

	erased  func()        // called when somebody else has erased it; nil: nobody needs to know
	wake    chan struct{} // has a token when there is something to write
	durable chan struct{}
	open    *openChunk // the committer's own
	next    int        // number of the next chunk
	torn    []int      // chunks whose writer met an error: what is good of them is sealed when the disk takes it
	unnoted []Heard
	reheard int // the oldest chunk that was read again, 0 for none
	noted   time.Time
}

// openChunk is the file that grows.
type openChunk struct {
	file   *spoolFile
	writer *chunk.Writer
	began  time.Time
	full   bool // it takes no more
	facts  Chunk
}

func token(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Append is called by the archiver's goroutine.
func (k *keeper) Append(r chunk.Record) (uint64, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.bytes > 0 && k.bytes+len(r.Frame) > maxPending {
		return 0, false
	}
	if len(k.pending) == 0 {
		k.since = k.now()
	}
	k.pending = append(k.pending, r)
	k.bytes += len(r.Frame)
	k.appended++
	token(k.wake)
	return k.appended, true
}

// Blob keeps a content beside the chunks.
func (k *keeper) Blob(hash wire.BlobHash, content []byte) bool {
	sealed, err := chunk.SealBlob(k.rec.ID, content, k.key)
	if err == nil {
		err = k.space.check()
	}
	if err == nil {
		err = k.spool.content(hash, sealed)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.ail(err)
		return false
	}
	k.contents[hash] = true
	k.size += int64(len(sealed))
	return true
}

// Has tells whether a content is kept.
func (k *keeper) Has(hash wire.BlobHash) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.contents[hash]
}

// Durable has a token when more than before is on disk.
func (k *keeper) Durable() <-chan struct{} { return k.durable }

// Stored counts the records that are on disk, since this keeper began.
func (k *keeper) Stored() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stored
}

// Note changes what is known of a document.
func (k *keeper) Note(key documentKey, change func(*Document)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(k.document(key))
	k.dirty[key] = true
	k.news = true
	token(k.wake)
}

// document is called with mu held.
func (k *keeper) document(key documentKey) *Document {
	d := k.documents[key]
	if d == nil {
		d = &Document{Tab: key.Tab, Epoch: key.Epoch, noFrame: true}
		k.news = true
		k.documents[key] = d
	}
	return d
}

// Positions is where each document ended when this keeper began.
func (k *keeper) Positions() map[documentKey]Position {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := make(map[documentKey]Position, len(k.documents))
	for key, d := range k.documents {
		out[key] = d.Last
	}
	return out
}

// settled waits until everything that was appended is on disk: then Positions says where an archiver goes on.
func (k *keeper) settled(ctx context.Context) error {
	for {
		k.mu.Lock()
		settled := k.stored == k.appended
		k.mu.Unlock()
		if settled {
			return nil
		}
		select {
		case <-time.After(flushTime):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ail says once why nothing is written; called with mu held.
func (k *keeper) ail(err error) {
	if k.trouble == "" {
		k.log.Error("a recording is not written", "recording", k.rec.ID, "error", err)
	}
	k.trouble = inWords(err)
}

// inWords is for people who do not know this machine.
func inWords(err error) string {
	switch {
	case errors.Is(err, errNoRoom):
		return errNoRoom.Error()
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return "the disk is full"
	}
	return "the disk gives errors"
}

// run commits until ctx is done and everything that was appended is written, as far as the disk takes it; then the open chunk is sealed.
func (k *keeper) run(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-k.wake:
		case <-k.idle():
		case <-ctx.Done():
		}
		if wait := k.due(); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
			}
		}
		if !k.commit() {
			select {
			case <-time.After(retryTime):
			case <-ctx.Done():
			}
			token(k.wake)
		}
		k.note(context.WithoutCancel(ctx), false)
		k.mend(context.WithoutCancel(ctx))
		if k.open != nil && (k.open.full || k.open.facts.Bytes >= chunkBytes || k.now().Sub(k.open.began) > chunkTime) {
			k.seal(context.WithoutCancel(ctx))
		}
	}
	last := context.WithoutCancel(ctx)
	for k.commit() && k.open != nil && k.open.full {
		k.seal(last)
	}
	k.seal(last)
	k.mend(last)
	k.note(last, true)
}

// idle is when there may be something to note though nothing came.
func (k *keeper) idle() <-chan time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.news:
		return time.After(newsTime)
	case len(k.dirty) > 0 || len(k.unnoted) > 0:
		return time.After(noteTime)
	}
	return nil
}

// due is how long the oldest record may still wait for others.
func (k *keeper) due() time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.pending) == 0 || k.bytes >= flushBytes {
		return 0
	}
	return flushTime - k.now().Sub(k.since)
}

// commit writes what is pending and waits until it is on disk; false when the disk did not take it.
func (k *keeper) commit() bool {
	k.mu.Lock()
	batch := k.pending
	k.mu.Unlock()
	if len(batch) == 0 {
		return true
	}
	n, err := k.write(batch)
	batch = batch[:n]
	k.mu.Lock()
	defer k.mu.Unlock()
	if err != nil {
		k.ail(err)
		return false
	}
	if k.trouble != "" {
		k.log.Info("a recording is written again", "recording", k.rec.ID)
		k.trouble = ""
	}
	k.pending = slices.Clone(k.pending[len(batch):])
	for _, r := range batch {
		k.bytes -= len(r.Frame)
		k.hear(r)
	}
	if len(k.pending) > 0 {
		k.since = k.now()
		token(k.wake)
	}
	k.stored += uint64(len(batch))
	token(k.durable)
	return true
}

// write appends records to the open chunk, which is made when there is none, and waits until they are on disk. It says how many are; the
// rest does not fit into this chunk.
func (k *keeper) write(batch []chunk.Record) (n int, err error) {
	if err := k.space.check(); err != nil {
		return 0, err
	}
	if k.open == nil {
		if err := k.begin(); err != nil {
			return 0, err
		}
	}
	for _, r := range batch {
		err := k.open.writer.Append(r)
		if k.open.full = errors.Is(err, chunk.ErrFull); k.open.full {
			break
		}
		// A frame that can be read and not be written would come again and again, and hold up all behind it.
		if errors.Is(err, chunk.ErrRecord) {
			k.log.Warn("a frame that is not stored", "recording", k.rec.ID, "error", err)
		} else if err != nil {
			return 0, k.broken(err)
		}
		n++
	}
	if err := k.open.file.sync(); err != nil {
		return 0, k.broken(err)
	}
	k.open.facts.Bytes = k.open.file.good
	if n > 0 {
		if k.open.facts.From == 0 {
			k.open.facts.From = batch[0].At
		}
		k.open.facts.To = batch[n-1].At
	}
	return n, nil
}

// broken leaves a chunk whose writer is in the middle of something: it is cut to what was good, and the next one begins.
func (k *keeper) broken(err error) error {
	open := k.open
	k.open = nil
	k.torn = append(k.torn, open.facts.N)
	return errors.Join(err, open.file.cut())
}

// mend seals what is good of the chunks that were left.
func (k *keeper) mend(ctx context.Context) {
	if len(k.torn) == 0 || k.ailing() {
		return
	}
	left := k.torn
	k.torn = nil
	for _, n := range left {
		err := k.spool.recover(k.rec.ID, k.key, n)
		if err == nil {
			err = k.reread(ctx, n, nil)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			k.log.Error("a chunk cannot be mended", "recording", k.rec.ID, "chunk", n, "error", err)
			k.torn = append(k.torn, n)
		}
	}
	k.spool.moved()
}

func (k *keeper) ailing() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.trouble != ""
}

func (k *keeper) begin() error {
	file, err := k.spool.create(k.next)
	if err != nil {
		return err
	}
	writer, err := chunk.NewWriter(file, chunk.ID{Recording: k.rec.ID, Number: uint32(k.next)}, k.key)
	if err == nil {
		err = file.sync()
	}
	if err != nil {
		k.spool.discard(file)
		return err
	}
	k.open = &openChunk{file: file, writer: writer, began: k.now(), facts: Chunk{N: k.next}}
	k.next++
	return nil
}

// seal closes the open chunk; the mover takes it from there.
func (k *keeper) seal(ctx context.Context) {
	open := k.open
	if open == nil {
		return
	}
	k.open = nil
	index, err := open.writer.Seal()
	if err == nil {
		err = open.file.sync()
	}
	if err == nil {
		err = k.spool.sealed(open.file)
	}
	if err != nil {
		k.log.Error("a chunk cannot be sealed yet", "recording", k.rec.ID, "chunk", open.facts.N, "error", err)
		k.torn = append(k.torn, open.facts.N)
		_ = open.file.cut() // or what is behind it is cut when it is mended
		return
	}
	open.facts.Sealed, open.facts.Bytes = true, open.file.good
	open.facts.Keyframes = index.Keyframes
	k.mu.Lock()
	k.size += open.facts.Bytes
	k.mu.Unlock()
	if err := k.store.PutChunk(ctx, k.rec.ID, open.facts); err != nil {
		k.log.Error("note a chunk", "recording", k.rec.ID, "error", err)
	}
	k.spool.moved()
}

// hear follows what a stored record says of its document; called with mu held.
func (k *keeper) hear(r chunk.Record) {
	f, err := wire.DecodeFrame(r.Frame)
	if err != nil {
		return
	}
	key := documentKey{r.Tab, f.Epoch}
	d := k.document(key)
	if began := int64(r.At) - int64(f.Time); d.noFrame || began < d.Began {
		d.Began, d.noFrame = began, false
	}
	d.Ended = max(d.Ended, d.Began+int64(f.Time))
	switch f.Kind {
	case wire.KindKeyframe, wire.KindOps:
		d.Last.DOM, d.Last.DOMBegun = f.Seq, true
	case wire.KindEntries:
		d.Last.Telemetry, d.Last.TelemetryBegun = f.Seq, true
	default: // stands nowhere in the log
	}
	k.dirty[key] = true
	k.unnoted = append(k.unnoted, Heard{At: r.At, Tab: r.Tab, Lane: r.Lane, Frame: f, Began: d.Began})
}

// note writes what is known of the documents, and tells the index. A database that does not take it is asked again the next time; the
// chunks say the same.
func (k *keeper) note(ctx context.Context, last bool) {
	k.mu.Lock()
	every := noteTime
	if k.news {
		every = newsTime
	}
	if !last && k.now().Sub(k.noted) < every {
		k.mu.Unlock()
		return
	}
	k.noted, k.news = k.now(), false
	var changed []Document
	for _, key := range slices.SortedFunc(maps.Keys(k.dirty), byEpoch) {
		changed = append(changed, *k.documents[key])
	}
	clear(k.dirty)
	heard := k.unnoted
	k.unnoted = nil
	size := k.size
	if k.open != nil {
		size += k.open.facts.Bytes
	}
	k.mu.Unlock()
	if len(changed) == 0 && len(heard) == 0 {
		return
	}
	if err := k.store.PutDocuments(ctx, k.rec.ID, changed); err != nil {
		k.log.Error("note the documents", "recording", k.rec.ID, "error", err)
		k.mu.Lock()
		for _, d := range changed {
			k.dirty[documentKey{d.Tab, d.Epoch}] = true
		}
		k.mu.Unlock()
	}
	if k.index != nil && len(heard) > 0 {
		if err := k.index.Add(ctx, heard); err != nil {
			k.log.Error("index a recording", "recording", k.rec.ID, "error", err)
		}
	}
	gone := false
	err := k.store.Update(ctx, k.rec.ID, func(r *Recording) {
		if gone = r.State == Erased; !gone {
			k.summary(r, size)
		}
	})
	if gone && k.erased != nil {
		k.erased()
	}
	if err != nil {
		k.log.Error("note a recording", "recording", k.rec.ID, "error", err)
	}
	if k.open != nil {
		if err := k.store.PutChunk(ctx, k.rec.ID, k.open.facts); err != nil {
			k.log.Error("note a chunk", "recording", k.rec.ID, "error", err)
		}
	}
}

// summary is what the list shows.
func (k *keeper) summary(r *Recording, size int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	r.Bytes, r.Pages = size, len(k.documents)
	for _, d := range k.documents {
		r.Duration = max(r.Duration, time.Duration(d.Ended)*time.Millisecond)
		if r.URL == "" && d.URL != "" {
			r.URL, r.Title = d.URL, d.Title
		}
	}
	if k.index != nil {
		k.index.Facts()(r)
	}
}

// gaps says what is missing, in words; empty when nothing is.
func (k *keeper) gaps() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	dom, telemetry := 0, 0
	for _, d := range k.documents {
		for _, g := range d.Gaps {
			if d.Paused {
				continue
			}
			if g.Lane == wire.LaneDOM {
				dom++
			} else {
				telemetry++
			}
		}
	}
	switch {
	case k.trouble != "":
		return "The disk did not take all of it."
	case dom+telemetry > 0:
		return fmt.Sprintf("%d parts of the picture and %d of the telemetry did not arrive.", dom, telemetry)
	}
	return ""
}

func byEpoch(a, b documentKey) int {
	if a.Epoch != b.Epoch {
		return int(a.Epoch) - int(b.Epoch)
	}
	return int(a.Tab) - int(b.Tab)
}
