package recording

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ridealong/recording/chunk"
	"ridealong/session"
	"ridealong/wire"
)

// Detail is a recording with what is in it.
type Detail struct {
	Recording
	Documents []Document
	Chunks    []Chunk
	Notes     []Note
}

// List gives recordings, newest first.
func (s *Service) List(ctx context.Context, before string, limit int) ([]Recording, error) {
	all, err := s.c.Store.Recordings(ctx, before, limit)
	for n := range all {
		s.now(&all[n])
	}
	return all, err
}

// now says of a recording that runs why nothing of it is written.
func (s *Service) now(r *Recording) {
	if r.State != Live {
		return
	}
	if trouble := s.Trouble(r.ID); trouble != "" {
		r.Why = "Nothing of it is written at the moment: " + trouble + "."
	}
}

// Recording as the list has it.
func (s *Service) Recording(ctx context.Context, id string) (Recording, error) {
	return s.c.Store.Recording(ctx, id)
}

// Detail of a recording; of one that is live as it is now.
func (s *Service) Detail(ctx context.Context, id string) (Detail, error) {
	rec, err := s.c.Store.Recording(ctx, id)
	if err != nil {
		return Detail{}, err
	}
	s.now(&rec)
	d := Detail{Recording: rec}
	var problems [3]error
	d.Documents, problems[0] = s.c.Store.Documents(ctx, id)
	d.Chunks, problems[1] = s.c.Store.Chunks(ctx, id)
	d.Notes, problems[2] = s.c.Store.Notes(ctx, id)
	return d, errors.Join(problems[:]...)
}

// Trouble says why a recording that runs is not written now; empty when it is.
func (s *Service) Trouble(id string) string {
	s.mu.Lock()
	r := s.live[id]
	s.mu.Unlock()
	if r == nil || r.keeper == nil {
		return ""
	}
	r.keeper.mu.Lock()
	defer r.keeper.mu.Unlock()
	return r.keeper.trouble
}

// Content is a chunk, decrypted: n × (length varint · record).
type Content struct {
	Records []byte
	Open    bool // more of it may come
	Damage  []string
}

// Chunk gives what can be read of a chunk. Damaged records are left out, and said.
func (s *Service) Chunk(ctx context.Context, id string, n int) (Content, error) {
	key, err := s.key(ctx, id)
	if err != nil {
		return Content{}, err
	}
	raw, open, err := s.bytes(ctx, id, n)
	if err != nil {
		return Content{}, err
	}
	reader, err := chunk.Open(bytes.NewReader(raw), int64(len(raw)), chunk.ID{Recording: id, Number: uint32(n)}, key)
	if err != nil {
		if open && errors.Is(err, chunk.ErrNotAChunk) {
			return Content{Open: true}, nil // it was made a moment ago
		}
		return Content{}, fmt.Errorf("recording %s, chunk %d: %w", id, n, err)
	}
	c := Content{Open: open, Records: make([]byte, 0, len(raw))}
	var record []byte
	for r, err := range reader.Records(0) {
		var damage *chunk.Damage
		switch {
		case errors.As(err, &damage):
			if !open || damage.Fault != chunk.Torn {
				c.Damage = append(c.Damage, damage.Error())
			}
		case err != nil:
			return c, err
		default:
			record = r.Append(record[:0])
			c.Records = append(binary.AppendUvarint(c.Records, uint64(len(record))), record...)
		}
	}
	if !open && !reader.Sealed() && len(c.Damage) == 0 {
		c.Damage = append(c.Damage, "its end is missing")
	}
	return c, nil
}

func (s *Service) key(ctx context.Context, id string) ([32]byte, error) {
	if !goodID(id) {
		return [32]byte{}, ErrNotFound
	}
	rec, err := s.c.Store.Recording(ctx, id)
	if err != nil {
		return [32]byte{}, err
	}
	if rec.State == Erased {
		return [32]byte{}, ErrNotFound
	}
	key, err := s.c.Keys.Key(ctx, id)
	return key, notThere(err)
}

// notThere is our word for what is not where it should be.
func notThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return err
}

