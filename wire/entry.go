package wire

// The entries of the telemetry lane (PROTOCOL.md §4.4): what happened beside the picture. These structs are the contract: their fields are
// what is written, in this order, and wiregen makes the TypeScript side of them. A field more is added at the end: a reader that does not
// know it leaves it out, and one that misses it has its zero.

// EntryCode says what an entry is. Readers skip those that they do not know.
type EntryCode uint8

// Codes of entries.
const (
	EntryConsole EntryCode = 1 + iota
	EntryRepeat
	EntryLeftOut
	EntryRequest
	EntryResponse
	EntryDone
	EntryMessage
	EntryResource
	EntryFailure
	EntryEnvironment
	EntryVital
	EntryTask
	EntryGauge
	EntryHappening
)

// ConsoleMethod is the method of the console that was called.
type ConsoleMethod uint8

// Methods of the console that say something.
const (
	ConsoleLog ConsoleMethod = iota
	ConsoleInfo
	ConsoleWarn
	ConsoleError
	ConsoleDebug
	ConsoleTrace
	ConsoleAssert
	ConsoleDir
	ConsoleDirxml
	ConsoleTable
	ConsoleGroup
	ConsoleGroupCollapsed
	ConsoleGroupEnd
	ConsoleCount
	ConsoleTimeLog
	ConsoleTimeEnd
	ConsoleClear
)

// LeftOut is what there was too much of.
type LeftOut uint8

// Kinds of entries that are summarised.
const (
	LeftOutConsole LeftOut = iota
	LeftOutRequests
	LeftOutMessages
	LeftOutFailures
	LeftOutHappenings
	LeftOutOthers
)

// RequestKind is what made a request.
type RequestKind uint8

// Kinds of requests that scripts make.
const (
	RequestFetch RequestKind = iota
	RequestXHR
	RequestBeacon
	RequestWebSocket
	RequestEventSource
)

// RequestFlag are bits of a request.
type RequestFlag uint8

// Flags of requests.
const (
	RequestKeepalive RequestFlag = 1
	RequestSync      RequestFlag = 2
	RequestSeenLate  RequestFlag = 4 // it was open before anybody watched
)

// BodyState says why a body is there or is not.
type BodyState uint8

// States of a body.
const (
	BodyNone    BodyState = iota // there is none
	BodyOff                      // the site does not have it told
	BodyWhole                    // all of it, without what looks like a secret
	BodyCut                      // its beginning
	BodyBinary                   // not a text
	BodyUnread                   // a stream, or the page did not read it
	BodyUnknown                  // whether there is one cannot be told
)

// Outcome is how a request ended.
type Outcome uint8

// Outcomes of requests.
const (
	OutcomeOK      Outcome = iota
	OutcomeFailed          // the network, or CORS: a page is not told which
	OutcomeAborted         // by the page
	OutcomeTimeout         // the page's own
	OutcomeOffline         // the browser was offline
	OutcomeBlocked         // by the page's content security policy
	OutcomeMixed           // http from an https page
	OutcomeClosed          // a socket, by either side
	OutcomeCutOff          // the page went away
	OutcomeRefused         // the browser did not take it: a beacon too large
)

// TimingFlag are bits of what is known of a transfer.
type TimingFlag uint8

// Flags of transfers.
const (
	TimingCache   TimingFlag = 1 // from the browser's cache
	TimingWorker  TimingFlag = 2 // through a service worker
	TimingHidden  TimingFlag = 4 // another origin does not let sizes and phases be known
	TimingBlocked TimingFlag = 8 // the page was not shown before it was there
)

// FailureKind is how an error came to be known.
type FailureKind uint8

// Kinds of failures.
const (
	FailureException FailureKind = iota
	FailureRejection
	FailurePolicy   // content security policy
	FailureResource // a picture, a script, a style sheet
)

// Rating of a web vital, by the thresholds of web.dev.
type Rating uint8

