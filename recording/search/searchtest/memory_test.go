package searchtest

import (
	"testing"

	"ridealong/recording"
	"ridealong/recording/search"
)

func TestMemoryIsAStore(t *testing.T) {
	Store(t, func(*testing.T) (search.Store, func(recording.Recording)) {
		s := NewMemory()
		return s, s.Put
	})
}
