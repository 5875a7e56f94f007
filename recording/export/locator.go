package export

// Which element was meant, as a Playwright locator: by what a person would call it before what a script would.

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// quote is a text as a string literal of TypeScript: JSON is one, and what ends a line there is escaped in it.
func quote(s string) string {
	b, err := json.Marshal(strings.ToValidUTF8(s, "\ufffd"))
	if err != nil {
		return `""`
	}
	return string(b)
}

var (
	digit   = regexp.MustCompile(`\d`)
	madeUp  = regexp.MustCompile(`\d{3}|^[:_]|--|^radix|^r\d`)
	simple  = regexp.MustCompile(`^[A-Za-z][\w-]*$`)
	testIDs = []string{"data-testid"}
)

var inputRoles = map[string]string{
	"": "textbox", "text": "textbox", "email": "textbox", "tel": "textbox", "url": "textbox", "search": "searchbox", "number": "spinbutton",
	"range": "slider", "checkbox": "checkbox", "radio": "radio", "submit": "button", "button": "button", "reset": "button", "image": "button",
}

// roles that getByRole takes, of those that people act on.
var roles = map[string]bool{
	"button": true, "link": true, "checkbox": true, "radio": true, "switch": true, "tab": true, "menuitem": true, "menuitemcheckbox": true,
	"menuitemradio": true, "option": true, "textbox": true, "searchbox": true, "combobox": true, "listbox": true, "slider": true,
	"spinbutton": true, "treeitem": true, "gridcell": true, "row": true, "heading": true,
}

func (n *node) role() string {
	if role := strings.TrimSpace(n.attr("role")); role != "" {
		if roles[role] {
			return role
		}
		return ""
	}
	switch n.tag {
	case "a":
		if n.has("href") {
			return "link"
		}
	case "button":
		return "button"
	case "textarea":
		return "textbox"
	case "select":
		if size, _ := strconv.Atoi(n.attr("size")); n.has("multiple") || size > 1 {
			return "listbox"
		}
		return "combobox"
	case "input":
		if n.has("list") {
			return "combobox"
		}
		return inputRoles[strings.ToLower(n.attr("type"))]
	}
	return ""
}

func (n *node) field() bool {
	return n.tag == "textarea" || n.tag == "select" || n.tag == "input" && inputRoles[strings.ToLower(n.attr("type"))] != "button"
}

// label is the words of the label of a field; empty where it has none, or several.
func (n *node) label(root *node) string {
	var found []*node
	if around := n.closest(func(up *node) bool { return up.tag == "label" }); around != nil && around != n {
		found = append(found, around)
	}
	if id := n.attr("id"); id != "" {
		root.each(func(one *node) bool {
			if one.tag == "label" && one.attr("for") == id && (len(found) == 0 || found[0] != one) {
				found = append(found, one)
			}
			return len(found) < 2
		})
	}
	if len(found) != 1 {
		return ""
	}
	text, _ := found[0].words()
	return text
}

// name is what a browser calls n, as far as it can be known from here; sure says that it can, and that it stays.
func (n *node) name(root *node) (name string, sure bool) {
	switch {
	case n.has("aria-labelledby"):
		return "", false
	case n.attr("aria-label") != "":
		name, sure = strings.Join(strings.Fields(n.attr("aria-label")), " "), true
	case n.field():
		name = n.label(root)
		sure = name != ""
	case n.tag == "input":
		name = n.attr("value")
		sure = name != ""
	default:
		var plain bool
		name, plain = n.words()
		// A number in an element of its own counts something.
		sure = plain && (n.first == n.last || !digit.MatchString(name))
	}
	if name == "" || strings.Contains(name, "•") || len(name) > 120 || !utf8.ValidString(name) {
		return "", false
	}
	return name, sure
}

// root is the document that n is in.
func (n *node) root() *node {
	for up := n; ; up = up.parent {
		if up.parent == nil || up.kind == documentNode {
			return up
		}
	}
}

// locator of n in the page that the expression `page` gives; empty when there is none.
func (n *node) locator(page string) string {
	// A closed shadow root is one thing to whoever is outside of it.
	for up := n; up != nil && up.kind != documentNode; up = up.parent {
		if up.kind == closedNode {
			n = up.parent
		}
	}
	if n == nil || n.kind == blockedNode {
		return ""
	}
	root := n.root()
	if root.kind != documentNode {
		return ""
	}
	if frame := root.parent; frame != nil {
		if page = frame.locator(page); page == "" {
			return ""
		}
		page += ".contentFrame()"
	}
	return page + n.within(root)
}

