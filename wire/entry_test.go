package wire

// Entries: vectors for both languages, and the decoder against anything.

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

type entriesCase struct {
	Name    string  `json:"name"`
	Time    uint32  `json:"time"`
	Hex     string  `json:"hex"`
	Entries [][]any `json:"entries"` // n, at, code, and the fields in their order
	Error   bool    `json:"error,omitempty"`
	// Ours is true when a writer makes just these bytes of the entries.
	Ours bool `json:"ours,omitempty"`
}

// jsonField is a field as both languages' tests know it.
func jsonField(v reflect.Value) any {
	switch one := v.Interface().(type) {
	case Value:
		if one.Kind < ValueObject {
			return []any{one.Kind, jsonText(one.Text), one.Size}
		}
		items := []any{}
		for _, item := range one.Items {
			items = append(items, jsonField(reflect.ValueOf(item)))
		}
		return []any{one.Kind, jsonText(one.Text), one.Size, items}
	case string:
		return jsonText(one)
	}
	switch v.Kind() { //nolint:exhaustive // what entries are made of
	case reflect.Struct:
		return jsonFields(v)
	case reflect.Slice:
		out := []any{}
		for i := range v.Len() {
			out = append(out, jsonField(v.Index(i)))
		}
		return out
	default:
		return v.Interface()
	}
}

func jsonFields(v reflect.Value) []any {
	out := []any{}
	for i := range v.NumField() {
		out = append(out, jsonField(v.Field(i)))
	}
	return out
}

// everyEntry has one of each code with something in each field.
func everyEntry() []Entry {
	transfer := Transfer{12345, []uint32{1, 0, 300}, "h2", TimingCache | TimingHidden, 1 << 31, 2, 3}
	deep := Value{Kind: ValueNumber, Text: "1.5"}
	for i := range MaxValueDepth + 1 {
		deep = Value{Kind: ValueObject, Text: "Deep", Size: uint32(i), Items: []Item{{"inner", deep}}}
	}
	all := []What{
		&ConsoleEntry{ConsoleError, 2, []Value{
			{Kind: ValueFormat, Text: "paid %s of %d"}, {Kind: ValueString, Text: "cut…", Size: 9000}, {Kind: ValueNode, Text: "button#pay", Size: 77},
			{Kind: ValueMap, Text: "Map", Size: 1, Items: []Item{{"\xed\xa0\x80", Value{Kind: ValueMasked, Size: 12}}}}, {Kind: ValueArray, Text: "Array"}, deep,
		}, "pay (https://shop.test/a.js:1:2)\nhttps://shop.test/a.js:3:4", "https://shop.test/a.js:1:2"},
		&RepeatEntry{1, 40}, &LeftOutEntry{LeftOutMessages, 5000, 10000, 3, []Pair{{"error", "7"}, {"", ""}}},
		&RequestEntry{7, RequestFetch, RequestKeepalive, "POST", "https://shop.test/api/pay?card=", "https://shop.test/a.js:9:9", []Pair{{"content-type", "application/json"}}, BodyWhole, 22, `{"card":"••••"}`},
		&ResponseEntry{7, 402, "Payment Required", "basic", "", "application/json", nil},
		&DoneEntry{7, OutcomeOK, "", transfer, BodyCut, "{"}, &MessageEntry{9, 1, BodyOff, 1 << 20, "price", ""},
		&ResourceEntry{"img", "https://shop.test/a.png", 304, transfer},
		&FailureEntry{FailureRejection, "TypeError", "x is not a function", "f (a.js:1:1)", []string{"Error: before", "z"}, "a.js:1:1", []Pair{{"directive", "script-src"}}},
		&EnvironmentEntry{[]Pair{{"online", "false"}}}, &VitalEntry{"LCP", 2_500_000, RatingMiddling, 12, "img"}, &TaskEntry{812, 312, 1, []Pair{{"a.js", "700"}}},
		&GaugeEntry{599, 20480, 1 << 21, 1300, 120, 65536}, &HappeningEntry{HappeningRage, "button#pay", "https://shop.test/", 77, -3, 400, 5, "{}"},
	}
	var out []Entry
	for i, what := range all {
		out = append(out, Entry{N: uint32(i) + 5, At: int32(100_000 - i*7), What: what})
	}
	return out
}

