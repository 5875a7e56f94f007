package export

// What the customer did, read from the ops of one page at a time: where they went, what they clicked, filled in, chose and checked.

import (
	"fmt"
	"net/url"
	"strings"

	"ridealong/wire"
)

// step is a line of the script, or several that belong together.
type step struct {
	at    float64 // ms since the recording began; never less than that of the one before
	tab   uint32
	code  []string
	click bool
	field uint32 // that is filled in, so that what is typed further on replaces it
	page  *page
	wait  *traffic // which failed within the step
	note  bool     // a comment of the telemetry lane
}

// steps hears the ops of one document.
type steps struct {
	*tree
	script  *script
	page    *page
	begun   bool // its address is known
	lane    wire.Inflater
	strings wire.StringTable
	unread  bool // until a keyframe, or a frame that can be read from nothing
	at      float64
	quiet   bool // a keyframe tells how it is, and not what is done
	focus   uint32
	focused map[uint32]bool
	toggled map[uint32]*step
	newest  *step
	later   []func() // puts what was done into the script, when all that was before is there
}

func newSteps(s *script, p *page) *steps {
	s.visit(p.tab)
	return &steps{tree: newTree(), script: s, page: p, unread: true, focused: map[uint32]bool{}, toggled: map[uint32]*step{}}
}

func (s *steps) frame(f wire.Frame) {
	s.at = float64(s.page.began) + float64(f.Time)
	s.fresh = map[uint32]bool{}
	switch f.Kind { //nolint:exhaustive // the others are of other lanes
	case wire.KindKeyframe:
		var table wire.StringTable
		var window wire.Inflater
		s.quiet = true
		err := read(f, &window, &table, s)
		s.quiet = false
		s.unread = err != nil
	case wire.KindOps:
		if f.Flags&wire.FlagFresh != 0 {
			s.lane.Fresh()
			s.strings.Fresh()
		}
		if !s.unread {
			s.unread = read(f, &s.lane, &s.strings, s) != nil
		}
	}
}

func read(f wire.Frame, window *wire.Inflater, table *wire.StringTable, to wire.Ops) (err error) {
	payload := f.Payload
	if f.Flags&wire.FlagDeflated != 0 {
		if payload, err = window.Inflate(payload); err != nil {
			return err
		}
	}
	return wire.ReadOps(payload, table, to)
}

// Page is where the customer is.
func (s *steps) Page(address, _ string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return
	}
	at, document := s.at, !s.begun
	s.later = append(s.later, func() { s.script.went(s.page, at, u, document) })
	s.begun = true
	s.newest = nil
}

// Focus is where keys go.
func (s *steps) Focus(id uint32, _ uint8) {
	s.focus = id
	if id != 0 {
		s.focused[id] = true
	}
}

// Click is the customer's own: scripts' clicks are not told.
func (s *steps) Click(id uint32, _, _ int32, button uint8) {
	n := s.nodes[id]
	if n == nil || s.quiet {
		return
	}
	target := n.closest(acts)
	if target == nil {
		if n.kind == elementNode && (n.tag == "html" || n.tag == "body" || n.first != nil && n.first != n.last && n.role() == "") {
			return // beside everything
		}
		target = n
	}
	switch {
	case target.toggle():
		call := "click"
		if target.attr("type") == "radio" {
			call = "check"
		}
		s.toggled[target.id] = s.act(target, call, "")
		return
	case target.field() || target.tag == "option", target.tag == "label" && target.labels():
		return // what it did to the field is told by the field
	}
	arguments := ""
	if button == 2 {
		arguments = "{ button: 'right' }"
	}
	if one := s.act(target, "click", arguments); one != nil {
		one.click = true
		s.later = append(s.later, func() { s.script.clicked(s.page.tab, target) })
	}
}

// acts says that an element does something when it is clicked.
func acts(n *node) bool {
	return n.role() != "" || n.tag == "summary" || n.tag == "label" || n.field() || n.tag == "option"
}

func (n *node) toggle() bool {
	return n.tag == "input" && (n.attr("type") == "checkbox" || n.attr("type") == "radio")
}

// labels says that a click goes on to a field.
func (n *node) labels() bool {
	if n.has("for") {
		return true
	}
	found := false
	n.walk(n, 0, func(one *node) bool {
		found = one.field()
		return !found
	})
	return found
}

