package wire

// Ops as lists that stand in the vectors: ["element", 2, 0, "p", ["class", "a"]]. Names and order are those of the TypeScript interface.

import (
	"encoding/hex"
	"unicode/utf8"
)

// jsonText is a string as JSON holds it in both languages: one with lone surrogates is a list of its units.
func jsonText(s string) any {
	if utf8.ValidString(s) {
		return s
	}
	list := []int{}
	for b := []byte(s); len(b) > 0; {
		c, n := wtf8Unit(b)
		if n == 0 {
			return "not WTF-8: " + hex.EncodeToString([]byte(s))
		}
		if n == 4 {
			list = append(list, 0xd800+int(c-0x10000)>>10, 0xdc00+int(c-0x10000)&0x3ff)
		} else {
			list = append(list, int(c))
		}
		b = b[n:]
	}
	return map[string]any{"units": list}
}

func jsonTexts(list []string) []any {
	out := []any{}
	for _, s := range list {
		out = append(out, jsonText(s))
	}
	return out
}

func jsonNumbers(list []uint32) []any {
	out := []any{}
	for _, n := range list {
		out = append(out, n)
	}
	return out
}

func jsonAttributes(list []Attribute) []any {
	out := []any{}
	for _, a := range list {
		out = append(out, jsonText(a.Name))
		if a.Removed {
			out = append(out, nil)
		} else {
			out = append(out, jsonText(a.Value))
		}
	}
	return out
}

func jsonSamples(list []Sample) []any {
	out := []any{}
	for _, s := range list {
		out = append(out, s.X, s.Y, s.Before)
	}
	return out
}

// calls keeps what was called.
type calls struct{ list [][]any }

var _ Ops = (*calls)(nil)

func (c *calls) add(name string, args ...any) { c.list = append(c.list, append([]any{name}, args...)) }

func (c *calls) Reset(compat uint8)             { c.add("reset", compat) }
func (c *calls) Insert(parent, previous uint32) { c.add("insert", parent, previous) }
func (c *calls) Element(id uint32, ns uint8, tag string, attributes []Attribute) {
	c.add("element", id, ns, jsonText(tag), jsonAttributes(attributes))
}
func (c *calls) Text(id uint32, data string)          { c.add("text", id, jsonText(data)) }
func (c *calls) Shadow(id uint32, mode uint8)         { c.add("shadow", id, mode) }
func (c *calls) Document(id uint32, compat uint8)     { c.add("document", id, compat) }
func (c *calls) Moved(id uint32)                      { c.add("moved", id) }
func (c *calls) End()                                 { c.add("end") }
func (c *calls) Remove(ids []uint32)                  { c.add("remove", jsonNumbers(ids)) }
func (c *calls) SetText(id uint32, data string)       { c.add("setText", id, jsonText(data)) }
func (c *calls) Scroll(id uint32, x, y int32)         { c.add("scroll", id, x, y) }
func (c *calls) Value(id uint32, value string)        { c.add("value", id, jsonText(value)) }
func (c *calls) Check(id uint32, bits uint8)          { c.add("check", id, bits) }
func (c *calls) Select(id uint32, o []uint32)         { c.add("select", id, jsonNumbers(o)) }
func (c *calls) Viewport(w, h, r, s uint32)           { c.add("viewport", w, h, r, s) }
func (c *calls) Focus(id uint32, visible uint8)       { c.add("focus", id, visible) }
func (c *calls) Click(id uint32, x, y int32, b uint8) { c.add("click", id, x, y, b) }
func (c *calls) Path(samples []Sample)                { c.add("path", jsonSamples(samples)) }
func (c *calls) Adopt(root uint32, s []uint32)        { c.add("adopt", root, jsonNumbers(s)) }
func (c *calls) Disable(id uint32, disabled bool)     { c.add("disable", id, disabled) }
func (c *calls) Page(url, title string)               { c.add("page", jsonText(url), jsonText(title)) }
func (c *calls) Environment(json string)              { c.add("environment", jsonText(json)) }
func (c *calls) Hash(count, hash uint32)              { c.add("hash", count, hash) }
func (c *calls) State(id uint32, bits uint8)          { c.add("state", id, bits) }
func (c *calls) Media(id uint32, m Media) {
	c.add("media", id, m.Bits, m.Time, m.Duration, m.Rate, m.Volume)
}
func (c *calls) Animate(id uint32, a Animation) {
	c.add("animate", id, a.Key, jsonText(a.Pseudo), a.State, a.Time, a.Rate, jsonText(a.Effect))
}
func (c *calls) Names(id uint32, names []string)       { c.add("names", id, jsonTexts(names)) }
func (c *calls) Hover(id uint32)                       { c.add("hover", id) }
func (c *calls) Fonts(document uint32, rules []string) { c.add("fonts", document, jsonTexts(rules)) }
func (c *calls) Selection(anchor, anchorOffset, focus, focusOffset uint32) {
	c.add("selection", anchor, anchorOffset, focus, focusOffset)
}
func (c *calls) Blocked(id uint32, tag string, width, height uint32) {
	c.add("blocked", id, jsonText(tag), width, height)
}
func (c *calls) Doctype(id uint32, name, publicID, systemID string) {
	c.add("doctype", id, jsonText(name), jsonText(publicID), jsonText(systemID))
}
func (c *calls) Attributes(id uint32, changes []Attribute) {
	c.add("attributes", id, jsonAttributes(changes))
}
func (c *calls) Splice(id, offset, deleted uint32, data string) {
	c.add("splice", id, offset, deleted, jsonText(data))
}
func (c *calls) Sheet(id uint32, flags uint8, media string, rules []string) {
	c.add("sheet", id, flags, jsonText(media), jsonTexts(rules))
}
func (c *calls) About(json string) { c.add("about", jsonText(json)) }
func (c *calls) Event(n, age uint32, name, data string) {
	c.add("event", n, age, jsonText(name), jsonText(data))
}
func (c *calls) Rules(id, from uint32, rules []string) {
	c.add("rules", id, from, jsonTexts(rules))
}
func (c *calls) Rule(id uint32, path []uint32, act uint8, text string) {
	c.add("rule", id, jsonNumbers(path), act, jsonText(text))
}

