package export

// The page as the ops tell it, in as much detail as is needed to say in words which element was meant. What an op says of a node that there
// is not is left out; nothing a page sends makes a circle of nodes or goes deeper than maxDepth.

import (
	"strings"
	"unicode/utf16"

	"ridealong/wire"
)

const (
	maxDepth = 600        // that is walked; the rest is as if it were not there
	maxNodes = 300_000    // of one document; what is more is left out
	maxText  = 256 << 10  // units of one text that splices make
	maxWork  = 50_000_000 // nodes of one document that are looked at, all in all
	maxWords = 500        // nodes whose texts are put together
)

type nodeKind uint8

const (
	elementNode nodeKind = iota
	textNode
	shadowNode
	closedNode // a shadow root that scripts cannot look into
	documentNode
	blockedNode
)

type node struct {
	id                     uint32
	kind                   nodeKind
	tag, text              string
	attributes             map[string]string
	shown                  uint8 // bits of STATE
	work                   int   // of a document
	parent                 *node
	first, last, prev, nxt *node
}

func (n *node) attr(name string) string { return n.attributes[name] }

func (n *node) has(name string) bool {
	_, ok := n.attributes[name]
	return ok
}

// tree is wire.Ops; steps, which embeds it, hears what is done to the page.
type tree struct {
	nodes map[uint32]*node
	open  []*node         // whose nodes are being read; nil for one that is left out
	after *node           // of the innermost
	fresh map[uint32]bool // came with the frame that is being read
}

var _ wire.Ops = (*tree)(nil)

func newTree() *tree {
	t := &tree{}
	t.Reset(0)
	return t
}

func (t *tree) Reset(uint8) {
	t.nodes = map[uint32]*node{1: {id: 1, kind: documentNode}}
	t.open, t.after, t.fresh = nil, nil, map[uint32]bool{}
}

func (t *tree) Insert(parent, previous uint32) {
	p := t.nodes[parent]
	t.after = t.nodes[previous]
	if t.after != nil && t.after.parent != p {
		t.after = nil
	}
	t.open = append(t.open[:0], p)
}

// put links n behind the newest sibling.
func (t *tree) put(n *node) bool {
	if len(t.open) == 0 || t.open[len(t.open)-1] == nil {
		return false
	}
	parent := t.open[len(t.open)-1]
	n.parent, n.prev = parent, t.after
	if t.after != nil {
		n.nxt, t.after.nxt = t.after.nxt, n
	} else {
		n.nxt, parent.first = parent.first, n
	}
	if n.nxt != nil {
		n.nxt.prev = n
	} else {
		parent.last = n
	}
	t.after = n
	return true
}

func (t *tree) add(n *node) *node {
	if t.nodes[n.id] != nil || len(t.nodes) >= maxNodes || !t.put(n) {
		return nil
	}
	t.nodes[n.id] = n
	t.fresh[n.id] = true
	return n
}

// within opens n, whose nodes follow.
func (t *tree) within(n *node) {
	t.open = append(t.open, n)
	if n != nil {
		t.after = nil
	}
}

func (t *tree) Element(id uint32, _ uint8, tag string, attributes []wire.Attribute) {
	n := &node{id: id, tag: tag, attributes: make(map[string]string, len(attributes))}
	for _, a := range attributes {
		n.attributes[a.Name] = a.Value
	}
	t.within(t.add(n))
}

func (t *tree) Text(id uint32, data string) { t.add(&node{id: id, kind: textNode, text: data}) }

func (t *tree) Shadow(id uint32, mode uint8) {
	kind := shadowNode
	if mode != 0 {
		kind = closedNode
	}
	t.within(t.add(&node{id: id, kind: kind}))
}

func (t *tree) Document(id uint32, _ uint8) { t.within(t.add(&node{id: id, kind: documentNode})) }

func (t *tree) Blocked(id uint32, tag string, _, _ uint32) {
	t.add(&node{id: id, kind: blockedNode, tag: tag})
}

func (t *tree) Doctype(uint32, string, string, string) {}

func (t *tree) Moved(id uint32) {
	n := t.nodes[id]
	if n == nil || id == 1 || len(t.open) == 0 {
		return
	}
	for up := t.open[len(t.open)-1]; up != nil; up = up.parent {
		if up == n {
			return
		}
	}
	if t.after == n {
		return // it stands there
	}
	n.unlink()
	t.put(n)
}

func (t *tree) End() {
	if len(t.open) == 0 {
		return
	}
	closed := t.open[len(t.open)-1]
	t.open = t.open[:len(t.open)-1]
	if closed != nil && len(t.open) > 0 {
		t.after = closed
	}
}

func (n *node) unlink() {
	if n.parent == nil {
		return
	}
	if n.prev != nil {
		n.prev.nxt = n.nxt
	} else {
		n.parent.first = n.nxt
	}
	if n.nxt != nil {
		n.nxt.prev = n.prev
	} else {
		n.parent.last = n.prev
	}
	n.parent, n.prev, n.nxt = nil, nil, nil
}

