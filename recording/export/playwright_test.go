package export_test

import (
	"bytes"
	"strings"
	"testing"

	"ridealong/recording/chunk"
	"ridealong/recording/export"
	"ridealong/wire"
)

// told makes a frame of the dom lane.
func told(at, epoch, seq uint32, kind wire.Kind, ops func(wire.Ops)) chunk.Record {
	w := new(wire.OpWriter)
	ops(w)
	f := wire.Frame{Kind: kind, Flags: wire.FlagFresh, Epoch: epoch, Seq: seq, Time: at, Payload: w.Take()}
	return chunk.Record{At: at, Tab: 1, Lane: wire.LaneDOM, Frame: f.Append(nil)}
}

func attributes(pairs ...string) (out []wire.Attribute) {
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, wire.Attribute{Name: pairs[i], Value: pairs[i+1]})
	}
	return out
}

// checkout is a page with a form: a named field, a field that is masked, two boxes, a choice, and two buttons of one name.
func checkout(o wire.Ops) {
	o.Reset(0)
	o.Insert(1, 0)
	o.Element(2, 0, "html", nil)
	o.Element(3, 0, "body", nil)
	field := func(label uint32, words, tag string, pairs ...string) {
		o.Element(label, 0, "label", nil)
		o.Text(label+1, words+" ")
		o.Element(label+2, 0, tag, attributes(pairs...))
		if tag == "select" {
			for i, option := range []string{"Norway", "Denmark"} {
				o.Element(label+3+uint32(i)*2, 0, "option", nil)
				o.Text(label+4+uint32(i)*2, option)
				o.End()
			}
		}
		o.End()
		o.End()
	}
	field(10, "Name", "input", "name", "name", "autocomplete", "name")
	field(20, "Password", "input", "type", "password")
	field(30, "Send me news", "input", "type", "checkbox")
	field(40, "Country", "select")
	for _, id := range []uint32{50, 60} {
		o.Element(id, 0, "button", nil)
		o.Text(id+1, "Pay `${now}`\"*/")
		o.End()
	}
	o.End()
	o.End()
	o.End()
	o.Page("https://shop.example/checkout?a=", "Checkout")
}

