package chunk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ridealong/wire"
)

var (
	testID  = ID{Recording: "01JQ8Z6W4T9V3K2M5N7P0R1S8X", Number: 3}
	testKey = Key{1, 2, 3, 4, 5, 6, 7, 8, 9}
)

var indexes = cmpopts.IgnoreUnexported(Index{})

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func frame(kind wire.Kind, epoch, seq, time uint32, payload []byte) []byte {
	return wire.Frame{Kind: kind, Epoch: epoch, Seq: seq, Time: time, Payload: payload}.Append(nil)
}

// session is a recording of n records in two tabs, each unlike the others.
func session(seed uint64, n int) []Record {
	random := rand.New(rand.NewPCG(seed, 1))
	var all []Record
	seq := map[[2]uint32]uint32{}
	for i := range n {
		tab := uint32(2 + random.IntN(2))
		epoch := tab + uint32(i/40)
		payload := make([]byte, 8+random.IntN(300))
		for at := range payload {
			payload[at] = byte(random.Uint32())
		}
		binary.BigEndian.PutUint32(payload, uint32(i))
		r := Record{At: uint32(i * 10), Tab: tab}
		next := func(lane wire.Lane) uint32 {
			seq[[2]uint32{epoch, uint32(lane)}]++
			return seq[[2]uint32{epoch, uint32(lane)}]
		}
		switch {
		case i%40 < 4 || random.IntN(15) == 0:
			r.Lane = wire.LaneDOM
			r.Frame = frame(wire.KindKeyframe, epoch, seq[[2]uint32{epoch, uint32(wire.LaneDOM)}], r.At, payload)
		case random.IntN(3) == 0:
			r.Lane, r.Frame = wire.LaneTelemetry, frame(wire.KindEntries, epoch, next(wire.LaneTelemetry), r.At, payload)
		case random.IntN(10) == 0:
			r.Lane, r.Frame = wire.LaneBlob, frame(wire.KindAsset, epoch, 0, r.At, payload)
		default:
			r.Lane, r.Frame = wire.LaneDOM, frame(wire.KindOps, epoch, next(wire.LaneDOM), r.At, payload)
		}
		all = append(all, r)
	}
	return all
}

// written is a chunk of these records, and where each unit begins, with the end of the last.
func written(t testing.TB, id ID, records []Record, sealed bool) (file []byte, at []int64) {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, id, testKey)
	must(t, err)
	for _, r := range records {
		at = append(at, w.Size())
		must(t, w.Append(r))
	}
	at = append(at, w.Size())
	if sealed {
		_, err := w.Seal()
		must(t, err)
	}
	return out.Bytes(), at
}

func opened(t testing.TB, file []byte) *Reader {
	t.Helper()
	r, err := Open(bytes.NewReader(file), int64(len(file)), testID, testKey)
	must(t, err)
	return r
}

// read gives all records from an offset on, and what was damaged.
func read(t testing.TB, r *Reader, from int64) (records []Record, damage []*Damage) {
	t.Helper()
	for record, err := range r.Records(from) {
		var d *Damage
		switch {
		case errors.As(err, &d):
			damage = append(damage, d)
		case err != nil:
			t.Fatal(err)
		default:
			records = append(records, record)
		}
	}
	return records, damage
}

func TestWhatWasWrittenIsReadBackAsItWas(t *testing.T) {
	records := session(1, 200)
	for _, sealed := range []bool{false, true} {
		file, at := written(t, testID, records, sealed)
		r := opened(t, file)
		if r.Sealed() != sealed {
			t.Errorf("sealed: %v, want %v", r.Sealed(), sealed)
		}
		got, damage := read(t, r, 0)
		if !reflect.DeepEqual(records, got) || damage != nil {
			t.Fatalf("%d records, damage %v", len(got), damage)
		}
		index, err := r.Index()
		must(t, err)
		if index.Records != 200 || index.From != 0 || index.To != 1990 {
			t.Errorf("%d records from %d to %d", index.Records, index.From, index.To)
		}
		for _, k := range index.Keyframes {
			got, damage := read(t, r, k.Offset)
			n := len(records) - len(got)
			if at[n] != k.Offset || !reflect.DeepEqual(records[n:], got) || damage != nil {
				t.Fatalf("from %+v: record %d, damage %v", k, n, damage)
			}
			f, err := wire.DecodeFrame(got[0].Frame)
			must(t, err)
			if f.Kind != wire.KindKeyframe || f.Epoch != k.Epoch || f.Seq != k.Seq || got[0].Tab != k.Tab || got[0].At != k.At {
				t.Fatalf("%+v is %+v", k, f)
			}
		}
		if len(index.Keyframes) < 20 {
			t.Errorf("%d keyframes", len(index.Keyframes))
		}
		report, err := Verify(bytes.NewReader(file), int64(len(file)), testID, testKey)
		must(t, err)
		if report.Whole() != sealed || report.Damage != nil || !cmp.Equal(report.Index, index, indexes) {
			t.Errorf("%+v", report)
		}
		blind, err := Inspect(bytes.NewReader(file), int64(len(file)))
		must(t, err)
		if blind.Whole() != sealed || blind.Records != 200 || blind.Damage != nil {
			t.Errorf("without the key: %+v", blind)
		}
	}
}

