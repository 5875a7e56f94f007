package recordingtest

import (
	"testing"

	"ridealong/recording"
)

func TestTheReferenceIsAStore(t *testing.T) {
	Store(t, func(*testing.T) recording.Store { return NewMemory() })
}