// Ratings.
const (
	RatingGood Rating = iota
	RatingMiddling
	RatingPoor
)

// HappeningKind is what a person, or the page before their eyes, did.
type HappeningKind uint8

// Kinds of happenings.
const (
	HappeningNavigation HappeningKind = iota
	HappeningClick
	HappeningSubmit
	HappeningRage    // many clicks at one place
	HappeningDead    // a click that nothing followed
	HappeningMessage // the page shows an error
	HappeningCustom  // the site's own code says so
	HappeningVisibility
)

// ValueKind is what a value of the page's is.
type ValueKind uint8

// Kinds of values. Those from ValueObject on have items.
const (
	ValueUndefined ValueKind = iota
	ValueNull
	ValueBoolean
	ValueNumber
	ValueBigint
	ValueString
	ValueSymbol
	ValueFunction
	ValueDate
	ValueRegexp
	ValueNode     // text describes it, size is its node id
	ValueGetter   // is not run
	ValueCircle   // an object around it
	ValueDeep     // an object too deep
	ValueMasked   // a text or a number that is not told; size is its length
	ValueFormat   // a text with placeholders that the values behind it are for
	ValueOther    // text names what it is
	ValueReserved // for a kind without items
)

// Kinds of values with items.
const (
	ValueObject ValueKind = 32 + iota
	ValueArray
	ValueMap
	ValueSet
	ValueFault // an Error: text is what it says, and it may have the items "stack" and "cause"
)

// Value is a value of the page's, as much of it as is told.
type Value struct {
	Kind  ValueKind
	Text  string // as it is shown; of an object the name of its class
	Size  uint32 // of a string that is cut its length in UTF-16 units, else 0; of what has items how many there are
	Items []Item // of an object or a fault by name, of a map by key; at most MaxItems
}

// Item of a value.
type Item struct {
	Name  string
	Value Value
}

// Pair of a name and a value.
type Pair struct{ Name, Value string }

// Entry of the log: number N of its epoch, At tenths of a ms since that began, below 0 for what was before. What is nil for one whose
// code is not known.
type Entry struct {
	N    uint32
	At   int32
	What What
}

// What is one of the structs below.
type What interface{ Code() EntryCode }

// ConsoleEntry is one call of the console.
type ConsoleEntry struct {
	Method ConsoleMethod
	Depth  uint8   // groups around it
	Values []Value // the first may be a ValueFormat
	Stack  string  // of warn, error, trace and assert, reduced: a line for each frame
	Where  string  // the page's place that called, `URL:line:column`, where it is known
}

// RepeatEntry says that an entry of the console, or a failure, came again.
type RepeatEntry struct {
	Of    uint32 // the entry's number
	Count uint32 // how often it came so far, the first time included
}

// LeftOutEntry counts what was not told because there was too much of it.
type LeftOutEntry struct {
	Kind  LeftOut
	Count uint32
	Since uint32 // tenths of a ms before this entry
	ID    uint32 // of the socket whose messages they are
	Texts []Pair // how many of each level or kind, and their last one
}

// RequestEntry says that a script began a request.
type RequestEntry struct {
	ID        uint32 // of the request, in its epoch
	Kind      RequestKind
	Flags     RequestFlag
	Method    string
	URL       string // reduced
	Initiator string // the page's place that began it
	Headers   []Pair // those that may be told; of the others the names, and dots
	Body      BodyState
	Size      uint32 // of the body, bytes; 0 where it is not known
	Text      string // the body
}

// ResponseEntry says that its head is there.
type ResponseEntry struct {
	ID      uint32
	Status  uint32
	Reason  string // the status' text
	Kind    string // basic, cors, opaque, opaqueredirect, error
	URL     string // where it came from in the end, when that is another address
	MIME    string
	Headers []Pair
}

