package sessiontest

import (
	"testing"

	"go.uber.org/goleak"

	"ridealong/session"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemoryStoreKeepsTheContract(t *testing.T) {
	Store(t, func(*testing.T) session.Store { return NewMemory() })
}

func TestMemoryBusKeepsTheContract(t *testing.T) {
	Bus(t, func(*testing.T) session.Bus { return NewMemoryBus() })
}
