package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"ridealong/wire"
)

// room is a session's room with one customer whose frames are ready to go.
type room struct {
	id     string
	in     chan message
	terms  wire.Terms
	sealer *wire.Sealer
	script []timed
	last   wire.Frame // of the picture

	mu     sync.Mutex // guards what follows
	heard  []map[string]any
	opener *wire.Opener
	joiner wire.Joiner
	dom    uint32
	epoch  uint32
}

type message struct {
	text bool
	data []byte
}

type timed struct {
	at   time.Duration
	data []byte
}

func (r *room) Read(ctx context.Context) (bool, []byte, error) {
	select {
	case m := <-r.in:
		return m.text, m.data, nil
	case <-ctx.Done():
		return false, nil, ctx.Err()
	}
}

func (r *room) Leave() {}

func (r *room) Write(_ context.Context, text bool, data []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if text {
		var m map[string]any
		err := json.Unmarshal(data, &m)
		r.heard = append(r.heard, m)
		return err
	}
	_, piece, err := r.opener.Open(data[5:])
	if err != nil {
		return err
	}
	whole, _, err := r.joiner.Push(piece)
	if err != nil {
		return err
	}
	f, err := wire.DecodeFrame(whole)
	if err != nil {
		return err
	}
	c, err := wire.ReadControl(f.Payload)
	if err == nil && c.Type == "ack" && c.Epoch != nil && *c.Epoch >= r.epoch {
		r.epoch, r.dom = *c.Epoch, *c.DOM
	}
	return err
}

func (r *room) say(m any) error {
	data, err := json.Marshal(m)
	r.in <- message{true, data}
	return err
}

// greet makes a proven link.
func (r *room) greet(key [32]byte) error {
	encode := base64.RawURLEncoding.EncodeToString
	r.terms = wire.Terms{Key: key, Session: r.id, FingerprintC: "-", FingerprintA: "-"}
	_, _ = rand.Read(r.terms.Link[:])
	_, _ = rand.Read(r.terms.NonceC[:])
	people := []wire.Participant{{Leg: 1, Role: wire.RoleCustomer, Here: true}}
	address := wire.Address{From: 1, Link: encode(r.terms.Link[:])}
	err := errors.Join(r.say(wire.Presence{Type: "presence", Participants: people}), r.say(wire.Greet{Type: "greet", Address: address, Nonce: encode(r.terms.NonceC[:])}))
	for deadline := time.Now().Add(10 * time.Second); err == nil; time.Sleep(time.Millisecond) {
		r.mu.Lock()
		heard := r.heard
		r.mu.Unlock()
		if len(heard) > 0 {
			nonce, _ := base64.RawURLEncoding.DecodeString(heard[0]["nonce"].(string))
			r.terms.NonceA = [16]byte(nonce)
			break
		}
		if time.Now().After(deadline) {
			return errors.New("no answer to a greet")
		}
	}
	r.mu.Lock()
	r.opener, err = r.terms.NewOpener(wire.SideAgent)
	r.mu.Unlock()
	if err != nil {
		return err
	}
	if r.sealer, err = r.terms.NewSealer(wire.SideCustomer); err != nil {
		return err
	}
	proof, err := r.terms.Proof(wire.SideCustomer)
	return errors.Join(err, r.say(wire.Proof{Type: "proof", Address: address, Proof: encode(proof)}))
}

// prepare seals every round; each has documents of its own.
func (r *room) prepare(script []step, rounds int) {
	var most uint32
	for _, s := range script {
		most = max(most, s.frame.Epoch)
	}
	for n := range rounds {
		for _, s := range script {
			f := s.frame
			f.Epoch += uint32(n) * most
			for _, piece := range wire.Pieces(f.Append(nil)) {
				data := append([]byte{1, 0, 0, 0, 0}, r.sealer.Seal(s.lane, piece)...)
				wire.SetFallbackLeg(data, 1)
				r.script = append(r.script, timed{time.Duration(n)*round + s.at, data})
			}
			if s.lane == wire.LaneDOM {
				r.last = f
			}
		}
	}
}

// play sends each frame at its time. Sessions begin at different times within a round.
func (r *room) play(began time.Time) {
	for _, one := range r.script {
		due := began.Add(one.at)
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		r.in <- message{false, one.data}
	}
}

// acked says whether the newest document is on disk to its end.
func (r *room) acked() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.epoch == r.last.Epoch && r.dom == r.last.Seq
}
