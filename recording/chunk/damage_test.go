package chunk

// Files that something happened to.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"ridealong/recording/chunk/chunktest"
	"ridealong/wire"
)

// hurt is a file that was damaged: what was done, and the bytes from and to of the file as it was that are not there as they were.
type hurt struct {
	what     string
	file     []byte
	from, to int64
}

func hurtOne(random *rand.Rand, file []byte) hurt {
	size := len(file)
	from := random.IntN(size)
	to := min(size, from+1+random.IntN(700))
	b := bytes.Clone(file)
	h := hurt{from: int64(from), to: int64(to)}
	switch random.IntN(7) {
	case 0:
		b[from] ^= 1 << random.IntN(8)
		h.what, h.to = "a bit flipped", h.from+1
	case 1:
		for at := from; at < to; at++ {
			b[at] ^= byte(1 + random.IntN(255))
		}
		h.what = "bytes changed"
	case 2:
		b, h.what, h.to = b[:from], "torn", int64(size)
	case 3:
		clear(b[from:to])
		h.what = "zeros"
	case 4:
		b = append(b[:from], file[to:]...)
		h.what = "taken out"
	case 5:
		b = append(b[:to], file[from:]...)
		h.what, h.to = "twice", h.from
	case 6:
		at := random.IntN(size)
		copy(b[from:to], file[at:])
		h.what = "from elsewhere"
	}
	h.file = b
	return h
}

// numbers says which of the originals the records are; they have to be in order, and as they were.
func numbers(t *testing.T, all, got []Record) map[int]bool {
	t.Helper()
	found, next := map[int]bool{}, 0
	for _, r := range got {
		for next < len(all) && !reflect.DeepEqual(all[next], r) {
			next++
		}
		if next == len(all) {
			t.Fatalf("a record that was never written, or not there: %+v", r)
		}
		found[next] = true
		next++
	}
	return found
}

// A thousand files, each with something done to it at a random place. What is read was written; what was not touched is read; what is
// missing is told, with its numbers wherever the end of the file says how many there were.
func TestAThousandDamagedFiles(t *testing.T) {
	damaged, lost, kinds := 0, 0, map[Fault]int{}
	for seed := range uint64(1000) {
		random := rand.New(rand.NewPCG(seed, 2))
		records := session(seed%17, 40+random.IntN(40))
		sealed := random.IntN(4) > 0
		file, at := written(t, testID, records, sealed)
		h := hurtOne(random, file)
		if bytes.Equal(h.file, file) {
			continue
		}
		damaged++
		name := fmt.Sprintf("seed %d: %s, bytes %d to %d of %d", seed, h.what, h.from, h.to, len(file))
		r, err := Open(bytes.NewReader(h.file), int64(len(h.file)), testID, testKey)
		if err != nil {
			// Only where neither header nor trailer was left.
			if h.from >= headerSize || h.to < headersSize && h.what != "torn" || !errors.Is(err, ErrNotAChunk) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		got, damage := read(t, r, 0)
		found := numbers(t, records, got)
		missing, told := 0, 0
		for n := range records {
			touched := at[n] < h.to && h.from < at[n+1] || h.what == "twice" && at[n] < h.from && h.from < at[n+1]
			if !found[n] {
				missing++
				if !touched {
					t.Errorf("%s: record %d was not touched and is not read", name, n)
				}
			}
		}
		for _, d := range damage {
			kinds[d.Fault]++
			told += int(d.Lost)
		}
		lost += missing
		if missing > 0 && len(damage) == 0 {
			t.Errorf("%s: %d records missing, nothing said", name, missing)
		}
		if r.Sealed() && told != missing {
			t.Errorf("%s: %d records missing, %d told: %v", name, missing, told, damage)
		}
		report, err := Verify(bytes.NewReader(h.file), int64(len(h.file)), testID, testKey)
		must(t, err)
		// Of an open file a tear between two units is no damage: it ends there.
		if sealed && report.Whole() {
			t.Errorf("%s: called whole", name)
		}
		blind, err := Inspect(bytes.NewReader(h.file), int64(len(h.file)))
		must(t, err)
		if sealed && blind.Whole() {
			t.Errorf("%s: called whole without the key", name)
		}
		rec, err := Recover(bytes.NewReader(h.file), int64(len(h.file)), testID, testKey)
		must(t, err)
		if h.what == "zeros" && rec.Good < h.to {
			got = got[:rec.Index.Records] // it ends where the hole begins
		}
		resealed(t, name, h.file, rec, got)
	}
	t.Logf("%d files, %d records lost, %v", damaged, lost, kinds)
	if damaged < 950 {
		t.Errorf("only %d files were damaged", damaged)
	}
}

// resealed: what was recovered and sealed has what could be read, and its end.
func resealed(t *testing.T, name string, file []byte, rec *Recovery, want []Record) {
	t.Helper()
	if rec.Sealed {
		return
	}
	if int64(len(file)) < rec.Good {
		return // half a header, and nothing behind it
	}
	out := bytes.NewBuffer(bytes.Clone(file[:rec.Good]))
	index, err := rec.Seal(out)
	must(t, err)
	r := opened(t, out.Bytes())
	got, _ := read(t, r, 0)
	if !r.Sealed() || len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) || int(index.Records) != len(want) {
		t.Errorf("%s: recovered and sealed it has %d records, its index %d, want %d", name, len(got), index.Records, len(want))
	}
	report, err := Verify(bytes.NewReader(out.Bytes()), int64(out.Len()), testID, testKey)
	must(t, err)
	for _, d := range report.Damage {
		if d.Fault == Digest || d.Fault == Footer || d.Fault == Torn {
			t.Errorf("%s: recovered and sealed: %v", name, d)
		}
	}
}

