package wire

// The ops of the dom lane (PROTOCOL.md §4) as one interface: OpWriter turns calls into bytes, ReadOps bytes into the same calls.
// Text is WTF-8: a lone surrogate of a page is three bytes that are no UTF-8.

// Ops is what can happen to a document, in order. Insert, Element, Shadow and Document open a list of nodes that End closes; only
// node calls (Element … Moved) may stand inside.
type Ops interface {
	Reset(compat uint8)
	Insert(parent, previous uint32)
	Element(id uint32, ns uint8, tag string, attributes []Attribute)
	Text(id uint32, data string)
	Shadow(id uint32, mode uint8)
	Document(id uint32, compat uint8)
	Blocked(id uint32, tag string, width, height uint32)
	Doctype(id uint32, name, publicID, systemID string)
	Moved(id uint32)
	End()
	Remove(ids []uint32)
	Attributes(id uint32, changes []Attribute)
	SetText(id uint32, data string)
	Splice(id, offset, deleted uint32, data string) // UTF-16 units
	Scroll(id uint32, x, y int32)
	Value(id uint32, value string)
	Check(id uint32, bits uint8)
	Select(id uint32, options []uint32)
	Viewport(width, height, ratio, scale uint32) // CSS px; ratio and scale × 1000
	Focus(id uint32, visible uint8)
	Click(id uint32, x, y int32, button uint8)
	Path(samples []Sample)
	Sheet(id uint32, flags uint8, media string, rules []string)
	Adopt(root uint32, sheets []uint32)
	Rule(id uint32, path []uint32, act uint8, text string)
	Rules(id, from uint32, rules []string) // behind the first of them
	Disable(id uint32, disabled bool)
	Page(url, title string)
	Environment(json string)
	Hash(count, hash uint32)
	State(id uint32, bits uint8)
	Media(id uint32, m Media)
	Animate(id uint32, a Animation)
	Names(id uint32, names []string)
	Selection(anchor, anchorOffset, focus, focusOffset uint32) // UTF-16 units
	Hover(id uint32)                                           // 0: nothing
	Fonts(document uint32, rules []string)
	About(json string)
	Event(n, age uint32, name, data string) // age in ms before the frame's time
}

// Attribute of an element. Removed stands in changes only.
type Attribute struct {
	Name, Value string
	Removed     bool
}

// Sample of the pointer's way: CSS px in the viewport, ms before the frame's time.
type Sample struct {
	X, Y   int32
	Before uint32
}

// Media is what a video or an audio does. Times in ms; rate and volume × 1000; duration 0: not known, or without an end.
type Media struct {
	Bits                         uint8 // 1 playing, 2 muted, 4 ended
	Time, Duration, Rate, Volume uint32
}

// Animation of an element that scripts made: key is its number in the epoch. State 0 takes it away, 1 runs, 2 rests, 3 has ended.
type Animation struct {
	Key    uint32
	Pseudo string
	State  uint8
	Time   int32 // ms
	Rate   int32 // × 1000
	Effect string
}

const (
	opReset = 1 + iota
	opInsert
	opRemove
	opAttributes
	opSetText
	opSplice
	opScroll
	opValue
	opCheck
	opSelect
	opViewport
	opFocus
	opClick
	opPath
	opSheet
	opAdopt
	opRule
	opDisable
	opPage
	opEnvironment
	opHash
	opState
	opMedia
	opAnimate
	opNames
	opSelection
	opHover
	opFonts
)

// What the site's own code tells.
const (
	opAbout = 33 + iota
	opEvent
)

const opRules = 35

const (
	nodeEnd = iota
	nodeElement
	nodeText
	nodeShadow
	nodeDocument
	nodeBlocked
	nodeDoctype
	nodeMoved
)

const (
	ruleDelete  = 0
	ruleDeepest = 32
)
