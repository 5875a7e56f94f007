package wire

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrUnknownType is a message of a type that this version does not know.
var ErrUnknownType = errors.New("wire: unknown type of message")

// Relayed lists the types of messages that a server passes on unread.
var relayed = map[string]bool{
	"greet": true, "accept": true, "proof": true, "description": true, "candidate": true, "unlink": true,
	"key-commit": true, "key-share": true, "key-reveal": true,
}

// Envelope is a signaling message read no further than the server has to.
type Envelope struct {
	Type    string
	Relayed bool
	To      uint32
	Link    string
	fields  map[string]json.RawMessage
}

// maxLink is the base64url form of a link's 16 bytes, with room for padding.
const maxLink = 24

// ParseEnvelope reads a text message of a client. The error says what is wrong with it.
func ParseEnvelope(data []byte) (Envelope, error) {
	var e Envelope
	if len(data) > MaxMessage {
		return e, fmt.Errorf("wire: message of %d bytes", len(data))
	}
	if err := json.Unmarshal(data, &e.fields); err != nil {
		return e, fmt.Errorf("wire: message: %w", err)
	}
	if err := e.field("type", &e.Type); err != nil || e.Type == "" {
		return e, errors.New("wire: message without a type")
	}
	e.Relayed = relayed[e.Type]
	if !e.Relayed {
		return e, nil
	}
	if err := errors.Join(e.field("to", &e.To), e.field("link", &e.Link)); err != nil {
		return e, fmt.Errorf("wire: address of %s: %w", e.Type, err)
	}
	if e.Link == "" || len(e.Link) > maxLink {
		return e, fmt.Errorf("wire: %s without a link", e.Type)
	}
	if len(e.fields["description"]) > MaxSDP {
		return e, fmt.Errorf("wire: description of %d bytes", len(e.fields["description"]))
	}
	return e, nil
}

func (e Envelope) field(name string, into any) error {
	raw, ok := e.fields[name]
	if !ok {
		return nil
	}
	return json.Unmarshal(raw, into)
}

// Into decodes the whole message into one of the message structs.
func (e Envelope) Into(message any) error {
	data, err := json.Marshal(e.fields)
	if err == nil {
		err = json.Unmarshal(data, message)
	}
	if err != nil {
		return fmt.Errorf("wire: %s: %w", e.Type, err)
	}
	return nil
}

// From gives the message as its receiver gets it: the sender's leg in place of the receiver's.
func (e Envelope) From(leg uint32) ([]byte, error) {
	out := make(map[string]json.RawMessage, len(e.fields))
	for name, raw := range e.fields {
		if name != "to" && name != "from" {
			out[name] = raw
		}
	}
	from, err := json.Marshal(leg)
	if err != nil {
		return nil, err
	}
	out["from"] = from
	return json.Marshal(out)
}

// Fallback frames on the socket (PROTOCOL.md §6): kind 1, leg, sealed.
const (
	fallbackKind   = 1
	fallbackHeader = 5
	sealedLeast    = 8 + 16 + 2 // counter, tag, lane and an empty piece
)

// FallbackLeg is the leg in a fallback frame; ok is false when the bytes are none.
func FallbackLeg(data []byte) (leg uint32, ok bool) {
	if len(data) < fallbackHeader+sealedLeast || len(data) > MaxFallback || data[0] != fallbackKind {
		return 0, false
	}
	return uint32(data[1])<<24 | uint32(data[2])<<16 | uint32(data[3])<<8 | uint32(data[4]), true
}

// SetFallbackLeg writes the sender's leg in place of the receiver's.
func SetFallbackLeg(data []byte, leg uint32) {
	data[1], data[2], data[3], data[4] = byte(leg>>24), byte(leg>>16), byte(leg>>8), byte(leg)
}
