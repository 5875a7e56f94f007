package signaling

import "sync"

// Bounds of what waits for one receiver.
const (
	maxControl   = 256     // messages
	maxData      = 4 << 20 // bytes of fallback frames
	maxDataCount = 4096
)

// queue holds what waits to be written to one socket. Control messages go before fallback frames; both keep their order.
type queue struct {
	mu      sync.Mutex // guards what follows
	control [][]byte
	data    [][]byte
	bytes   int
	wake    chan struct{} // has a token when there is something to write
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// putControl says false when the receiver is so slow that it has to go.
func (q *queue) putControl(message []byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.control) >= maxControl {
		return false
	}
	q.control = append(q.control, message)
	q.signal()
	return true
}

// putData says false when the frame does not fit and is dropped.
func (q *queue) putData(frame []byte) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.bytes+len(frame) > maxData || len(q.data) >= maxDataCount {
		return false
	}
	q.data = append(q.data, frame)
	q.bytes += len(frame)
	q.signal()
	return true
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// next takes the most urgent message; ok is false when there is none.
func (q *queue) next() (message []byte, text, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.control) > 0 {
		message, q.control = q.control[0], q.control[1:]
		return message, true, true
	}
	if len(q.data) > 0 {
		message, q.data = q.data[0], q.data[1:]
		q.bytes -= len(message)
		return message, false, true
	}
	q.control, q.data = nil, nil // their arrays, grown in a burst, are not kept
	return nil, false, false
}
