package chunk

// Files that every version reads. `go test ./recording/chunk -run Vectors -update` writes them anew, which only a new version may.

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ridealong/wire"
)

var update = flag.Bool("update", false, "write the vectors anew")

type vectors struct {
	Recording string        `json:"recording"`
	Number    uint32        `json:"number"`
	Key       string        `json:"key"`
	Salt      string        `json:"salt"`      // of the header
	IndexSalt string        `json:"indexSalt"` // of the index and of the content
	Open      string        `json:"open"`
	Sealed    string        `json:"sealed"`
	Records   []vector      `json:"records"`
	Index     Index         `json:"index"`
	Content   contentVector `json:"content"`
}

type vector struct {
	At    uint32    `json:"at"`
	Tab   uint32    `json:"tab"`
	Lane  wire.Lane `json:"lane"`
	Frame string    `json:"frame"`
	Plain string    `json:"plain"`
}

type contentVector struct {
	Bytes  string `json:"bytes"`
	Hash   string `json:"hash"`
	Sealed string `json:"sealed"`
}

func makeVectors(t *testing.T) vectors {
	t.Helper()
	salts := [2]salt{{1: 1}, {2: 2}}
	records := []Record{
		{At: 0, Tab: 2, Lane: wire.LaneDOM, Frame: frame(wire.KindKeyframe, 1, 0, 3, []byte("whole"))},
		{At: 120, Tab: 2, Lane: wire.LaneDOM, Frame: frame(wire.KindOps, 1, 1, 110, []byte("ops"))},
		{At: 130, Tab: 2, Lane: wire.LaneTelemetry, Frame: frame(wire.KindEntries, 1, 1, 115, nil)},
		{At: 70000, Tab: 300, Lane: wire.LaneBlob, Frame: frame(wire.KindRefused, 2, 0, 9, []byte{1, 1, 0, 0})},
	}
	var out bytes.Buffer
	w, err := newWriter(&out, testID, testKey, salts[0])
	must(t, err)
	v := vectors{
		Recording: testID.Recording, Number: testID.Number, Key: hex.EncodeToString(testKey[:]),
		Salt: hex.EncodeToString(salts[0][:]), IndexSalt: hex.EncodeToString(salts[1][:]),
	}
	for _, r := range records {
		must(t, w.Append(r))
		v.Records = append(v.Records, vector{r.At, r.Tab, r.Lane, hex.EncodeToString(r.Frame), hex.EncodeToString(r.Append(nil))})
	}
	v.Open, v.Index = hex.EncodeToString(out.Bytes()), w.Index()
	must(t, w.seal(salts[1]))
	v.Sealed = hex.EncodeToString(out.Bytes())
	content := []byte("a picture")
	hash := wire.HashBlob(content)
	sealed, err := sealBlob(testID.Recording, content, testKey, salts[1])
	must(t, err)
	v.Content = contentVector{hex.EncodeToString(content), hex.EncodeToString(hash[:]), hex.EncodeToString(sealed)}
	return v
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	must(t, err)
	return b
}

func TestVectors(t *testing.T) {
	file := filepath.Join("testdata", "vectors.json")
	if *update {
		b, err := json.MarshalIndent(makeVectors(t), "", "\t")
		must(t, err)
		must(t, os.WriteFile(file, append(b, '\n'), 0o600))
	}
	raw, err := os.ReadFile(file)
	must(t, err)
	var v vectors
	must(t, json.Unmarshal(raw, &v))
	if diff := cmp.Diff(v, makeVectors(t), indexes); diff != "" {
		t.Errorf("what is written is not what was: %s", diff)
	}
	var want []Record
	for _, r := range v.Records {
		record, err := DecodeRecord(unhex(t, r.Plain))
		must(t, err)
		if w := (Record{r.At, r.Tab, r.Lane, unhex(t, r.Frame)}); !reflect.DeepEqual(record, w) {
			t.Errorf("%+v, want %+v", record, w)
		}
		want = append(want, record)
	}
	id, key := ID{v.Recording, v.Number}, Key(unhex(t, v.Key))
	for _, one := range []string{v.Open, v.Sealed} {
		b := unhex(t, one)
		r, err := Open(bytes.NewReader(b), int64(len(b)), id, key)
		must(t, err)
		got, damage := read(t, r, 0)
		index, err := r.Index()
		must(t, err)
		if !reflect.DeepEqual(got, want) || damage != nil || !cmp.Equal(index, v.Index, indexes) {
			t.Errorf("%+v, %v, %+v", got, damage, index)
		}
	}
	content, err := OpenBlob(v.Recording, wire.BlobHash(unhex(t, v.Content.Hash)), unhex(t, v.Content.Sealed), key)
	if err != nil || !bytes.Equal(content, unhex(t, v.Content.Bytes)) {
		t.Errorf("%q, %v", content, err)
	}
}
