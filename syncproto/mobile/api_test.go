package mobile_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// api is the part of the source that gomobile looks at.
type api struct {
	types map[string]ast.Expr // exported types of the package
	bad   []string
	count int
}

// check notes every exported function, method and field that gomobile cannot
// carry over.
func check(files []*ast.File) *api {
	a := &api{types: map[string]ast.Expr{}}
	each := func(f func(ast.Decl)) {
		for _, file := range files {
			for _, d := range file.Decls {
				f(d)
			}
		}
	}
	each(func(d ast.Decl) {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, s := range g.Specs {
				if ts := s.(*ast.TypeSpec); ts.Name.IsExported() {
					a.types[ts.Name.Name] = ts.Type
					a.require(ts.TypeParams == nil, ts.Name.Name+" is generic")
				}
			}
		}
	})
	each(func(d ast.Decl) {
		switch d := d.(type) {
		case *ast.FuncDecl:
			a.function(d)
		case *ast.GenDecl:
			a.values(d)
		}
	})
	for name, t := range a.types {
		a.typeDecl(name, t)
	}
	return a
}

func (a *api) require(ok bool, what string) {
	if a.count++; !ok {
		a.bad = append(a.bad, what)
	}
}

func (a *api) function(d *ast.FuncDecl) {
	if !d.Name.IsExported() {
		return
	}
	name := d.Name.Name
	if d.Recv != nil {
		recv, ok := d.Recv.List[0].Type.(*ast.StarExpr)
		if !ok {
			a.require(!ast.IsExported(ident(d.Recv.List[0].Type)), name+" has a receiver that is no pointer")
			return
		}
		if !ast.IsExported(ident(recv.X)) {
			return
		}
	}
	a.require(d.Type.TypeParams == nil, name+" is generic")
	a.signature(name, d.Type)
}

func ident(e ast.Expr) string {
	if id, ok := e.(*ast.Ident); ok {
		return id.Name
	}
	return "?"
}

func (a *api) signature(name string, t *ast.FuncType) {
	for _, p := range t.Params.List {
		a.require(a.binds(p.Type, false), name+" takes what can't be bound")
	}
	if t.Results == nil {
		return
	}
	n := 0
	for _, r := range t.Results.List {
		n += max(1, len(r.Names))
		a.require(a.binds(r.Type, true), name+" returns what can't be bound")
	}
	a.require(n <= 2, name+" returns more than two values")
	a.require(n < 2 || ident(t.Results.List[len(t.Results.List)-1].Type) == "error", name+": the second value is no error")
}

// values looks at exported variables and constants: sentinels only.
func (a *api) values(d *ast.GenDecl) {
	if d.Tok != token.VAR && d.Tok != token.CONST {
		return
	}
	for _, s := range d.Specs {
		v := s.(*ast.ValueSpec)
		for _, n := range v.Names {
			if n.IsExported() {
				a.require(strings.HasPrefix(n.Name, "Err"), n.Name+" is a variable that is no error")
			}
		}
	}
}

func (a *api) typeDecl(name string, t ast.Expr) {
	switch t := t.(type) {
	case *ast.StructType:
		for _, f := range t.Fields.List {
			a.require(len(f.Names) > 0, name+" embeds a type")
			for _, n := range f.Names {
				if n.IsExported() {
					a.require(a.binds(f.Type, true), name+"."+n.Name+" can't be bound")
				}
			}
		}
	case *ast.InterfaceType:
		for _, m := range t.Methods.List {
			fn, ok := m.Type.(*ast.FuncType)
			a.require(ok, name+" embeds an interface")
			if ok {
				a.signature(name, fn)
			}
		}
	default:
		a.require(false, name+" is neither struct nor interface")
	}
}

// binds reports whether gomobile carries a type; errors only as results.
func (a *api) binds(e ast.Expr, result bool) bool {
	switch e := e.(type) {
	case *ast.Ident:
		switch e.Name {
		case "string", "bool", "int", "int64", "int32", "float64":
			return true
		case "error":
			return result
		}
		_, isInterface := a.types[e.Name].(*ast.InterfaceType)
		return isInterface
	case *ast.ArrayType:
		return e.Len == nil && ident(e.Elt) == "byte"
	case *ast.StarExpr:
		_, isStruct := a.types[ident(e.X)].(*ast.StructType)
		return isStruct
	}
	return false
}

func TestAPI_Binds(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, n := range names {
		if strings.HasSuffix(n, "_test.go") {
			continue
		}
		src, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, parse(t, string(src)))
	}
	a := check(files)
	for _, b := range a.bad {
		t.Error(b)
	}
	if a.count < 60 {
		t.Fatalf("looked at %d things only", a.count)
	}
}

func parse(t *testing.T, src string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "x.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAPI_FindsWhatDoesNotBind(t *testing.T) {
	for _, decl := range []string{
		"func F(m map[string]int) {}", "func F(s []string) {}", "func F(c chan int) {}", "func F(f func()) {}",
		"func F(n uint64) {}", "func F(a ...int) {}", "func F[T any](t T) {}", "func F() (int, int, error) { return 0, 0, nil }",
		"func F() (int, string) { return 0, `` }", "func F(x other.T) {}", "func F(x any) {}", "func F(x S) {}\ntype S struct{}",
		"type S struct{ A map[string]int }", "type S struct{ sync.Mutex }", "type S []int", "type S[T any] struct{ a T }",
		"type I interface{ M(x []int) }", "type I interface{ error }", "var V int", "const C = 1",
		"type S struct{}\nfunc (s S) M() {}", "func F(e error) {}",
	} {
		if a := check([]*ast.File{parse(t, "package x\n"+decl)}); len(a.bad) == 0 {
			t.Errorf("not found: %s", decl)
		}
	}
	for _, decl := range []string{
		"func F(s string, b []byte, n int64, ok bool) (*S, error) { return nil, nil }\ntype S struct{ A int; b map[string]int }",
		"type I interface{ M(s string) error }\nfunc F(i I) {}", "func f(m map[string]int) {}", "type s map[string]int",
	} {
		if a := check([]*ast.File{parse(t, "package x\n"+decl)}); len(a.bad) > 0 {
			t.Errorf("%s: %v", decl, a.bad)
		}
	}
}
