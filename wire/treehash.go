package wire

// TreeHash is the hash of a document's tree (PROTOCOL.md §4.1), fed in preorder.
type TreeHash struct {
	Count uint32 // nodes
	h     uint32
}

// Nodes in a tree's hash.
const (
	HashElement  = 1 // also what is blocked
	HashShadow   = 3
	HashDocument = 4
	HashDoctype  = 5
)

// Value so far.
func (t *TreeHash) Value() uint32 { return t.h ^ 2166136261 }

// The state is kept xor its first value, so that the zero TreeHash is an empty one.
func (t *TreeHash) word(w uint32) { t.h = (t.Value()^w)*16777619 ^ 2166136261 }

// Node of another kind than text.
func (t *TreeHash) Node(kind, id uint32) {
	t.Count++
	t.word(kind)
	t.word(id)
}

// Text of so many UTF-16 units.
func (t *TreeHash) Text(id, length uint32) {
	t.Node(2, id)
	t.word(length)
}

// End closes an element, shadow root or document.
func (t *TreeHash) End() { t.word(0) }