func entriesCases(t *testing.T) (out []entriesCase) {
	t.Helper()
	one := []Entry{{1, -90_000, &RepeatEntry{1, 2}}}
	late := []Entry{{math.MaxUint32, math.MaxInt32, &RepeatEntry{math.MaxUint32, 0}}}
	out = append(out,
		entriesCase{Name: "one of each", Time: 10_000, Hex: hex.EncodeToString(AppendEntries(nil, 10_000, everyEntry())), Ours: true},
		entriesCase{Name: "before the epoch", Time: 5000, Hex: hex.EncodeToString(AppendEntries(nil, 5000, one)), Ours: true},
		entriesCase{Name: "the latest", Time: 200_000_000, Hex: hex.EncodeToString(AppendEntries(nil, 200_000_000, late)), Ours: true},
	)
	tooDeep := strings.Repeat("2000000100", MaxValueDepth+2)
	for _, c := range []struct{ name, hex string }{
		{"nothing at all", ""}, {"none", "01"}, {"code 0", "01000100"}, {"a code to come", "01c80400aabbcc0203000102"}, {"more than is known", "010207000102aabbccdd"},
		{"less than is known", "01020200010e0100"}, {"no fields at all, a transfer among them", "01060100080100"}, {"cut in a field", "010203000180"}, {"cut", "01020500"}, {"a length over the limit", "0102818010" + "00"}, {"a time that there is not", "01020700" + "ffffffff0f" + "0102" + "020700" + "ffffffff0f" + "0102"},
		{"more things than bytes", "010a0300ff7f"}, {"a text without an end", "010b0300" + "6161"}, {"as many items as the rest", "01010800" + "000001" + "2000" + "0002" + "00"},
		{"more items than there may be", "01010a00" + "000001" + "200000" + "e907" + "00"}, {"a value deeper than the limit", "0101" + hexVarint(4+len(tooDeep)/2) + "00000001" + tooDeep},
		{"numbers beyond 32 bits", "ffffffff0f" + "02030001020203000102"}, {"text that is none", "010b0300" + "ff00"},
	} {
		out = append(out, entriesCase{Name: c.name, Hex: c.hex})
	}
	for i := range out {
		c := &out[i]
		entries, err := ReadEntries(unhex(t, c.Hex), c.Time)
		if c.Error = err != nil; c.Error {
			refusedOnly(t, err)
			continue
		}
		for _, entry := range entries {
			if entry.What != nil {
				c.Entries = append(c.Entries, append([]any{entry.N, entry.At, entry.What.Code()}, jsonFields(reflect.ValueOf(entry.What).Elem())...))
			}
		}
	}
	return out
}

func hexVarint(n int) string { return hex.EncodeToString(appendVarint(nil, uint32(n))) }

func TestEveryCodeHasAnEntry(t *testing.T) {
	seen := map[EntryCode]bool{}
	for _, entry := range everyEntry() {
		seen[entry.What.Code()] = true
	}
	for code, make := range newEntry {
		if got := make().Code(); got != code || !seen[code] {
			t.Errorf("code %d makes %d, in the example %v", code, got, seen[code])
		}
	}
	if len(newEntry) != int(EntryHappening) {
		t.Errorf("%d entries, codes up to %d", len(newEntry), EntryHappening)
	}
}

func FuzzEntries(f *testing.F) {
	seeds(f, func(v vectors) {
		for _, one := range v.Entries {
			f.Add(unhex(f, one.Hex), one.Time)
		}
	})
	f.Fuzz(func(t *testing.T, data []byte, time uint32) {
		entries, err := ReadEntries(data, time)
		if err != nil {
			if !errors.Is(err, ErrDecode) {
				t.Fatalf("an error that is none of a decoder: %v", err)
			}
			return
		}
		for _, entry := range entries {
			if entry.What == nil {
				return
			}
		}
		if len(entries) == 0 || int64(entries[0].At)-int64(time)*10 > math.MaxInt32 || int64(entries[0].At)-int64(time)*10 < math.MinInt32 {
			return
		}
		once := AppendEntries(nil, time, entries)
		again, err := ReadEntries(once, time)
		if err != nil || !bytes.Equal(AppendEntries(nil, time, again), once) {
			t.Fatalf("%x becomes %x, %v", data, once, err)
		}
	})
}
