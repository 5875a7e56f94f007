package api

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"time"

	"ridealong/internal/audit"
	"ridealong/recording"
	"ridealong/recording/chunk"
)

// Recordings is what the API needs of package recording.
type Recordings interface {
	List(ctx context.Context, before string, limit int) ([]recording.Recording, error)
	Recording(ctx context.Context, id string) (recording.Recording, error)
	Detail(ctx context.Context, id string) (recording.Detail, error)
	Chunk(ctx context.Context, id string, n int) (recording.Content, error)
	Blob(ctx context.Context, id, hash string) ([]byte, error)
	Records(ctx context.Context, id string) iter.Seq2[chunk.Record, error]
	Delete(ctx context.Context, id string) error
	SetTags(ctx context.Context, id string, tags []string) ([]string, error)
	SetHold(ctx context.Context, id string, hold bool) error
	AddNote(ctx context.Context, id string, n recording.Note) (recording.Note, error)
	DropNote(ctx context.Context, id, note string) error
	Share(ctx context.Context, id, author string, at int64, days int) (recording.Share, string, error)
	Shares(ctx context.Context, id string) ([]recording.Share, error)
	Unshare(ctx context.Context, id, share string) error
	Shared(ctx context.Context, secret string) (id string, at int64, err error)
}

func (a *api) recordingRoutes() map[string]handle {
	return map[string]handle{
		"GET /api/recordings":                        a.signedIn(a.recordings),
		"GET /api/recordings/{id}":                   a.signedIn(a.recording),
		"DELETE /api/recordings/{id}":                a.signedIn(a.deleteRecording),
		"GET /api/recordings/{id}/chunks/{n}":        a.signedIn(a.chunk),
		"GET /api/recordings/{id}/blobs/{hash}":      a.signedIn(a.blob),
		"GET /api/recordings/{id}/export/{format}":   a.signedIn(a.export),
		"PUT /api/recordings/{id}/tags":              a.signedIn(a.setTags),
		"PUT /api/recordings/{id}/hold":              a.signedIn(a.setHold),
		"GET /api/recordings/{id}/notes":             a.signedIn(a.notes),
		"POST /api/recordings/{id}/notes":            a.signedIn(a.addNote),
		"DELETE /api/recordings/{id}/notes/{note}":   a.signedIn(a.dropNote),
		"GET /api/recordings/{id}/shares":            a.signedIn(a.shares),
		"POST /api/recordings/{id}/shares":           a.signedIn(a.share),
		"DELETE /api/recordings/{id}/shares/{share}": a.signedIn(a.unshare),
		"GET /api/shares/{secret}":                   a.signedIn(a.shared),
	}
}

type recordingView struct {
	ID             string   `json:"id"`
	State          string   `json:"state"`
	Why            string   `json:"why,omitempty"`
	StartedAt      int64    `json:"startedAt"`
	DurationMs     int64    `json:"durationMs"`
	Reference      string   `json:"reference"`
	Owner          string   `json:"owner"`
	Title          string   `json:"title"`
	URL            string   `json:"url"`
	Pages          int      `json:"pages"`
	Errors         int      `json:"errors"`
	FailedRequests int      `json:"failedRequests"`
	Clicks         int      `json:"clicks"`
	Bytes          int64    `json:"bytes"`
	Browser        string   `json:"browser,omitempty"`
	OS             string   `json:"os,omitempty"`
	Tags           []string `json:"tags"`
	Hold           bool     `json:"hold"`
}

func viewRecording(r recording.Recording) recordingView {
	return recordingView{
		ID: r.ID, State: string(r.State), Why: r.Why, StartedAt: r.Started.UnixMilli(), DurationMs: r.Duration.Milliseconds(), Reference: r.Reference,
		Owner: r.OwnerName, Title: r.Title, URL: r.URL, Pages: r.Pages, Errors: r.Errors, FailedRequests: r.Failed, Clicks: r.Clicks, Bytes: r.Bytes,
		Browser: r.Browser, OS: r.OS, Tags: append([]string{}, r.Tags...), Hold: r.Hold,
	}
}

type documentView struct {
	Tab     uint32          `json:"tab"`
	Epoch   uint32          `json:"epoch"`
	BeganAt int64           `json:"beganAt"`
	EndedAt int64           `json:"endedAt"`
	URL     string          `json:"url"`
	Title   string          `json:"title"`
	Gaps    []recording.Gap `json:"gaps"`
}

