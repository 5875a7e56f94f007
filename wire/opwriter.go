package wire

// OpWriter writes ops into one growing payload and keeps the lane's string table. It implements Ops.
type OpWriter struct {
	out        []byte
	table      map[string]uint32
	tableBytes int
	lastNew    uint32
}

// A longer string is seldom seen twice: keeping it would only fill the table. In UTF-16 units.
const (
	keepNames = 96
	keepTexts = 24
	keepNone  = 0
)

var _ Ops = (*OpWriter)(nil)

// Take gives the ops of one frame; they are the caller's.
func (w *OpWriter) Take() []byte {
	out := w.out
	w.out, w.lastNew = nil, 0
	return out
}

// Fresh begins a new string table. Only between frames; the frame that follows says so.
func (w *OpWriter) Fresh() { w.table, w.tableBytes = nil, 0 }

func (w *OpWriter) op(code uint8, numbers ...uint32) {
	w.out = append(w.out, code)
	for _, n := range numbers {
		w.varint(n)
	}
}

func (w *OpWriter) u8(v uint8)      { w.out = append(w.out, v) }
func (w *OpWriter) varint(v uint32) { w.out = appendVarint(w.out, v) }
func (w *OpWriter) zigzag(v int32)  { w.out = appendZigzag(w.out, v) }

func (w *OpWriter) str(s string, keep int) {
	if n, ok := w.table[s]; ok {
		w.varint(n + 2)
		return
	}
	length := units(s)
	if length > keep || len(w.table) >= MaxStrings || w.tableBytes+length*3 > MaxStringBytes {
		w.u8(0)
	} else {
		w.u8(1)
		if w.table == nil {
			w.table = map[string]uint32{}
		}
		w.table[s] = uint32(len(w.table))
		w.tableBytes += length * 3
	}
	w.out = appendText(w.out, s)
}

func (w *OpWriter) list(numbers []uint32) {
	w.varint(uint32(len(numbers)))
	for _, n := range numbers {
		w.varint(n)
	}
}

func (w *OpWriter) node(kind uint8, id uint32) {
	w.u8(kind)
	w.zigzag(int32(id - w.lastNew))
	w.lastNew = id
}

// Reset and the others write one op or node each.
func (w *OpWriter) Reset(compat uint8) { w.out = append(w.out, opReset, compat) }

// Insert opens a list of nodes.
func (w *OpWriter) Insert(parent, previous uint32) { w.op(opInsert, parent, previous) }

// Element opens a list of nodes.
func (w *OpWriter) Element(id uint32, ns uint8, tag string, attributes []Attribute) {
	w.node(nodeElement, id)
	w.u8(ns)
	w.str(tag, keepNames)
	w.varint(uint32(len(attributes)))
	for _, a := range attributes {
		w.str(a.Name, keepNames)
		w.str(a.Value, keepNames)
	}
}

// Text node.
func (w *OpWriter) Text(id uint32, data string) {
	w.node(nodeText, id)
	w.str(data, keepTexts)
}

// Shadow opens a list of nodes.
func (w *OpWriter) Shadow(id uint32, mode uint8) {
	w.node(nodeShadow, id)
	w.u8(mode)
}

// Document opens a list of nodes.
func (w *OpWriter) Document(id uint32, compat uint8) {
	w.node(nodeDocument, id)
	w.u8(compat)
}

// Blocked element.
func (w *OpWriter) Blocked(id uint32, tag string, width, height uint32) {
	w.node(nodeBlocked, id)
	w.str(tag, keepNames)
	w.varint(width)
	w.varint(height)
}

// Doctype node.
func (w *OpWriter) Doctype(id uint32, name, publicID, systemID string) {
	w.node(nodeDoctype, id)
	for _, s := range []string{name, publicID, systemID} {
		w.str(s, keepNames)
	}
}

// Moved node.
func (w *OpWriter) Moved(id uint32) { w.op(nodeMoved, id) }

// End closes the innermost list.
func (w *OpWriter) End() { w.u8(nodeEnd) }

// Remove op.
func (w *OpWriter) Remove(ids []uint32) {
	w.op(opRemove)
	last := uint32(0)
	for _, id := range ids {
		w.zigzag(int32(id - last))
		last = id
	}
	w.u8(0)
}

// Attributes op.
func (w *OpWriter) Attributes(id uint32, changes []Attribute) {
	w.op(opAttributes, id, uint32(len(changes)))
	for _, a := range changes {
		w.str(a.Name, keepNames)
		if a.Removed {
			w.u8(0)
			continue
		}
		w.u8(1)
		w.str(a.Value, keepNames)
	}
}

// SetText op.
func (w *OpWriter) SetText(id uint32, data string) {
	w.op(opSetText, id)
	w.str(data, keepTexts)
}

// Splice op.
func (w *OpWriter) Splice(id, offset, deleted uint32, data string) {
	w.op(opSplice, id, offset, deleted)
	w.str(data, keepTexts)
}

// Scroll op.
func (w *OpWriter) Scroll(id uint32, x, y int32) {
	w.op(opScroll, id)
	w.zigzag(x)
	w.zigzag(y)
}