// Check is what became of a click on a box.
func (s *steps) Check(id uint32, bits uint8) {
	one := s.toggled[id]
	n := s.nodes[id]
	if one == nil || n == nil || s.quiet {
		return
	}
	delete(s.toggled, id)
	call := ".click()"
	if n.attr("type") == "radio" || bits&1 != 0 {
		call = ".check()"
	} else if bits == 0 {
		call = ".uncheck()"
	}
	last := len(one.code) - 1
	for _, before := range []string{".click()", ".check()"} {
		one.code[last] = strings.Replace(one.code[last], before+";", call+";", 1)
	}
}

// Value is what is in a field. Of one that never had the focus it is a script's doing.
func (s *steps) Value(id uint32, value string) {
	n := s.nodes[id]
	if n == nil || s.quiet || s.fresh[id] || !s.focused[id] || value == "" && s.focus != id {
		return
	}
	told, masked := n.placeholder(value)
	if s.newest != nil && s.newest.field == id {
		s.newest.code = nil // what was typed so far
	}
	one := s.act(n, "fill", quote(told))
	if one == nil {
		return
	}
	one.field = id
	if masked {
		one.code[len(one.code)-1] += " // masked in the recording"
	}
	at := ""
	if n.tag == "input" {
		at = n.locator(s.script.name(s.page.tab))
	}
	s.later = append(s.later, func() { s.script.typed(s.page.tab, at) })
}

// Select is what is chosen.
func (s *steps) Select(id uint32, options []uint32) {
	n := s.nodes[id]
	if n == nil || n.tag != "select" || s.quiet || s.fresh[id] {
		return
	}
	var all []*node
	n.walk(n, 0, func(one *node) bool {
		if one.tag == "option" {
			all = append(all, one)
		}
		return true
	})
	chosen := []string{}
	for _, at := range options {
		if int64(at) >= int64(len(all)) || len(chosen) >= 100 {
			continue
		}
		if label, _ := all[at].words(); label != "" && !strings.Contains(label, "•") && len(label) < 200 {
			chosen = append(chosen, fmt.Sprintf("{ label: %s }", quote(label)))
		} else {
			chosen = append(chosen, fmt.Sprintf("{ index: %d }", at))
		}
	}
	arguments, masked := "["+strings.Join(chosen, ", ")+"]", false
	if len(options) == 0 && !n.has("multiple") {
		arguments, masked = "{ index: 0 }", true
	}
	if s.newest != nil && s.newest.field == id {
		s.newest.code = nil // what was typed so far
	}
	if one := s.act(n, "selectOption", arguments); one != nil {
		one.field = id
		if masked {
			one.code[len(one.code)-1] += " // masked in the recording"
		}
	}
}

// act adds a step; nil when the element cannot be told.
func (s *steps) act(n *node, call, arguments string) *step {
	at := n.locator(s.script.name(s.page.tab))
	if at == "" {
		s.add(&step{code: []string{"// Here something was done to a part of the page that is hidden."}})
		return nil
	}
	return s.add(&step{code: []string{fmt.Sprintf("await %s.%s(%s);", at, call, arguments)}})
}

func (s *steps) add(one *step) *step {
	one.at, one.tab, one.page = s.at, s.page.tab, s.page
	s.newest = one
	if len(s.later) < maxSteps*2 {
		s.later = append(s.later, func() { s.script.add(one) })
	} else {
		s.script.cut = true
	}
	return one
}

var byAutocomplete = map[string]string{
	"cc-number": "4242 4242 4242 4242", "cc-exp": "12 / 39", "cc-csc": "123", "cc-name": "A Customer", "name": "A Customer", "tel": "+15550100",
	"postal-code": "1000", "email": "customer@example.org",
}

var byType = map[string]string{
	"email": "customer@example.org", "password": "Placeholder-1", "tel": "+15550100", "url": "https://example.org/", "date": "2030-01-31",
	"time": "12:00", "datetime-local": "2030-01-31T12:00", "month": "2030-01", "week": "2030-W05", "color": "#336699",
}

// placeholder is what to fill in for a value: itself, or where it is masked something that such a field takes.
func (n *node) placeholder(value string) (text string, masked bool) {
	kind := strings.ToLower(n.attr("type"))
	if value == "" && (kind == "range" || kind == "color") || strings.Contains(value, "•") {
		masked = true
	}
	if !masked {
		return value, false
	}
	if kind == "number" || kind == "range" {
		if low := n.attr("min"); low != "" && len(low) < 20 {
			return low, true
		}
		return "1", true
	}
	for word := range strings.FieldsSeq(n.attr("autocomplete")) {
		if told, ok := byAutocomplete[word]; ok {
			return told, true
		}
	}
	if told, ok := byType[kind]; ok {
		return told, true
	}
	return "placeholder", true
}
