// Package wsconn is the one door to coder/websocket.
//
// Guarantees: messages are limited to what the protocol allows; a write that takes longer than its time closes the connection;
// nothing is compressed, because what is large is compressed and sealed already. Read has to be called until it fails, by one
// goroutine; the other methods may be called from any.
package wsconn

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"ridealong/wire"
)

const (
	writeTime = 10 * time.Second
	pongTime  = 15 * time.Second
)

// Conn is a WebSocket.
type Conn struct{ ws *websocket.Conn }

// Accept upgrades a request. The caller has checked, or will check, where it comes from.
func Accept(w http.ResponseWriter, r *http.Request) (*Conn, error) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return nil, fmt.Errorf("wsconn: accept: %w", err)
	}
	return newConn(ws), nil
}

// Dial connects as a client, for tests and programs.
func Dial(ctx context.Context, url, origin string, client *http.Client) (*Conn, error) {
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	ws, response, err := websocket.Dial(ctx, url, &websocket.DialOptions{HTTPHeader: header, HTTPClient: client, CompressionMode: websocket.CompressionDisabled})
	if response != nil && response.Body != nil {
		_ = response.Body.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("wsconn: dial: %w", err)
	}
	return newConn(ws), nil
}

// ErrTooLarge is a message over the protocol's limit. It was not read; the connection is of no more use.
var ErrTooLarge = errors.New("wsconn: message too large")

// maxMessage is the larger of what a text and a binary message may be.
const maxMessage = max(wire.MaxMessage, wire.MaxFallback)

func newConn(ws *websocket.Conn) *Conn {
	ws.SetReadLimit(-1) // ours, so that the protocol's own close code is sent
	return &Conn{ws}
}

// Read waits for a message; text says of which kind.
func (c *Conn) Read(ctx context.Context) (text bool, data []byte, err error) {
	kind, r, err := c.ws.Reader(ctx)
	if err != nil {
		return false, nil, fmt.Errorf("wsconn: read: %w", err)
	}
	data, err = io.ReadAll(io.LimitReader(r, maxMessage+1))
	if err != nil {
		return false, nil, fmt.Errorf("wsconn: read: %w", err)
	}
	if len(data) > maxMessage {
		return false, nil, ErrTooLarge
	}
	return kind == websocket.MessageText, data, nil
}

// Write sends a message or fails within writeTime.
func (c *Conn) Write(ctx context.Context, text bool, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	kind := websocket.MessageBinary
	if text {
		kind = websocket.MessageText
	}
	if err := c.ws.Write(ctx, kind, data); err != nil {
		return fmt.Errorf("wsconn: write: %w", err)
	}
	return nil
}

// Ping waits for the other side's answer.
func (c *Conn) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pongTime)
	defer cancel()
	if err := c.ws.Ping(ctx); err != nil {
		return fmt.Errorf("wsconn: ping: %w", err)
	}
	return nil
}

// Close tells the other side why; it waits a few seconds for the answer.
func (c *Conn) Close(code wire.CloseCode) error {
	return c.ws.Close(websocket.StatusCode(code.Code), code.Name)
}

// CloseNow hangs up.
func (c *Conn) CloseNow() error { return c.ws.CloseNow() }

// CodeOf the close that ended a connection, -1 when it just broke.
func CodeOf(err error) int { return int(websocket.CloseStatus(err)) }
