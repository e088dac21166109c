package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
)

// Errors of a store. Any other error of Update means: nothing was written.
var (
	ErrNotFound    = errors.New("store: not found")
	ErrScopeClosed = errors.New("store: scope is closed")        // a write into a closed scope; nothing was written
	ErrFull        = errors.New("store: disk is full")           // nothing was written; reads go on; try later
	ErrStopped     = errors.New("store: stopped")                // closed, or a commit ended with unknown outcome
	ErrBusy        = errors.New("store: too many wait to write") // the queue is full; try later
	ErrNewer       = errors.New("store: file was written by a newer version")
	ErrInUse       = errors.New("store: file is in use by another process")
	ErrMissing     = errors.New("store: there is no file")
	ErrDamaged     = errors.New("store: file is damaged, or is no store")
	ErrDeleted     = errors.New("store: record is a tombstone") // a Put on it; nothing was written
	ErrReadOnly    = errors.New("store: opened for reading only")
)

// Store is one shard.
type Store interface {
	// View runs fn on one snapshot. fn should be short: pages that it can see
	// are not reused while it runs.
	View(ctx context.Context, fn func(Reader) error) error
	// Update runs fn in the write transaction, one after the other; nil means
	// durable. Several Updates share one commit. fn may run twice, touches
	// nothing but its Tx and resets its results at its top. If fn returns an
	// error or panics, its writes are undone and the others of the group kept.
	Update(ctx context.Context, fn func(Tx) error) error
	// Close waits for the writes under way and closes the file.
	Close() error
}

// Reader is one snapshot, or inside Update also the writes made so far.
// Slices lent to yield are valid only until it returns; what a method returns
// is the caller's own. yield returns false to stop.
type Reader interface {
	// Head is the newest commit of this snapshot and the current epoch.
	Head() Head
	// Holds reports whether (epoch, commit) is part of this store's history:
	// false means that its bearer has seen something this store has lost.
	Holds(epoch string, commit int64) bool
	// CommitMs is a lower bound, some minute at most below, of the time at
	// which a commit was made; 0 if it is older than the store's records of it.
	CommitMs(commit int64) int64

	// Record returns a record, tombstones included, or ErrNotFound.
	Record(Key) (Record, error)
	// Members streams the live records of a type in a scope, oldest change
	// first. An empty type means all.
	Members(scope syncproto.Scope, typ string, yield func(*Record) bool) error
	// Scope returns the state of a scope; an unknown scope is empty.
	Scope(syncproto.Scope) (Scope, error)
	// Changes streams the entries of a scope with after < seq <= upto, in order.
	Changes(scope syncproto.Scope, after, upto int64, yield func(*Entry) bool) error
	// History streams the changes of a record, newest first: the last one is
	// its creation, with an empty Before.
	History(Key, func(*Version) bool) error
	// Mentions streams the keys of all records, tombstones too, in whose
	// document or history one of the texts stands within a string. It reads the
	// whole store: for what is asked for once in a while.
	Mentions(texts []string, yield func(Key) bool) error

	// Verdict returns the stored verdict of a person's mutation, or ErrNotFound.
	Verdict(person syncproto.ID, fp syncproto.FP) (syncproto.Verdict, error)
	// Client returns the state of a client; an unknown one is the zero value.
	Client(person, client syncproto.ID) (Client, error)
	// Raw returns the bytes of a mutation kept with KeepRaw, or ErrNotFound.
	Raw(syncproto.FP) (syncproto.RawMutation, error)
	// Waiters lists the cases that wait for a key, in the order they came.
	Waiters(Key) ([]syncproto.ID, error)

	// Decision returns the newest decision of a kind and key, or ErrNotFound.
	Decision(kind, key string) (Decision, error)
	// LastDecision returns the head of the chain, or ErrNotFound.
	LastDecision() (Decision, error)
	// Decisions streams the chain from a number (1 is the first).
	Decisions(from int64, yield func(*Decision) bool) error

	// Credential returns a secret document, or ErrNotFound.
	Credential(kind, id string) (jsontext.Value, error)
	// Credentials streams those of a kind whose id begins with prefix, by id.
	Credentials(kind, prefix string, yield func(id string, doc jsontext.Value) bool) error

	// Counters streams the counters whose key begins with prefix, by key.
	Counters(prefix string, yield func(key string, n int64) bool) error
	// Due streams the marks of a kind, by key.
	Due(kind string, yield func(key string) bool) error
}