// Value op.
func (w *OpWriter) Value(id uint32, value string) {
	w.op(opValue, id)
	w.str(value, keepTexts)
}

// Check op.
func (w *OpWriter) Check(id uint32, bits uint8) {
	w.op(opCheck, id)
	w.u8(bits)
}

// Select op.
func (w *OpWriter) Select(id uint32, options []uint32) {
	w.op(opSelect, id)
	w.list(options)
}

// Viewport op.
func (w *OpWriter) Viewport(width, height, ratio, scale uint32) {
	w.op(opViewport, width, height, ratio, scale)
}

// Focus op.
func (w *OpWriter) Focus(id uint32, visible uint8) {
	w.op(opFocus, id)
	w.u8(visible)
}

// Click op.
func (w *OpWriter) Click(id uint32, x, y int32, button uint8) {
	w.op(opClick, id)
	w.zigzag(x)
	w.zigzag(y)
	w.u8(button)
}

// Path op.
func (w *OpWriter) Path(samples []Sample) {
	w.u8(opPath)
	w.out = appendSamples(w.out, samples)
}

// Sheet op.
func (w *OpWriter) Sheet(id uint32, flags uint8, media string, rules []string) {
	w.op(opSheet, id)
	w.u8(flags)
	w.str(media, keepNames)
	w.varint(uint32(len(rules)))
	for _, rule := range rules {
		w.str(rule, keepNone)
	}
}

// Adopt op.
func (w *OpWriter) Adopt(root uint32, sheets []uint32) {
	w.op(opAdopt, root)
	w.list(sheets)
}

// Rule op.
func (w *OpWriter) Rule(id uint32, path []uint32, act uint8, text string) {
	w.op(opRule, id)
	w.list(path)
	w.u8(act)
	if act != ruleDelete {
		w.str(text, keepNone)
	}
}

// Rules op.
func (w *OpWriter) Rules(id, from uint32, rules []string) {
	w.op(opRules, id, from, uint32(len(rules)))
	for _, r := range rules {
		w.str(r, keepNone)
	}
}

// Disable op.
func (w *OpWriter) Disable(id uint32, disabled bool) {
	w.op(opDisable, id)
	if disabled {
		w.u8(1)
	} else {
		w.u8(0)
	}
}

// Page op.
func (w *OpWriter) Page(url, title string) {
	w.op(opPage)
	w.str(url, keepNames)
	w.str(title, keepNames)
}

// Environment op.
func (w *OpWriter) Environment(json string) {
	w.op(opEnvironment)
	w.out = appendText(w.out, json)
}

// Hash op.
func (w *OpWriter) Hash(count, hash uint32) {
	w.op(opHash, count)
	w.out = append(w.out, byte(hash>>24), byte(hash>>16), byte(hash>>8), byte(hash))
}

// State op.
func (w *OpWriter) State(id uint32, bits uint8) {
	w.op(opState, id)
	w.u8(bits)
}

// Media op.
func (w *OpWriter) Media(id uint32, m Media) {
	w.op(opMedia, id)
	w.u8(m.Bits)
	for _, n := range []uint32{m.Time, m.Duration, m.Rate, m.Volume} {
		w.varint(n)
	}
}

// Animate op.
func (w *OpWriter) Animate(id uint32, a Animation) {
	w.op(opAnimate, id, a.Key)
	w.str(a.Pseudo, keepNames)
	w.u8(a.State)
	w.zigzag(a.Time)
	w.zigzag(a.Rate)
	w.str(a.Effect, keepNone)
}

// Names op.
func (w *OpWriter) Names(id uint32, names []string) {
	w.strs(opNames, id, names)
}

func (w *OpWriter) strs(op uint8, id uint32, list []string) {
	w.op(op, id, uint32(len(list)))
	for _, s := range list {
		w.str(s, keepNames)
	}
}

// Selection op.
func (w *OpWriter) Selection(anchor, anchorOffset, focus, focusOffset uint32) {
	w.op(opSelection, anchor, anchorOffset, focus, focusOffset)
}

// Hover op.
func (w *OpWriter) Hover(id uint32) {
	w.op(opHover, id)
}

// Fonts op.
func (w *OpWriter) Fonts(document uint32, rules []string) {
	w.strs(opFonts, document, rules)
}

// About op.
func (w *OpWriter) About(json string) {
	w.op(opAbout)
	w.out = appendText(w.out, json)
}

// Event op.
func (w *OpWriter) Event(n, age uint32, name, data string) {
	w.op(opEvent, n, age)
	w.str(name, keepNames)
	w.out = appendText(w.out, data)
}

// appendSamples writes what a PATH op has.
func appendSamples(b []byte, samples []Sample) []byte {
	b = appendVarint(b, uint32(len(samples)))
	last := Sample{}
	for i, s := range samples {
		b = appendZigzag(appendZigzag(b, s.X-last.X), s.Y-last.Y)
		if i == 0 {
			b = appendVarint(b, s.Before)
		} else {
			b = appendZigzag(b, int32(last.Before-s.Before)) //nolint:gosec // wraps, as the reader does
		}
		last = s
	}
	return b
}
