package httpapi_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/httpapi"
)

var param = regexp.MustCompile(`:(\w+)`)

// TestContract_RoutesAreThePaths holds the table of routes against openapi.yaml
// in both directions: paths, methods, who needs a sign-in, query parameters.
func TestContract_RoutesAreThePaths(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(httpapi.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var have, want []string
	for _, r := range httpapi.Routes() {
		q := slices.Sorted(slices.Values(r.Query))
		have = append(have, line(r.Method, param.ReplaceAllString(r.Path, "{$1}"), r.Open, q))
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			var q []string
			for _, p := range op.Parameters {
				if p.Value.In == openapi3.ParameterInQuery {
					q = append(q, p.Value.Name)
				}
			}
			slices.Sort(q)
			want = append(want, line(method, path, op.Security != nil && len(*op.Security) == 0, q))
		}
	}
	slices.Sort(have)
	slices.Sort(want)
	if d := cmp.Diff(want, have); d != "" {
		t.Errorf("routes (+) differ from openapi.yaml (-):\n%s", d)
	}
}

func line(method, path string, open bool, query []string) string {
	who := " signed "
	if open {
		who = " open "
	}
	return method + " " + path + who + strings.Join(query, ",")
}

// TestContract_NoColonInPaths: Echo would take it for a parameter and run the
// wrong handler.
func TestContract_NoColonInPaths(t *testing.T) {
	for _, r := range httpapi.Routes() {
		for part := range strings.SplitSeq(r.Path, "/") {
			if strings.Contains(strings.TrimPrefix(part, ":"), ":") {
				t.Errorf("%s has a colon within a part", r.Path)
			}
		}
	}
}
