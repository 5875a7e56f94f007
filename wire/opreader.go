package wire

// StringTable of a reader: one for each lane, and one for each keyframe.
type StringTable struct {
	strings []string
	bytes   int
}

// Fresh empties it.
func (t *StringTable) Fresh() { *t = StringTable{} }

func (t *StringTable) read(r *reader) string {
	n := r.varint()
	if n >= 2 {
		if int64(n)-2 >= int64(len(t.strings)) {
			r.fail("string %d of %d", n-2, len(t.strings))
			return ""
		}
		return t.strings[n-2]
	}
	s := r.text(MaxText)
	if n == 1 && r.err == nil {
		t.bytes += len(s)
		if len(t.strings) >= MaxStrings || t.bytes > MaxStringBytes {
			r.fail("string table is full")
			return ""
		}
		t.strings = append(t.strings, s)
	}
	return s
}

// ReadOps reads the ops of one payload into sink. The calls made before an error stand: whoever must not keep half a frame asks
// for a keyframe.
func ReadOps(payload []byte, table *StringTable, sink Ops) error {
	o := opReader{reader: reader{buf: payload}, table: table, sink: sink}
	for o.left() > 0 {
		o.op()
	}
	return o.err
}

type opReader struct {
	reader
	table   *StringTable
	sink    Ops
	lastNew uint32
	depth   int
}

func (o *opReader) str() string { return o.table.read(&o.reader) }

func (o *opReader) flag(most uint32, what string) uint8 {
	return uint8(o.bounded(uint32(o.u8()), most, what))
}

// list is bounded by what is left: each number takes a byte at least.
func (o *opReader) list() []uint32 {
	n := o.varint()
	if int64(n) > int64(o.left()) {
		o.fail("%d numbers in %d bytes", n, o.left())
		return nil
	}
	out := make([]uint32, n)
	for i := range out {
		out[i] = o.varint()
	}
	return out
}

// removed ids are told by what is different from the one before; 0 ends them.
func (o *opReader) removed() (out []uint32) {
	for last := uint32(0); o.err == nil; out = append(out, last) {
		step := o.zigzag()
		if step == 0 {
			break
		}
		last = o.nextID(last, step)
	}
	return out
}

func (o *opReader) nextID(before uint32, step int32) uint32 {
	id := int64(before) + int64(step)
	if id < 1 || id > 1<<32-1 {
		o.fail("node id %d", id)
		return 0
	}
	return uint32(id)
}

// then makes the call unless what it is made of could not be read.
func (o *opReader) then(call func()) {
	if o.err == nil {
		call()
	}
}

func (o *opReader) op() {
	s := o.sink
	switch code := o.u8(); code {
	case opReset:
		compat := o.flag(2, "compat")
		o.then(func() { s.Reset(compat) })
	case opInsert:
		parent, previous := o.varint(), o.varint()
		o.then(func() { s.Insert(parent, previous) })
		o.nodes()
	case opRemove:
		ids := o.removed()
		o.then(func() { s.Remove(ids) })
	case opAttributes:
		o.attributes()
	case opSetText, opSplice, opValue:
		o.textOp(code)
	case opScroll:
		id, x, y := o.varint(), o.zigzag(), o.zigzag()
		o.then(func() { s.Scroll(id, x, y) })
	case opCheck, opState, opDisable:
		o.bitsOp(code)
	case opSelect:
		id, options := o.varint(), o.list()
		o.then(func() { s.Select(id, options) })
	case opFocus:
		id, visible := o.varint(), o.flag(1, "visible")
		o.then(func() { s.Focus(id, visible) })
	case opClick:
		id, x, y, button := o.varint(), o.zigzag(), o.zigzag(), o.u8()
		o.then(func() { s.Click(id, x, y, button) })
	case opSheet, opAdopt, opRule, opRules:
		o.sheetOp(code)
	case opMedia, opAnimate, opNames, opSelection, opHover, opFonts:
		o.shownOp(code)
	default:
		o.pageOp(code)
	}
}

