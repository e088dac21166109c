package syncproto

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func readSpec(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	dutyLine  = regexp.MustCompile(`^- \[S-(\d+)\] .* \(proof: (.*)\)$`)
	proofName = regexp.MustCompile("^`([^`]+)`$")
	testFunc  = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	checkName = regexp.MustCompile(`(?m)^\s*\{"(\w+)", \(\*Target\)|t\.Run\("(\w+)", tg\.`)
)

// TestSpec_EveryDutyIsProved: every line with MUST has a number and names
// tests, checks or vectors that exist.
func TestSpec_EveryDutyIsProved(t *testing.T) {
	proofs := proofsInTree(t)
	last := 0
	for i, line := range strings.Split(readSpec(t), "\n") {
		m := dutyLine.FindStringSubmatch(line)
		if m == nil {
			if strings.Contains(line, "MUST") || strings.HasPrefix(line, "- [S-") {
				t.Errorf("line %d is a duty without number or proof: %s", i+1, line)
			}
			continue
		}
		if n, _ := strconv.Atoi(m[1]); n != last+1 {
			t.Errorf("line %d: S-%d follows S-%d", i+1, n, last)
		}
		last++
		for _, p := range strings.Split(m[2], ", ") {
			name := proofName.FindStringSubmatch(p)
			if name == nil || !proofs[name[1]] {
				t.Errorf("S-%s: %s does not exist", m[1], p)
			}
		}
	}
	if last < 60 {
		t.Errorf("only %d duties were found", last)
	}
}

