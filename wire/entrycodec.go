package wire

// Entries as bytes (PROTOCOL.md §4.4), by the fields of their structs: one description of them, and no code for each.

import (
	"math"
	"reflect"
)

// newEntry makes an entry of each code.
var newEntry = map[EntryCode]func() What{
	EntryConsole:     func() What { return new(ConsoleEntry) },
	EntryRepeat:      func() What { return new(RepeatEntry) },
	EntryLeftOut:     func() What { return new(LeftOutEntry) },
	EntryRequest:     func() What { return new(RequestEntry) },
	EntryResponse:    func() What { return new(ResponseEntry) },
	EntryDone:        func() What { return new(DoneEntry) },
	EntryMessage:     func() What { return new(MessageEntry) },
	EntryResource:    func() What { return new(ResourceEntry) },
	EntryFailure:     func() What { return new(FailureEntry) },
	EntryEnvironment: func() What { return new(EnvironmentEntry) },
	EntryVital:       func() What { return new(VitalEntry) },
	EntryTask:        func() What { return new(TaskEntry) },
	EntryGauge:       func() What { return new(GaugeEntry) },
	EntryHappening:   func() What { return new(HappeningEntry) },
}

// AppendEntries encodes entries, whose numbers follow one another, as the raw payload of a frame of this time.
func AppendEntries(b []byte, time uint32, entries []Entry) []byte {
	if len(entries) == 0 {
		return b
	}
	b = appendVarint(b, entries[0].N)
	before := int64(time) * 10
	for _, entry := range entries {
		body := appendZigzag(nil, int32(int64(entry.At)-before)) //nolint:gosec // two moments of one epoch that a log tells together
		before = int64(entry.At)
		body = appendFields(body, reflect.ValueOf(entry.What).Elem())
		b = append(b, byte(entry.What.Code()))
		b = append(appendVarint(b, uint32(len(body))), body...)
	}
	return b
}

func appendFields(b []byte, v reflect.Value) []byte {
	for i := range v.NumField() {
		b = appendField(b, v.Field(i))
	}
	return b
}

func appendField(b []byte, v reflect.Value) []byte {
	if value, ok := v.Interface().(Value); ok {
		return appendValue(b, value)
	}
	switch v.Kind() { //nolint:exhaustive // what entries are made of
	case reflect.Uint8:
		return append(b, byte(v.Uint()))
	case reflect.Uint32:
		return appendVarint(b, uint32(v.Uint()))
	case reflect.Int32:
		return appendZigzag(b, int32(v.Int()))
	case reflect.String:
		return appendText(b, v.String())
	case reflect.Struct:
		return appendFields(b, v)
	case reflect.Slice:
		b = appendVarint(b, uint32(v.Len()))
		for i := range v.Len() {
			b = appendField(b, v.Index(i))
		}
		return b
	default:
		panic("wire: an entry has a field of kind " + v.Kind().String())
	}
}

func appendValue(b []byte, v Value) []byte {
	b = appendVarint(appendText(append(b, byte(v.Kind)), v.Text), v.Size)
	if v.Kind < ValueObject {
		return b
	}
	b = appendVarint(b, uint32(len(v.Items)))
	for _, item := range v.Items {
		b = appendValue(appendText(b, item.Name), item.Value)
	}
	return b
}

// ReadEntries reads the raw payload of a frame of this time. What an entry of another version has besides is left out.
func ReadEntries(payload []byte, time uint32) ([]Entry, error) {
	r := reader{buf: payload}
	n, before := int64(r.varint()), int64(time)*10
	var out []Entry
	for ; r.left() > 0; n++ {
		if n > math.MaxUint32 {
			r.fail("entry number over 32 bits")
			break
		}
		code := EntryCode(r.u8())
		body := reader{buf: r.bytes(int(r.bounded(r.varint(), MaxEntry, "entry of bytes")))}
		before += int64(body.zigzag())
		if r.err != nil {
			break
		}
		if before < math.MinInt32 || before > math.MaxInt32 {
			body.fail("time %d", before)
		}
		entry := Entry{N: uint32(n), At: int32(before)} //nolint:gosec // bounded above
		if make := newEntry[code]; make != nil {
			entry.What = make()
			body.fields(reflect.ValueOf(entry.What).Elem())
		}
		if r.err = body.err; r.err != nil {
			break
		}
		out = append(out, entry)
	}
	return out, r.err
}

// fields of a struct, as many as there are: the rest are zeros.
func (r *reader) fields(v reflect.Value) {
	for i := 0; i < v.NumField() && r.left() > 0; i++ {
		r.field(v.Field(i))
	}
}

func (r *reader) field(v reflect.Value) {
	if value, ok := v.Addr().Interface().(*Value); ok {
		*value = r.value(0)
		return
	}
	switch v.Kind() { //nolint:exhaustive // what entries are made of
	case reflect.Uint8:
		v.SetUint(uint64(r.u8()))
	case reflect.Uint32:
		v.SetUint(uint64(r.varint()))
	case reflect.Int32:
		v.SetInt(int64(r.zigzag()))
	case reflect.String:
		v.SetString(r.text(MaxEntry))
	case reflect.Struct:
		for i := range v.NumField() {
			r.field(v.Field(i))
		}
	case reflect.Slice:
		n := r.varint()
		if int64(n) > int64(r.left()) {
			r.fail("%d things in %d bytes", n, r.left())
		}
		for range n {
			if r.err != nil {
				return
			}
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			r.field(v.Index(v.Len() - 1))
		}
	}
}

func (r *reader) value(depth int) Value {
	v := Value{Kind: ValueKind(r.u8()), Text: r.text(MaxEntry), Size: r.varint()}
	if v.Kind < ValueObject {
		return v
	}
	n := r.bounded(r.varint(), MaxItems, "items")
	if depth > MaxValueDepth {
		r.fail("a value deeper than %d", MaxValueDepth)
	}
	for range n {
		if r.err != nil {
			break
		}
		v.Items = append(v.Items, Item{r.text(MaxEntry), r.value(depth + 1)})
	}
	return v
}