// pageOp is of the page as a whole.
func (o *opReader) pageOp(code uint8) {
	s := o.sink
	switch code {
	case opViewport:
		width, height, ratio, scale := o.varint(), o.varint(), o.varint(), o.varint()
		o.then(func() { s.Viewport(width, height, ratio, scale) })
	case opPath:
		samples := o.samples()
		o.then(func() { s.Path(samples) })
	case opPage:
		url, title := o.str(), o.str()
		o.then(func() { s.Page(url, title) })
	case opEnvironment:
		json := o.text(MaxControl)
		o.then(func() { s.Environment(json) })
	case opAbout:
		json := o.text(MaxControl)
		o.then(func() { s.About(json) })
	case opEvent:
		n, age, name, data := o.varint(), o.varint(), o.str(), o.text(MaxControl)
		o.then(func() { s.Event(n, age, name, data) })
	case opHash:
		count, hash := o.varint(), o.u32()
		o.then(func() { s.Hash(count, hash) })
	default:
		o.fail("unknown op %d", code)
	}
}

func (o *opReader) textOp(code uint8) {
	id := o.varint()
	var offset, deleted uint32
	if code == opSplice {
		offset, deleted = o.varint(), o.varint()
	}
	data := o.str()
	o.then(func() {
		switch code {
		case opSetText:
			o.sink.SetText(id, data)
		case opSplice:
			o.sink.Splice(id, offset, deleted, data)
		case opValue:
			o.sink.Value(id, data)
		}
	})
}

func (o *opReader) bitsOp(code uint8) {
	id := o.varint()
	bits := o.flag(map[uint8]uint32{opCheck: 3, opState: 15, opDisable: 1}[code], "bits")
	o.then(func() {
		switch code {
		case opCheck:
			o.sink.Check(id, bits)
		case opState:
			o.sink.State(id, bits)
		case opDisable:
			o.sink.Disable(id, bits == 1)
		}
	})
}

// shownOp is of what elements show besides their attributes.
func (o *opReader) shownOp(code uint8) {
	id := o.varint()
	switch code {
	case opMedia:
		bits := o.flag(7, "media bits")
		m := Media{bits, o.varint(), o.varint(), o.varint(), o.varint()}
		o.then(func() { o.sink.Media(id, m) })
	case opAnimate:
		a := Animation{Key: o.varint(), Pseudo: o.str(), State: o.flag(3, "animation state")}
		a.Time, a.Rate, a.Effect = o.zigzag(), o.zigzag(), o.str()
		o.then(func() { o.sink.Animate(id, a) })
	case opNames:
		names := o.strs("names")
		o.then(func() { o.sink.Names(id, names) })
	case opSelection:
		anchorOffset, focus, focusOffset := o.varint(), o.varint(), o.varint()
		o.then(func() { o.sink.Selection(id, anchorOffset, focus, focusOffset) })
	case opHover:
		o.then(func() { o.sink.Hover(id) })
	case opFonts:
		rules := o.strs("fonts")
		o.then(func() { o.sink.Fonts(id, rules) })
	}
}

func (o *opReader) strs(what string) []string {
	list := make([]string, o.bounded(o.varint(), MaxAttributes, what))
	for i := range list {
		list[i] = o.str()
	}
	return list
}

func (o *opReader) attributes() {
	id := o.varint()
	changes := make([]Attribute, o.bounded(o.varint(), MaxAttributes, "attributes"))
	for i := range changes {
		changes[i].Name = o.str()
		if changes[i].Removed = o.flag(1, "attribute flag") == 0; !changes[i].Removed {
			changes[i].Value = o.str()
		}
	}
	o.then(func() { o.sink.Attributes(id, changes) })
}