// goodID keeps what is not an id of ours out of file names.
func goodID(id string) bool {
	return id != "" && len(id) <= 64 && strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// bytes of a chunk: on this machine while it grows and until it is moved, then from the object store.
func (s *Service) bytes(ctx context.Context, id string, n int) (raw []byte, open bool, err error) {
	local := &spool{dir: s.spoolDir(id)}
	for range 2 { // it may be moved between the two looks
		raw, open, err = local.read(n)
		if !errors.Is(err, fs.ErrNotExist) {
			return raw, open, err
		}
		if raw, err = s.c.Blobs.Get(ctx, chunkKey(id, fmt.Sprintf("%06d", n))); err == nil {
			return raw, false, nil
		}
	}
	return nil, false, notThere(err)
}

// Blob gives a content of a recording.
func (s *Service) Blob(ctx context.Context, id, hash string) ([]byte, error) {
	var h wire.BlobHash
	if fields(hash, h[:]) != nil {
		return nil, ErrNotFound
	}
	key, err := s.key(ctx, id)
	if err != nil {
		return nil, err
	}
	local := &spool{dir: s.spoolDir(id)}
	sealed, err := local.readContent(hash)
	if errors.Is(err, fs.ErrNotExist) {
		sealed, err = s.c.Blobs.Get(ctx, blobKey(id, hash))
	}
	if err != nil {
		return nil, notThere(err)
	}
	return chunk.OpenBlob(id, h, sealed, key)
}

// ErrHeld is a recording that somebody put under a hold.
var ErrHeld = errors.New("recording: it is on hold")

// Delete erases a recording: first it is said, then its key goes, and with the key what it says in every copy; then its bytes and all
// that was found in it. A crash in between is finished at the next start.
func (s *Service) Delete(ctx context.Context, id string) error {
	rec, err := s.c.Store.Recording(ctx, id)
	if err != nil {
		return err
	}
	if rec.Hold {
		return ErrHeld
	}
	if err := s.c.Store.Update(ctx, id, func(r *Recording) { r.State, r.Why = Erased, "" }); err != nil {
		return err
	}
	s.mu.Lock()
	r := s.live[id]
	if len(s.refused) < maxRefused {
		s.refused[id] = true
	}
	s.mu.Unlock()
	if r != nil {
		r.cancel(errErased)
		select {
		case <-r.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.erase(ctx, id)
}

// maxRefused bounds what is only there to spare the database: an erased recording is not begun again in any case.
const maxRefused = 10_000

// erasedWhole is of a recording whose erasure needs nothing more.
const erasedWhole = "Nothing of it is kept."

func (s *Service) erase(ctx context.Context, id string) error {
	if err := s.c.Keys.Erase(ctx, id); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.mu.Lock()
	delete(s.toMove, id)
	s.mu.Unlock()
	if err := (&spool{dir: s.spoolDir(id)}).remove(); err != nil {
		return err
	}
	names, err := s.c.Blobs.List(ctx, "recordings/"+id+"/")
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := s.c.Blobs.Delete(ctx, name); err != nil {
			return err
		}
	}
	if s.c.Index != nil {
		if err := s.c.Index.Forget(ctx, id); err != nil {
			return err
		}
	}
	// What stays says that there was one, and nothing of whom.
	if err := s.c.Store.Clear(ctx, id); err != nil {
		return err
	}
	err = s.c.Store.Update(ctx, id, func(r *Recording) {
		*r = Recording{ID: id, Project: r.Project, Owner: r.Owner, OwnerName: r.OwnerName, State: Erased, Why: erasedWhole, Started: r.Started}
	})
	if err == nil {
		s.c.Log.Info("recording erased", "recording", id)
	}
	return err
}

// Bounds of what people write beside a recording.
const (
	maxTags  = 20
	maxTag   = 40
	maxNotes = 1000
	maxNote  = 2000
)

// ErrInvalid is what people wrote that cannot be kept; its text is for them.
var ErrInvalid = errors.New("recording: invalid")

// SetTags replaces the tags.
func (s *Service) SetTags(ctx context.Context, id string, tags []string) ([]string, error) {
	if len(tags) > maxTags {
		return nil, fmt.Errorf("%w: at most %d tags", ErrInvalid, maxTags)
	}
	kept := []string{}
	for _, tag := range tags {
		tag = strings.ToLower(strings.TrimSpace(tag))
		if tag == "" || len(tag) > maxTag || strings.ContainsAny(tag, " \"\n\t") || !utf8.ValidString(tag) {
			return nil, fmt.Errorf("%w: a tag is one word of at most %d letters", ErrInvalid, maxTag)
		}
		kept = append(kept, tag)
	}
	slices.Sort(kept)
	kept = slices.Compact(kept)
	return kept, s.c.Store.Update(ctx, id, func(r *Recording) { r.Tags = kept })
}

// SetHold keeps the sweeper and everybody else from deleting it, or lets them again.
func (s *Service) SetHold(ctx context.Context, id string, hold bool) error {
	return s.c.Store.Update(ctx, id, func(r *Recording) { r.Hold = hold })
}

// AddNote writes at a moment.
func (s *Service) AddNote(ctx context.Context, id string, n Note) (Note, error) {
	n.Text = strings.TrimSpace(n.Text)
	if n.Text == "" || len(n.Text) > maxNote || !utf8.ValidString(n.Text) {
		return Note{}, fmt.Errorf("%w: a note has 1 to %d letters", ErrInvalid, maxNote)
	}
	notes, err := s.c.Store.Notes(ctx, id)
	if err != nil {
		return Note{}, err
	}
	if len(notes) >= maxNotes {
		return Note{}, fmt.Errorf("%w: it has %d notes, which is as many as it may have", ErrInvalid, maxNotes)
	}
	n.ID, n.Created, n.At = newID(), s.c.Now().UTC().Truncate(time.Microsecond), max(0, n.At)
	return n, s.c.Store.PutNote(ctx, id, n)
}

// Bounds of shares.
const (
	maxShares    = 100
	maxShareDays = 90
	shareSecret  = 24 // bytes
)

// Share makes a link to a moment, good for some days; the secret is in the answer alone.
func (s *Service) Share(ctx context.Context, id, author string, at int64, days int) (Share, string, error) {
	if days < 1 || days > maxShareDays {
		return Share{}, "", fmt.Errorf("%w: a link is good for 1 to %d days", ErrInvalid, maxShareDays)
	}
	all, err := s.c.Store.Shares(ctx, id)
	if err != nil {
		return Share{}, "", err
	}
	if len(all) >= maxShares {
		return Share{}, "", fmt.Errorf("%w: it has %d links; take some back first", ErrInvalid, maxShares)
	}
	var secret [shareSecret]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return Share{}, "", err
	}
	text := base64.RawURLEncoding.EncodeToString(secret[:])
	now := s.c.Now().UTC().Truncate(time.Microsecond)
	share := Share{ID: newID(), Secret: session.HashOf([]byte(text)), At: max(0, at), Author: author, Created: now, Expires: now.AddDate(0, 0, days)}
	return share, text, s.c.Store.PutShare(ctx, id, share)
}

// Shares lists the links of a recording that are still good.
func (s *Service) Shares(ctx context.Context, id string) ([]Share, error) {
	all, err := s.c.Store.Shares(ctx, id)
	return slices.DeleteFunc(all, func(one Share) bool { return !s.c.Now().Before(one.Expires) }), err
}

// Unshare takes a link back.
func (s *Service) Unshare(ctx context.Context, id, share string) error {
	return s.c.Store.DropShare(ctx, id, share)
}

// Shared finds the moment of a link; ErrNotFound when it is unknown, taken back or past its time.
func (s *Service) Shared(ctx context.Context, secret string) (id string, at int64, err error) {
	share, id, err := s.c.Store.Shared(ctx, session.HashOf([]byte(secret)))
	if err == nil && !s.c.Now().Before(share.Expires) {
		err = ErrNotFound
	}
	return id, share.At, err
}

// DropNote takes one away.
func (s *Service) DropNote(ctx context.Context, id, note string) error {
	return s.c.Store.DropNote(ctx, id, note)
}
