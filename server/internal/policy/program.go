package policy

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// program is an expression that can run, or what a constant one gives.
type program struct {
	prg      cel.Program
	constant any
}

func (p program) there() bool { return p.prg != nil || p.constant != nil }

// unknownFact is the refusal of an expression that needs what nobody knows.
type unknownFact struct{ v *variable }

func (e *unknownFact) Error() string { return "the fact " + e.v.name + " is unknown" }

// run evaluates one expression. CEL's own panics become errors: a fault in an
// expression must not stop the server.
func run[T any](p program, in *input) (out T, err error) {
	if p.constant != nil {
		out, ok := p.constant.(T)
		if !ok {
			err = fmt.Errorf("expression gave %T", p.constant)
		}
		return out, err
	}
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("expression panicked: %v", v)
		}
	}()
	v, _, err := p.prg.Eval(in)
	if err != nil {
		return out, err
	}
	if u, ok := v.(*types.Unknown); ok {
		return out, &unknownFact{in.p.words.list[slices.Min(u.IDs())]}
	}
	out, ok := v.Value().(T)
	if !ok {
		return out, fmt.Errorf("expression gave %s", v.Type().TypeName())
	}
	return out, nil
}