func (o *opReader) sheetOp(code uint8) {
	id := o.varint()
	switch code {
	case opAdopt:
		sheets := o.list()
		o.then(func() { o.sink.Adopt(id, sheets) })
	case opSheet:
		flags, media, rules := o.u8(), o.str(), o.rules()
		o.then(func() { o.sink.Sheet(id, flags, media, rules) })
	case opRules:
		from, rules := o.varint(), o.rules()
		o.then(func() { o.sink.Rules(id, from, rules) })
	case opRule:
		path := o.list()
		if len(path) == 0 || len(path) > ruleDeepest {
			o.fail("rule path of %d", len(path))
		}
		act, text := o.flag(2, "rule act"), ""
		if act != ruleDelete {
			text = o.str()
		}
		o.then(func() { o.sink.Rule(id, path, act, text) })
	}
}

func (o *opReader) rules() (rules []string) {
	n := o.bounded(o.varint(), MaxRules, "rules")
	for range n {
		if o.err != nil {
			break
		}
		rules = append(rules, o.str())
	}
	return rules
}

func (o *opReader) newID() uint32 {
	o.lastNew = o.nextID(o.lastNew, o.zigzag())
	return o.lastNew
}

// nodes of one insert, with a loop: how deep they nest is the sender's to choose.
func (o *opReader) nodes() {
	for o.depth = 1; o.depth > 0 && o.err == nil; {
		o.node()
		if o.depth > MaxDepth+1 {
			o.fail("nested deeper than %d", MaxDepth)
		}
	}
}

func (o *opReader) node() {
	s := o.sink
	switch kind := o.u8(); kind {
	case nodeEnd:
		o.depth--
		o.then(s.End)
	case nodeElement:
		id, ns, tag := o.newID(), o.flag(2, "namespace"), o.str()
		attributes := make([]Attribute, o.bounded(o.varint(), MaxAttributes, "attributes"))
		for i := range attributes {
			attributes[i] = Attribute{Name: o.str(), Value: o.str()}
		}
		o.depth++
		o.then(func() { s.Element(id, ns, tag, attributes) })
	case nodeText:
		id, data := o.newID(), o.str()
		o.then(func() { s.Text(id, data) })
	case nodeShadow:
		id, mode := o.newID(), o.flag(1, "shadow mode")
		o.depth++
		o.then(func() { s.Shadow(id, mode) })
	case nodeDocument:
		id, compat := o.newID(), o.flag(2, "compat")
		o.depth++
		o.then(func() { s.Document(id, compat) })
	case nodeBlocked:
		id, tag, width, height := o.newID(), o.str(), o.varint(), o.varint()
		o.then(func() { s.Blocked(id, tag, width, height) })
	case nodeDoctype:
		id, name, publicID, systemID := o.newID(), o.str(), o.str(), o.str()
		o.then(func() { s.Doctype(id, name, publicID, systemID) })
	case nodeMoved:
		id := o.varint()
		o.then(func() { s.Moved(id) })
	default:
		o.fail("unknown node %d", kind)
	}
}

func (r *reader) samples() []Sample {
	n := r.varint()
	if int64(n)*3 > int64(r.left()) {
		r.fail("%d samples in %d bytes", n, r.left())
		return nil
	}
	out := make([]Sample, n)
	last := Sample{}
	for i := range out {
		last.X += r.zigzag()
		last.Y += r.zigzag()
		if i == 0 {
			last.Before = r.varint()
		} else {
			last.Before -= uint32(r.zigzag()) //nolint:gosec // wraps, as the writer does
		}
		out[i] = last
	}
	return out
}

// ReadPoint reads a POINTER frame's payload.
func ReadPoint(payload []byte) (x, y int32, err error) {
	r := reader{buf: payload}
	x, y = r.zigzag(), r.zigzag()
	return x, y, r.err
}

// AppendPoint encodes a POINTER frame's payload behind b.
func AppendPoint(b []byte, x, y int32) []byte { return appendZigzag(appendZigzag(b, x), y) }
