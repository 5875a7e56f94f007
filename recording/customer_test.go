package recording

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"sync"
	"testing"

	"ridealong/wire"
)

// room is a session's room with one customer, as the archiver's Socket sees it.
type room struct {
	t        *testing.T
	key      [32]byte
	session  string
	leg      uint32
	toArchi  chan incoming
	mu       sync.Mutex // guards what follows
	messages []map[string]any
	controls []wire.Control
	link     string
	terms    wire.Terms
	sealer   *wire.Sealer
	opener   *wire.Opener
	joiner   wire.Joiner
}

func newRoom(t *testing.T, session string, key [32]byte) *room {
	r := &room{t: t, key: key, session: session, leg: 1, toArchi: make(chan incoming, 1<<16)}
	r.say(wire.Presence{Type: "presence", Participants: []wire.Participant{{Leg: 1, Role: wire.RoleCustomer, Here: true}}})
	return r
}

var errGone = errors.New("the room is gone")

func (r *room) Read(ctx context.Context) (bool, []byte, error) {
	select {
	case m, ok := <-r.toArchi:
		if !ok {
			return false, nil, errGone
		}
		return m.text, m.data, nil
	case <-ctx.Done():
		return false, nil, ctx.Err()
	}
}

func (r *room) Leave() {}

func (r *room) say(message any) {
	data, err := json.Marshal(message)
	if err != nil {
		r.t.Error(err)
	}
	r.toArchi <- incoming{true, data}
}

// Write is what the archiver says.
func (r *room) Write(_ context.Context, text bool, data []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !text {
		lane, piece, err := r.opener.Open(data[5:])
		if err != nil || lane != wire.LaneControl {
			r.t.Errorf("lane %d: %v", lane, err)
			return nil
		}
		bytes, whole, err := r.joiner.Push(piece)
		if err != nil || !whole {
			return err
		}
		f, err := wire.DecodeFrame(bytes)
		if err != nil {
			return err
		}
		c, err := wire.ReadControl(f.Payload)
		r.controls = append(r.controls, c)
		return err
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	r.messages = append(r.messages, m)
	return nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// greet begins a link; prove ends the handshake.
func (r *room) greet() {
	r.terms = wire.Terms{Key: r.key, Session: r.session, FingerprintC: "-", FingerprintA: "-"}
	_, _ = rand.Read(r.terms.Link[:])
	_, _ = rand.Read(r.terms.NonceC[:])
	r.link = encode(r.terms.Link[:])
	r.say(wire.Greet{Type: "greet", Address: wire.Address{From: r.leg, Link: r.link}, Nonce: encode(r.terms.NonceC[:])})
}

// accepted takes the archiver's answer when it is there.
func (r *room) accepted() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.messages {
		if m["type"] != "accept" || m["link"] != r.link {
			continue
		}
		if err := fields(m["nonce"].(string), r.terms.NonceA[:]); err != nil {
			r.t.Error(err)
		}
		proof, _ := base64.RawURLEncoding.DecodeString(m["proof"].(string))
		if ok, err := r.terms.Verify(wire.SideAgent, proof); !ok || err != nil {
			r.t.Errorf("the archiver's proof: %v %v", ok, err)
		}
		return true
	}
	return false
}

func (r *room) prove(proof []byte) {
	var err error
	if proof == nil {
		if proof, err = r.terms.Proof(wire.SideCustomer); err != nil {
			r.t.Error(err)
		}
	}
	r.mu.Lock()
	r.sealer, err = r.terms.NewSealer(wire.SideCustomer)
	if err == nil {
		r.opener, err = r.terms.NewOpener(wire.SideAgent)
	}
	r.joiner = wire.Joiner{}
	r.mu.Unlock()
	if err != nil {
		r.t.Error(err)
	}
	r.say(wire.Proof{Type: "proof", Address: wire.Address{From: r.leg, Link: r.link}, Proof: encode(proof)})
}

func (r *room) send(lane wire.Lane, f wire.Frame) {
	for _, piece := range wire.Pieces(f.Append(nil)) {
		data := append([]byte{1, 0, 0, 0, 0}, r.sealer.Seal(lane, piece)...)
		wire.SetFallbackLeg(data, r.leg)
		r.toArchi <- incoming{false, data}
	}
}

// told gives the archiver's control messages of a type so far.
func (r *room) told(kind string) (out []wire.Control) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.controls {
		if c.Type == kind {
			out = append(out, c)
		}
	}
	return out
}

// acked is the newest acknowledgement of an epoch.
func (r *room) acked(epoch uint32) (dom, telemetry uint32) {
	for _, c := range r.told("ack") {
		if c.Epoch != nil && *c.Epoch == epoch {
			dom, telemetry = *c.DOM, *c.Telemetry
		}
	}
	return dom, telemetry
}

func ops(epoch, seq uint32, payload string) wire.Frame {
	return wire.Frame{Kind: wire.KindOps, Epoch: epoch, Seq: seq, Time: seq * 10, Payload: []byte(payload)}
}

func keyframe(epoch, seq uint32) wire.Frame {
	return wire.Frame{Kind: wire.KindKeyframe, Epoch: epoch, Seq: seq, Time: seq * 10, Payload: []byte("the whole document")}
}

func entries(epoch, seq uint32, fresh bool) wire.Frame {
	f := wire.Frame{Kind: wire.KindEntries, Epoch: epoch, Seq: seq, Time: seq * 10, Payload: []byte{1}}
	if fresh {
		f.Flags = wire.FlagFresh
	}
	return f
}
