package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
	"unicode/utf16"

	"ridealong/recording"
	"ridealong/recording/search"
)

// Search is what the API needs of a store of moments.
type Search interface {
	Moments(ctx context.Context, q search.Query, before int64, limit int) ([]search.Found, error)
	Recordings(ctx context.Context, q search.Query, before string, limit int) ([]string, error)
	Markers(ctx context.Context, recording string, limit int) ([]search.Moment, error)
	Values(ctx context.Context, field search.Field, prefix string, limit int) ([]string, error)
}

// maxMarkers of one recording.
const maxMarkers = 5000

func (a *api) searchRoutes() map[string]handle {
	return map[string]handle{
		"GET /api/search":          a.signedIn(a.search),
		"GET /api/search/complete": a.signedIn(a.complete),
	}
}

type momentView struct {
	Recording string `json:"recording"`
	Tab       uint32 `json:"tab"`
	Epoch     uint32 `json:"epoch"`
	At        int64  `json:"at"`
	Kind      string `json:"kind"`
	Title     string `json:"title"`
	Detail    string `json:"detail"`
	StartedAt int64  `json:"startedAt"`
	Reference string `json:"reference"`
	Owner     string `json:"owner"`
}

type markerView struct {
	At    int64  `json:"at"`
	Tab   uint32 `json:"tab"`
	Epoch uint32 `json:"epoch"`
	Kind  string `json:"kind"`
	Label string `json:"label"`
}

func (a *api) search(r *request) (any, error) {
	q, err := query(r)
	if err != nil {
		return nil, err
	}
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		before = 0
	}
	limit := limitOf(r)
	found, err := a.Search.Moments(r.Context(), q, before, limit)
	if err != nil {
		return nil, err
	}
	out := []momentView{}
	for _, f := range found {
		out = append(out, momentView{f.Recording, f.Tab, f.Epoch, f.At, string(f.Kind), f.Title, f.Detail, f.Started.UnixMilli(), f.Reference, f.Owner})
	}
	answer := map[string]any{"moments": out}
	if len(out) == limit {
		answer["next"] = strconv.FormatInt(found[limit-1].Place, 10)
	}
	return answer, nil
}

// query reads what is asked for; what is wrong with it is said with its place, in UTF-16 units.
func query(r *request) (search.Query, error) {
	text := r.URL.Query().Get("q")
	q, err := search.Parse(text, time.Now().UTC())
	var wrong *search.Error
	if errors.As(err, &wrong) {
		at := len(utf16.Encode([]rune(text[:wrong.From])))
		return q, newProblem(http.StatusUnprocessableEntity, "query", fmt.Sprintf("At letter %d: %s.", at+1, wrong.Text))
	}
	return q, err
}

func limitOf(r *request) int {
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if err != nil || limit < 1 || limit > 200 {
		return 50
	}
	return limit
}

func (a *api) complete(r *request) (any, error) {
	text := r.URL.Query().Get("q")
	at, err := strconv.Atoi(r.URL.Query().Get("at"))
	if err != nil {
		at = len(utf16.Encode([]rune(text)))
	}
	c, err := search.Complete(r.Context(), text, at, a.Search.Values)
	if err != nil {
		return nil, err
	}
	type option struct {
		Text string `json:"text"`
		Hint string `json:"hint"`
	}
	options := []option{}
	for _, o := range c.Options {
		options = append(options, option(o))
	}
	return map[string]any{"from": c.From, "to": c.To, "options": options}, nil
}

// foundRecordings are those that a query is for.
func (a *api) foundRecordings(r *request, before string, limit int) ([]recording.Recording, error) {
	if a.Search == nil || r.URL.Query().Get("q") == "" {
		return a.Recordings.List(r.Context(), before, limit)
	}
	q, err := query(r)
	if err != nil {
		return nil, err
	}
	ids, err := a.Search.Recordings(r.Context(), q, before, limit)
	if err != nil {
		return nil, err
	}
	var out []recording.Recording
	for _, id := range ids {
		one, err := a.Recordings.Recording(r.Context(), id)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// markers of a recording; notes are beside them.
func (a *api) markers(ctx context.Context, id string) ([]markerView, error) {
	out := []markerView{}
	if a.Search == nil {
		return out, nil
	}
	all, err := a.Search.Markers(ctx, id, maxMarkers)
	for _, m := range all {
		out = append(out, markerView{m.At, m.Tab, m.Epoch, markerKind(m.Kind), m.Title})
	}
	return out, err
}

func markerKind(kind search.Kind) string {
	switch kind {
	case search.KindRequest:
		return "failed-request"
	case search.KindForm, search.KindMessage, search.KindEvent:
		return "event"
	case search.KindConsole, search.KindError, search.KindNavigation, search.KindClick, search.KindRage, search.KindDead:
	}
	return string(kind)
}