// Each single bit of a small chunk.
func TestAnyFlippedBitCostsOneRecordAtMost(t *testing.T) {
	records := session(5, 6)
	file, at := written(t, testID, records, true)
	for bit := range len(file) * 8 {
		file[bit/8] ^= 1 << (bit % 8)
		got, damage := read(t, opened(t, file), 0)
		found := numbers(t, records, got)
		for n := range records {
			hit := at[n] <= int64(bit/8) && int64(bit/8) < at[n+1]
			if found[n] == hit {
				t.Fatalf("bit %d: record %d read: %v", bit, n, found[n])
			}
			if hit && (len(damage) != 1 || *damage[0] != Damage{Fault: Flipped, From: at[n], To: at[n+1], First: uint32(n + 1), Lost: 1}) {
				t.Fatalf("bit %d: %v", bit, damage)
			}
		}
		report, err := Verify(bytes.NewReader(file), int64(len(file)), testID, testKey)
		must(t, err)
		if report.Whole() {
			t.Fatalf("bit %d: called whole", bit)
		}
		file[bit/8] ^= 1 << (bit % 8)
	}
}

// Somebody who can write the file and compute a CRC, but has no key.
func TestForgeryIsTold(t *testing.T) {
	records := session(6, 20)
	file, at := written(t, testID, records, true)
	unit := func(n int) []byte { return file[at[n]:at[n+1]] }
	around := func(from, to int, between ...[]byte) []byte {
		b := bytes.Clone(file[:at[from]])
		for _, u := range between {
			b = append(b, u...)
		}
		return append(b, file[at[to]:]...)
	}
	recount := func(u []byte, counter uint32) []byte {
		u = bytes.Clone(u)
		binary.BigEndian.PutUint32(u[2:], counter)
		binary.BigEndian.PutUint32(u[aadSize:], checksum(u[:aadSize], u[headSize:]))
		return u
	}
	changed := bytes.Clone(unit(7))
	changed[headSize+3] ^= 1
	foreign, foreignAt := written(t, ID{testID.Recording, 9}, records, true)
	last := len(records)
	for _, c := range []struct {
		name  string
		file  []byte
		fault Fault
		lost  []int
	}{
		{"changed, with its CRC", around(7, 8, recount(changed, 8)), Forged, []int{7}},
		{"taken out", around(7, 9), Missing, []int{7, 8}},
		{"the last ones taken out", around(last-2, last), Missing, []int{last - 2, last - 1}},
		{"exchanged", around(7, 9, unit(8), unit(7)), Flipped, []int{8}},
		{"exchanged, with their numbers", around(7, 9, recount(unit(8), 8), recount(unit(7), 9)), Forged, []int{7, 8}},
		{"put in twice", around(8, 8, unit(7)), Flipped, nil},
		{"put in twice, with another number", around(8, 8, recount(unit(7), 9)), Forged, nil},
		{"a number beyond all", around(8, 8, recount(unit(7), 1<<32-1)), Forged, nil},
		{"of another chunk", around(7, 8, foreign[foreignAt[7]:foreignAt[8]]), Forged, []int{7}},
	} {
		t.Run(c.name, func(t *testing.T) {
			// The trailer is no secret: its writer makes it fit.
			shift := len(c.file) - len(file)
			end, _ := readTrailer(c.file[len(c.file)-trailerSize:])
			end.index = uint32(int(end.index) + shift)
			copy(c.file[len(c.file)-trailerSize:], end.append(nil))
			r := opened(t, c.file)
			if !r.Sealed() {
				t.Fatal("the index is not found")
			}
			got, damage := read(t, r, 0)
			found := numbers(t, records, got)
			want := len(records)
			for _, n := range c.lost {
				if want--; found[n] {
					t.Errorf("record %d is read", n)
				}
			}
			if len(got) != want || len(damage) == 0 || damage[0].Fault != c.fault {
				t.Errorf("%d records read, want %d; %v", len(got), want, damage)
			}
		})
	}
	// What CRCs alone would have believed.
	believed, err := Inspect(bytes.NewReader(around(7, 8, recount(changed, 8))), int64(len(file)))
	must(t, err)
	for _, d := range believed.Damage {
		if d.Fault != Digest {
			t.Errorf("without the key: %v", d)
		}
	}
}

