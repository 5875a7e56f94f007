package export

// Requests as an HTTP archive, HAR 1.2, with the fields of the viewer's. What is not known is -1 or empty, as the format has it.

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"

	"ridealong/wire"
)

const isoTime = "2006-01-02T15:04:05.000Z"

// traffic is a request of a script's, or a file that the page needed.
type traffic struct {
	page     *page
	at       float64
	request  *wire.RequestEntry
	response *wire.ResponseEntry
	answered float64 // when the head was there
	done     *wire.DoneEntry
	ended    float64
	resource *wire.ResourceEntry
	messages []message
}

type message struct {
	at   float64
	told *wire.MessageEntry
}

// gathered is all traffic of a recording, by its first sign.
type gathered struct {
	all  []*traffic
	byID map[trafficID]*traffic
}

type trafficID struct{ tab, epoch, id uint32 }

func (g *gathered) of(p *page, id uint32, at float64) *traffic {
	key := trafficID{p.tab, p.epoch, id}
	t := g.byID[key]
	if t == nil {
		t = &traffic{page: p, at: at}
		g.byID[key] = t
		g.all = append(g.all, t)
	}
	return t
}

func (g *gathered) add(p *page, e wire.Entry) *traffic {
	at := p.at(e)
	switch what := e.What.(type) {
	case *wire.RequestEntry:
		t := g.of(p, what.ID, at)
		t.request, t.at = what, at
		return t
	case *wire.ResponseEntry:
		t := g.of(p, what.ID, at)
		t.response, t.answered = what, at
		return t
	case *wire.DoneEntry:
		t := g.of(p, what.ID, at)
		t.done, t.ended = what, at
		return t
	case *wire.MessageEntry:
		t := g.of(p, what.ID, at)
		t.messages = append(t.messages, message{at, what})
		return t
	case *wire.ResourceEntry:
		t := &traffic{page: p, at: at, resource: what}
		g.all = append(g.all, t)
		return t
	}
	return nil
}

// HAR writes the requests of a recording.
func HAR(w io.Writer, in Input) error {
	g := gathered{byID: map[trafficID]*traffic{}}
	if err := in.read(sink{entry: func(p *page, e wire.Entry) { g.add(p, e) }}); err != nil {
		return err
	}
	pages, seen := []harPage{}, map[*page]int{}
	entries := []harEntry{}
	for _, t := range g.all {
		n, ok := seen[t.page]
		if !ok {
			n = len(pages)
			seen[t.page] = n
			pages = append(pages, harPage{ID: t.page.id(), Started: in.wall(float64(t.page.began)).Format(isoTime)})
		}
		if t.resource != nil && t.resource.Kind == "navigation" && pages[n].Title == "" {
			pages[n].Title = t.resource.URL
		}
		entries = append(entries, in.harEntry(t))
	}
	out := json.NewEncoder(w)
	out.SetIndent("", " ")
	out.SetEscapeHTML(false)
	return out.Encode(map[string]any{"log": harLog{
		Version: "1.2", Creator: harCreator{"Ridealong", "1"}, Pages: pages, Entries: entries,
		Comment: dots + " stands for what was masked in the customer’s browser.",
	}})
}

type harLog struct {
	Version string     `json:"version"`
	Creator harCreator `json:"creator"`
	Pages   []harPage  `json:"pages"`
	Entries []harEntry `json:"entries"`
	Comment string     `json:"comment"`
}

type harCreator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type harPage struct {
	ID      string   `json:"id"`
	Started string   `json:"startedDateTime"`
	Title   string   `json:"title"`
	Timings struct{} `json:"pageTimings"`
}

type harEntry struct {
	Page     string       `json:"pageref"`
	Started  string       `json:"startedDateTime"`
	Time     float64      `json:"time"`
	Request  harRequest   `json:"request"`
	Response harResponse  `json:"response"`
	Cache    struct{}     `json:"cache"`
	Timings  harTimings   `json:"timings"`
	Comment  string       `json:"comment,omitempty"`
	Messages []harMessage `json:"_webSocketMessages,omitempty"`
}

type harPair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type harHead struct {
	Version string    `json:"httpVersion"`
	Cookies []harPair `json:"cookies"`
	Headers []harPair `json:"headers"`
	Head    int       `json:"headersSize"`
	Body    int64     `json:"bodySize"`
}

