package export

// What is said of a request or a file: words, figures and phases, as the Network panel has them.

import (
	"cmp"
	"fmt"
	"strconv"

	"ridealong/wire"
)

var outcomes = map[wire.Outcome]string{
	wire.OutcomeFailed:  "failed: network, or CORS",
	wire.OutcomeAborted: "aborted by the page",
	wire.OutcomeTimeout: "timed out",
	wire.OutcomeOffline: "failed: offline",
	wire.OutcomeBlocked: "blocked by policy",
	wire.OutcomeMixed:   "blocked: mixed content",
	wire.OutcomeClosed:  "closed",
	wire.OutcomeCutOff:  "cut off by navigation",
	wire.OutcomeRefused: "refused by the browser",
}

var bodies = map[wire.BodyState]string{
	wire.BodyNone:   "There is no body.",
	wire.BodyOff:    "Not told: the site does not have this address’s bodies shown to agents.",
	wire.BodyWhole:  "",
	wire.BodyCut:    "The beginning. The rest was too long to be told.",
	wire.BodyBinary: "Binary: not a text, so it is not shown.",
	wire.BodyUnread: "Not read: the page itself did not read it, or it is a stream.",
}

func bodyWords(state wire.BodyState) string {
	if words, ok := bodies[state]; ok {
		return words
	}
	return "Whether there is a body cannot be told from within the page."
}

func hasText(state wire.BodyState) bool { return state == wire.BodyWhole || state == wire.BodyCut }

func (t *traffic) url() string {
	switch {
	case t.resource != nil:
		return t.resource.URL
	case t.request != nil:
		return t.request.URL
	}
	return ""
}

// socket says that it stays open: its messages are its own.
func (t *traffic) socket() bool {
	if t.request == nil {
		return len(t.messages) > 0
	}
	return t.request.Kind == wire.RequestWebSocket || t.request.Kind == wire.RequestEventSource
}

func (t *traffic) method() string {
	switch {
	case t.resource != nil, t.request == nil && t.socket():
		return "GET"
	case t.request == nil:
		return "?"
	case t.request.Method == "" && t.socket():
		return "GET"
	}
	return cmp.Or(cut(t.request.Method, 20), "?")
}

func (t *traffic) status() uint32 {
	switch {
	case t.resource != nil:
		return t.resource.Status
	case t.response != nil:
		return t.response.Status
	}
	return 0
}

// failed says that it ended as nobody wants it to.
func (t *traffic) failed() bool {
	if t.status() >= 400 {
		return true
	}
	if t.done == nil {
		return false
	}
	switch t.done.Outcome {
	case wire.OutcomeFailed, wire.OutcomeTimeout, wire.OutcomeOffline, wire.OutcomeBlocked, wire.OutcomeMixed, wire.OutcomeRefused:
		return true
	default:
		return false
	}
}

// words say how it stands.
func (t *traffic) words() string {
	code := ""
	if t.status() > 0 {
		code = strconv.FormatUint(uint64(t.status()), 10)
	}
	switch {
	case t.resource != nil:
		return cmp.Or(code, "not told")
	case t.done == nil && t.socket() && t.response != nil:
		return "open"
	case t.done == nil && code != "" && !t.socket():
		return code + ", pending"
	case t.done == nil:
		return "pending"
	}
	if words := outcomes[t.done.Outcome]; words != "" {
		if code != "" && !t.socket() {
			return code + ", " + words
		}
		return words
	}
	if code == "" && t.request != nil && t.request.Kind == wire.RequestBeacon {
		return "sent"
	}
	return cmp.Or(code, "done")
}

// comment says what the figures of the archive do not.
func (t *traffic) comment() string {
	if t.resource == nil && t.request == nil {
		return "Its beginning did not arrive."
	}
	words := t.words()
	if words == fmt.Sprint(t.status()) {
		return ""
	}
	return words
}

func (t *traffic) transfer() wire.Transfer {
	switch {
	case t.resource != nil:
		return t.resource.Transfer
	case t.done != nil:
		return t.done.Transfer
	}
	return wire.Transfer{}
}

// lasted is ms from its beginning to its end; 0 while it has none.
func (t *traffic) lasted() float64 {
	if d := t.transfer().Duration; d > 0 {
		return float64(d) / 10
	}
	if t.done != nil {
		return tenths(max(0, t.ended-t.at))
	}
	return 0
}

// tenths rounds a span to what was measured.
func tenths(ms float64) float64 { return float64(int64(ms*10+0.5)) / 10 }

type harTimings struct {
	Blocked float64 `json:"blocked"`
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"` // with TLS, as the format has it
	SSL     float64 `json:"ssl"`
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// Marks of a transfer.
const (
	markFetch = iota
	markDNS
	markDNSEnd
	markConnect
	markTLS
	markConnected
	markAsked
	markAnswered
	markEnded
	markWorker
)

func (t *traffic) timings() harTimings {
	transfer := t.transfer()
	mark := func(which ...int) float64 {
		for _, n := range which {
			if n < len(transfer.Marks) && transfer.Marks[n] > 0 {
				return float64(transfer.Marks[n]-1) / 10
			}
		}
		return -1
	}
	span := func(from, to float64) float64 {
		if from < 0 || to <= from {
			return -1
		}
		return tenths(to - from)
	}
	if mark(markAsked, markAnswered) < 0 {
		lasted, head := t.lasted(), -1.0
		if t.response != nil {
			head = max(0, t.answered-t.at)
		}
		wait := lasted
		if head >= 0 {
			wait = head
		}
		return harTimings{-1, -1, -1, -1, 0, max(0, tenths(wait)), max(0, span(head, lasted))}
	}
	ended := mark(markEnded)
	if ended < 0 {
		ended = float64(transfer.Duration) / 10
	}
	timings := harTimings{
		Blocked: span(max(0, mark(markFetch)), mark(markWorker, markDNS, markConnect, markAsked)),
		DNS:     span(mark(markDNS), mark(markDNSEnd)),
		Connect: span(mark(markConnect), mark(markTLS, markConnected)),
		SSL:     span(mark(markTLS), mark(markConnected)),
		Wait:    max(0, span(mark(markAsked, markFetch), mark(markAnswered))),
		Receive: max(0, span(mark(markAnswered), ended)),
	}
	if timings.Connect >= 0 {
		timings.Connect = tenths(timings.Connect + max(0, timings.SSL))
	}
	return timings
}

// cut keeps the beginning of a text, whole letters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && s[most]&0xc0 == 0x80 {
		most--
	}
	return s[:most]
}
