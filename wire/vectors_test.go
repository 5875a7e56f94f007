package wire

// The golden vectors that both languages read. `go test ./wire -run Vectors -update` writes them anew.

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the vectors anew")

const vectorFile = "testdata/vectors.json"

// A case whose Error is true is refused; which bytes are read before that is not said.
type (
	textCase struct {
		Name  string `json:"name"`
		Hex   string `json:"hex"`
		Limit int    `json:"limit"`
		Text  any    `json:"text"`
		Error bool   `json:"error,omitempty"`
	}
	integerCase struct {
		Name  string `json:"name"`
		Kind  string `json:"kind"` // varint, zigzag
		Hex   string `json:"hex"`
		Value int64  `json:"value"`
		Error bool   `json:"error,omitempty"`
	}
	frameCase struct {
		Name    string   `json:"name"`
		Hex     string   `json:"hex"`
		Header  []uint32 `json:"header"` // kind, flags, epoch, seq, time
		Brief   bool     `json:"brief,omitempty"`
		Payload string   `json:"payload"`
		Error   bool     `json:"error,omitempty"`
	}
	pieceCase struct {
		Name   string   `json:"name"`
		Pieces []string `json:"pieces"`
		Gives  []string `json:"gives"` // for each piece: "", "error", or the frame
	}
	opsCase struct {
		Name     string       `json:"name"`
		Payloads []opsPayload `json:"payloads"` // of one lane, with one string table
	}
	opsPayload struct {
		Hex   string  `json:"hex"`
		Fresh bool    `json:"fresh,omitempty"`
		Calls [][]any `json:"calls"`
		Error bool    `json:"error,omitempty"` // the calls before it stand
		// Ours is true when a writer makes just these bytes of the calls.
		Ours bool `json:"ours,omitempty"`
	}
	streamCase struct {
		Name     string          `json:"name"`
		Payloads []streamPayload `json:"payloads"`
	}
	streamPayload struct {
		Hex   string `json:"hex"`
		Fresh bool   `json:"fresh,omitempty"`
		Raw   string `json:"raw"`
		Error bool   `json:"error,omitempty"`
	}
	blobCase struct {
		Name  string `json:"name"`
		Kind  Kind   `json:"kind"` // of the frame: pointer, asset, blob or refused
		Hex   string `json:"hex"`  // the payload
		Gives []any  `json:"gives"`
		Error bool   `json:"error,omitempty"`
	}
	sealCase struct {
		Name   string    `json:"name"`
		Terms  termsCase `json:"terms"`
		From   Side      `json:"from"`
		Proof  string    `json:"proof"`
		Pieces []string  `json:"pieces"` // lane and piece
		Sealed []string  `json:"sealed"`
	}
	termsCase struct {
		Key          string `json:"key"`
		Session      string `json:"session"`
		Link         string `json:"link"`
		NonceC       string `json:"nonceC"`
		NonceA       string `json:"nonceA"`
		FingerprintC string `json:"fingerprintC"`
		FingerprintA string `json:"fingerprintA"`
	}
	treeCase struct {
		Name  string  `json:"name"`
		Nodes [][]any `json:"nodes"`
		Count uint32  `json:"count"`
		Value uint32  `json:"value"`
	}
)