func TestTheIndexSaysWhichPartOfEachDocumentIsThere(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, testID, testKey)
	must(t, err)
	for _, r := range []Record{
		{At: 50, Tab: 2, Lane: wire.LaneDOM, Frame: frame(wire.KindKeyframe, 1, 0, 5, []byte("k"))},
		{At: 60, Tab: 2, Lane: wire.LaneDOM, Frame: frame(wire.KindOps, 1, 1, 6, nil)},
		{At: 40, Tab: 3, Lane: wire.LaneTelemetry, Frame: frame(wire.KindEntries, 2, 7, 6, nil)},
		{At: 70, Tab: 2, Lane: wire.LaneDOM, Frame: frame(wire.KindOps, 1, 2, 6, nil)},
		{At: 80, Tab: 3, Lane: wire.LaneTelemetry, Frame: frame(wire.KindEntries, 2, 9, 6, nil)},
		{At: 90, Tab: 3, Lane: wire.LaneBlob, Frame: frame(wire.KindRefused, 2, 0, 6, nil)},
	} {
		must(t, w.Append(r))
	}
	want := Index{
		Records: 6, From: 40, To: 90,
		Keyframes: []Keyframe{{Tab: 2, Epoch: 1, At: 50, Offset: 96}},
		Documents: []Document{
			{Tab: 2, Epoch: 1, From: 50, To: 70, DOM: Span{1, 2}},
			{Tab: 3, Epoch: 2, From: 40, To: 90, Telemetry: Span{7, 9}},
		},
	}
	if diff := cmp.Diff(want, w.Index(), indexes); diff != "" {
		t.Error(diff)
	}
	sealed, err := w.Seal()
	must(t, err)
	if diff := cmp.Diff(want, sealed, indexes); diff != "" {
		t.Error(diff)
	}
	got, err := opened(t, out.Bytes()).Index()
	must(t, err)
	if diff := cmp.Diff(want, got, indexes); diff != "" {
		t.Error(diff)
	}
}

