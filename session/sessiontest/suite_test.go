package sessiontest

import (
	"testing"

	"ridealong/session"
)

func TestMemoryStoreKeepsTheContract(t *testing.T) {
	Store(t, func(*testing.T) session.Store { return NewMemory() })
}

func TestMemoryBusKeepsTheContract(t *testing.T) {
	Bus(t, func(*testing.T) session.Bus { return NewMemoryBus() })
}