func scriptOf(t *testing.T, records ...chunk.Record) string {
	t.Helper()
	var b bytes.Buffer
	if err := export.Playwright(&b, input(records...)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheScriptRepeatsTheStepsAndMeetsTheFailureAtItsPlace(t *testing.T) {
	got := scriptOf(t,
		told(0, 1, 1, wire.KindKeyframe, checkout),
		told(100, 1, 2, wire.KindOps, func(o wire.Ops) {
			o.Value(12, "set by a script")
			o.Focus(12, 1)
			o.Value(12, "••")
			o.Value(12, "•••••")
			o.Focus(22, 1)
			o.Value(22, "••••••")
			o.Click(30, 1, 1, 0) // the label, and by it the box
			o.Click(32, 1, 1, 0)
			o.Check(32, 1)
			o.Select(42, []uint32{1})
			o.Click(3, 1, 1, 0) // beside everything
		}),
		told(190, 1, 3, wire.KindOps, func(o wire.Ops) { o.Click(61, 1, 1, 0) }),
		failingPayment(),
	)
	want := `
  await page.goto("/checkout");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("A Customer"); // masked in the recording
  await page.getByLabel("Password", { exact: true }).fill("Placeholder-1"); // masked in the recording
  await page.getByRole("checkbox", { name: "Send me news", exact: true }).check();
  await page.getByRole("combobox", { name: "Country", exact: true }).selectOption([{ label: "Denmark" }]);
  const answer1 = page.waitForResponse((r) => r.request().method() === "POST" && new URL(r.url()).pathname === "/api/pay");
`
	want += "  await page.getByRole(\"button\", { name: \"Pay `${now}`\\\"*/\", exact: true }).nth(1).click();\n"
	want += `  // Failed: POST https://shop.example/api/pay?a=&b c=: 500
  expect((await answer1).status(), "as in the recording").toBe(500);
  // Console: payment failed 500 {error: ••••••}
  // Error: Error: pay` + "\ufffd" + `[2J: x (https://shop.example/shop.js:3:4)
  // Failed: ? : failed: offline
`
	if !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatAPageSaysStaysWithinItsLineOfTheScript(t *testing.T) {
	evil := "x\n  await evil();\u2028await evil();\r\n*/ `${evil()}`"
	got := scriptOf(t,
		told(0, 1, 1, wire.KindKeyframe, func(o wire.Ops) {
			o.Reset(0)
			o.Insert(1, 0)
			o.Element(2, 0, "button", attributes("aria-label", evil))
			o.End()
			o.Element(3, 0, "evil\n();", attributes("data-testid", evil, "role", evil))
			o.Text(4, evil)
			o.End()
			o.End()
			o.Page("https://shop.example/\n"+evil, evil)
			o.Page("https://shop.example/%0aevil()", evil)
		}),
		told(10, 1, 2, wire.KindOps, func(o wire.Ops) {
			o.Click(2, 0, 0, 0)
			o.Click(4, 0, 0, 0)
		}),
		telemetry(20, 1, 1, wire.Entry{N: 1, What: &wire.FailureEntry{Name: evil, Message: evil}}),
	)
	for line := range strings.FieldsFuncSeq(got, func(r rune) bool { return r == '\n' || r == '\r' || r == '\u2028' }) {
		if trimmed := strings.TrimSpace(line); strings.HasPrefix(trimmed, "await evil") || strings.HasPrefix(trimmed, "evil") {
			t.Errorf("a line of the page's own: %q in\n%s", line, got)
		}
	}
	if strings.Count(got, ".click();") != 2 {
		t.Errorf("not two clicks:\n%s", got)
	}
}

func TestGoingBackAndEnterAreTold(t *testing.T) {
	page := func(path string) func(wire.Ops) {
		return func(o wire.Ops) {
			o.Reset(0)
			o.Insert(1, 0)
			o.Element(2, 0, "input", attributes("type", "search", "aria-label", "Search"))
			o.End()
			o.Element(3, 0, "a", attributes("href", "/two"))
			o.Text(4, "Two")
			o.End()
			o.End()
			o.Page("https://shop.example"+path, "")
		}
	}
	got := scriptOf(t,
		told(0, 1, 1, wire.KindKeyframe, page("/one")),
		told(10, 1, 2, wire.KindOps, func(o wire.Ops) { o.Click(4, 0, 0, 0) }),
		told(20, 2, 1, wire.KindKeyframe, page("/two")),
		told(30, 3, 1, wire.KindKeyframe, page("/one")),
		told(40, 3, 2, wire.KindOps, func(o wire.Ops) { o.Focus(2, 1); o.Value(2, "lamp") }),
		told(50, 4, 1, wire.KindKeyframe, page("/found/:id")),
	)
	want := `
  await page.goto("/one");
  await page.getByRole("link", { name: "Two", exact: true }).click();
  await page.waitForURL((url) => url.pathname === "/two");
  await page.goBack();
  await page.waitForURL((url) => url.pathname === "/one");
  await page.getByRole("searchbox", { name: "Search", exact: true }).fill("lamp");
  await page.getByRole("searchbox", { name: "Search", exact: true }).press("Enter");
  await page.waitForURL((url) => /^\/found\/[^/]+$/.test(url.pathname));
`
	if !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func FuzzExports(f *testing.F) {
	first := failingPayment()
	f.Add(uint8(first.Lane), first.Frame, []byte{})
	w := new(wire.OpWriter)
	checkout(w)
	keyframe := wire.Frame{Kind: wire.KindKeyframe, Epoch: 1, Seq: 1, Payload: w.Take()}
	f.Add(uint8(wire.LaneDOM), keyframe.Append(nil), []byte{13, 60, 0, 0, 0})
	f.Fuzz(func(t *testing.T, lane uint8, frame, then []byte) {
		follows := wire.Frame{Kind: wire.KindOps, Flags: wire.FlagFresh, Epoch: 1, Seq: 2, Payload: then}
		in := input(chunk.Record{Tab: 1, Lane: wire.Lane(lane), Frame: frame}, chunk.Record{Tab: 1, Lane: wire.LaneDOM, Frame: follows.Append(nil)})
		for _, format := range export.Formats {
			if err := format.Write(&bytes.Buffer{}, in); err != nil {
				t.Error(format.Name, err)
			}
		}
	})
}