func (t *tree) Remove(ids []uint32) {
	for _, id := range ids {
		n := t.nodes[id]
		if n == nil || id == 1 {
			continue
		}
		n.unlink()
		for waiting := []*node{n}; len(waiting) > 0; {
			one := waiting[len(waiting)-1]
			waiting = waiting[:len(waiting)-1]
			delete(t.nodes, one.id)
			for c := one.first; c != nil; c = c.nxt {
				waiting = append(waiting, c)
			}
		}
	}
}

func (t *tree) Attributes(id uint32, changes []wire.Attribute) {
	n := t.nodes[id]
	if n == nil || n.attributes == nil {
		return
	}
	for _, a := range changes {
		if a.Removed {
			delete(n.attributes, a.Name)
		} else {
			n.attributes[a.Name] = a.Value
		}
	}
}

func (t *tree) SetText(id uint32, data string) {
	if n := t.nodes[id]; n != nil {
		n.text = data
	}
}

func (t *tree) Splice(id, offset, deleted uint32, data string) {
	n := t.nodes[id]
	if n == nil {
		return
	}
	units := utf16.Encode([]rune(n.text))
	size := uint64(len(units))
	from := min(uint64(offset), size)
	to := min(from+uint64(deleted), size)
	if size > maxText {
		return
	}
	n.text = string(utf16.Decode(units[:from])) + data + string(utf16.Decode(units[to:]))
}

func (t *tree) State(id uint32, bits uint8) {
	if n := t.nodes[id]; n != nil {
		n.shown = bits
	}
}

// What says nothing of which element is which.

func (t *tree) Scroll(uint32, int32, int32)              {}
func (t *tree) Value(uint32, string)                     {}
func (t *tree) Check(uint32, uint8)                      {}
func (t *tree) Select(uint32, []uint32)                  {}
func (t *tree) Viewport(uint32, uint32, uint32, uint32)  {}
func (t *tree) Focus(uint32, uint8)                      {}
func (t *tree) Click(uint32, int32, int32, uint8)        {}
func (t *tree) Path([]wire.Sample)                       {}
func (t *tree) Sheet(uint32, uint8, string, []string)    {}
func (t *tree) Adopt(uint32, []uint32)                   {}
func (t *tree) Rule(uint32, []uint32, uint8, string)     {}
func (t *tree) Rules(uint32, uint32, []string)           {}
func (t *tree) Disable(uint32, bool)                     {}
func (t *tree) Page(string, string)                      {}
func (t *tree) Environment(string)                       {}
func (t *tree) Hash(uint32, uint32)                      {}
func (t *tree) Media(uint32, wire.Media)                 {}
func (t *tree) Animate(uint32, wire.Animation)           {}
func (t *tree) Names(uint32, []string)                   {}
func (t *tree) Selection(uint32, uint32, uint32, uint32) {}
func (t *tree) Hover(uint32)                             {}
func (t *tree) Fonts(uint32, []string)                   {}
func (t *tree) About(string)                             {}
func (t *tree) Event(uint32, uint32, string, string)     {}

// each calls f with the elements of the document n, in order, until f says no. Those that are hidden by attribute are left out. A document
// that was looked through too often is empty: a page does not decide how long an export takes.
func (n *node) each(f func(*node) bool) { n.walk(n, 0, f) }

func (n *node) walk(root *node, depth int, f func(*node) bool) bool {
	for c := n.first; c != nil; c = c.nxt {
		if root.work++; root.work > maxWork {
			return false
		}
		if depth > maxDepth || c.kind == documentNode || c.kind == closedNode || c.hidden() {
			continue
		}
		if (c.kind == elementNode && !f(c)) || !c.walk(root, depth+1, f) {
			return false
		}
	}
	return true
}

func (n *node) hidden() bool {
	return n.kind == elementNode && (n.has("hidden") || n.attr("aria-hidden") == "true" || n.tag == "dialog" && !n.has("open") && n.shown&3 == 0 ||
		n.tag == "template" || n.tag == "script" || n.tag == "style" || n.tag == "head")
}

// closest is n or the innermost element around it, within its document, that f takes.
func (n *node) closest(f func(*node) bool) *node {
	for up := n; up != nil && up.kind != documentNode; up = up.parent {
		if up.kind == elementNode && f(up) {
			return up
		}
	}
	return nil
}

// words are the texts in n without those of fields, white space put together; at most about 300 bytes. Plain says that nothing but
// texts of one line is in it, so that a browser reads the same.
func (n *node) words() (text string, plain bool) {
	var b strings.Builder
	plain = true
	seen := 0
	var walk func(*node, int)
	walk = func(n *node, depth int) {
		for c := n.first; c != nil && b.Len() < 300 && depth < maxDepth && seen < maxWords; c = c.nxt {
			seen++
			switch {
			case c.kind == textNode:
				b.WriteString(strings.ToValidUTF8(c.text, "\ufffd"))
			case c.kind == elementNode && (c.tag == "select" || c.tag == "textarea" || c.tag == "input"):
			case c.kind == elementNode && c.hidden():
			case c.kind == elementNode:
				plain = plain && strings.Contains(" span b i em strong small u s abbr code ", " "+c.tag+" ")
				walk(c, depth+1)
			default:
				plain = false
			}
		}
	}
	walk(n, 0)
	return strings.Join(strings.Fields(b.String()), " "), plain && b.Len() < 300 && seen < maxWords
}
