package client

import (
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/syncproto"
)

// ErrNotFound says that a local database does not hold what was asked for.
var ErrNotFound = errors.New("client: not found")

// Local is the database of one person on one device. Every Update is one
// transaction: it is wholly there once it returned nil (for a database on disk:
// durable), and wholly absent if fn failed, panicked or the process died.
type Local interface {
	View(fn func(LocalReader) error) error
	Update(fn func(LocalTx) error) error
	Close() error
}

// LocalReader reads one consistent state. What it returns or lends to yield is
// shared and never to be changed; yield returns false to stop.
type LocalReader interface {
	Meta() (Meta, error)
	// Record returns a record of base, or ErrNotFound.
	Record(Key) (*Record, error)
	// Members streams the records of base known in a scope by type and id; an
	// empty type means all.
	Members(scope syncproto.Scope, typ string, yield func(*Record) bool) error
	// Scope returns the state of a scope, or ErrNotFound.
	Scope(syncproto.Scope) (ScopeState, error)
	// Scopes streams all scopes by name.
	Scopes(yield func(ScopeState) bool) error
	// Outbox streams the mutations without verdict with N >= from, by N.
	Outbox(from int64, yield func(*Item) bool) error
	// Sent streams the mutations with verdict that are still kept, by N.
	Sent(yield func(*Item) bool) error
	// Log streams the noteworthy verdicts, newest first.
	Log(yield func(*LogEntry) bool) error
}

// LocalTx reads its own writes. What is handed to it belongs to it.
type LocalTx interface {
	LocalReader
	SetMeta(Meta) error
	// PutRecord replaces a record of base with its marks; DeleteRecord of one
	// that is absent does nothing.
	PutRecord(*Record) error
	DeleteRecord(Key) error
	PutScope(ScopeState) error
	DeleteScope(syncproto.Scope) error
	PutOutbox(*Item) error
	DeleteOutbox(n int64) error
	PutSent(*Item) error
	DeleteSent(n int64) error
	// AddLog appends a verdict; at least the newest MaxLog are kept.
	AddLog(*LogEntry) error
}

// MaxLog is how many verdicts the log keeps. Older ones are still in the
// person's cases on the server.
const MaxLog = 1000

// Key names a record.
type Key struct {
	Type string       `json:"type"`
	ID   syncproto.ID `json:"id"`
}

// Mark says that a record is known in a scope since reading number Gen of it.
type Mark struct {
	Scope syncproto.Scope `json:"scope"`
	Gen   int64           `json:"gen"`
}

// Record is the server's copy of a record. H is the hash of Doc as it is held
// here, so that a damaged copy shows in the sums.
type Record struct {
	Key
	Rev   int64          `json:"rev"`
	H     syncproto.Hash `json:"h"`
	Doc   jsontext.Value `json:"-"` // canonical
	Marks []Mark         `json:"marks"`
}

// Item is a mutation in outbox or sent. Raw never changes; N changes only when
// the client id does.
type Item struct {
	N  int64        `json:"n"`
	FP syncproto.FP `json:"fp"`
	Op syncproto.Op `json:"op"`
	Key
	T     int64                 `json:"t"`
	Raw   syncproto.RawMutation `json:"-"`
	Stamp int64                 `json:"stamp,omitzero"` // sent: commit of the answer that brought its verdict
	V     syncproto.V           `json:"v,omitzero"`     // sent: the verdict
	Lag   bool                  `json:"lag,omitzero"`   // sent: base does not have its effect yet
}

// Meta is the identity and the place in the conversation with the server.
type Meta struct {
	Person   syncproto.ID    `json:"person"`
	Client   syncproto.ID    `json:"client"`
	Top      int64           `json:"top"`             // highest n made
	Ack      int64           `json:"ack"`             // highest n with a verdict
	Chain    syncproto.Chain `json:"chain"`           // over the fps up to Ack
	Seen     *syncproto.Seen `json:"seen,omitzero"`   // newest commit held; nil before first contact
	Request  syncproto.ID    `json:"req,omitzero"`    // the request whose answer may be applied
	LastT    int64           `json:"last_t,omitzero"` // newest t given to a mutation
	Lagging  bool            `json:"lagging,omitzero"`
	OffsetMs int64           `json:"offset_ms,omitzero"` // server's clock minus the phone's
	ServerMs int64           `json:"server_ms,omitzero"` // server's clock at the newest answer
	LastMs   int64           `json:"last_ms,omitzero"`   // phone's clock at the newest answer
	Upgrade  string          `json:"upgrade,omitzero"`   // the server's newest hint
}

// ScopeState is what is known of one scope. Count and Sum are of the records
// of base that bear its mark and are kept up to date with each change.
type ScopeState struct {
	Scope   syncproto.Scope `json:"scope"`
	Cur     int64           `json:"cur"`
	Since   int64           `json:"since,omitzero"`   // head when the reading from 0 began
	Gen     int64           `json:"gen"`              // number of the newest reading from 0
	Reading bool            `json:"reading,omitzero"` // marks are not swept yet
	More    bool            `json:"more,omitzero"`    // the newest page was not the last
	Count   int64           `json:"count"`
	Sum     syncproto.Sum   `json:"sum"`

	Bad      bool  `json:"bad,omitzero"`      // ask for it anew (rule C7)
	Repair   bool  `json:"repair,omitzero"`   // the reading under way is because of that
	Differs  bool  `json:"differs,omitzero"`  // and that did not help
	RetryMs  int64 `json:"retry_ms,omitzero"` // server's clock before which it is not asked for again
	Revoked  bool  `json:"revoked,omitzero"`  // to be purged once UpTo has its verdict (rule C8)
	UpTo     int64 `json:"up_to,omitzero"`    // n
	Archived bool  `json:"archived,omitzero"` // kept, but not asked for any more
}

// LogEntry is a verdict that a person should see.
type LogEntry struct {
	Seq      int64             `json:"seq"` // given by the database, rising
	ServerMs int64             `json:"server_ms"`
	FP       syncproto.FP      `json:"fp"`
	Op       syncproto.Op      `json:"op"`
	Type     string            `json:"type"`
	Verdict  syncproto.Verdict `json:"verdict"`
}
