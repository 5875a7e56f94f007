package wire

// Control messages (PROTOCOL.md §7).

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Control is a control message; which fields count depends on the type.
type Control struct {
	Type      string   `json:"type"`
	Epoch     *uint32  `json:"epoch,omitempty"`
	DOM       *uint32  `json:"dom,omitempty"`
	Telemetry *uint32  `json:"telemetry,omitempty"`
	Bytes     *int64   `json:"bytes,omitempty"`
	Lane      *Lane    `json:"lane,omitempty"`
	From      *uint32  `json:"from,omitempty"`
	Reason    string   `json:"reason,omitempty"`
	Hashes    []string `json:"hashes,omitempty"`
	T         *float64 `json:"t,omitempty"`
	Code      string   `json:"code,omitempty"`
}

// ReadControl reads a CONTROL frame's payload. Fields that are not known are ignored; a type that is not known is the caller's to skip.
func ReadControl(payload []byte) (Control, error) {
	var c Control
	if len(payload) > MaxControl {
		return c, fmt.Errorf("%w: control message of %d bytes", ErrDecode, len(payload))
	}
	if !utf8.Valid(payload) {
		return c, fmt.Errorf("%w: control message is not UTF-8", ErrDecode)
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		return Control{}, fmt.Errorf("%w: control message: %w", ErrDecode, err)
	}
	if c.Type == "" {
		return Control{}, fmt.Errorf("%w: control message without a type", ErrDecode)
	}
	return c, nil
}
