package signaling

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"ridealong/wire"
)

func deep(n int) string { return strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n) }

// first messages that are no hello, or one that opens nothing.
var badHellos = map[string]struct {
	text bool
	data string
	want wire.CloseCode
}{
	"empty":             {true, ``, wire.CloseMessage},
	"not JSON":          {true, `hello`, wire.CloseMessage},
	"half JSON":         {true, `{"type":"hello"`, wire.CloseMessage},
	"array":             {true, `[]`, wire.CloseMessage},
	"null":              {true, `null`, wire.CloseMessage},
	"number":            {true, `12`, wire.CloseMessage},
	"string":            {true, `"hello"`, wire.CloseMessage},
	"no type":           {true, `{"v":1}`, wire.CloseMessage},
	"type is a number":  {true, `{"type":1}`, wire.CloseMessage},
	"type is null":      {true, `{"type":null}`, wire.CloseMessage},
	"another type":      {true, `{"type":"ping","t":1}`, wire.CloseMessage},
	"unknown type":      {true, `{"type":"x"}`, wire.CloseMessage},
	"deep":              {true, deep(8_000), wire.CloseMessage},
	"v is a string":     {true, `{"type":"hello","v":"1"}`, wire.CloseMessage},
	"v is huge":         {true, `{"type":"hello","v":1e99}`, wire.CloseMessage},
	"v is a float":      {true, `{"type":"hello","v":1.5}`, wire.CloseMessage},
	"epoch is negative": {true, `{"type":"hello","v":1,"epoch":-1}`, wire.CloseMessage},
	"epoch is too high": {true, `{"type":"hello","v":1,"epoch":4294967296}`, wire.CloseMessage},
	"credential text":   {true, `{"type":"hello","v":1,"credential":"x"}`, wire.CloseMessage},
	"credential array":  {true, `{"type":"hello","v":1,"credential":[]}`, wire.CloseMessage},
	"url is an object":  {true, `{"type":"hello","v":1,"url":{}}`, wire.CloseMessage},
	"binary":            {false, `{"type":"hello","v":1}`, wire.CloseMessage},
	"version 0":         {true, `{"type":"hello","v":0}`, wire.CloseVersion},
	"version 2":         {true, `{"type":"hello","v":2}`, wire.CloseVersion},
	"version -1":        {true, `{"type":"hello","v":-1}`, wire.CloseVersion},
	"no credential":     {true, `{"type":"hello","v":1}`, wire.CloseCredential},
	"unknown kind":      {true, `{"type":"hello","v":1,"credential":{"kind":"x","value":"y"}}`, wire.CloseCredential},
	"unknown handoff":   {true, `{"type":"hello","v":1,"credential":{"kind":"handoff","value":"y"}}`, wire.CloseCredential},
	"empty handoff":     {true, `{"type":"hello","v":1,"credential":{"kind":"handoff","value":""}}`, wire.CloseCredential},
	"unknown resume":    {true, `{"type":"hello","v":1,"credential":{"kind":"resume","value":"y"}}`, wire.CloseCredential},
	"unknown ticket":    {true, `{"type":"hello","v":1,"credential":{"kind":"ticket","value":"y"}}`, wire.CloseCredential},
	"long credential":   {true, `{"type":"hello","v":1,"credential":{"kind":"resume","value":"` + strings.Repeat("y", 50_000) + `"}}`, wire.CloseCredential},
	"too large":         {true, `{"type":"hello","v":1,"x":"` + strings.Repeat("y", wire.MaxMessage) + `"}`, wire.CloseTooLarge},
	"far too large":     {false, strings.Repeat("y", 4*wire.MaxMessage), wire.CloseTooLarge},
}