type keyframeView struct {
	Tab   uint32 `json:"tab"`
	Epoch uint32 `json:"epoch"`
	Seq   uint32 `json:"seq"`
	At    uint32 `json:"at"`
}

type chunkView struct {
	N         int            `json:"n"`
	Bytes     int64          `json:"bytes"`
	From      uint32         `json:"from"`
	To        uint32         `json:"to"`
	Sealed    bool           `json:"sealed"`
	Keyframes []keyframeView `json:"keyframes"`
}

type noteView struct {
	ID        string `json:"id"`
	At        int64  `json:"at"`
	Tab       uint32 `json:"tab,omitempty"`
	Text      string `json:"text"`
	Author    string `json:"author"`
	CreatedAt int64  `json:"createdAt"`
}

func viewNote(n recording.Note) noteView {
	return noteView{ID: n.ID, At: n.At, Tab: n.Tab, Text: n.Text, Author: n.Author, CreatedAt: n.Created.UnixMilli()}
}

func viewNotes(all []recording.Note) []noteView {
	out := []noteView{}
	for _, n := range all {
		out = append(out, viewNote(n))
	}
	return out
}

type recordingDetail struct {
	recordingView
	Documents []documentView `json:"documents"`
	Chunks    []chunkView    `json:"chunks"`
	Markers   []markerView   `json:"markers"`
	Notes     []noteView     `json:"notes"`
}

func viewDetail(d recording.Detail, markers []markerView) recordingDetail {
	out := recordingDetail{recordingView: viewRecording(d.Recording), Documents: []documentView{}, Chunks: []chunkView{}, Markers: markers, Notes: viewNotes(d.Notes)}
	for _, one := range d.Documents {
		out.Documents = append(out.Documents, documentView{one.Tab, one.Epoch, one.Began, one.Ended, one.URL, one.Title, append([]recording.Gap{}, one.Gaps...)})
	}
	for _, c := range d.Chunks {
		view := chunkView{N: c.N, Bytes: c.Bytes, From: c.From, To: c.To, Sealed: c.Sealed, Keyframes: []keyframeView{}}
		for _, k := range c.Keyframes {
			view.Keyframes = append(view.Keyframes, keyframeView{k.Tab, k.Epoch, k.Seq, k.At})
		}
		out.Chunks = append(out.Chunks, view)
	}
	return out
}

func (a *api) recordings(r *request) (any, error) {
	limit := limitOf(r)
	all, err := a.foundRecordings(r, r.URL.Query().Get("before"), limit)
	if err != nil {
		return nil, err
	}
	out := []recordingView{}
	for _, one := range all {
		out = append(out, viewRecording(one))
	}
	answer := map[string]any{"recordings": out}
	if len(out) == limit {
		answer["next"] = out[limit-1].ID
	}
	return answer, nil
}

