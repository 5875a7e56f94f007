package recording

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ridealong/wire"
)

// link is the archiver's side of one link (PROTOCOL.md §5): it answers a customer's greet, and opens what comes by it. It shows and
// stores nothing before the customer's proof is verified. The archiver's goroutine owns it.
type link struct {
	leg     uint32
	id      string
	terms   wire.Terms
	ready   bool
	opener  *wire.Opener
	sealer  *wire.Sealer
	joiners [wire.LanePointer + 1]wire.Joiner
	bytes   int64 // of frames, whole or not, as the sender counts them
	told    int64 // of them, acknowledged
	pinged  time.Time
	epoch   uint32 // of the newest frame that came over it
	of      uint32 // the document that its tab spoke of
	url     string // of the tab, as it said
	title   string
}

var errTampered = errors.New("recording: a proof was wrong")

// fields reads base64url of n bytes.
func fields(text string, into []byte) error {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) != len(into) {
		return fmt.Errorf("recording: %d bytes where %d were due", len(raw), len(into))
	}
	copy(into, raw)
	return nil
}

// answer makes a link of a greet; what to send back. Without a connection of its own (fingerprint "-") it has the fallback alone.
func answer(key [32]byte, session string, greet wire.Greet, fingerprint string) (*link, wire.Accept, error) {
	l := &link{leg: greet.From, id: greet.Link}
	t := wire.Terms{Key: key, Session: session, FingerprintA: fingerprint, FingerprintC: "-"}
	if err := errors.Join(fields(greet.Link, t.Link[:]), fields(greet.Nonce, t.NonceC[:])); err != nil {
		return nil, wire.Accept{}, err
	}
	if greet.Description != nil {
		print, err := fingerprintOf(greet.Description.SDP)
		if err != nil {
			return nil, wire.Accept{}, err
		}
		t.FingerprintC = print
	}
	if _, err := rand.Read(t.NonceA[:]); err != nil {
		return nil, wire.Accept{}, err
	}
	l.terms = t
	proof, err := t.Proof(wire.SideAgent)
	if err != nil {
		return nil, wire.Accept{}, err
	}
	encode := base64.RawURLEncoding.EncodeToString
	return l, wire.Accept{
		Type: "accept", Address: wire.Address{To: l.leg, Link: l.id}, Nonce: encode(t.NonceA[:]), Proof: encode(proof),
	}, nil
}

// prove takes the customer's proof: with it the link is ready.
func (l *link) prove(text string) error {
	proof := make([]byte, 32)
	if err := fields(text, proof); err != nil {
		return errTampered
	}
	if ok, err := l.terms.Verify(wire.SideCustomer, proof); err != nil || !ok {
		return errors.Join(errTampered, err)
	}
	var err error
	if l.opener, err = l.terms.NewOpener(wire.SideCustomer); err != nil {
		return err
	}
	if l.sealer, err = l.terms.NewSealer(wire.SideAgent); err != nil {
		return err
	}
	l.ready = true
	return nil
}

// piece joins one; the frame when it was its last.
func (l *link) piece(lane wire.Lane, piece []byte) (wire.Frame, bool, error) {
	if lane > wire.LanePointer {
		return wire.Frame{}, false, nil
	}
	l.bytes += int64(len(piece) - 1)
	bytes, whole, err := l.joiners[lane].Push(piece)
	if err != nil {
		// The end of the frame before was lost with its rung: this one begins anew.
		bytes, whole, err = l.joiners[lane].Push(piece)
	}
	if err != nil || !whole {
		return wire.Frame{}, false, err
	}
	f, err := wire.DecodeFrame(bytes)
	if err != nil {
		return f, false, err
	}
	if f.Brief {
		return f, false, errors.New("recording: a brief head, which an archiver is not sent")
	}
	return f, true, nil
}

// fallback seals a control message for the room to forward.
func (l *link) fallback(message any) ([][]byte, error) {
	payload, err := json.Marshal(message)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, piece := range wire.Pieces(wire.Frame{Kind: wire.KindControl, Payload: payload}.Append(nil)) {
		data := append([]byte{1, 0, 0, 0, 0}, l.sealer.Seal(wire.LaneControl, piece)...)
		wire.SetFallbackLeg(data, l.leg)
		out = append(out, data)
	}
	return out, nil
}
