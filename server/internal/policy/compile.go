package policy

import (
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
)

// Bounds of one expression: its text, its nodes, its nesting, and the most
// that running it can cost, in CEL's units. Without loops that is known before
// it runs, so a costly expression is refused with the file and nothing has to
// be counted while a month is judged. maxFact is the longest text of a fact.
const (
	maxExprChars = 1000
	maxExprNodes = 200
	maxExprDepth = 24
	costLimit    = 10_000
	maxFact      = 1000
)

// compiled is a rule ready to run.
type compiled struct {
	Rule
	expr                       program
	have, need, haveEn, needEn program
	waiting                    program
}

// environment is the one CEL environment: standard functions, no macros (so
// no loops), nothing but the named facts.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	opts := []cel.EnvOption{
		cel.ClearMacros(),
		cel.ParserExpressionSizeLimit(maxExprChars),
		cel.ExpressionNodeLimit(maxExprNodes),
		cel.ParserRecursionLimit(maxExprDepth),
	}
	for _, v := range variables {
		opts = append(opts, cel.Variable(v.name, v.typ))
	}
	return cel.NewEnv(opts...)
})

// getters finds a variable by name.
var getters = sync.OnceValue(func() map[string]func(*input) any {
	m := make(map[string]func(*input) any, len(variables))
	for _, v := range variables {
		m[v.name] = v.get
	}
	return m
})

func compileRule(r Rule) (c compiled, field string, err error) {
	c.Rule = r
	for _, e := range []struct {
		field, text string
		want        *cel.Type
		into        *program
	}{
		{"expr", r.Expr, cel.BoolType, &c.expr},
		{"have", r.Have, cel.StringType, &c.have},
		{"need", r.Need, cel.StringType, &c.need},
		{"have_en", r.HaveEn, cel.StringType, &c.haveEn},
		{"need_en", r.NeedEn, cel.StringType, &c.needEn},
		{"waiting", r.Waiting, cel.BoolType, &c.waiting},
	} {
		if e.text == "" {
			continue
		}
		if *e.into, err = compile(e.text, e.want); err != nil {
			return c, e.field, err
		}
	}
	return c, "", nil
}

func compile(text string, want *cel.Type) (program, error) {
	env, err := environment()
	if err != nil {
		return program{}, err
	}
	parsed, issues := env.Compile(text)
	if issues.Err() != nil {
		return program{}, issues.Err()
	}
	if !parsed.OutputType().IsExactType(want) {
		return program{}, fmt.Errorf("gives %s, want %s", parsed.OutputType(), want)
	}
	est, err := env.EstimateCost(parsed, estimator{})
	if err != nil {
		return program{}, err
	}
	if est.Max > costLimit {
		return program{}, fmt.Errorf("may cost %d, more than %d", est.Max, costLimit)
	}
	if root := parsed.NativeRep().Expr(); root.Kind() == ast.LiteralKind {
		return program{constant: root.AsLiteral().Value()}, nil
	}
	prg, err := env.Program(parsed, cel.EvalOptions(cel.OptOptimize))
	return program{prg: prg}, err
}

// program is an expression that can run, or what a constant one gives.
type program struct {
	prg      cel.Program
	constant any
}

func (p program) there() bool { return p.prg != nil || p.constant != nil }

// estimator knows one thing: no fact is longer than maxFact.
type estimator struct{}

// EstimateSize implements CEL's estimator.
func (estimator) EstimateSize(cost.AstNode) *cost.SizeEstimate {
	size := cost.RangedSizeEstimate(0, maxFact)
	return &size
}

// EstimateCallCost implements CEL's estimator: CEL's own figures hold.
func (estimator) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// run evaluates one expression. CEL's own panics become errors: a fault in an
// expression must not stop the server.
func run[T any](p program, a activation) (out T, err error) {
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
	v, _, err := p.prg.Eval(a)
	if err != nil {
		return out, err
	}
	out, ok := v.Value().(T)
	if !ok {
		return out, fmt.Errorf("expression gave %s", v.Type().TypeName())
	}
	return out, nil
}