// Tx is a write transaction: a Reader of its own writes.
type Tx interface {
	Reader
	// Now is the server's time, fixed when the transaction began.
	Now() time.Time

	// Put writes a record and returns it with its new rev. It keeps the index,
	// counts, sums and history. A scope that the record was in and is not in
	// any more gets a leave entry; one that it joins gets a put entry.
	// ErrScopeClosed if any scope before or after is closed, ErrDeleted on a
	// tombstone. With the doc unchanged rev stays, and only the scopes that it
	// leaves or joins get an entry; with these unchanged too nothing is
	// written and the record comes back as it is.
	Put(Put) (Record, error)
	// Delete makes a record a tombstone in all its scopes. It never comes
	// back. ErrNotFound, ErrScopeClosed; a tombstone is returned as it is.
	Delete(Key, Cause) (Record, error)
	// Redact rewrites what the history of a record keeps of its earlier
	// versions, in place: edit gets the fields that each change replaced or
	// lost, and changes or deletes values there. The document of today stays
	// as it is, and no seq is taken: nobody who holds the record sees a
	// difference. It is for personal data that must not be kept, and for
	// nothing else. ErrNotFound.
	Redact(k Key, edit func(syncproto.Doc)) error
	// SetClosed closes a scope, or opens it again.
	SetClosed(scope syncproto.Scope, closed bool) error

	PutVerdict(person syncproto.ID, fp syncproto.FP, v syncproto.Verdict) error
	PutClient(person, client syncproto.ID, c Client) error
	KeepRaw(syncproto.FP, syncproto.RawMutation) error
	// Wait notes that a case waits for a key; Unwait takes that back.
	Wait(key Key, caseID syncproto.ID) error
	Unwait(key Key, caseID syncproto.ID) error

	// Append adds a decision to the chain; the body is canonical JSON.
	Append(kind, key string, body jsontext.Value) (Decision, error)

	PutCredential(kind, id string, doc jsontext.Value) error
	DeleteCredential(kind, id string) error

	// Count adds to a counter; one that comes to 0 disappears.
	Count(key string, delta int64) error
	// MarkDue notes work that must follow this commit; ClearDue takes it back.
	MarkDue(kind, key string) error
	ClearDue(kind, key string) error
	// SetDurable says that the second-newest verified backup holds every
	// commit up to this one.
	SetDurable(commit int64) error
}

// Key names a record.
type Key struct {
	Type string
	ID   syncproto.ID
}

// Head is where a shard stands.
type Head struct {
	Epoch   string
	Commit  int64
	Durable int64
}

// Record is a record as stored.
type Record struct {
	Key
	Doc     jsontext.Value    // canonical; nil for a tombstone
	H       syncproto.Hash    // of Doc
	C       syncproto.Hash    // of its material and set fields
	Rev     int64             // seq of its last change
	Scopes  []syncproto.Scope // sorted; where it lives
	Deleted bool
	Bounds
}

// Bounds are the trusted times between which the newest content was made:
// commit time of the state that its author held (0 if unknown), and receipt.
type Bounds struct {
	NotBeforeMs int64
	NotAfterMs  int64
}

// Cause says by whom and by which mutation a record changed; all of it goes
// into the history. FP is zero for what the server did itself.
type Cause struct {
	By   syncproto.ID
	FP   syncproto.FP
	Op   string        // operation or the server's reason, snake_case
	Lost syncproto.Doc // values that were sent but lost a merge
	Bounds
}

// Put is a record to write. Scopes are all scopes it is to live in.
type Put struct {
	Key
	Doc    syncproto.Doc
	Scopes []syncproto.Scope
	// Derived says that the document can be computed from others at any time
	// and decides nothing: what it replaces is not kept in the history.
	Derived bool
	Cause
}

// Entry is one (scope, record) in the change index.
type Entry struct {
	Seq int64
	Op  syncproto.ChangeOp // put, del or leave
	Key
	Rev int64
	H   syncproto.Hash // put only
	Doc jsontext.Value // put only; canonical
}

// Scope is the state of a scope.
type Scope struct {
	Count  int64 // live records
	Sum    syncproto.Sum
	Floor  int64 // entries up to here may have been purged
	Last   int64 // seq of its newest entry
	Closed bool
}

// Client is the server's state of one client.
type Client struct {
	Last  int64 // highest n such that every n' <= n has a verdict
	Chain syncproto.Chain
}

// Version is a replaced version of a record: Before has the fields that the
// change removed or replaced, Added names those that it brought.
type Version struct {
	Rev    int64 // of the change
	AtMs   int64
	Before syncproto.Doc
	Added  []string
	C      syncproto.Hash // c after the change
	Cause
}

// Decision is one link of the chain: Hash = SHA-256(Prev || canonical head
// and body), so that no link can be changed without the next showing it.
type Decision struct {
	N    int64 // from 1
	Kind string
	Key  string
	AtMs int64
	Body jsontext.Value
	Prev [32]byte
	Hash [32]byte
}

// Sum is the hash that a link must have: SHA-256 over the previous hash, the
// canonical head {at, key, kind, n} and the canonical body.
func (d *Decision) Sum() [32]byte {
	head := syncproto.Doc{"at": syncproto.Int(d.AtMs), "key": syncproto.Str(d.Key),
		"kind": syncproto.Str(d.Kind), "n": syncproto.Int(d.N)}
	b := append(make([]byte, 0, len(d.Body)+256), d.Prev[:]...)
	b = head.AppendCanonical(b)
	return sha256.Sum256(append(b, d.Body...))
}
