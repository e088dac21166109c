package policy

import (
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/banso/banso/server/internal/domain"
)

// input is what expressions see: the facts, and the policy's own figures. Of
// the two kinds of facts the one that is not judged is empty.
type input struct {
	p     *Policy
	f     *Facts
	s     *SupportFacts
	month domain.Month
	days  Dates
	paid  Paid
	fund  Funding
	land  Village
	sum   reckoning
	seen  []ref.Val // values that an expression asked for, by number of the variable
}

// variable is one name that an expression may use.
type variable struct {
	name  string
	typ   *cel.Type
	get   func(*input) ref.Val
	known func(*input) bool // nil: always known
	label Text              // what it is, for people who must find it out
	n     int               // its place in the vocabulary
}

func str(name string, get func(*input) string) variable {
	return variable{name: name, typ: cel.StringType, get: func(in *input) ref.Val { return types.String(get(in)) }}
}

func num(name string, get func(*input) int64) variable {
	return variable{name: name, typ: cel.IntType, get: func(in *input) ref.Val { return types.Int(get(in)) }}
}

func yes(name string, get func(*input) bool) variable {
	return variable{name: name, typ: cel.BoolType, get: func(in *input) ref.Val { return types.Bool(get(in)) }}
}

// maybe marks a variable whose value may be unknown. CEL carries an unknown
// through an expression: nothing unknown is taken for zero, and what is true
// whatever it may be stays true.
func maybe(v variable, vi, en string, known func(*input) bool) variable {
	v.known, v.label = known, Text{vi, en}
	return v
}

// words are the names that an expression of one class of policies may use.
type words struct {
	byName map[string]*variable
	list   []*variable
}

// vocabulary of policies on teams (true) and of all others (false). Adding a
// name is safe; changing what one means changes what old files say, so don't.
var teamWords, supportWords = sync.OnceValue(func() *words { return collect(sharedVars, teamVars) }),
	sync.OnceValue(func() *words { return collect(sharedVars, supportVars) })

func collect(lists ...[]variable) *words {
	w := &words{byName: map[string]*variable{}}
	for _, list := range lists {
		for i := range list {
			v := list[i]
			v.n = len(w.list)
			w.byName[v.name] = &v
			w.list = append(w.list, &v)
		}
	}
	return w
}

func wordsOf(s Subject) *words {
	if s.OfTeam() {
		return teamWords()
	}
	return supportWords()
}

// value of a variable, asked for once in each decision.
func (in *input) value(v *variable) ref.Val {
	if in.seen[v.n] == nil {
		if v.known != nil && !v.known(in) {
			in.seen[v.n] = types.NewUnknown(int64(v.n), nil)
		} else {
			in.seen[v.n] = v.get(in)
		}
	}
	return in.seen[v.n]
}

// ResolveName implements CEL's Activation.
func (in *input) ResolveName(name string) (any, bool) {
	v, ok := in.p.words.byName[name]
	if !ok {
		return nil, false
	}
	return in.value(v), true
}

// Parent implements CEL's Activation: there is none.
func (in *input) Parent() cel.Activation { return nil }

// monthVi is a month as people read it; an open end is none.
func monthVi(m domain.Month) string {
	if m == "" {
		return ""
	}
	return m.Vi()
}

// moneyEn is an amount for English readers: "500,000 VND".
func moneyEn(m domain.Money) string { return strings.ReplaceAll(m.Figures(), ".", ",") + " VND" }
