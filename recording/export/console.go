package export

// The console as text: a line for each call, error and failed request, with the moment that it stands at.

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"ridealong/wire"
)

var methods = map[wire.ConsoleMethod]string{
	wire.ConsoleLog: "log", wire.ConsoleInfo: "info", wire.ConsoleWarn: "warn", wire.ConsoleError: "error", wire.ConsoleDebug: "debug",
	wire.ConsoleTrace: "trace", wire.ConsoleAssert: "assert", wire.ConsoleDir: "dir", wire.ConsoleDirxml: "dirxml", wire.ConsoleTable: "table",
	wire.ConsoleGroup: "group", wire.ConsoleGroupCollapsed: "group", wire.ConsoleGroupEnd: "group end", wire.ConsoleCount: "count",
	wire.ConsoleTimeLog: "time", wire.ConsoleTimeEnd: "time", wire.ConsoleClear: "clear",
}

var failures = map[wire.FailureKind]string{
	wire.FailureException: "uncaught", wire.FailureRejection: "rejected", wire.FailurePolicy: "policy", wire.FailureResource: "resource",
}

// Console writes the console of a recording.
func Console(w io.Writer, in Input) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# The console, from %s. Times count from the recording’s beginning.\n# %s stands for what was masked in the customer’s browser.\n",
		in.Started.UTC().Format(isoTime), dots)
	traffic := gathered{byID: map[trafficID]*traffic{}}
	said := map[*page]bool{}
	err := in.read(sink{entry: func(p *page, e wire.Entry) {
		if !said[p] {
			said[p] = true
			fmt.Fprintf(out, "\n# Page %d of tab %d\n", p.epoch, p.tab)
		}
		if level, text := consoleLine(e.What, traffic.add(p, e)); level != "" {
			fmt.Fprintf(out, "%s  %-9s  %s\n", clock(p.at(e)), level, strings.ReplaceAll(clean(text), "\n", "\n"+strings.Repeat(" ", 4)))
		}
	}})
	if err != nil {
		return err
	}
	return out.Flush()
}

// consoleLine says what an entry is in the console; its level is empty where it is nothing there.
func consoleLine(what wire.What, t *traffic) (level, text string) {
	switch what := what.(type) {
	case *wire.ConsoleEntry:
		words := strings.Repeat("  ", int(what.Depth)) + valuesText(what.Values)
		if what.Where != "" {
			words += "  (" + what.Where + ")"
		}
		return methods[what.Method], words + below(what.Stack)
	case *wire.FailureEntry:
		words := strings.TrimPrefix(what.Name+": "+what.Message, ": ")
		if what.Where != "" {
			words += "  (" + what.Where + ")"
		}
		words += below(what.Stack)
		for _, cause := range what.Causes {
			words += "\ncaused by " + cause
		}
		return failures[what.Kind], words
	case *wire.RepeatEntry:
		return "again", fmt.Sprintf("entry %d came %d times so far", what.Of, what.Count)
	case *wire.LeftOutEntry:
		if what.Kind == wire.LeftOutConsole || what.Kind == wire.LeftOutFailures {
			return "left out", fmt.Sprintf("%d, too many at once", what.Count)
		}
	case *wire.DoneEntry, *wire.ResourceEntry:
		if t.failed() {
			return "network", t.method() + " " + t.url() + "  " + t.words()
		}
	}
	return "", ""
}

func below(stack string) string {
	if stack == "" {
		return ""
	}
	return "\n" + stack
}

// clean keeps a page from writing to the terminal of whoever reads the file.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// clock is a moment as `02:07.348`.
func clock(ms float64) string {
	sign := ""
	if ms <= -1 {
		sign, ms = "-", -ms
	}
	n := int64(max(0, ms))
	text := fmt.Sprintf("%02d:%02d.%03d", n/60_000%60, n/1000%60, n%1000)
	if n >= 3_600_000 {
		text = fmt.Sprintf("%02d:%s", n/3_600_000, text)
	}
	return sign + text
}

// valuesText has the values of a call as one line, placeholders filled in.
func valuesText(values []wire.Value) string {
	var words []string
	if len(values) > 0 && values[0].Kind == wire.ValueFormat {
		text, rest := filled(values[0].Text, values[1:])
		words, values = append(words, text), rest
	}
	for _, v := range values {
		words = append(words, valueText(v, true))
	}
	return strings.Join(words, " ")
}

// filled puts values in the places of a format; what is left of them comes behind it.
func filled(format string, values []wire.Value) (string, []wire.Value) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		switch next := format[i+1]; {
		case next == '%':
			b.WriteByte('%')
			i++
		case strings.IndexByte("sdifoOc", next) < 0 || len(values) == 0:
			b.WriteByte('%')
		default:
			if next != 'c' {
				b.WriteString(valueText(values[0], true))
			}
			values = values[1:]
			i++
		}
	}
	return b.String(), values
}

// valueText is a value in short; top says that a text needs no quotes.
func valueText(v wire.Value, top bool) string {
	switch v.Kind {
	case wire.ValueString:
		text := v.Text
		if v.Size > 0 {
			text += "…"
		}
		if top {
			return text
		}
		return strconv.Quote(text)
	case wire.ValueUndefined:
		return "undefined"
	case wire.ValueNull:
		return "null"
	case wire.ValueMasked:
		return dots
	case wire.ValueFault:
		return v.Text + faultStack(v)
	case wire.ValueObject, wire.ValueArray, wire.ValueMap, wire.ValueSet:
		return itemsText(v)
	case wire.ValueCircle:
		return "[circle]"
	case wire.ValueDeep:
		return "{…}"
	case wire.ValueGetter:
		return "(getter)"
	default:
		return v.Text
	}
}

func faultStack(v wire.Value) string {
	for _, item := range v.Items {
		if item.Name == "stack" {
			return below(item.Value.Text)
		}
	}
	return ""
}

func itemsText(v wire.Value) string {
	open, closing, named := "{", "}", true
	if v.Kind == wire.ValueArray {
		open, closing, named = "[", "]", false
	}
	named = named && v.Kind != wire.ValueSet
	var words []string
	for _, item := range v.Items {
		text := valueText(item.Value, false)
		if named {
			text = item.Name + ": " + text
		}
		words = append(words, text)
	}
	if int64(v.Size) > int64(len(v.Items)) {
		words = append(words, "…")
	}
	name := v.Text
	if name != "" && name != "Object" && name != "Array" {
		name += " "
	} else {
		name = ""
	}
	return name + open + strings.Join(words, ", ") + closing
}