func (a *api) recording(r *request) (any, error) {
	d, err := a.Recordings.Detail(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if err := a.audited(r, audit.View, ""); err != nil {
		return nil, err
	}
	markers, err := a.markers(r.Context(), d.ID)
	if err != nil {
		return nil, err
	}
	return viewDetail(d, markers), nil
}

// audited writes down what the account does with the recording of the request. What cannot be written down is not done.
func (a *api) audited(r *request, what, detail string) error {
	return a.Audit.Append(r.Context(), audit.Entry{
		At: time.Now(), Actor: r.account.ID, Name: r.account.Name, What: what, Subject: r.PathValue("id"), Detail: detail,
	})
}

// owned is for what only the session's owner and admins may do.
func (a *api) owned(r *request) error {
	d, err := a.Recordings.Detail(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.Owner != r.account.ID && !r.actor().Admin {
		return problemForbidden
	}
	return nil
}

func (a *api) deleteRecording(r *request) (any, error) {
	if err := a.owned(r); err != nil {
		return nil, err
	}
	if err := a.audited(r, audit.Delete, ""); err != nil {
		return nil, err
	}
	return nil, a.Recordings.Delete(r.Context(), r.PathValue("id"))
}

// chunk sends the records of one; those that are sealed never change.
func (a *api) chunk(r *request) (any, error) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > 999_999 {
		return nil, problemNotFound
	}
	c, err := a.Recordings.Chunk(r.Context(), r.PathValue("id"), n)
	if err != nil {
		return nil, err
	}
	return sent(func(w http.ResponseWriter) error {
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Length", strconv.Itoa(len(c.Records)))
		if c.Open {
			h.Set("Ridealong-Open", "1")
		} else {
			h.Set("Cache-Control", "private, max-age=3600, immutable")
		}
		if len(c.Damage) > 0 {
			h.Set("Ridealong-Damage", fmt.Sprintf("%d", len(c.Damage)))
		}
		_, err := w.Write(c.Records)
		return err
	}), nil
}

func (a *api) blob(r *request) (any, error) {
	content, err := a.Recordings.Blob(r.Context(), r.PathValue("id"), r.PathValue("hash"))
	if err != nil {
		return nil, err
	}
	return sent(func(w http.ResponseWriter) error {
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("Content-Length", strconv.Itoa(len(content)))
		h.Set("Cache-Control", "private, max-age=3600, immutable")
		_, err := w.Write(content)
		return err
	}), nil
}

func (a *api) setTags(r *request) (any, error) {
	var body struct{ Tags []string }
	if err := decode(r, maxJoinBody, &body); err != nil {
		return nil, err
	}
	tags, err := a.Recordings.SetTags(r.Context(), r.PathValue("id"), body.Tags)
	if err != nil {
		return nil, err
	}
	return map[string]any{"tags": tags}, nil
}

func (a *api) setHold(r *request) (any, error) {
	var body struct{ Hold bool }
	if err := decode(r, maxJoinBody, &body); err != nil {
		return nil, err
	}
	if err := a.owned(r); err != nil {
		return nil, err
	}
	what := audit.Unhold
	if body.Hold {
		what = audit.Hold
	}
	if err := a.audited(r, what, ""); err != nil {
		return nil, err
	}
	return nil, a.Recordings.SetHold(r.Context(), r.PathValue("id"), body.Hold)
}

func (a *api) notes(r *request) (any, error) {
	d, err := a.Recordings.Detail(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return map[string]any{"notes": viewNotes(d.Notes)}, nil
}

func (a *api) addNote(r *request) (any, error) {
	var body struct {
		At   float64
		Tab  uint32
		Text string
	}
	if err := decode(r, 3*maxJoinBody, &body); err != nil {
		return nil, err
	}
	n, err := a.Recordings.AddNote(r.Context(), r.PathValue("id"), recording.Note{At: int64(body.At), Tab: body.Tab, Text: body.Text, Author: r.account.Name})
	if err != nil {
		return nil, err
	}
	return viewNote(n), nil
}

func (a *api) dropNote(r *request) (any, error) {
	return nil, a.Recordings.DropNote(r.Context(), r.PathValue("id"), r.PathValue("note"))
}

type shareView struct {
	ID        string `json:"id"`
	At        int64  `json:"at"`
	Author    string `json:"author"`
	CreatedAt int64  `json:"createdAt"`
	ExpiresAt int64  `json:"expiresAt"`
	URL       string `json:"url,omitempty"` // when it is made, and never again
}

func viewShare(s recording.Share) shareView {
	return shareView{ID: s.ID, At: s.At, Author: s.Author, CreatedAt: s.Created.UnixMilli(), ExpiresAt: s.Expires.UnixMilli()}
}

func (a *api) shares(r *request) (any, error) {
	all, err := a.Recordings.Shares(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	out := []shareView{}
	for _, one := range all {
		out = append(out, viewShare(one))
	}
	return map[string]any{"shares": out}, nil
}

func (a *api) share(r *request) (any, error) {
	var body struct {
		At   float64
		Days int
	}
	if err := decode(r, maxJoinBody, &body); err != nil {
		return nil, err
	}
	share, secret, err := a.Recordings.Share(r.Context(), r.PathValue("id"), r.account.Name, int64(body.At), body.Days)
	if err != nil {
		return nil, err
	}
	if err := a.audited(r, audit.Share, share.ID); err != nil {
		return nil, err
	}
	view := viewShare(share)
	view.URL = a.Origin + "/m#" + secret
	return view, nil
}

func (a *api) unshare(r *request) (any, error) {
	if err := a.Recordings.Unshare(r.Context(), r.PathValue("id"), r.PathValue("share")); err != nil {
		return nil, err
	}
	return nil, a.audited(r, audit.Unshare, r.PathValue("share"))
}

// shared says which moment a link is for. Whoever asks is signed in: the link names a moment and opens nothing by itself.
func (a *api) shared(r *request) (any, error) {
	id, at, err := a.Recordings.Shared(r.Context(), r.PathValue("secret"))
	if err != nil {
		return nil, err
	}
	return map[string]any{"recording": id, "at": at}, nil
}
