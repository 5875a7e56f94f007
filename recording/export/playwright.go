package export

// A Playwright script that repeats the customer's steps, with what failed at its place. What a page is called and says stands in it as
// string literals, and in comments as one line.

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"ridealong/wire"
)

const (
	maxSteps = 5000
	maxNotes = 2000
	maxOpen  = 16     // documents that are looked at at a time
	soon     = 10_000 // ms; what fails within them after a click is waited for
)

// script is what becomes one.
type script struct {
	steps  []*step
	notes  []*step
	tabs   map[uint32]*visit
	order  []uint32
	origin string
	cut    bool
}

// visit is where a tab has been, and what was done there last.
type visit struct {
	paths   []string
	epoch   uint32
	clicked *node  // since it went anywhere
	typed   string // into which field, a locator
}

// Playwright writes the script.
func Playwright(w io.Writer, in Input) error {
	s := &script{tabs: map[uint32]*visit{}}
	pages := map[*page]*steps{}
	var all []*steps
	traffic := gathered{byID: map[trafficID]*traffic{}}
	err := in.read(sink{
		entry: func(p *page, e wire.Entry) { s.tell(p, e, traffic.add(p, e)) },
		dom: func(p *page, f wire.Frame) {
			one := pages[p]
			if one == nil {
				one = newSteps(s, p)
				pages[p] = one
				all = append(all, one)
				if len(all) > maxOpen { // nothing comes of a page that was left so long ago
					gone := all[len(all)-1-maxOpen]
					gone.tree, gone.unread = newTree(), true
				}
			}
			one.frame(f)
		},
	})
	if err != nil {
		return err
	}
	// What a page had to tell when it was left may have come after the beginning of the next one.
	slices.SortStableFunc(all, func(a, b *steps) int { return cmp.Compare(a.page.epoch, b.page.epoch) })
	for _, one := range all {
		for _, f := range one.later {
			f()
		}
	}
	out := bufio.NewWriter(w)
	s.write(out, in)
	return out.Flush()
}

func (s *script) name(tab uint32) string {
	if at := slices.Index(s.order, tab); at > 0 {
		return fmt.Sprintf("page%d", at+1)
	}
	return "page"
}

func (s *script) add(one *step) {
	if len(s.steps) >= maxSteps {
		s.cut = true
		return
	}
	if before := s.last(one.tab); before != nil {
		one.at = max(one.at, before.at)
	}
	s.steps = append(s.steps, one)
}

// last step of a tab.
func (s *script) last(tab uint32) *step {
	for _, one := range slices.Backward(s.steps) {
		if one.tab == tab {
			return one
		}
	}
	return nil
}

func (s *script) clicked(tab uint32, n *node) { s.visit(tab).clicked, s.visit(tab).typed = n, "" }
func (s *script) typed(tab uint32, at string) { s.visit(tab).clicked, s.visit(tab).typed = nil, at }

func (s *script) visit(tab uint32) *visit {
	v := s.tabs[tab]
	if v == nil {
		v = &visit{}
		s.tabs[tab] = v
		s.order = append(s.order, tab)
	}
	return v
}