// The power fails at a random moment, and of what was not synced any page may be there or not. Every record before the last sync is
// read, nothing is read that was not written, and the chunk can be sealed.
func TestAPowerCutLosesNothingThatWasSynced(t *testing.T) {
	var synced, lost, kept int
	ends := map[bool]int{}
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 3))
		records := session(seed%13, 60)
		disk := chunktest.New()
		w, err := NewWriter(disk, testID, testKey)
		must(t, err)
		must(t, disk.Sync())
		durable, until := 0, random.IntN(len(records))
		for n := range until {
			must(t, w.Append(records[n]))
			if random.IntN(8) == 0 {
				must(t, disk.Sync())
				durable = n + 1
			}
		}
		left := disk.PowerCut(random)
		rec, err := Recover(left, left.Size(), testID, testKey)
		must(t, err)
		r, err := Open(left, left.Size(), testID, testKey)
		must(t, err)
		got, _ := read(t, r, 0)
		found := numbers(t, records, got)
		for n := range durable {
			if !found[n] {
				t.Fatalf("seed %d: record %d of %d synced is lost", seed, n, durable)
			}
		}
		synced, lost, kept = synced+durable, lost+until-len(got), kept+len(got)-durable
		must(t, left.Truncate(rec.Good))
		_, err = left.Seek(rec.Good, 0)
		must(t, err)
		_, err = rec.Seal(left)
		must(t, err)
		report, err := Verify(left, left.Size(), testID, testKey)
		must(t, err)
		// The chunk that is sealed has no holes: it ends before the first.
		if !report.Whole() || int(report.Records) < durable {
			t.Fatalf("seed %d: sealed it has %d records, %d were synced; %v", seed, report.Records, durable, report.Damage)
		}
		ends[int(report.Records) == len(got)]++
	}
	t.Logf("%d records synced, none lost; of those that were not, %d lost and %d kept", synced, lost, kept)
	if lost == 0 || kept == 0 || ends[false] == 0 || ends[true] == 0 {
		t.Error("the power never failed at the wrong moment")
	}
}

// A file of nothing but beginnings of units, each of which says that it goes to the end.
func TestAFileMadeToBeSearchedForLongIsGivenUp(t *testing.T) {
	file, at := written(t, testID, session(8, 4), false)
	h := file[:at[2]]
	for counter := uint32(3); len(h) < 4<<20; counter++ {
		u := append([]byte{'R', 'r'}, make([]byte, 12)...)
		binary.BigEndian.PutUint32(u[2:], counter)
		binary.BigEndian.PutUint32(u[6:], uint32(4<<20-len(h)-headSize))
		h = append(h, u...)
	}
	got, damage := read(t, opened(t, h), 0)
	if len(got) != 2 || len(damage) != 1 || damage[0].To != int64(len(h)) {
		t.Errorf("%d records, %v", len(got), damage)
	}
	scan := newScanner(bytes.NewReader(h), int64(len(h)), at[2], int64(len(h)), nil)
	if _, _, _, err := scan.unit(); err != nil || scan.budget < -int64(len(h)) {
		t.Errorf("%d bytes more than allowed were looked at; %v", -scan.budget, err)
	}
}

