package oracle

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestOracle_SharesNoCode reads the imports: nothing of this module, nothing
// from outside the standard library.
func TestOracle_SharesNoCode(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			path, _ := strconv.Unquote(imp.Path.Value)
			if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

func TestQuote_IsRFC8785(t *testing.T) {
	for in, want := range map[string]string{
		"a<b>&c":       `"a<b>&c"`,
		"\u2028\u2029": "\"\u2028\u2029\"",
		"\\u2028":      `"\\u2028"`,
		"\\\u2028":     "\"\\\\\u2028\"",
		"\b\t\n\f\r\"": `"\b\t\n\f\r\""`,
		"\x01":         `"\u0001"`,
		"Tổ":           `"Tổ"`,
	} {
		if got := quote(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