// document is a page with something of everything, as calls.
func document(o Ops) {
	o.Reset(0)
	o.Page("https://shop.example/orders/:id", "Orders 👩‍👩‍👧 \xed\xa0\x80")
	o.Environment(`{"userAgent":"x"}`)
	o.Viewport(1280, 800, 2000, 1000)
	o.Insert(1, 0)
	o.Doctype(2, "html", "", "about:legacy-compat")
	o.Element(3, 0, "html", []Attribute{{Name: "lang", Value: "ar"}})
	o.Element(4, 0, "body", nil)
	o.Element(5, 0, "p", []Attribute{{Name: "class", Value: "a"}, {Name: "title", Value: "日本語 مرحبا \xed\xb0\x80"}})
	o.Text(6, "مرحبا")
	o.End()
	o.Element(7, 0, "p", []Attribute{{Name: "class", Value: "a"}})
	o.Text(8, "a text that is too long to be kept in the table of strings")
	o.End()
	o.Element(9, 1, "svg", nil)
	o.Element(10, 1, "path", []Attribute{{Name: "d", Value: "M0 0"}})
	o.End()
	o.End()
	o.Element(11, 2, "math", nil)
	o.End()
	o.Element(12, 0, "my-card", nil)
	o.Shadow(13, 1)
	o.Element(14, 0, "style", nil)
	o.End()
	o.End()
	o.End()
	o.Element(15, 0, "iframe", nil)
	o.Document(16, 1)
	o.End()
	o.End()
	o.Blocked(17, "video", 640, 360)
	o.End()
	o.End()
	o.End()
	o.Sheet(14, 0, "screen", []string{".a { color: red; }", ".a { color: red; }"})
	o.Sheet(40, 1, "", nil)
	o.Adopt(13, []uint32{40})
	o.Focus(7, 1)
}

// changes is what can happen to it then.
func changes(o Ops) {
	o.Insert(4, 7)
	o.Moved(5)
	o.Text(1<<31-1, "far")
	o.Element(41, 0, "p", []Attribute{{Name: "class", Value: "a"}})
	o.End()
	o.End()
	o.Remove([]uint32{9, 11})
	o.Attributes(5, []Attribute{{Name: "class", Value: "b"}, {Name: "title", Removed: true}})
	o.Remove(nil)
	o.SetText(6, "🙂")
	o.Splice(6, 0, 2, "\xed\xa0\xbd")
	o.Scroll(1, 0, -120)
	o.Scroll(4, 1<<31-1, -1<<31)
	o.Value(12, "••••")
	o.Check(12, 3)
	o.Select(12, []uint32{0, 2, 300})
	o.Click(5, -1, 70000, 2)
	o.Path([]Sample{{10, 20, 80}, {-5, 3000, 0}})
	o.Rule(14, []uint32{0, 2}, 1, "b { top: 0 }")
	o.Rule(14, []uint32{1}, 0, "")
	o.Rule(14, []uint32{0}, 2, "i { top: 0 }")
	o.Rules(14, 2, []string{"u { top: 0 }", "u { top: 0 }"})
	o.Rules(14, 300, nil)
	o.Disable(40, false)
	o.Disable(14, true)
	o.State(5, 15)
	o.Hash(17, 0xfedcba98)
	o.Focus(0, 0)
	o.Media(12, Media{5, 1500, 1 << 31, 2000, 500})
	o.Animate(5, Animation{7, "::before", 1, -20, -1000, `{"t":{"duration":100},"k":[{"s":"opacity: 0"}]}`})
	o.Animate(5, Animation{Key: 7})
	o.Names(12, []string{"checked", "b"})
	o.Names(12, nil)
	o.Selection(6, 0, 8, 300)
	o.Selection(0, 0, 0, 0)
	o.Hover(300)
	o.Hover(0)
	o.Fonts(1, []string{`@font-face { font-family: a; src: url("asset:3"); }`})
	o.Fonts(1, nil)
	o.About(`{"identity":{"reference":"x"}}`)
	o.Event(1, 0, "cart", `{"items":2}`)
	o.Event(300, 70000, "cart", "")
}