// What only an index or a digest can tell: both of them made by who had the key, or by a writer with a fault.
func TestAnIndexOrADigestThatDoesNotFitIsTold(t *testing.T) {
	file, _ := written(t, testID, session(12, 10), true)
	end, _ := readTrailer(file[len(file)-trailerSize:])
	end.digest[3] ^= 1
	copy(file[len(file)-trailerSize:], end.append(nil))
	report, err := Verify(bytes.NewReader(file), int64(len(file)), testID, testKey)
	must(t, err)
	blind, err := Inspect(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	for _, r := range []Report{report, blind} {
		if len(r.Damage) != 1 || r.Damage[0].Fault != Digest {
			t.Errorf("another digest: %v", r.Damage)
		}
	}
	for name, change := range map[string]func(*Index){
		"another time":           func(x *Index) { x.To++ },
		"no keyframe":            func(x *Index) { x.Keyframes = nil },
		"a document more":        func(x *Index) { x.Documents = append(x.Documents, Document{}) },
		"a record more":          func(x *Index) { x.Records++ },
		"a keyframe elsewhere":   func(x *Index) { x.Keyframes[0].Offset++ },
		"a lane that ends early": func(x *Index) { x.Documents[0].DOM.Last-- },
	} {
		var out bytes.Buffer
		w, err := NewWriter(&out, testID, testKey)
		must(t, err)
		for _, r := range session(12, 10) {
			must(t, w.Append(r))
		}
		change(&w.index)
		_, err = w.Seal()
		must(t, err)
		report, err := Verify(bytes.NewReader(out.Bytes()), int64(out.Len()), testID, testKey)
		must(t, err)
		if len(report.Damage) != 1 || report.Damage[0].Fault != Footer {
			t.Errorf("%s: %v", name, report.Damage)
		}
	}
}

func TestAHeaderOrTrailerThatIsGoneCostsNoRecord(t *testing.T) {
	records := session(9, 30)
	file, at := written(t, testID, records, true)
	index := at[len(records)]
	for _, c := range []struct {
		name     string
		from, to int64
		fault    Fault
	}{
		{"the first header", 0, headerSize, Header},
		{"the second header", headerSize, headersSize, Header},
		{"both headers", 0, headersSize, Header},
		{"the index", index, index + 20, Footer},
		{"the trailer", int64(len(file)) - 20, int64(len(file)), Footer},
	} {
		b := bytes.Clone(file)
		clear(b[c.from:c.to])
		got, damage := read(t, opened(t, b), 0)
		if !reflect.DeepEqual(got, records) || len(damage) != 1 || damage[0].Fault != c.fault {
			t.Errorf("%s: %d records, %v", c.name, len(got), damage)
		}
		x, err := opened(t, b).Index()
		must(t, err)
		if int(x.Records) != len(records) {
			t.Errorf("%s: index of %d", c.name, x.Records)
		}
	}
}

func FuzzReader(f *testing.F) {
	for _, sealed := range []bool{false, true} {
		file, at := written(f, testID, session(10, 5), sealed)
		f.Add(file)
		f.Add(file[:at[3]+7])
	}
	records := session(10, 5)
	f.Fuzz(func(t *testing.T, file []byte) {
		in, size := bytes.NewReader(file), int64(len(file))
		_, _ = Inspect(in, size)
		r, err := Open(in, size, testID, testKey)
		if err != nil {
			if !errors.Is(err, ErrNotAChunk) && !errors.Is(err, ErrOther) {
				t.Fatal(err)
			}
			return
		}
		got, damage := read(t, r, 0)
		numbers(t, records, got)
		for _, d := range damage {
			if d.From > d.To || d.From < 0 || d.To > size && d.To > headersSize {
				t.Fatal(d)
			}
		}
		rec, err := Recover(in, size, testID, testKey)
		must(t, err)
		if int(rec.Index.Records) != len(got) && !rec.Sealed {
			t.Fatalf("%d records recovered, %d read", rec.Index.Records, len(got))
		}
	})
}

func FuzzIndex(f *testing.F) {
	x := Index{
		Records: 3, From: 1, To: 9, Keyframes: []Keyframe{{1, 2, 3, 4, 100}}, Documents: []Document{{1, 2, 3, 4, Span{1, 2}, Span{3, 4}}},
	}
	f.Add(x.append(nil))
	f.Add([]byte{0, 0, 0, 255, 255, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := readIndex(b, 1000)
		if err == nil && !bytes.Equal(x.append(nil), b) {
			t.Fatalf("%x is read as %+v", b, x)
		}
	})
}

func FuzzRecord(f *testing.F) {
	for _, r := range session(11, 5) {
		f.Add(r.Append(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := DecodeRecord(b)
		if err == nil && !bytes.Equal(r.Append(nil), b) {
			t.Fatalf("%x is read as %+v", b, r)
		}
	})
}

func FuzzOpenBlob(f *testing.F) {
	content := []byte("content")
	sealed, err := SealBlob("r", content, testKey)
	must(f, err)
	f.Add(sealed)
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := OpenBlob("r", wire.HashBlob(content), b, testKey); err == nil && !bytes.Equal(got, content) {
			t.Fatalf("%x opens as %q", b, got)
		}
	})
}
