package policy

import (
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"
)

// Bounds of one expression: its text, its nodes, its nesting, and what
// running it may cost in CEL's units.
const (
	maxExprChars = 1000
	maxExprNodes = 200
	maxExprDepth = 24
	costLimit    = 10_000
)

// compiled is a rule ready to run.
type compiled struct {
	Rule
	expr                       cel.Program
	have, need, haveEn, needEn cel.Program
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
		into        *cel.Program
	}{
		{"expr", r.Expr, cel.BoolType, &c.expr},
		{"have", r.Have, cel.StringType, &c.have},
		{"need", r.Need, cel.StringType, &c.need},
		{"have_en", r.HaveEn, cel.StringType, &c.haveEn},
		{"need_en", r.NeedEn, cel.StringType, &c.needEn},
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

func compile(text string, want *cel.Type) (cel.Program, error) {
	env, err := environment()
	if err != nil {
		return nil, err
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	if !ast.OutputType().IsExactType(want) {
		return nil, fmt.Errorf("gives %s, want %s", ast.OutputType(), want)
	}
	return env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(costLimit))
}

// run evaluates one expression. CEL's own panics become errors: a fault in an
// expression must not stop the server.
func run[T any](prg cel.Program, a activation) (out T, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("expression panicked: %v", v)
		}
	}()
	v, _, err := prg.Eval(a)
	if err != nil {
		return out, err
	}
	out, ok := v.Value().(T)
	if !ok {
		return out, fmt.Errorf("expression gave %s", v.Type().TypeName())
	}
	return out, nil
}
