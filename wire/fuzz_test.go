package wire

// Every decoder against anything: no panic, limits kept, and what was decoded is what its encoding decodes to.

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seeds are the vectors' bytes.
func seeds(f *testing.F, add func(v vectors)) {
	f.Helper()
	raw, err := os.ReadFile(vectorFile)
	if err != nil {
		f.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(raw, &v); err != nil {
		f.Fatal(err)
	}
	add(v)
}

func refusedOnly(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, ErrDecode) {
		t.Fatalf("an error that is none of a decoder: %v", err)
	}
}

func FuzzText(f *testing.F) {
	seeds(f, func(v vectors) {
		for _, one := range v.Texts {
			f.Add(unhex(f, one.Hex))
		}
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := reader{buf: data}
		s := r.text(1000)
		if r.err != nil {
			refusedOnly(t, r.err)
			return
		}
		if len(s) > 1000 || !bytes.Equal(appendText(nil, s), data[:r.at]) {
			t.Fatalf("%x was read as %x", data, s)
		}
		if n := units(s); n > len(s) || n*3 < len(s) {
			t.Fatalf("%d units in %x", n, s)
		}
	})
}

func FuzzFrame(f *testing.F) {
	seeds(f, func(v vectors) {
		for _, one := range v.Frames {
			f.Add(unhex(f, one.Hex))
		}
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		frame, err := DecodeFrame(data)
		if err != nil {
			refusedOnly(t, err)
			return
		}
		if again := frame.Append(nil); !bytes.Equal(again, data) {
			t.Fatalf("%x becomes %x", data, again)
		}
		if again := frame; again.Place(7, 1<<20+5) && frame.Brief && again.Seq&(1<<14-1) != frame.Seq {
			t.Fatalf("%d is placed at %d", frame.Seq, again.Seq)
		}
	})
}

// The first byte says where the rest is cut.
func FuzzPieces(f *testing.F) {
	f.Add([]byte("\x02\x01ab\x00cd\x02ef"))
	f.Add([]byte("\x05\x03abcd\x01e\x01f"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var j Joiner
		step, sum := 1, 0
		if len(data) > 0 {
			step, data = 1+int(data[0]), data[1:]
		}
		for len(data) > 0 {
			n := min(step, len(data))
			frame, whole, err := j.Push(data[:n])
			sum += n
			data = data[n:]
			switch {
			case err != nil:
				refusedOnly(t, err)
			case whole && len(frame) > sum:
				t.Fatalf("%d bytes of %d", len(frame), sum)
			case whole:
				again, ok := rejoin(Pieces(frame))
				if !ok || !bytes.Equal(again, frame) {
					t.Fatalf("%x becomes %x", frame, again)
				}
			}
		}
	})
}

func rejoin(pieces [][]byte) (frame []byte, ok bool) {
	var j Joiner
	for _, piece := range pieces {
		whole, done, err := j.Push(piece)
		if err != nil || ok {
			return nil, false
		}
		frame, ok = whole, done
	}
	return frame, ok
}

func FuzzOps(f *testing.F) {
	seeds(f, func(v vectors) {
		for _, one := range v.Ops {
			for _, payload := range one.Payloads {
				f.Add(unhex(f, payload.Hex))
			}
		}
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second calls
		var w OpWriter
		if err := ReadOps(data, &StringTable{}, &first); err != nil {
			refusedOnly(t, err)
			return
		}
		_ = ReadOps(data, &StringTable{}, &w)
		again := w.Take()
		if err := ReadOps(again, &StringTable{}, &second); err != nil {
			t.Fatalf("%x becomes %x: %v", data, again, err)
		}
		if diff := cmp.Diff(first.list, second.list); diff != "" {
			t.Fatalf("%x becomes %x:\n%s", data, again, diff)
		}
	})
}

func FuzzInflate(f *testing.F) {
	seeds(f, func(v vectors) {
		for _, one := range v.Streams {
			for i, payload := range one.Payloads {
				f.Add(unhex(f, payload.Hex), unhex(f, one.Payloads[max(0, i-1)].Hex))
			}
		}
	})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var in Inflater
		for _, payload := range [][]byte{first, second} {
			raw, err := in.Inflate(payload)
			if err != nil {
				refusedOnly(t, err)
				return
			}
			if len(raw) > len(payload)*MaxInflateRatio {
				t.Fatalf("%d bytes of %d", len(raw), len(payload))
			}
		}
	})
}

func FuzzDeflated(f *testing.F) {
	f.Add([]byte("words"), []byte("words and words"), true)
	f.Fuzz(func(t *testing.T, first, second []byte, fresh bool) {
		var out Deflater
		var in Inflater
		for i, raw := range [][]byte{first, second, first} {
			if i == 1 && fresh {
				out.Fresh()
				in.Fresh()
			}
			payload, err := out.Deflate(raw)
			if err != nil {
				t.Fatal(err)
			}
			again, err := in.Inflate(payload)
			if err != nil || !bytes.Equal(again, raw) {
				t.Fatalf("%x becomes %x: %v", raw, again, err)
			}
		}
	})
}