func (n *node) within(root *node) string {
	role := n.role()
	name, sure := n.name(root)
	byRole, place := "", -1
	if role != "" && name != "" && sure {
		byRole = fmt.Sprintf(".getByRole(%s, { name: %s, exact: true })", quote(role), quote(name))
		var alone bool
		if place, alone = n.place(root, func(one *node) bool {
			if one.role() != role {
				return false
			}
			called, _ := one.name(root)
			return called == name
		}); alone {
			return byRole
		}
	}
	if n.field() {
		if label := n.label(root); label != "" && !strings.Contains(label, "•") && len(label) <= 120 && n.tag != "select" {
			if n.alone(root, func(one *node) bool {
				return one.field() && (one.label(root) == label || one.attr("aria-label") == label) || one.attr("aria-label") == label
			}) {
				return fmt.Sprintf(".getByLabel(%s, { exact: true })", quote(label))
			}
		}
	}
	for _, attribute := range testIDs {
		if id := n.attr(attribute); id != "" && !strings.Contains(id, "•") && n.alone(root, func(one *node) bool { return one.attr(attribute) == id }) {
			return fmt.Sprintf(".getByTestId(%s)", quote(id))
		}
	}
	if id := n.attr("id"); simple.MatchString(id) && !madeUp.MatchString(id) && n.alone(root, func(one *node) bool { return one.attr("id") == id }) {
		return fmt.Sprintf(".locator(%s)", quote("#"+id))
	}
	if text, plain := n.words(); role == "" && plain && text != "" && len(text) < 80 && !strings.Contains(text, "•") {
		if n.alone(root, func(one *node) bool {
			called, _ := one.words()
			return one.tag == n.tag && called == text
		}) {
			return fmt.Sprintf(".locator(%s, { hasText: /^\\s*%s\\s*$/ })", quote(n.tag), pattern(text))
		}
	}
	if css := n.plainCSS(root); css != "" {
		return fmt.Sprintf(".locator(%s)", quote(css))
	}
	if place >= 0 {
		return fmt.Sprintf("%s.nth(%d)", byRole, place)
	}
	return fmt.Sprintf(".locator(%s)", quote(n.path()))
}

// place of n among those in its document that f takes, and whether it is alone there.
func (n *node) place(root *node, f func(*node) bool) (place int, alone bool) {
	place = -1
	count := 0
	root.each(func(one *node) bool {
		if one == n {
			place = count
		}
		if one == n || f(one) {
			count++
		}
		return true
	})
	return place, place == 0 && count == 1
}

func (n *node) alone(root *node, f func(*node) bool) bool {
	_, alone := n.place(root, f)
	return alone
}

var inPattern = regexp.MustCompile(`[\\^$.*+?()\[\]{}|/]`)

// pattern is a text as part of a regular expression literal.
func pattern(text string) string {
	text = inPattern.ReplaceAllString(text, `\$0`)
	return strings.NewReplacer("\n", " ", "\r", " ", "\u2028", " ", "\u2029", " ", " ", `\s+`).Replace(text)
}

// plainCSS is a selector by one class, name, or kind that n has alone; empty where there is none.
func (n *node) plainCSS(root *node) string {
	for _, attribute := range []string{"name", "placeholder", "href"} {
		if v := n.attr(attribute); v != "" && len(v) < 80 && !strings.ContainsAny(v, "•\"\\\n?#:") {
			if n.alone(root, func(one *node) bool { return one.tag == n.tag && one.attr(attribute) == v }) {
				if attribute != "href" { // addresses are told reduced
					return fmt.Sprintf(`%s[%s="%s"]`, n.tag, attribute, v)
				}
			}
		}
	}
	for class := range strings.FieldsSeq(n.attr("class")) {
		if simple.MatchString(class) && !madeUp.MatchString(class) && simple.MatchString(n.tag) && n.alone(root, func(one *node) bool {
			return one.tag == n.tag && strings.Contains(" "+strings.Join(strings.Fields(one.attr("class")), " ")+" ", " "+class+" ")
		}) {
			return n.tag + "." + class
		}
	}
	return ""
}

// path is a selector by place, from the next element that has an id, or from the body.
func (n *node) path() string {
	css, between := "", ""
	for up, depth := n, 0; up != nil && up.kind != documentNode && depth < 64; up, depth = up.parent, depth+1 {
		if up.kind == shadowNode {
			between = " " // which goes into what is shadowed; > does not
			continue
		}
		part, last := up.step(up == n)
		css = part + between + css
		if last {
			break
		}
		between = " > "
	}
	return css
}

// step is one part of a path, and whether nothing has to stand before it.
func (n *node) step(itself bool) (css string, last bool) {
	if id := n.attr("id"); !itself && simple.MatchString(id) && !madeUp.MatchString(id) {
		return "#" + id, true
	}
	if !simple.MatchString(n.tag) {
		return "*", false
	}
	if n.tag == "body" || n.tag == "html" {
		return n.tag, true
	}
	at, same := 1, 1
	for before := n.prev; before != nil; before = before.prev {
		if before.kind == elementNode && before.tag == n.tag {
			at++
			same++
		}
	}
	for behind := n.nxt; behind != nil; behind = behind.nxt {
		if behind.kind == elementNode && behind.tag == n.tag {
			same++
		}
	}
	if same > 1 {
		return fmt.Sprintf("%s:nth-of-type(%d)", n.tag, at), false
	}
	return n.tag, false
}