// proofsInTree lists what a duty may name: tests with their room, checks of
// the conformance suite, vector files.
func proofsInTree(t *testing.T) map[string]bool {
	t.Helper()
	proofs := map[string]bool{}
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || p != ".." && strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
			return nil
		}
		p = filepath.ToSlash(p)
		dir := path.Dir(p)
		switch {
		case dir == "../syncproto/testdata/vectors":
			proofs[path.Base(p)] = true
			return nil
		case !strings.HasSuffix(p, "_test.go") && p != "../syncproto/prototest/conformance.go":
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		room := path.Base(dir) + "."
		if dir == "../syncproto" {
			room = ""
		}
		for _, m := range testFunc.FindAllSubmatch(src, -1) {
			proofs[room+string(m[1])] = true
		}
		if !strings.HasSuffix(p, "_test.go") {
			for _, m := range checkName.FindAllSubmatch(src, -1) {
				proofs["prototest.Conformance/"+string(m[1])+string(m[2])] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return proofs
}

// table returns the rows of the first table behind a heading, without its
// head; cells are trimmed of spaces and back quotes.
func table(t *testing.T, heading string) (rows [][]string) {
	t.Helper()
	_, rest, ok := strings.Cut(readSpec(t), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("SPEC.md has no %q", heading)
	}
	for _, line := range strings.Split(rest, "\n") {
		if !strings.HasPrefix(line, "|") {
			if len(rows) > 0 || strings.HasPrefix(line, "#") {
				break
			}
			continue
		}
		var cells []string
		for _, c := range strings.Split(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.Trim(c, " `"))
		}
		rows = append(rows, cells)
	}
	if len(rows) < 3 {
		t.Fatalf("no table under %q", heading)
	}
	return rows[2:]
}

func TestSpec_Fields(t *testing.T) {
	class := map[string]Class{"free": Free, "material": Material, "set": Set, "server": Server}
	for _, typ := range []string{TypeActivity, TypeReport, TypeDispute, TypeInbox} {
		var listed []string
		for _, row := range table(t, "### `"+typ+"`") {
			want, ok := class[row[1]]
			if got := ClassOf(typ, row[0]); !ok || got != want {
				t.Errorf("%s.%s is %s in SPEC.md, class %d in the code", typ, row[0], row[1], got)
			}
			listed = append(listed, row[0])
		}
		for f := range classes[typ] {
			if !slices.Contains(listed, f) {
				t.Errorf("%s.%s is missing in SPEC.md", typ, f)
			}
		}
	}
	for typ := range serverTypes {
		if typ != TypeInbox && (ClassOf(typ, "anything") != Server || !strings.Contains(readSpec(t), "`"+typ+"`")) {
			t.Errorf("%s is not a record that only the server writes, or not listed as one", typ)
		}
	}
}

func TestSpec_Limits(t *testing.T) {
	limits := map[string]int64{
		"MaxMutationBytes": MaxMutationBytes, "MaxMutationsPerPush": MaxMutationsPerPush, "MaxRequestBytes": MaxRequestBytes,
		"MaxRequestBytesInflated": MaxRequestBytesInflated, "MaxChangesPerResponse": MaxChangesPerResponse,
		"MaxResponseBytes": MaxResponseBytes, "MaxScopesPerRequest": MaxScopesPerRequest, "MaxPhotoBytes": MaxPhotoBytes,
		"MaxDepth": MaxDepth, "MaxSafeInt": MaxSafeInt, "GzipFrom": GzipFrom, "TombstoneDays": TombstoneDays,
		"LeaverDays": LeaverDays, "DuplicateWindow": DuplicateWindow,
	}
	rows := table(t, "## 18. Limits")
	for _, row := range rows {
		if want, ok := limits[row[0]]; !ok || row[1] != strconv.FormatInt(want, 10) {
			t.Errorf("%s is %s in SPEC.md, %d in the code", row[0], row[1], want)
		}
	}
	if len(rows) != len(limits) {
		t.Errorf("%d limits of %d are tabled", len(rows), len(limits))
	}
}

func TestAdopterOf_Table(t *testing.T) {
	rows := table(t, "## 11. Verdicts")
	for _, row := range rows {
		want := string(AdopterOf(Code(row[0])))
		if want == "" {
			want = "nobody"
		}
		if row[3] != want {
			t.Errorf("%s is adopted by %s in SPEC.md, by %s in the code", row[0], row[3], want)
		}
	}
	all := []Code{CodeMonthClosed, CodeLockedReview, CodeConflictMaterial, CodeDeleted, CodeNotMember, CodeInvalid, CodeTooLarge,
		CodeFutureDate, CodeUnknownOp, CodeInternal, CodeForbidden, CodeParentUnknown, CodeParentAside, CodeOverwroteNewer,
		CodeDuplicateOf, CodeStaleReview}
	for _, c := range all {
		if !slices.ContainsFunc(rows, func(row []string) bool { return row[0] == string(c) }) {
			t.Errorf("code %s is not tabled", c)
		}
	}
	if len(rows) != len(all) {
		t.Errorf("%d codes are tabled, %d exist", len(rows), len(all))
	}
}

func TestSpec_Operations(t *testing.T) {
	all := []Op{OpCreate, OpEdit, OpDelete, OpSubmit, OpWithdraw, OpReview, OpAttach, OpDetach, OpAdopt, OpDismiss}
	var had []Op
	for _, row := range table(t, "## 12. Who may do what") {
		for _, op := range strings.Split(row[1], ", ") {
			if !slices.Contains(all, Op(op)) {
				t.Errorf("%s %s: no such operation", row[0], op)
			}
			had = append(had, Op(op))
		}
	}
	for _, op := range all {
		if !slices.Contains(had, op) {
			t.Errorf("%s is not tabled", op)
		}
	}
}

// TestClasses_NoCitizen: a document has no field that asks for a person's data.
func TestClasses_NoCitizen(t *testing.T) {
	asks := regexp.MustCompile(`name|phone|cccd|cmnd|birth|ethnic|citizen|address|gender`)
	for typ, fields := range classes {
		for f := range fields {
			if asks.MatchString(f) {
				t.Errorf("%s.%s", typ, f)
			}
		}
	}
	for _, typ := range []string{TypeActivity, TypeReport} {
		for _, row := range table(t, "### `"+typ+"`") {
			if asks.MatchString(row[0]) {
				t.Errorf("SPEC.md: %s.%s", typ, row[0])
			}
		}
	}
}

func TestDecodeRequest_AnySchema(t *testing.T) {
	for _, schema := range []string{"0", "1", "7"} {
		body := strings.Replace(envelope(`{}`), `"schema":1`, `"schema":`+schema, 1)
		if r, err := DecodeRequest([]byte(body)); err != nil || len(r.Push.List) != 1 {
			t.Errorf("schema %s: %v", schema, err)
		}
	}
}