func TestARecordThatCannotBeIsRefusedAndTheWriterGoesOn(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, testID, testKey)
	must(t, err)
	good := Record{Tab: 1, Lane: wire.LaneDOM, Frame: frame(wire.KindOps, 1, 1, 0, nil)}
	for name, r := range map[string]Record{
		"no frame":       {Lane: wire.LaneDOM},
		"half a head":    {Lane: wire.LaneDOM, Frame: []byte{2, 1}},
		"a brief head":   {Lane: wire.LaneDOM, Frame: wire.Frame{Brief: true, Seq: 1}.Append(nil)},
		"lane control":   {Lane: wire.LaneControl, Frame: good.Frame},
		"lane pointer":   {Lane: wire.LanePointer, Frame: good.Frame},
		"a content":      {Lane: wire.LaneBlob, Frame: frame(wire.KindBlob, 1, 0, 0, nil)},
		"over the limit": {Lane: wire.LaneDOM, Frame: append(good.Frame, make([]byte, wire.MaxFrame)...)},
	} {
		if err := w.Append(r); !errors.Is(err, ErrRecord) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, w.Append(good))
	if got, damage := read(t, opened(t, out.Bytes()), 0); len(got) != 1 || damage != nil {
		t.Error(got, damage)
	}
	_, err = w.Seal()
	must(t, err)
	if err := w.Append(good); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := w.Seal(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

func TestAFullChunkRefusesAndCanBeSealed(t *testing.T) {
	w, err := NewWriter(io.Discard, testID, testKey)
	must(t, err)
	for epoch := range uint32(MaxDocuments) {
		must(t, w.Append(Record{Tab: 1, Lane: wire.LaneTelemetry, Frame: frame(wire.KindEntries, epoch, 1, 0, nil)}))
	}
	if err := w.Append(Record{Tab: 1, Lane: wire.LaneTelemetry, Frame: frame(wire.KindEntries, MaxDocuments, 1, 0, nil)}); !errors.Is(err, ErrFull) {
		t.Errorf("one document too many: %v", err)
	}
	must(t, w.Append(Record{Tab: 1, Lane: wire.LaneTelemetry, Frame: frame(wire.KindEntries, 0, 2, 0, nil)}))
	w.size = MaxSize - maxIndex
	if err := w.Append(Record{Tab: 1, Lane: wire.LaneTelemetry, Frame: frame(wire.KindEntries, 0, 3, 0, nil)}); !errors.Is(err, ErrFull) {
		t.Errorf("no room for the index: %v", err)
	}
	if _, err := w.Seal(); err != nil {
		t.Error(err)
	}
}

// failing takes room bytes and then fails, after it wrote what fits.
type failing struct {
	bytes.Buffer
	room int
}

func (f *failing) Write(b []byte) (int, error) {
	if len(b) <= f.room {
		f.room -= len(b)
		return f.Buffer.Write(b)
	}
	n, _ := f.Buffer.Write(b[:f.room])
	f.room = 0
	return n, errors.New("no room")
}

func TestAWriterWhoseFileFailedWritesNothingMore(t *testing.T) {
	records := session(2, 30)
	file, at := written(t, testID, records, false)
	for _, room := range []int{0, 50, 96, 100, len(file) / 2, len(file) - 1} {
		out := &failing{room: room}
		w, err := NewWriter(out, testID, testKey)
		n := 0
		for ; err == nil && n < len(records); n++ {
			err = w.Append(records[n])
		}
		if err == nil {
			t.Fatalf("room %d: no error", room)
		}
		out.room = 1 << 20
		if err := w.Append(records[0]); !errors.Is(err, ErrClosed) {
			t.Errorf("room %d: after a failed write: %v", room, err)
		}
		if _, err := w.Seal(); !errors.Is(err, ErrClosed) || out.Len() != room {
			t.Errorf("room %d: after a failed write: %v, %d bytes", room, err, out.Len())
		}
		if room < headersSize {
			continue
		}
		rec, err := Recover(bytes.NewReader(out.Bytes()), int64(out.Len()), testID, testKey)
		must(t, err)
		if rec.Good != at[n-1] || int(rec.Index.Records) != n-1 {
			t.Errorf("room %d: %d good bytes, %d records; want %d, %d", room, rec.Good, rec.Index.Records, at[n-1], n-1)
		}
	}
}

// What would be lost if a key met a nonce twice: with the two cipher texts anybody has the two plain texts' difference.
func TestNoKeyMeetsANonceTwice(t *testing.T) {
	one := []Record{{Tab: 1, Lane: wire.LaneDOM, Frame: frame(wire.KindOps, 1, 1, 0, make([]byte, 64))}}
	first, _ := written(t, testID, one, true)
	second, _ := written(t, testID, one, true)
	if bytes.Equal(first[headersSize+headSize:][:64], second[headersSize+headSize:][:64]) {
		t.Error("a chunk that is begun again has the same key stream")
	}
	open, _ := written(t, testID, one, false)
	var ends [2]bytes.Buffer
	for n := range ends {
		rec, err := Recover(bytes.NewReader(open), int64(len(open)), testID, testKey)
		must(t, err)
		_, err = rec.Seal(&ends[n])
		must(t, err)
	}
	if n := headSize + saltSize; bytes.Equal(ends[0].Bytes()[n:][:16], ends[1].Bytes()[n:][:16]) {
		t.Error("an index that is sealed again has the same key stream")
	}
	a, err := SealBlob("r", make([]byte, 64), testKey)
	must(t, err)
	b, err := SealBlob("r", make([]byte, 64), testKey)
	must(t, err)
	if bytes.Equal(a[blobHead+4:], b[blobHead+4:]) {
		t.Error("a content that is sealed again has the same key stream")
	}
}

func TestAnotherRecordingNumberOrKeyOpensNothing(t *testing.T) {
	file, _ := written(t, testID, session(3, 20), true)
	in := bytes.NewReader(file)
	for _, id := range []ID{{testID.Recording, 4}, {"another", 3}} {
		if _, err := Open(in, in.Size(), id, testKey); !errors.Is(err, ErrOther) {
			t.Errorf("%+v: %v", id, err)
		}
		// Whoever moves a chunk can also write its header anew.
		moved := bytes.Clone(file)
		h, _ := readHeader(file)
		h.number, h.recording = id.Number, recordingHash(id.Recording)
		copy(moved, h.append(h.append(nil)))
		report, err := Verify(bytes.NewReader(moved), in.Size(), id, testKey)
		must(t, err)
		if report.Records != 0 || report.Sealed || report.Damage[0].Fault != Forged {
			t.Errorf("%+v: %+v", id, report)
		}
	}
	report, err := Verify(in, in.Size(), testID, Key{})
	must(t, err)
	if report.Records != 0 || report.Sealed {
		t.Errorf("without the key: %+v", report)
	}
	for _, junk := range [][]byte{nil, []byte("RIDECHK"), make([]byte, 1000)} {
		if _, err := Open(bytes.NewReader(junk), int64(len(junk)), testID, testKey); !errors.Is(err, ErrNotAChunk) {
			t.Errorf("%d bytes of something else: %v", len(junk), err)
		}
	}
}

func TestAnErrorOfTheFileIsNoDamage(t *testing.T) {
	file, at := written(t, testID, session(4, 400), true)
	bad := errors.New("bad sector")
	r, err := Open(&sick{file, bad, at[300]}, int64(len(file)), testID, testKey)
	must(t, err)
	n := 0
	for _, e := range r.Records(0) {
		if err = e; err == nil {
			n++
		}
	}
	if !errors.Is(err, bad) || n != 300 {
		t.Errorf("%d records, then %v", n, err)
	}
	if _, err := Verify(&sick{file, bad, at[300]}, int64(len(file)), testID, testKey); !errors.Is(err, bad) {
		t.Error(err)
	}
	// A file that is shorter than it was said to be.
	if _, err := Open(bytes.NewReader(file), int64(len(file))+100, testID, testKey); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}

// sick cannot be read where bad is.
type sick struct {
	file []byte
	err  error
	bad  int64
}

func (s *sick) ReadAt(b []byte, at int64) (int, error) {
	if at <= s.bad && s.bad < at+int64(len(b)) {
		return 0, s.err
	}
	return bytes.NewReader(s.file).ReadAt(b, at)
}

func TestAContentOpensForItsRecordingAndHashOnly(t *testing.T) {
	content := []byte("a picture")
	hash := wire.HashBlob(content)
	sealed, err := SealBlob("r", content, testKey)
	must(t, err)
	got, err := OpenBlob("r", hash, sealed, testKey)
	if err != nil || !bytes.Equal(got, content) || !CheckBlob(sealed) {
		t.Fatalf("%q, %v", got, err)
	}
	for name, try := range map[string]func() ([]byte, error){
		"another recording": func() ([]byte, error) { return OpenBlob("s", hash, sealed, testKey) },
		"another hash":      func() ([]byte, error) { return OpenBlob("r", wire.BlobHash{1}, sealed, testKey) },
		"another key":       func() ([]byte, error) { return OpenBlob("r", hash, sealed, Key{}) },
		"cut short":         func() ([]byte, error) { return OpenBlob("r", hash, sealed[:len(sealed)-1], testKey) },
		"nothing":           func() ([]byte, error) { return OpenBlob("r", hash, nil, testKey) },
	} {
		if got, err := try(); !errors.Is(err, ErrBlob) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	// Sealed by who has the key, under the name of another content.
	other, err := blobSealer(testKey, salt{}, "r", hash)
	must(t, err)
	head := append([]byte(blobMagic), make([]byte, saltSize)...)
	swapped := other.Seal(append(bytes.Clone(head), 0, 0, 0, 0), nonce(0), []byte("another"), head)
	binary.BigEndian.PutUint32(swapped[blobHead:], checksum(swapped[:blobHead], swapped[blobHead+4:]))
	if got, err := OpenBlob("r", hash, swapped, testKey); !errors.Is(err, ErrBlob) || !CheckBlob(swapped) {
		t.Errorf("another content: %q, %v", got, err)
	}
	for at := range sealed {
		flipped := bytes.Clone(sealed)
		flipped[at] ^= 1 << (at % 8)
		if _, err := OpenBlob("r", hash, flipped, testKey); !errors.Is(err, ErrBlob) || CheckBlob(flipped) {
			t.Fatalf("byte %d flipped: %v", at, err)
		}
	}
	if _, err := SealBlob("r", make([]byte, wire.MaxBlob+1), testKey); !errors.Is(err, ErrBlob) {
		t.Error(err)
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{100, 1000, 20000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			r := Record{Tab: 1, Lane: wire.LaneDOM, Frame: frame(wire.KindOps, 1, 1, 0, make([]byte, size))}
			w, err := NewWriter(io.Discard, testID, testKey)
			must(b, err)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				w.size = 0
				must(b, w.Append(r))
			}
		})
	}
}