type harRequest struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	harHead
	Query []harPair `json:"queryString"`
	Post  *harPost  `json:"postData,omitempty"`
}

type harPost struct {
	MIME string `json:"mimeType"`
	Text string `json:"text"`
}

type harResponse struct {
	Status     uint32 `json:"status"`
	StatusText string `json:"statusText"`
	harHead
	Content  harContent `json:"content"`
	Redirect string     `json:"redirectURL"`
}

type harContent struct {
	Size    uint32  `json:"size"`
	MIME    string  `json:"mimeType"`
	Text    *string `json:"text,omitempty"`
	Comment string  `json:"comment,omitempty"`
}

type harMessage struct {
	Type    string  `json:"type"`
	Time    float64 `json:"time"`
	Opcode  int     `json:"opcode"`
	Data    string  `json:"data"`
	Event   string  `json:"event,omitempty"`
	Comment string  `json:"comment,omitempty"`
}

func (in Input) harEntry(t *traffic) harEntry {
	transfer := t.transfer()
	version := cut(transfer.Protocol, 20)
	if version == "" {
		version = "unknown"
	}
	head := func(pairs []wire.Pair, body uint32) harHead {
		h := harHead{Version: version, Cookies: []harPair{}, Headers: []harPair{}, Head: -1, Body: -1}
		if body > 0 {
			h.Body = int64(body)
		}
		for _, pair := range pairs {
			h.Headers = append(h.Headers, harPair(pair))
		}
		return h
	}
	told, response := t.request, t.response
	if told == nil {
		told = &wire.RequestEntry{}
	}
	if response == nil {
		response = &wire.ResponseEntry{}
	}
	address := harURL(t.url())
	e := harEntry{
		Page: t.page.id(), Started: in.wall(t.at).Format(isoTime), Time: t.lasted(), Comment: t.comment(), Timings: t.timings(),
		Request:  harRequest{Method: t.method(), URL: address, harHead: head(told.Headers, told.Size), Query: queryOf(address)},
		Response: harResponse{Status: t.status(), StatusText: response.Reason, harHead: head(response.Headers, transfer.Encoded)},
	}
	if hasText(told.Body) && t.request != nil {
		e.Request.Post = &harPost{mimeOf(told.Headers), told.Text}
	}
	body, text := wire.BodyUnread, ""
	if t.done != nil {
		body, text = t.done.Body, t.done.Text
	}
	e.Response.Content = harContent{Size: transfer.Decoded, MIME: response.MIME, Comment: bodyWords(body)}
	if response.MIME == "" {
		e.Response.Content.MIME = "x-unknown"
	}
	if hasText(body) {
		e.Response.Content.Text = &text
	}
	for _, m := range t.messages {
		one := harMessage{Type: "receive", Time: float64(in.wall(m.at).UnixMilli()) / 1000, Opcode: 1, Data: m.told.Text, Event: m.told.Event, Comment: bodyWords(m.told.Body)}
		if m.told.Out != 0 {
			one.Type = "send"
		}
		e.Messages = append(e.Messages, one)
	}
	return e
}

func (p *page) id() string { return fmt.Sprintf("tab-%d-page-%d", p.tab, p.epoch) }

var scheme = regexp.MustCompile(`(?i)^[a-z][a-z0-9+.-]*:`)

// harURL is an address that every reader takes.
func harURL(address string) string {
	if !scheme.MatchString(address) {
		return "about:blank"
	}
	if i := strings.IndexFunc(address, func(r rune) bool { return r <= ' ' || r == '\u00a0' || r == '\u2028' || r == '\u2029' }); i < 0 {
		return address
	}
	var b strings.Builder
	for _, r := range address {
		if r <= ' ' || r == '\u00a0' || r == '\u2028' || r == '\u2029' {
			b.WriteString(url.PathEscape(string(r)))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func queryOf(address string) []harPair {
	out := []harPair{}
	address, _, _ = strings.Cut(address, "#")
	_, query, _ := strings.Cut(address, "?")
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		out = append(out, harPair{unescaped(name), unescaped(value)})
	}
	return out
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

func mimeOf(pairs []wire.Pair) string {
	for _, pair := range pairs {
		if strings.EqualFold(pair.Name, "content-type") {
			return pair.Value
		}
	}
	return ""
}
