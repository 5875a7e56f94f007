package search

// Moments made from the entries of one document. What is open while a document runs is bounded; everything else is in the moment.

import (
	"fmt"
	"net/url"
	"strings"

	"ridealong/wire"
)

// Bounds of a moment.
const (
	maxTitle  = 200 // bytes
	maxDetail = 2000
	maxURL    = 1000
	maxOpen   = 2000 // requests under way
)

// Document makes moments of what one document tells, in its order.
type Document struct {
	Tab, Epoch uint32
	page       string
	open       map[uint32]request
}

type request struct {
	method, url string
	status      int
	reason      string
}

// Take makes the moment of an entry, if it has one; began is the recording's time, ms, at which the document's own clock was 0.
func (d *Document) Take(entry wire.Entry, began int64) (Moment, bool) {
	m := Moment{Tab: d.Tab, Epoch: d.Epoch, N: entry.N, At: max(0, began+int64(entry.At)/10), Page: d.page}
	ok := true
	switch what := entry.What.(type) {
	case *wire.ConsoleEntry:
		ok = m.console(what)
	case *wire.FailureEntry:
		m.failure(what)
	case *wire.RequestEntry:
		d.begin(what)
		ok = false
	case *wire.ResponseEntry:
		d.answer(what)
		ok = false
	case *wire.DoneEntry:
		ok = d.done(&m, what)
	case *wire.ResourceEntry:
		if ok = what.Status >= 400 && what.Kind != "fetch" && what.Kind != "xmlhttprequest"; ok {
			m.answered(request{method: "GET", url: what.URL, status: int(what.Status)}, int64(what.Transfer.Duration)/10, wire.OutcomeOK, "")
		}
	case *wire.HappeningEntry:
		if what.Kind == wire.HappeningNavigation {
			d.page = cut(what.URL, maxURL)
			m.Page = d.page
		}
		ok = m.happening(what)
	default:
		ok = false
	}
	m.Title, m.Detail, m.URL = cut(oneLine(m.Title), maxTitle), cut(m.Detail, maxDetail), cut(m.URL, maxURL)
	return m, ok
}

func (m *Moment) console(c *wire.ConsoleEntry) bool {
	m.Kind = KindConsole
	switch c.Method { //nolint:exhaustive // the others are lines like any
	case wire.ConsoleGroupEnd, wire.ConsoleClear:
		return false
	case wire.ConsoleError, wire.ConsoleAssert:
		m.Level = "error"
	case wire.ConsoleWarn:
		m.Level = "warn"
	case wire.ConsoleInfo:
		m.Level = "info"
	case wire.ConsoleDebug, wire.ConsoleTrace:
		m.Level = "debug"
	default:
		m.Level = "log"
	}
	text := Line(c.Values)
	if m.Title = text; c.Where != "" {
		text += "\n" + c.Where
	}
	m.Detail = text
	return strings.TrimSpace(m.Title) != ""
}

func (m *Moment) failure(f *wire.FailureEntry) {
	m.Kind, m.Level = KindError, "error"
	m.Title = f.Message
	if f.Name != "" && !strings.HasPrefix(f.Message, f.Name) {
		m.Title = f.Name + ": " + f.Message
	}
	parts := []string{f.Message, f.Where}
	for _, text := range append([]string{f.Stack}, f.Causes...) {
		parts = append(parts, firstLines(text, 3))
	}
	m.Detail = strings.Join(parts, "\n")
}

func (d *Document) begin(r *wire.RequestEntry) {
	if d.open == nil {
		d.open = map[uint32]request{}
	}
	if len(d.open) < maxOpen {
		d.open[r.ID] = request{method: cut(r.Method, 20), url: cut(r.URL, maxURL)}
	}
}

func (d *Document) answer(a *wire.ResponseEntry) {
	if r, known := d.open[a.ID]; known {
		r.status, r.reason = int(min(a.Status, 999)), cut(a.Reason, maxTitle)
		d.open[a.ID] = r
	}
}

// done ends a request. Of one whose beginning is not known there is nothing to be found.
func (d *Document) done(m *Moment, e *wire.DoneEntry) bool {
	r, known := d.open[e.ID]
	delete(d.open, e.ID)
	if known {
		m.answered(r, int64(e.Transfer.Duration)/10, e.Outcome, e.Reason)
	}
	return known
}

// outcomes in words; of those that are no failure of the request's, too.
var outcomes = map[wire.Outcome]string{
	wire.OutcomeFailed: "failed", wire.OutcomeAborted: "aborted by the page", wire.OutcomeTimeout: "timed out", wire.OutcomeOffline: "offline",
	wire.OutcomeBlocked: "blocked by the content security policy", wire.OutcomeMixed: "blocked: http from https", wire.OutcomeClosed: "closed",
	wire.OutcomeCutOff: "cut off by the page's end", wire.OutcomeRefused: "refused by the browser",
}

func (m *Moment) answered(r request, took int64, outcome wire.Outcome, reason string) {
	m.Kind, m.Method, m.URL, m.Status, m.Took = KindRequest, strings.ToUpper(r.method), r.url, r.status, took
	switch outcome { //nolint:exhaustive // the others are no failures
	case wire.OutcomeFailed, wire.OutcomeTimeout, wire.OutcomeOffline, wire.OutcomeBlocked, wire.OutcomeMixed, wire.OutcomeRefused:
		m.Failed = true
	default:
		m.Failed = r.status >= 400
	}
	end := outcomes[outcome]
	if r.status > 0 {
		end = fmt.Sprint(r.status)
	}
	m.Title = strings.TrimSpace(m.Method + " " + pathOf(r.url) + " " + end)
	m.Detail = strings.TrimSpace(strings.Join([]string{r.reason, outcomes[outcome], reason}, " "))
}

func (m *Moment) happening(h *wire.HappeningEntry) bool {
	m.Title = h.Label
	switch h.Kind {
	case wire.HappeningNavigation:
		m.Kind, m.URL, m.Title = KindNavigation, h.URL, pathOf(h.URL)
	case wire.HappeningClick:
		m.Kind = KindClick
	case wire.HappeningSubmit:
		m.Kind = KindForm
	case wire.HappeningRage:
		m.Kind, m.Detail = KindRage, fmt.Sprintf("%d clicks", h.Count)
	case wire.HappeningDead:
		m.Kind = KindDead
	case wire.HappeningMessage:
		m.Kind = KindMessage
	case wire.HappeningCustom:
		m.Kind, m.Detail = KindEvent, h.Data
	case wire.HappeningVisibility:
		return false
	default:
		return false
	}
	return true
}

// pathOf an address, with what is asked for.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Path == "" && u.Host == "" {
		return address
	}
	if u.Path == "" {
		return "/"
	}
	return u.EscapedPath()
}

// cut keeps the beginning, at a letter's border.
func cut(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "")
}

func oneLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

func firstLines(text string, n int) string {
	lines := strings.SplitN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}
