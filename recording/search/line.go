package search

// A line of the console as text, as a browser's own would show it on one line.

import (
	"fmt"
	"strings"

	"ridealong/wire"
)

const (
	maxLine  = 4000 // bytes
	maxShown = 20   // items of one value
)

// Line gives the values of one call as a text.
func Line(values []wire.Value) string {
	var b strings.Builder
	if len(values) > 0 && values[0].Kind == wire.ValueFormat {
		values = format(&b, values[0].Text, values[1:])
	}
	for _, v := range values {
		if b.Len() > maxLine {
			break
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		value(&b, v, 0)
	}
	return cut(b.String(), maxLine)
}

// format fills the places of a text and gives what is left of the values.
func format(b *strings.Builder, text string, values []wire.Value) []wire.Value {
	for text != "" {
		before, after, found := strings.Cut(text, "%")
		b.WriteString(before)
		if text = after; !found {
			break
		}
		switch {
		case text == "" || !strings.ContainsRune("sdifoOc%", rune(text[0])):
			b.WriteByte('%')
			continue
		case text[0] == '%':
			b.WriteByte('%')
		case len(values) == 0:
			b.WriteString("%" + text[:1])
		case text[0] == 'c': // a style
			values = values[1:]
		default:
			value(b, values[0], 0)
			values = values[1:]
		}
		text = text[1:]
	}
	return values
}

func value(b *strings.Builder, v wire.Value, depth int) {
	if b.Len() > maxLine {
		return
	}
	switch v.Kind { //nolint:exhaustive // the others are their text
	case wire.ValueUndefined:
		b.WriteString("undefined")
	case wire.ValueNull:
		b.WriteString("null")
	case wire.ValueMasked:
		b.WriteString("••••••")
	case wire.ValueGetter:
		b.WriteString("(…)")
	case wire.ValueString:
		if depth > 0 {
			fmt.Fprintf(b, "%q", v.Text)
		} else {
			b.WriteString(v.Text)
		}
	case wire.ValueFault:
		b.WriteString(v.Text)
		for _, item := range v.Items {
			if item.Name == "cause" {
				b.WriteString(" ← ")
				value(b, item.Value, depth+1)
			}
		}
	case wire.ValueArray, wire.ValueSet:
		items(b, v, "[", "]", false, depth)
	case wire.ValueObject, wire.ValueMap:
		items(b, v, "{", "}", true, depth)
	default:
		b.WriteString(v.Text)
	}
}

func items(b *strings.Builder, v wire.Value, open, end string, named bool, depth int) {
	if v.Text != "" && v.Text != "Object" && v.Text != "Array" {
		b.WriteString(v.Text + " ")
	}
	b.WriteString(open)
	for i, item := range v.Items {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == maxShown {
			break
		}
		if named {
			b.WriteString(item.Name + ": ")
		}
		value(b, item.Value, depth+1)
	}
	if int(v.Size) > min(len(v.Items), maxShown) {
		b.WriteString(", …")
	}
	b.WriteString(end)
}