func TestABadHelloGetsItsCodeAndOneLine(t *testing.T) {
	h := newHouse(t)
	for name, bad := range badHellos {
		t.Run(name, func(t *testing.T) {
			before := h.log.count("socket closed before hello")
			c := h.dial("/ws/peer", site)
			c.t = t
			c.raw(bad.text, []byte(bad.data))
			if code := c.closed(); code != bad.want.Code {
				t.Errorf("code %d, want %d %s", code, bad.want.Code, bad.want.Name)
			}
			for deadline := time.Now().Add(5 * time.Second); h.log.count("socket closed before hello") == before && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			if n := h.log.count("socket closed before hello") - before; n != 1 {
				t.Errorf("%d lines", n)
			}
		})
	}
}

func TestAHelloFromAnotherSiteIsRefused(t *testing.T) {
	h := newHouse(t)
	for _, origin := range []string{"", "null", "https://other.example", "http://shop.example", "https://shop.example:444", "https://shop.example.evil.example"} {
		_, handoff := h.session()
		c := h.dial("/ws/peer", origin)
		c.send(wire.Hello{Type: "hello", V: 1, Credential: wire.Credential{Kind: wire.CredentialHandoff, Value: handoff}})
		if code := c.closed(); code != wire.CloseOrigin.Code {
			t.Errorf("origin %q: code %d", origin, code)
		}
	}
}

func TestNoHelloIsClosed(t *testing.T) {
	h := newHouse(t)
	c := h.dial("/ws/peer", site)
	if code := c.closed(); code != wire.CloseHello.Code {
		t.Errorf("code %d", code)
	}
}

// messages of a customer who is in; want 0: the socket stays.
func badMessages(agent uint32) map[string]struct {
	text bool
	data string
	want int
	code string // of the error message when the socket stays
} {
	type bad = struct {
		text bool
		data string
		want int
		code string
	}
	to := func(format string, args ...any) string { return fmt.Sprintf(format, append([]any{agent}, args...)...) }
	message := wire.CloseMessage.Code
	out := map[string]bad{
		"not JSON":             {true, `x`, message, ""},
		"no type":              {true, `{}`, message, ""},
		"to is text":           {true, `{"type":"greet","to":"2","link":"a"}`, message, ""},
		"to is negative":       {true, `{"type":"greet","to":-2,"link":"a"}`, message, ""},
		"to is a float":        {true, `{"type":"greet","to":1.5,"link":"a"}`, message, ""},
		"no link":              {true, to(`{"type":"greet","to":%d}`), message, ""},
		"link is a number":     {true, to(`{"type":"greet","to":%d,"link":1}`), message, ""},
		"link too long":        {true, to(`{"type":"greet","to":%d,"link":"%s"}`, strings.Repeat("a", 25)), message, ""},
		"description too long": {true, to(`{"type":"greet","to":%d,"link":"a","description":{"type":"offer","sdp":"%s"}}`, strings.Repeat("a", wire.MaxSDP)), message, ""},
		"ping without number":  {true, `{"type":"ping","t":"x"}`, message, ""},
		"page of numbers":      {true, `{"type":"page","url":1}`, message, ""},
		"consent of text":      {true, `{"type":"consent","consent":"no"}`, message, ""},
		"too large":            {true, `{"type":"page","url":"` + strings.Repeat("x", wire.MaxMessage) + `"}`, wire.CloseTooLarge.Code, ""},
		"binary too large":     {false, strings.Repeat("x", wire.MaxMessage+1), wire.CloseTooLarge.Code, ""},
		"unknown type":         {true, `{"type":"dance"}`, 0, "unknown-type"},
		"second hello":         {true, `{"type":"hello","v":1}`, 0, "unknown-type"},
		"server's message":     {true, `{"type":"welcome"}`, 0, "unknown-type"},
		"more consent":         {true, `{"type":"consent","consent":{"view":true,"record":true}}`, 0, "forbidden"},
		"hand-off of its own":  {true, `{"type":"handoff","value":"mine"}`, 0, "unknown-type"},
		"to itself":            {true, `{"type":"greet","to":1,"link":"a"}`, 0, "forbidden"},
	}
	for kind := range 8 {
		frame := append([]byte{byte(kind), 0, 0, 0, byte(agent)}, make([]byte, 40)...)
		if kind != 1 {
			out[fmt.Sprint("binary of kind ", kind)] = bad{false, string(frame), message, ""}
		}
	}
	for _, n := range []int{0, 1, 4, 5, 12, 30} {
		out[fmt.Sprint("binary of length ", n)] = bad{false, string(bytes.Repeat([]byte{1}, n)), message, ""}
	}
	for _, kind := range []string{"accept", "proof", "description", "candidate", "unlink", "key-commit", "key-share", "key-reveal"} {
		out[kind+" without a link"] = bad{true, to(`{"type":"` + kind + `","to":%d}`), message, ""}
		out[kind+" to text"] = bad{true, `{"type":"` + kind + `","to":{},"link":"a"}`, message, ""}
		out[kind+" with a long link"] = bad{true, to(`{"type":"`+kind+`","to":%d,"link":"%s"}`, strings.Repeat("b", 100)), message, ""}
	}
	return out
}