// went says that a tab shows this address now, in a new document or in the one it had.
func (s *script) went(p *page, at float64, u *url.URL, document bool) {
	origin := u.Scheme + "://" + u.Host
	if s.origin == "" {
		s.origin = origin
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if origin != s.origin {
		path = origin + path
	}
	v := s.visit(p.tab)
	newest := ""
	if len(v.paths) > 0 {
		newest = v.paths[len(v.paths)-1]
	}
	if newest == path && !document {
		return // its title, or what is not told of its address
	}
	name := s.name(p.tab)
	var code []string
	if len(v.paths) == 0 && name != "page" {
		code = append(code, fmt.Sprintf("const %s = await page.context().newPage();", name))
	}
	there := fmt.Sprintf("await %s.waitForURL((url) => %s);", name, matches(path))
	submits := v.typed != "" && document
	lost := document && len(s.order) == 1 && v.epoch != 0 && p.epoch != v.epoch+1
	v.epoch = p.epoch
	if lost { // a page in between is not in the recording, or nothing of its picture
		code = append(code, "// What led here was not recorded.")
	}
	switch {
	case lost:
		code = append(code, fmt.Sprintf("await %s.goto(%s);", name, quote(path)))
	case v.clicked != nil && (newest != path || document) && v.clicked.leads(path):
		code = append(code, there)
	case len(v.paths) > 1 && v.paths[len(v.paths)-2] == path:
		code = append(code, fmt.Sprintf("await %s.goBack();", name), there)
		v.paths = v.paths[:len(v.paths)-2]
	case submits:
		code = append(code, fmt.Sprintf("await %s.press(\"Enter\");", v.typed), there)
	case newest == path:
		code = append(code, fmt.Sprintf("await %s.reload();", name))
	case !document:
		code = append(code, there) // a script of the page's own
	default:
		code = append(code, fmt.Sprintf("await %s.goto(%s);", name, quote(strings.ReplaceAll(path, ":id", "ID"))))
		if strings.Contains(path, ":id") {
			code = append(code, "// ID stands for a part of the address that was not told.")
		}
	}
	v.paths = append(v.paths, path)
	v.clicked, v.typed = nil, ""
	s.add(&step{at: at, tab: p.tab, page: p, code: code})
}

// leads says that a click on n can have opened this path.
func (n *node) leads(path string) bool {
	link := n.closest(func(up *node) bool { return up.tag == "a" && up.has("href") })
	if link == nil {
		return true
	}
	u, err := url.Parse(link.attr("href"))
	return err != nil || u.Path == "" || strings.HasSuffix(path, u.EscapedPath()) || !strings.HasPrefix(u.Path, "/")
}

// matches is an expression that says whether `url` is at this path.
func matches(path string) string {
	what := "url.pathname"
	if !strings.HasPrefix(path, "/") {
		what = "url.origin + url.pathname"
	}
	if !strings.Contains(path, ":id") {
		return what + " === " + quote(path)
	}
	parts := strings.Split(path, ":id")
	for i := range parts {
		parts[i] = pattern(parts[i])
	}
	return fmt.Sprintf("/^%s$/.test(%s)", strings.Join(parts, "[^/]+"), what)
}

// tell puts what failed at its place.
func (s *script) tell(p *page, e wire.Entry, t *traffic) {
	if len(s.notes) >= maxNotes {
		return
	}
	one := &step{at: p.at(e), tab: p.tab, page: p, note: true}
	switch what := e.What.(type) {
	case *wire.DoneEntry, *wire.ResourceEntry:
		if !t.failed() {
			return
		}
		one.code = []string{remark("Failed: " + t.method() + " " + t.url() + ": " + t.words())}
		if t.request != nil && t.response != nil && t.response.Status >= 400 {
			one.wait = t
		}
	case *wire.FailureEntry, *wire.ConsoleEntry:
		level, text := consoleLine(what, nil)
		if level != "error" && level != "assert" && level != "uncaught" && level != "rejected" {
			return
		}
		first, _, _ := strings.Cut(text, "\n")
		one.code = []string{remark(map[bool]string{true: "Console: ", false: "Error: "}[level == "error" || level == "assert"] + first)}
	default:
		return
	}
	s.notes = append(s.notes, one)
}

var breaks = regexp.MustCompile(`[\r\n\x{2028}\x{2029}\t ]+`)

// remark is a text as a comment of one line.
func remark(text string) string {
	text = strings.TrimSpace(breaks.ReplaceAllString(clean(text), " "))
	if short := cut(text, 300); short != text {
		text = short + "…"
	}
	return "// " + text
}

// merged has the notes between the steps. Where a request that failed was begun by a step, the step waits for its answer.
func (s *script) merged() []*step {
	answers := 0
	for _, note := range s.notes {
		if note.wait == nil {
			continue
		}
		var cause *step
		for _, one := range s.steps {
			if one.page == note.page && one.click && one.at <= note.wait.at+1000 && note.wait.at-one.at < soon {
				cause = one
			}
		}
		u, err := url.Parse(note.wait.url())
		if cause == nil || cause.wait != nil || err != nil || strings.Contains(u.Path, ":id") {
			continue
		}
		answers++
		cause.wait = note.wait
		name, answer := s.name(cause.tab), fmt.Sprintf("answer%d", answers)
		before := fmt.Sprintf("const %s = %s.waitForResponse((r) => r.request().method() === %s && new URL(r.url()).pathname === %s);",
			answer, name, quote(note.wait.method()), quote(u.EscapedPath()))
		after := fmt.Sprintf("expect((await %s).status(), \"as in the recording\").toBe(%d);", answer, note.wait.response.Status)
		cause.code = append(append([]string{before}, cause.code...), note.code[0], after)
		note.code = nil
	}
	all := slices.Concat(s.steps, s.notes)
	slices.SortStableFunc(all, func(a, b *step) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	return all
}

func (s *script) write(out *bufio.Writer, in Input) {
	origin := s.origin
	if origin == "" {
		origin = "http://localhost"
	}
	fmt.Fprintf(out, "// The steps of a recording from %s. Green says: what failed there fails here.\n", in.Started.UTC().Format(isoTime))
	fmt.Fprintln(out, "// Values that were masked in the customer’s browser are placeholders. BASE_URL names another place to try it at.")
	fmt.Fprintf(out, "import { expect, test } from \"@playwright/test\";\n\n")
	fmt.Fprintf(out, "test.use({ baseURL: process.env.BASE_URL ?? %s });\n\n", quote(origin))
	fmt.Fprintf(out, "test(\"the customer’s steps\", async ({ page }) => {\n  test.setTimeout(180_000);\n")
	for _, one := range s.merged() {
		for _, line := range one.code {
			if utf8.ValidString(line) {
				fmt.Fprintf(out, "  %s\n", line)
			}
		}
	}
	if s.cut {
		fmt.Fprintf(out, "  // There were more steps than %d: the rest is left out.\n", maxSteps)
	}
	fmt.Fprintf(out, "  expect(page.isClosed()).toBe(false);\n});\n")
}