// DoneEntry says that a request is over.
type DoneEntry struct {
	ID       uint32
	Outcome  Outcome
	Reason   string // in words of the browser
	Transfer Transfer
	Body     BodyState
	Text     string
}

// Transfer is what is known of one; times are tenths of a ms.
type Transfer struct {
	Duration uint32
	// Marks since the beginning, plus 1; 0 where it is not known: fetch start, name lookup start and end, connect start, TLS start, connect
	// end, request start, response start, response end, worker start.
	Marks    []uint32
	Protocol string // ALPN
	Flags    TimingFlag
	Moved    uint32 // bytes with the head, 0 for the cache
	Encoded  uint32 // bytes of the body as it came
	Decoded  uint32 // bytes of the body
}

// MessageEntry is a message of a socket, or of an event source.
type MessageEntry struct {
	ID    uint32 // of the request that opened it
	Out   uint8  // 1: sent by the page
	Body  BodyState
	Size  uint32 // bytes
	Event string // its name, of an event source
	Text  string
}

// ResourceEntry is a file that the page needed, or the document. At is when it began.
type ResourceEntry struct {
	Kind     string // img, script, link, css, navigation …
	URL      string
	Status   uint32 // 0 where it is not known
	Transfer Transfer
}

// FailureEntry is an error that nobody caught, or what the browser refused.
type FailureEntry struct {
	Kind    FailureKind
	Name    string
	Message string
	Stack   string   // reduced: a line for each frame
	Causes  []string // each a message and its stack
	Where   string   // `URL:line:column`
	Details []Pair
}

// EnvironmentEntry has what is there, or what has changed.
type EnvironmentEntry struct{ Values []Pair }

// VitalEntry is a web vital as it stands.
type VitalEntry struct {
	Name   string // LCP, CLS, INP, FCP, TTFB
	Value  uint32 // thousandths of a ms; of CLS of the score
	Rating Rating
	Node   uint32 // id of the element behind it, 0 for none
	Detail string
}

// TaskEntry is a task that kept the page from answering. At is when it began.
type TaskEntry struct {
	Duration uint32 // tenths of a ms
	Blocking uint32
	Frame    uint8  // 1: a long animation frame
	Scripts  []Pair // place, and tenths of a ms
}

// GaugeEntry is measured now and then.
type GaugeEntry struct {
	Frames  uint32 // per second, × 10; 0 where it was not measured
	Used    uint32 // of the scripts' memory, KiB
	Limit   uint32
	Nodes   uint32
	Busy    uint32 // ms in long tasks since the last
	Backlog uint32 // bytes that wait for the line
}

// HappeningEntry is what a person did.
type HappeningEntry struct {
	Kind  HappeningKind
	Label string // what it was done to, in words that may be told
	URL   string
	Node  uint32 // id of the element
	X     int32  // CSS px in the viewport
	Y     int32
	Count uint32
	Data  string // JSON
}

// Code is the entry's.
func (*ConsoleEntry) Code() EntryCode     { return EntryConsole }
func (*RepeatEntry) Code() EntryCode      { return EntryRepeat }
func (*LeftOutEntry) Code() EntryCode     { return EntryLeftOut }
func (*RequestEntry) Code() EntryCode     { return EntryRequest }
func (*ResponseEntry) Code() EntryCode    { return EntryResponse }
func (*DoneEntry) Code() EntryCode        { return EntryDone }
func (*MessageEntry) Code() EntryCode     { return EntryMessage }
func (*ResourceEntry) Code() EntryCode    { return EntryResource }
func (*FailureEntry) Code() EntryCode     { return EntryFailure }
func (*EnvironmentEntry) Code() EntryCode { return EntryEnvironment }
func (*VitalEntry) Code() EntryCode       { return EntryVital }
func (*TaskEntry) Code() EntryCode        { return EntryTask }
func (*GaugeEntry) Code() EntryCode       { return EntryGauge }
func (*HappeningEntry) Code() EntryCode   { return EntryHappening }