func TestABadMessageCostsOnlyItsSender(t *testing.T) {
	h := newHouse(t)
	id, _ := h.session()
	watcher := h.agent(id, wire.RoleAgent)
	ran := 0
	for name, bad := range badMessages(2) {
		ran++
		t.Run(name, func(t *testing.T) {
			id, handoff := h.session()
			customer := h.customer(handoff)
			customer.t = t
			agent := h.agent(id, wire.RoleAgent)
			agent.t = t
			customer.raw(bad.text, []byte(bad.data))
			if bad.want != 0 {
				if code := customer.closed(); code != bad.want {
					t.Errorf("code %d, want %d", code, bad.want)
				}
			} else {
				var answer wire.Error
				customer.await("error", &answer)
				if answer.Code != bad.code || answer.Message == "" {
					t.Errorf("answer %+v", answer)
				}
			}
			agent.send(wire.Ping{Type: "ping", T: 7})
			var pong wire.Pong
			agent.await("pong", &pong)
			_ = agent.conn.CloseNow()
			_ = customer.conn.CloseNow()
		})
	}
	watcher.send(wire.Ping{Type: "ping", T: 8})
	var pong wire.Pong
	watcher.await("pong", &pong)
	if total := ran + len(badHellos); total < 80 {
		t.Errorf("only %d cases", total)
	}
}

func TestTooManyMessagesAreClosed(t *testing.T) {
	h := newHouse(t)
	_, handoff := h.session()
	c := h.customer(handoff)
	for range 400 {
		if c.conn.Write(t.Context(), true, []byte(`{"type":"ping","t":1}`)) != nil {
			break
		}
	}
	if code := c.closed(); code != wire.CloseRate.Code {
		t.Errorf("code %d", code)
	}
}

func TestCandidatesOfALinkAreBounded(t *testing.T) {
	h := newHouse(t)
	id, handoff := h.session()
	customer, agent := h.customer(handoff), h.agent(id, wire.RoleAgent)
	for range wire.MaxCandidates + 10 {
		customer.send(map[string]any{"type": "candidate", "to": agent.leg, "link": "a", "candidate": nil})
	}
	customer.send(map[string]any{"type": "unlink", "to": agent.leg, "link": "a", "code": "x"})
	n := 0
	for {
		_, data, err := agent.read()
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(`"candidate"`)) {
			n++
		}
		if bytes.Contains(data, []byte(`"unlink"`)) {
			break
		}
	}
	if n != wire.MaxCandidates+1 {
		t.Errorf("%d candidates came", n)
	}
}

func FuzzEnvelope(f *testing.F) {
	for _, bad := range badHellos {
		f.Add([]byte(bad.data))
	}
	f.Add([]byte(`{"type":"greet","to":2,"link":"a","nonce":"n"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := wire.ParseEnvelope(data)
		if err != nil || !e.Relayed {
			return
		}
		out, err := e.From(3)
		if err != nil {
			t.Fatal(err)
		}
		again, err := wire.ParseEnvelope(out)
		if err != nil || again.Type != e.Type || again.Link != e.Link || again.To != 0 {
			t.Fatalf("%s became %s: %v", data, out, err)
		}
	})
}
