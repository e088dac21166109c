package syncproto

import "github.com/go-json-experiment/json/jsontext"

// Seen names the newest commit that a local database holds.
type Seen struct {
	Epoch  string `json:"epoch"`
	Commit int64  `json:"commit"`
}

// Request is the body of POST /v1/sync.
type Request struct {
	Proto  int    `json:"proto"`
	Schema int    `json:"schema"`
	App    string `json:"app"`
	Client ID     `json:"client"`
	Seen   *Seen  `json:"seen,omitzero"` // nil at first contact
	Top    int64  `json:"top"`           // highest n ever made by this client
	Push   Push   `json:"push"`
	Pull   []Pull `json:"pull"`
	Tag    string `json:"tag,omitzero"` // in place of Pull: that list again (see PullTag)
	Clock  int64  `json:"clock"`        // phone's wall clock, ms; for diagnosis only
	Limit  int    `json:"limit,omitzero"`
}

// Push carries mutations First, First+1, …; Prev is the chain after First-1.
type Push struct {
	First int64         `json:"first"`
	Prev  Chain         `json:"prev"`
	List  []RawMutation `json:"list"`
}

// Pull asks for one scope from a cursor. Since is the head when a reading
// from 0 began; Bad says that count or sum differed.
type Pull struct {
	Scope Scope `json:"scope"`
	Cur   int64 `json:"cur"`
	Since int64 `json:"since,omitzero"`
	Bad   bool  `json:"bad,omitzero"`
}

// State of a response.
type State string

const (
	StateOK     State = "ok"
	StateRotate State = "rotate" // take a new client id, renumber sent + outbox
	StateLost   State = "lost"   // rotate, and set every cursor to 0
	StateBusy   State = "busy"   // only up to Ack was decided; come again
)

// Response is the answer of POST /v1/sync: 200 whenever the caller is known
// and the envelope parses.
type Response struct {
	Epoch    string      `json:"epoch"`
	Now      int64       `json:"now"` // server's clock, ms
	Commit   int64       `json:"commit"`
	Durable  int64       `json:"durable"` // commits up to here are in the second-newest verified backup
	State    State       `json:"state"`
	Ack      int64       `json:"ack"` // every n <= Ack has a stored verdict
	Verdicts []Verdict   `json:"verdicts"`
	Scopes   []ScopePage `json:"scopes"`
	Revoked  []Revoked   `json:"revoked"`
	Hint     Hint        `json:"hint"`
	// Tag is that of the pull list which the phone will send next if nothing
	// happens meanwhile: it may send the tag instead. NoTag: the request's tag
	// means nothing to the server, and nothing was pulled.
	Tag string `json:"tag,omitzero"`
	// Brief leaves out empty lists and the hints that say nothing new: the
	// answer to a request with a tag, whose sender knows of that.
	Brief bool `json:"-"`
}

// NoTag is not the tag of any list.
const NoTag = "-"

// V is the kind of a verdict.
type V string

const (
	Applied V = "applied"
	Merged  V = "merged"
	Noop    V = "noop"
	Aside   V = "aside"
	Waiting V = "waiting" // may become final once; the change of its case tells
)

// Verdict is what became of mutation N.
type Verdict struct {
	N    int64    `json:"n"`
	V    V        `json:"v"`
	ID   ID       `json:"id,omitzero"`  // the record
	Rev  int64    `json:"rev,omitzero"` // its rev after the mutation
	Code Code     `json:"code,omitzero"`
	Lost []string `json:"lost,omitzero"` // free fields whose unseen value was overwritten
	Case ID       `json:"case,omitzero"` // aside, waiting
}

// ScopePage is one page of one scope: after it, base equals the server's set
// up to To. Count and Sum are of the whole scope at To and are given when
// More is false. Reset: this page begins a reading from 0 by mark and sweep.
type ScopePage struct {
	Scope   Scope    `json:"scope"`
	From    int64    `json:"from"`
	To      int64    `json:"to"`
	More    bool     `json:"more"`
	Reset   bool     `json:"reset"`
	Changes []Change `json:"changes"`
	Count   int64    `json:"count"`
	Sum     Sum      `json:"sum"`
}

// ChangeOp is the kind of a change.
type ChangeOp string

const (
	ChangePut   ChangeOp = "put"
	ChangeDel   ChangeOp = "del"   // the record is a tombstone
	ChangeLeave ChangeOp = "leave" // it moved out of this scope
	ChangeAck   ChangeOp = "ack"   // own write: H and Srv only, the body is known
)

// Change is one record's newest state in a scope.
type Change struct {
	Op   ChangeOp       `json:"op"`
	Type string         `json:"type"`
	ID   ID             `json:"id"`
	Rev  int64          `json:"rev"`
	H    Hash           `json:"h,omitzero"`
	Doc  jsontext.Value `json:"doc,omitzero"` // put: canonical
	Srv  jsontext.Value `json:"srv,omitzero"` // ack: the fields of class Server
}

// Revoked tells that a scope may no longer be read.
type Revoked struct {
	Scope  Scope  `json:"scope"`
	Action string `json:"action"` // "purge" | "archive"
}

// Hint is the server's wish for the next contact.
type Hint struct {
	NextS   int    `json:"next_s"`
	Blobs   string `json:"blobs"`   // "now" | "wifi" | "later"
	Upgrade string `json:"upgrade"` // "none" | "soft" | "hard"
}

// Capabilities is the answer of GET /v1/capabilities.
type Capabilities struct {
	Proto  Range            `json:"proto"`
	Schema Range            `json:"schema"`
	Limits map[string]int64 `json:"limits"`
	Blobs  string           `json:"blobs"` // when photos are wanted, as in Hint
	Now    int64            `json:"now"`
}

// Range of versions; Current is the newest.
type Range struct {
	Min     int `json:"min"`
	Max     int `json:"max,omitzero"`
	Current int `json:"current,omitzero"`
}