func FuzzBlobLane(f *testing.F) {
	seeds(f, func(v vectors) {
		for _, one := range v.Blobs {
			f.Add(uint8(one.Kind), unhex(f, one.Hex))
		}
	})
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		switch Kind(kind) { //nolint:exhaustive // the others have decoders of their own
		case KindAsset:
			if a, err := ReadAsset(data); err != nil {
				refusedOnly(t, err)
			} else if again := a.Append(nil); !bytes.HasPrefix(data, again) || len(a.MIME) > longestMIME {
				t.Fatalf("%x becomes %x", data, again)
			}
		case KindBlob:
			if hash, content, err := ReadBlob(data); err != nil {
				refusedOnly(t, err)
			} else if HashBlob(content) != hash {
				t.Fatalf("%x has another hash", data)
			}
		case KindRefused:
			if _, err := ReadRefused(data); err != nil {
				refusedOnly(t, err)
			}
		case KindPointer:
			if x, y, err := ReadPoint(data); err != nil {
				refusedOnly(t, err)
			} else if again := AppendPoint(nil, x, y); !bytes.HasPrefix(data, again) {
				t.Fatalf("%x becomes %x", data, again)
			}
		}
	})
}

func FuzzControl(f *testing.F) {
	for _, one := range []string{
		`{"type":"watch","epoch":3,"dom":12}`, `{"type":"ack","epoch":3,"dom":12,"telemetry":0,"bytes":123456789012}`, `{"type":"resend","epoch":1,"lane":1,"from":9}`,
		`{"type":"want","hashes":["AAAA"]}`, `{"type":"ping","t":1.5}`, `{"type":"leaving","reason":"stop"}`, `{"type":""}`, `[]`, `null`, `{"type":"x","epoch":-1}`, "\xff",
	} {
		f.Add([]byte(one))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ReadControl(data)
		if err != nil {
			refusedOnly(t, err)
			return
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := ReadControl(again); err != nil && len(again) <= MaxControl || err == nil && !cmp.Equal(c, second) {
			t.Fatalf("%s becomes %s: %v", data, again, err)
		}
	})
}

func FuzzSealed(f *testing.F) {
	var terms Terms
	seeds(f, func(v vectors) {
		for _, one := range v.Seals {
			terms = one.Terms.terms(f)
			for _, sealed := range one.Sealed {
				f.Add(unhex(f, sealed))
			}
		}
	})
	f.Fuzz(func(t *testing.T, data []byte) {
		opener, err := terms.NewOpener(SideCustomer)
		if err != nil {
			t.Fatal(err)
		}
		if _, piece, err := opener.Open(data); err != nil {
			refusedOnly(t, err)
		} else if len(piece) > MaxPiece {
			t.Fatalf("a piece of %d bytes", len(piece))
		} else if _, _, err := opener.Open(data); err == nil {
			t.Fatal("it opens twice")
		}
	})
}

// What TypeScript deflated, Go inflates.
func TestAStreamOfTheOtherLanguage(t *testing.T) {
	raw, err := os.ReadFile("testdata/stream-ts.json")
	if err != nil {
		t.Fatal(err)
	}
	var payloads []streamPayload
	if err := json.Unmarshal(raw, &payloads); err != nil || len(payloads) < 5 {
		t.Fatalf("%d payloads, %v", len(payloads), err)
	}
	var in Inflater
	for i, p := range payloads {
		if p.Fresh {
			in.Fresh()
		}
		got, err := in.Inflate(unhex(t, p.Hex))
		if err != nil || hex.EncodeToString(got) != p.Raw {
			t.Fatalf("payload %d: %d bytes, %v", i, len(got), err)
		}
	}
}

func TestAProofFitsOneSideAndTheseTermsOnly(t *testing.T) {
	terms := Terms{Session: "s", FingerprintC: "-", FingerprintA: "-"}
	proof, err := terms.Proof(SideAgent)
	if err != nil {
		t.Fatal(err)
	}
	other := map[string]func(*Terms){
		"session": func(o *Terms) { o.Session = "t" }, "key": func(o *Terms) { o.Key[0]++ }, "link": func(o *Terms) { o.Link[0]++ }, "nonce of the customer": func(o *Terms) { o.NonceC[0]++ },
		"nonce of the agent": func(o *Terms) { o.NonceA[0]++ }, "fingerprint of the customer": func(o *Terms) { o.FingerprintC = "sha-256 AA" }, "fingerprint of the agent": func(o *Terms) { o.FingerprintA = "sha-256 AA" },
	}
	if ok, err := terms.Verify(SideAgent, proof); !ok || err != nil {
		t.Errorf("its own: %v, %v", ok, err)
	}
	if ok, _ := terms.Verify(SideCustomer, proof); ok {
		t.Error("it fits the other side")
	}
	for name, change := range other {
		changed := terms
		change(&changed)
		if ok, _ := changed.Verify(SideAgent, proof); ok {
			t.Errorf("it fits another %s", name)
		}
	}
}

func TestAStringTableIsBounded(t *testing.T) {
	var payload []byte
	for range MaxStrings + 1 {
		payload = append(appendText(append(payload, opValue, 1, 1), ""), opFocus, 0, 0)
	}
	if err := ReadOps(payload, &StringTable{}, &calls{}); !errors.Is(err, ErrDecode) || !strings.Contains(err.Error(), "table is full") {
		t.Errorf("%v", err)
	}
}