type vectors struct {
	Texts    []textCase    `json:"texts"`
	Integers []integerCase `json:"integers"`
	Frames   []frameCase   `json:"frames"`
	Pieces   []pieceCase   `json:"pieces"`
	Ops      []opsCase     `json:"ops"`
	Streams  []streamCase  `json:"streams"`
	Blobs    []blobCase    `json:"blobs"`
	Seals    []sealCase    `json:"seals"`
	Trees    []treeCase    `json:"trees"`
	Entries  []entriesCase `json:"entries"`
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestVectors holds what this package does against the file: a change of either is seen.
func TestVectors(t *testing.T) {
	got, err := json.MarshalIndent(makeVectors(t), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(vectorFile, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is another (-file +code):\n%s", vectorFile, diff)
	}
}

func makeVectors(t *testing.T) vectors {
	t.Helper()
	return vectors{texts(t), integers(t), frames(t), pieces(t), opsCases(t), streams(t), blobs(t), seals(t), trees(), entriesCases(t)}
}

func texts(t *testing.T) (out []textCase) {
	t.Helper()
	long := appendText(nil, strings.Repeat("long ", 60))
	for _, c := range []struct{ name, hex string }{
		{"empty", "00"}, {"ASCII", "48656c6c6f00"}, {"Arabic", "d985d8b1d8add8a8d8a700"}, {"CJK", "e697a5e69cace8aa9e00"}, {"an emoji", "f09f998200"},
		{"a family", "f09f91a9e2808df09f91a9e2808df09f91a700"}, {"a lone high surrogate", "eda08000"}, {"a lone low surrogate", "edb08000"},
		{"low before high", "edb080eda08000"}, {"high, letter, low", "eda08061edb08000"}, {"NUL", "c08000"}, {"NULs between letters", "61c08062c080c08000"}, {"a byte order mark", "efbbbf00"}, {"a non-character", "efbfbf00"},
		{"the highest", "f48fbfbf00"}, {"long", hex.EncodeToString(long)}, {"long with a NUL", hex.EncodeToString(appendText(nil, strings.Repeat("long\x00", 60)))}, {"a pair in three bytes each", "eda080edb08000"}, {"overlong", "c08100"}, {"overlong in three", "e0808000"},
		{"overlong in four", "f080808000"}, {"a continuation alone", "8000"}, {"a cut sequence", "e28200"}, {"beyond U+10FFFF", "f490808000"}, {"five bytes", "f88880808000"},
		{"as long as it may be", strings.Repeat("61", 1000) + "00"}, {"over the limit", strings.Repeat("61", 1001) + "00"}, {"without an end", "61"}, {"nothing", ""},
	} {
		r := reader{buf: unhex(t, c.hex)}
		one := textCase{Name: c.name, Hex: c.hex, Limit: 1000}
		s := r.text(one.Limit)
		if one.Error = r.err != nil; !one.Error {
			one.Text = jsonText(s)
			if again := hex.EncodeToString(appendText(nil, s)); again != c.hex {
				t.Errorf("%s: %s becomes %s", c.name, c.hex, again)
			}
		}
		out = append(out, one)
	}
	return out
}

func integers(t *testing.T) (out []integerCase) {
	t.Helper()
	for _, c := range []struct{ name, kind, hex string }{
		{"0", "varint", "00"}, {"127", "varint", "7f"}, {"128", "varint", "8001"}, {"2^31", "varint", "8080808008"}, {"2^32-1", "varint", "ffffffff0f"}, {"2^32", "varint", "8080808010"},
		{"six bytes", "varint", "808080808001"}, {"0 in two bytes", "varint", "8000"}, {"1 in five bytes", "varint", "8180808000"}, {"cut", "varint", "80"}, {"nothing", "varint", ""},
		{"0", "zigzag", "00"}, {"-1", "zigzag", "01"}, {"1", "zigzag", "02"}, {"2^31-1", "zigzag", "feffffff0f"}, {"-2^31", "zigzag", "ffffffff0f"},
	} {
		r := reader{buf: unhex(t, c.hex)}
		one := integerCase{Name: c.name, Kind: c.kind, Hex: c.hex}
		if c.kind == "varint" {
			one.Value = int64(r.varint())
		} else {
			one.Value = int64(r.zigzag())
		}
		one.Error = r.err != nil
		out = append(out, one)
	}
	return out
}

func frames(t *testing.T) (out []frameCase) {
	t.Helper()
	for _, c := range []struct{ name, hex string }{
		{"a keyframe", hex.EncodeToString(Frame{KindKeyframe, FlagDeflated, 3, 0, 12345, []byte("x"), false}.Append(nil))},
		{"the largest numbers", hex.EncodeToString(Frame{KindOps, FlagDeflated | FlagFresh, 1<<32 - 1, 1<<32 - 1, 1<<32 - 1, nil, false}.Append(nil))},
		{"a control message", hex.EncodeToString(Frame{KindControl, 0, 0, 0, 0, []byte(`{"type":"ping"}`), false}.Append(nil))},
		{"a pointer", hex.EncodeToString(Frame{Kind: KindPointer, Seq: 255, Payload: AppendPoint(nil, 1280, -1)}.Append(nil))},
		{"a brief head", hex.EncodeToString(Frame{Kind: KindOps, Seq: 1, Time: 40, Payload: []byte("x"), Brief: true}.Append(nil))},
		{"the largest numbers in a brief head", hex.EncodeToString(Frame{Kind: KindOps, Flags: FlagDeflated, Seq: 1<<14 - 1, Time: 1<<32 - 1, Brief: true}.Append(nil))},
		{"a brief head alone", "80"}, {"a brief head without a step", "8001"}, {"a pointer alone", "04"},
		{"a kind to come", "7f01020301"}, {"nothing", ""}, {"a kind alone", "01"}, {"no time", "010101"}, {"a bad epoch", "01ffffffffff0101"},
	} {
		f, err := DecodeFrame(unhex(t, c.hex))
		one := frameCase{Name: c.name, Hex: c.hex, Error: err != nil}
		if err == nil {
			one.Header, one.Payload = []uint32{uint32(f.Kind), uint32(f.Flags), f.Epoch, f.Seq, f.Time}, hex.EncodeToString(f.Payload)
			one.Brief = f.Brief
		}
		out = append(out, one)
	}
	return out
}

func pieces(t *testing.T) (out []pieceCase) {
	t.Helper()
	large := bytes.Repeat([]byte("0123456789abcdef"), 1060)
	var cut []string
	for _, piece := range Pieces(large) {
		cut = append(cut, hex.EncodeToString(piece))
	}
	for _, c := range []struct {
		name   string
		pieces []string
	}{
		{"one", []string{"036162"}}, {"an empty frame", []string{"03"}}, {"three", []string{"0161", "0062", "0263"}}, {"17 KB", cut}, {"one after another", []string{"0161", "0262", "0363"}},
		{"a first inside", []string{"0161", "0162", "0362"}}, {"without a first", []string{"0061", "0361"}}, {"a last without a first", []string{"0261", "0361"}}, {"empty", []string{"", "0361"}},
		{"too large", []string{"03" + strings.Repeat("61", MaxPiece), "0361"}}, {"reserved flags", []string{"ff61"}},
	} {
		one := pieceCase{Name: c.name, Pieces: c.pieces}
		var j Joiner
		for _, piece := range c.pieces {
			frame, whole, err := j.Push(unhex(t, piece))
			switch {
			case err != nil:
				one.Gives = append(one.Gives, "error")
			case whole:
				one.Gives = append(one.Gives, "frame "+hex.EncodeToString(frame))
			default:
				one.Gives = append(one.Gives, "")
			}
		}
		out = append(out, one)
	}
	return out
}

func opsCases(t *testing.T) (out []opsCase) {
	t.Helper()
	var w OpWriter
	ours := opsCase{Name: "a document, what happens to it, and a fresh table"}
	for i, make := range []func(Ops){document, changes, changes, document} {
		fresh := i == 3
		if fresh {
			w.Fresh()
		}
		make(&w)
		ours.Payloads = append(ours.Payloads, opsPayload{Hex: hex.EncodeToString(w.Take()), Fresh: fresh, Ours: true})
	}
	out = append(out, ours)
	for _, c := range []struct{ name, hex string }{
		{"nothing", ""}, {"an op that there is not", "17"}, {"op 0", "00"}, {"cut in a number", "0c80"}, {"a string that the table lacks", "050702"}, {"a list longer than the rest", "10ff7f01"},
		{"a compat that there is not", "0103"}, {"check bits", "090104"}, {"state bits", "160110"}, {"a namespace", "02010001020300000000"}, {"a node that there is not", "02010009"},
		{"a list that is not closed", "02010001020001700000"}, {"a node id of 0", "02010002000078000000"}, {"a node id below 0", "02010002010078000000"}, {"a rule without a path", "11010001006100"},
		{"a rule's act", "110101000301"}, {"too many attributes", "0201000102000170008102"}, {"as many attributes as there may be and fewer there", "0201000102000170008002"}, {"samples beyond the end", "0e0501"}, {"half an op behind a whole one", "0c010c"},
		{"an attribute flag", "040101016100020162"}, {"deeper than the limit", "020100" + strings.Repeat("010200000000", 513)}, {"the limit in depth", "020100" + strings.Repeat("010200000000", 512) + strings.Repeat("00", 513)},
		{"literals are not kept", "050100610005010200"}, {"a table of one", "0501016100050202"}, {"a number for later use", "0501016100050203"},
		{"rules without an end", "2301000200610000"}, {"more rules than there may be", "230100818004"}, {"a removed id of 0", "03020100"}, {"removed ids without an end", "030202"}, {"the largest id removed", "03feffffff0ffeffffff0f0200"}, {"a removed id over it", "03feffffff0ffeffffff0f0400"},
	} {
		out = append(out, opsCase{Name: c.name, Payloads: []opsPayload{{Hex: c.hex}}})
	}
	for i := range out {
		var table StringTable
		for k := range out[i].Payloads {
			p := &out[i].Payloads[k]
			if p.Fresh {
				table.Fresh()
			}
			var c calls
			err := ReadOps(unhex(t, p.Hex), &table, &c)
			if err != nil && !errors.Is(err, ErrDecode) {
				t.Errorf("%s: %v", out[i].Name, err)
			}
			p.Calls, p.Error = append([][]any{}, c.list...), err != nil
		}
	}
	return out
}

func streams(t *testing.T) (out []streamCase) {
	t.Helper()
	var d Deflater
	ours := streamCase{Name: "frames with one window, and a fresh one"}
	again := bytes.Repeat([]byte("the same words again and again. "), 40)
	for i, raw := range [][]byte{[]byte("hello"), again, nil, again, bytes.Repeat([]byte{0}, 33_000), []byte("fresh"), again} {
		fresh := i == 5
		if fresh {
			d.Fresh()
		}
		payload, err := d.Deflate(raw)
		if err != nil {
			t.Fatal(err)
		}
		ours.Payloads = append(ours.Payloads, streamPayload{Hex: hex.EncodeToString(payload), Fresh: fresh})
	}
	out = append(out, ours)
	hello := "05ca48cdc9c90700"
	for _, c := range []struct{ name, hex string }{
		{"as it is", hello}, {"more than declared", "04" + hello[2:]}, {"less than declared", "06" + hello[2:]}, {"cut", hello[:10]}, {"cut in the last code", hello[:12]}, {"nothing", ""}, {"a length alone", "05"},
		{"a lie about the length", "ffffff1f0000"}, {"block type 3", "05070000"}, {"reaches before the window", "03" + "0302800000"}, {"stored length", "01000100000061000000"},
		{"with an end", "05ca48cdc9c907"}, {"with the length of a flush", hello + "0000ffff"}, {"anything behind it", hello + "ffffffff"}, {"a final block too early", "06cb48cdc9c90700"},
		{"a stored block longer than declared", "02000500faff6869"}, {"a match longer than declared", "054b4cc40400"},
	} {
		out = append(out, streamCase{Name: c.name, Payloads: []streamPayload{{Hex: c.hex}}})
	}
	for i := range out {
		var inflater Inflater
		for k := range out[i].Payloads {
			p := &out[i].Payloads[k]
			if p.Fresh {
				inflater.Fresh()
			}
			raw, err := inflater.Inflate(unhex(t, p.Hex))
			p.Raw, p.Error = hex.EncodeToString(raw), err != nil
		}
	}
	return out
}

func blobs(t *testing.T) (out []blobCase) {
	t.Helper()
	picture := []byte("\x89PNG\r\n\x1a\n…")
	asset := Asset{7, HashBlob(picture), uint32(len(picture)), "image/png"}.Append(nil)
	blob := AppendBlob(nil, picture)
	wrong := append([]byte{}, blob...)
	wrong[len(wrong)-1] ^= 1
	for _, c := range []struct {
		name    string
		kind    Kind
		payload []byte
	}{
		{"an asset", KindAsset, asset}, {"an asset that is cut", KindAsset, asset[:20]}, {"an asset whose type is long", KindAsset, Asset{MIME: strings.Repeat("x", 101)}.Append(nil)},
		{"a content", KindBlob, blob}, {"a content that is cut", KindBlob, blob[:10]}, {"refused", KindRefused, []byte{5, 2, 0, 0}}, {"refused for a reason to come", KindRefused, []byte{0x80, 1, 200, 0x80, 8, 90}},
		{"refused and cut", KindRefused, []byte{5, 2, 9}}, {"a pointer", KindPointer, AppendPoint(nil, -5, 3000)}, {"half a pointer", KindPointer, []byte{2}},
	} {
		one := blobCase{Name: c.name, Kind: c.kind, Hex: hex.EncodeToString(c.payload)}
		var err error
		switch c.kind { //nolint:exhaustive // the others have payloads of their own
		case KindAsset:
			var a Asset
			a, err = ReadAsset(c.payload)
			one.Gives = []any{a.N, hex.EncodeToString(a.Hash[:]), a.Size, a.MIME}
		case KindBlob:
			var hash BlobHash
			var content []byte
			hash, content, err = ReadBlob(c.payload)
			one.Gives = []any{hex.EncodeToString(hash[:]), hex.EncodeToString(content)}
		case KindRefused:
			var r Refused
			r, err = ReadRefused(c.payload)
			one.Gives = []any{r.N, r.Reason, r.Width, r.Height}
		case KindPointer:
			var x, y int32
			x, y, err = ReadPoint(c.payload)
			one.Gives = []any{x, y}
		}
		if one.Error = err != nil; one.Error {
			one.Gives = nil
		}
		out = append(out, one)
	}
	if _, _, err := ReadBlob(wrong); !errors.Is(err, ErrDecode) {
		t.Errorf("a content with another hash: %v", err)
	}
	return out
}

func (c termsCase) terms(t testing.TB) (out Terms) {
	t.Helper()
	copy(out.Key[:], unhex(t, c.Key))
	copy(out.Link[:], unhex(t, c.Link))
	copy(out.NonceC[:], unhex(t, c.NonceC))
	copy(out.NonceA[:], unhex(t, c.NonceA))
	out.Session, out.FingerprintC, out.FingerprintA = c.Session, c.FingerprintC, c.FingerprintA
	return out
}

func seals(t *testing.T) (out []sealCase) {
	t.Helper()
	terms := termsCase{
		Key: strings.Repeat("0b", 32), Session: "01JD0000000000000000000000", Link: "000102030405060708090a0b0c0d0e0f", NonceC: strings.Repeat("c0", 16), NonceA: strings.Repeat("a0", 16),
		FingerprintC: "sha-256 " + strings.TrimSuffix(strings.Repeat("AB:", 32), ":"), FingerprintA: "-",
	}
	for _, from := range []Side{SideCustomer, SideAgent} {
		one := sealCase{Name: "from the " + string(from), Terms: terms, From: from, Pieces: []string{"0103", "01036162", "0401ff"}}
		proof, err := terms.terms(t).Proof(from)
		if err != nil {
			t.Fatal(err)
		}
		one.Proof = hex.EncodeToString(proof)
		sealer, err := terms.terms(t).NewSealer(from)
		if err != nil {
			t.Fatal(err)
		}
		for _, piece := range one.Pieces {
			raw := unhex(t, piece)
			one.Sealed = append(one.Sealed, hex.EncodeToString(sealer.Seal(Lane(raw[0]), raw[1:])))
		}
		out = append(out, one)
	}
	return out
}

func trees() (out []treeCase) {
	for _, c := range []treeCase{
		{Name: "nothing"},
		{Name: "a small page", Nodes: [][]any{{"document", 1}, {"doctype", 2}, {"element", 3}, {"text", 4, 5}, {"shadow", 5}, {"end"}, {"end"}, {"end"}}},
		{Name: "large numbers", Nodes: [][]any{{"document", 1}, {"element", 4294967295}, {"text", 2147483648, 4194304}, {"end"}, {"end"}}},
	} {
		var h TreeHash
		for _, node := range c.Nodes {
			number := func(i int) uint32 { return uint32(node[i].(int)) }
			switch node[0] {
			case "end":
				h.End()
			case "text":
				h.Text(number(1), number(2))
			default:
				h.Node(map[any]uint32{"element": HashElement, "shadow": HashShadow, "document": HashDocument, "doctype": HashDoctype}[node[0]], number(1))
			}
		}
		c.Count, c.Value = h.Count, h.Value()
		out = append(out, c)
	}
	return out
}
