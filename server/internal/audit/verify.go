package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/seal"
	"github.com/banso/banso/server/internal/store"
)

// MaxProblems is how many a report names.
const MaxProblems = 100

// Rule verifies one decision of its kind.
type Rule func(r store.Reader, d *store.Decision) error

// Whole verifies something about all decisions together, such as that the
// payment records follow from the lists; it names what is wrong.
type Whole func(r store.Reader, say func(problem string)) error

// Auditor knows the rules. Make one with New.
type Auditor struct {
	rules  map[string]Rule
	wholes []Whole
	keys   map[string]ed25519.PublicKey
}

// New makes an Auditor with the public keys of checkpoints by kid, a rule for
// each kind of decision, and rules about the whole.
func New(keys map[string]ed25519.PublicKey, rules map[string]Rule, wholes ...Whole) *Auditor {
	return &Auditor{rules: rules, wholes: wholes, keys: keys}
}

// Problem is something that does not hold.
type Problem struct {
	N    int64  `json:"n,omitzero"` // number of the decision; 0: about the whole
	Kind string `json:"kind,omitzero"`
	Text string `json:"text"`
}

// Report of one walk.
type Report struct {
	Decisions   int64            `json:"decisions"`
	Kinds       map[string]int64 `json:"kinds"`
	Sealed      int64            `json:"sealed"` // number up to which signed checkpoints reach
	Head        string           `json:"head"`   // hash of the newest decision, 64 hex digits
	Fingerprint string           `json:"fingerprint"`
	Found       int64            `json:"found"` // problems, also those not named
	Problems    []Problem        `json:"problems"`
}

func (rep *Report) say(n int64, kind, text string) {
	if rep.Found++; len(rep.Problems) < MaxProblems {
		rep.Problems = append(rep.Problems, Problem{n, kind, text})
	}
}

// Verify walks the chain of one snapshot.
func (a *Auditor) Verify(r store.Reader) (*Report, error) {
	rep := &Report{Kinds: map[string]int64{}, Problems: []Problem{}}
	var prev store.Decision
	err := r.Decisions(1, func(d *store.Decision) bool {
		rep.Decisions++
		rep.Kinds[d.Kind]++
		a.link(rep, d, &prev)
		a.content(rep, r, d, &prev)
		prev = *d
		prev.Body = nil // lent by the store
		return true
	})
	if err != nil {
		return nil, err
	}
	for _, whole := range a.wholes {
		if err := whole(r, func(text string) { rep.say(0, "", text) }); err != nil {
			return nil, err
		}
	}
	rep.Head, rep.Fingerprint = hex.EncodeToString(prev.Hash[:]), seal.Fingerprint(prev.Hash)
	return rep, nil
}

// link checks what every decision has.
func (a *Auditor) link(rep *Report, d, prev *store.Decision) {
	switch {
	case d.N != prev.N+1:
		rep.say(d.N, d.Kind, fmt.Sprintf("follows %d: links are missing", prev.N))
	case d.Prev != prev.Hash:
		rep.say(d.N, d.Kind, "does not hold the hash of the one before it")
	case d.Hash != d.Sum():
		rep.say(d.N, d.Kind, "is not what its hash says")
	}
	canon := bytes.Clone(d.Body)
	if err := (*jsontext.Value)(&canon).Canonicalize(); err != nil || !bytes.Equal(canon, d.Body) {
		rep.say(d.N, d.Kind, "is not in canonical form")
	}
}

// content checks what a kind's own rule says.
func (a *Auditor) content(rep *Report, r store.Reader, d, prev *store.Decision) {
	if d.Kind == seal.Kind {
		if err := seal.Verify(d, prev, a.keys); err != nil {
			rep.say(d.N, d.Kind, err.Error())
			return
		}
		rep.Sealed = prev.N
		return
	}
	rule, ok := a.rules[d.Kind]
	if !ok {
		rep.say(d.N, d.Kind, "is of a kind that nobody knows")
		return
	}
	if err := rule(r, d); err != nil {
		rep.say(d.N, d.Kind, err.Error())
	}
}
