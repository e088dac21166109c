package roster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/roster"
)

// TestImport_AProvinceAtOnce: the file of a whole province's members is one
// import, and its cost per row does not grow.
func TestImport_AProvinceAtOnce(t *testing.T) {
	w, _ := few(t)
	var b strings.Builder
	b.WriteString("ref,name,role,team_ref,from,to\n")
	const rows = 8000
	for i := range rows {
		fmt.Fprintf(&b, "X%d,Người %d,member,T%d,2023-01-01,\n", i, i, 1+i%2)
	}
	rep := w.load(roster.ImportMembers, b.String())
	if rep.Created != rows {
		t.Errorf("%d of %d rows were created", rep.Created, rows)
	}
}
