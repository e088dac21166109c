package months

import (
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// maxKept bounds the verdicts that are remembered; beyond it all are forgotten.
const maxKept = 1024

type teamMonth struct {
	team  domain.ID
	month domain.Month
}

// kept is a verdict with the day it was made on and all that it was made from.
// It holds for as long as nothing of that has changed, whatever else has.
type kept struct {
	day  domain.Date
	from *noted
	j    judged
}

// judgeKept is judge for those who ask again and again. r is a committed
// snapshot: what a write transaction sees may be undone and come again as
// something else.
func (s *Service) judgeKept(r store.Reader, team domain.ID, month domain.Month, now time.Time) (judged, error) {
	at, day := teamMonth{team, month}, domain.DateOf(now)
	s.mu.Lock()
	k := s.kept[at]
	s.mu.Unlock()
	if k != nil && k.day == day && k.from.stands(r) {
		return k.j, nil
	}
	from := &noted{r: r, scopes: map[syncproto.Scope]store.Scope{}, records: map[store.Key]store.Record{}}
	j, err := s.judge(from, team, month, now)
	if err == nil && j.undecided > 0 {
		j.hoped, err = s.hopedFor(from, team, month, now)
	}
	if err != nil || from.wild {
		return j, err
	}
	from.r = nil
	s.mu.Lock()
	if s.kept == nil || len(s.kept) >= maxKept {
		s.kept = map[teamMonth]*kept{}
	}
	s.kept[at] = &kept{day, from, j}
	s.mu.Unlock()
	return j, nil
}

// noted is a Reader that notes what was read from it.
type noted struct {
	r       store.Reader
	scopes  map[syncproto.Scope]store.Scope
	records map[store.Key]store.Record // without documents; the zero value: none
	chain   bool                       // decisions were read: head is the newest then
	head    int64
	wild    bool // something was read of which no state is noted
}

// stands reports whether r still says what was noted.
func (n *noted) stands(r store.Reader) bool {
	for name, was := range n.scopes {
		if sc, err := r.Scope(name); err != nil || sc != was {
			return false
		}
	}
	for k, was := range n.records {
		if rec, ok := outline(r.Record(k)); !ok || rec.Rev != was.Rev || rec.Deleted != was.Deleted || !slices.Equal(rec.Scopes, was.Scopes) {
			return false
		}
	}
	return !n.chain || endsAt(r, n.head)
}

// outline is a record as it is noted; false if it can't be read.
func outline(rec store.Record, err error) (store.Record, bool) {
	if errors.Is(err, store.ErrNotFound) {
		return store.Record{}, true
	}
	rec.Doc = nil
	return rec, err == nil
}

// endsAt reports whether the chain's newest decision is n; bodies may be long
// and are not copied for it.
func endsAt(r store.Reader, n int64) bool {
	var last int64
	err := r.Decisions(max(n, 1), func(d *store.Decision) bool {
		last = d.N
		return last <= n
	})
	return err == nil && last == n
}

func (n *noted) scope(name syncproto.Scope) error {
	_, err := n.Scope(name)
	return err
}

func (n *noted) decisions() {
	if n.chain {
		return
	}
	d, err := n.r.LastDecision()
	n.chain, n.head = true, d.N
	n.wild = n.wild || err != nil && !errors.Is(err, store.ErrNotFound)
}

// Record notes the record's rev and scopes.
func (n *noted) Record(k store.Key) (store.Record, error) {
	rec, err := n.r.Record(k)
	if o, ok := outline(rec, err); ok {
		n.records[k] = o
	}
	return rec, err
}

// Scope notes the scope's state, which changes with every record in it.
func (n *noted) Scope(name syncproto.Scope) (store.Scope, error) {
	sc, err := n.r.Scope(name)
	if err == nil {
		n.scopes[name] = sc
	}
	return sc, err
}

// Members notes the scope.
func (n *noted) Members(scope syncproto.Scope, typ string, yield func(*store.Record) bool) error {
	return errors.Join(n.scope(scope), n.r.Members(scope, typ, yield))
}

// Changes notes the scope.
func (n *noted) Changes(scope syncproto.Scope, after, upto int64, yield func(*store.Entry) bool) error {
	return errors.Join(n.scope(scope), n.r.Changes(scope, after, upto, yield))
}

// History notes the record.
func (n *noted) History(k store.Key, yield func(*store.Version) bool) error {
	if _, err := n.Record(k); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return n.r.History(k, yield)
}

// Decision notes the head of the chain.
func (n *noted) Decision(kind, key string) (store.Decision, error) {
	n.decisions()
	return n.r.Decision(kind, key)
}

// LastDecision notes the head of the chain.
func (n *noted) LastDecision() (store.Decision, error) {
	n.decisions()
	return n.r.LastDecision()
}

// Decisions notes the head of the chain.
func (n *noted) Decisions(from int64, yield func(*store.Decision) bool) error {
	n.decisions()
	return n.r.Decisions(from, yield)
}

// The rest has no state that is cheap to compare: who reads it is judged anew
// each time.

func (n *noted) Head() store.Head { n.wild = true; return n.r.Head() }

func (n *noted) Mentions(texts []string, yield func(store.Key) bool) error {
	n.wild = true
	return n.r.Mentions(texts, yield)
}

func (n *noted) Holds(epoch string, commit int64) bool {
	n.wild = true
	return n.r.Holds(epoch, commit)
}

func (n *noted) CommitMs(commit int64) int64 { n.wild = true; return n.r.CommitMs(commit) }

func (n *noted) Verdict(person syncproto.ID, fp syncproto.FP) (syncproto.Verdict, error) {
	n.wild = true
	return n.r.Verdict(person, fp)
}

func (n *noted) Client(person, client syncproto.ID) (store.Client, error) {
	n.wild = true
	return n.r.Client(person, client)
}

func (n *noted) Raw(fp syncproto.FP) (syncproto.RawMutation, error) {
	n.wild = true
	return n.r.Raw(fp)
}

func (n *noted) Waiters(k store.Key) ([]syncproto.ID, error) { n.wild = true; return n.r.Waiters(k) }

func (n *noted) Credential(kind, id string) (jsontext.Value, error) {
	n.wild = true
	return n.r.Credential(kind, id)
}

func (n *noted) Credentials(kind, prefix string, yield func(string, jsontext.Value) bool) error {
	n.wild = true
	return n.r.Credentials(kind, prefix, yield)
}

func (n *noted) Counters(prefix string, yield func(string, int64) bool) error {
	n.wild = true
	return n.r.Counters(prefix, yield)
}

func (n *noted) Due(kind string, yield func(string) bool) error {
	n.wild = true
	return n.r.Due(kind, yield)
}
