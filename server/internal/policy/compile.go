package policy

import (
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/operators"
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

// The two CEL environments: standard functions, no macros (so no loops),
// nothing but the named facts.
var teamEnv, supportEnv = sync.OnceValues(func() (*cel.Env, error) { return newEnv(teamWords()) }),
	sync.OnceValues(func() (*cel.Env, error) { return newEnv(supportWords()) })

func newEnv(w *words) (*cel.Env, error) {
	opts := []cel.EnvOption{
		cel.ClearMacros(),
		cel.ParserExpressionSizeLimit(maxExprChars),
		cel.ExpressionNodeLimit(maxExprNodes),
		cel.ParserRecursionLimit(maxExprDepth),
	}
	for _, v := range w.byName {
		opts = append(opts, cel.Variable(v.name, v.typ))
	}
	return cel.NewEnv(opts...)
}

// compiler compiles the expressions of one policy.
type compiler struct {
	env   *cel.Env
	words *words
}

func compilerFor(s Subject) (c compiler, err error) {
	c.words = wordsOf(s)
	if s.OfTeam() {
		c.env, err = teamEnv()
	} else {
		c.env, err = supportEnv()
	}
	return c, err
}

func (c compiler) rule(r Rule) (out compiled, field string, err error) {
	out.Rule = r
	for _, e := range []struct {
		field, text string
		want        *cel.Type
		into        *program
	}{
		{"expr", r.Expr, cel.BoolType, &out.expr},
		{"have", r.Have, cel.StringType, &out.have},
		{"need", r.Need, cel.StringType, &out.need},
		{"have_en", r.HaveEn, cel.StringType, &out.haveEn},
		{"need_en", r.NeedEn, cel.StringType, &out.needEn},
		{"waiting", r.Waiting, cel.BoolType, &out.waiting},
	} {
		if e.text == "" {
			continue
		}
		if *e.into, err = c.compile(e.text, e.want); err != nil {
			return out, e.field, err
		}
	}
	return out, "", nil
}

// exprError is a fault at a place of an expression: line and column count
// from 1, in characters of the expression.
type exprError struct {
	line, column int
	why          string
}

func (e *exprError) Error() string { return e.why }

func (c compiler) compile(text string, want *cel.Type) (program, error) {
	parsed, issues := c.env.Compile(text)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return program{}, &exprError{first.Location.Line(), first.Location.Column() + 1, first.Message}
	}
	if !parsed.OutputType().IsExactType(want) {
		return program{}, fmt.Errorf("gives %s, want %s", parsed.OutputType(), want)
	}
	if err := checkDivisors(parsed); err != nil {
		return program{}, err
	}
	est, err := c.env.EstimateCost(parsed, estimator{})
	if err != nil {
		return program{}, err
	}
	if est.Max > costLimit {
		return program{}, fmt.Errorf("may cost %d, more than %d", est.Max, costLimit)
	}
	if root := parsed.NativeRep().Expr(); root.Kind() == ast.LiteralKind {
		return program{constant: root.AsLiteral().Value()}, nil
	}
	prg, err := c.env.Program(parsed, cel.EvalOptions(cel.OptOptimize))
	return program{prg: prg}, err
}

// checkDivisors refuses what could divide by zero: a divisor is a literal.
func checkDivisors(parsed *cel.Ast) (err error) {
	rep := parsed.NativeRep()
	ast.PreOrderVisit(rep.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if err != nil || e.Kind() != ast.CallKind {
			return
		}
		call := e.AsCall()
		if fn := call.FunctionName(); fn != operators.Divide && fn != operators.Modulo {
			return
		}
		by := call.Args()[1]
		if by.Kind() == ast.LiteralKind && by.AsLiteral().Value() != int64(0) {
			return
		}
		at := rep.SourceInfo().GetStartLocation(by.ID())
		err = &exprError{at.Line(), at.Column() + 1, "may divide by zero: the divisor must be a number other than 0"}
	}))
	return err
}

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
