package policy_test

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/policy"
)

// edited is a shipped file with one value set, or taken out where it is gone.
func edited(t testing.TB, name, ptr string, value any) []byte {
	t.Helper()
	raw, err := data.Files.ReadFile("policies/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return setIn(t, raw, ptr, value)
}

// setIn is a file with one value set.
func setIn(t testing.TB, raw []byte, ptr string, value any) []byte {
	t.Helper()
	var doc any
	if err := json.Unmarshal(raw, &doc, json.WithUnmarshalers(json.UnmarshalFromFunc(wholeNumbers))); err != nil {
		t.Fatal(err)
	}
	doc = set(doc, strings.Split(ptr, "/")[1:], value)
	out, err := json.Marshal(doc, jsontext.WithIndent(" "), json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// wholeNumbers keeps numbers as they are written.
func wholeNumbers(d *jsontext.Decoder, v *any) error {
	if d.PeekKind() != '0' {
		return errors.ErrUnsupported
	}
	raw, err := d.ReadValue()
	*v = raw.Clone()
	return err
}

type gone struct{}

func set(at any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	if list, ok := at.([]any); ok {
		i, err := strconv.Atoi(path[0])
		if err != nil || i == len(list) {
			return append(list, value)
		}
		list[i] = set(list[i], path[1:], value)
		return list
	}
	m, ok := at.(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	if _, drop := value.(gone); drop && len(path) == 1 {
		delete(m, path[0])
	} else {
		m[path[0]] = set(m[path[0]], path[1:], value)
	}
	return m
}

type obj = map[string]any

// refusal is a file that must not load: what is changed in which shipped file,
// the place that the error names, and whether a schema can see it too.
type refusal struct {
	file, ptr string
	value     any
	field     string // "": ptr
	reason    string // part of it
	schema    bool
}

var refusals = []refusal{
	{"ht-nq119", "/colour", "red", "", "unknown", true},
	{"ht-nq119", "/rules/0/colour", "red", "", "unknown", true},
	{"ht-nq119", "/format", 2, "", "reads 1", true},
	{"ht-nq119", "/id", "Hà Tĩnh", "", "lower-case", true},
	{"ht-nq119", "/version", "", "", "missing", true},
	{"ht-nq119", "/replaces", "1", "", "itself", false},
	{"ht-nq119", "/title/en", "", "/title", "vi and en", true},
	{"ht-nq119", "/instrument", gone{}, "", "missing", true},
	{"ht-nq119", "/instrument", nil, "", "null", true},
	{"ht-nq119", "/province/name", "", "", "missing", true},
	{"ht-nq119", "/issued", "8/12/2023", "", "yyyy-mm-dd", true},
	{"ht-nq119", "/subject", "village", "", "not one of", true},
	{"ht-nq119", "/status", "active", "", "in_force", true},
	{"ht-nq119", "/periodicity", "week", "", "not one of", true},
	{"ht-nq119", "/basis", "per_household", "", "no basis", true},
	{"ht-nq119", "/basis", "ranked", "", "can't be counted", true},
	// Money: whole đồng, in digits, of a believable size.
	{"ht-nq119", "/rate_vnd", 0.5, "", "integer", true},
	{"ht-nq119", "/rate_vnd", "500.000", "", "text", true},
	{"ht-nq119", "/rate_vnd", jsontext.Value("6e5"), "", "integer", false},
	{"ht-nq119", "/rate_vnd", 600, "", "thousands", true},
	{"ht-nq119", "/rate_vnd", -600000, "", "above 0", true},
	{"ht-nq119", "/rate_vnd", 6_000_000_000, "", "more than", true},
	{"ht-nq119", "/rate_vnd", nil, "", "null", true},
	{"ht-nq119", "/rate_vnd", gone{}, "", "assumed", false},
	{"ht-nq119", "/rates", []any{obj{"vnd": 700000}}, "/rate_vnd", "only one", false},
	{"ht-nq119", "/table", obj{"by": []any{"team.level"}, "rows": []any{obj{"key": []any{"village"}, "rate_vnd": 600000, "vi": "a", "en": "b"}}}, "", "means nothing", true},
	{"ht-nq119", "/rate_max_vnd", 700000, "", "means nothing", true},
	{"ht-nq119", "/caps", []any{obj{"per": "day", "vnd": 600000}}, "/caps/0/per", "period or year", true},
	{"ht-nq119", "/caps", []any{obj{"per": "year", "vnd": 600000}, obj{"per": "year", "vnd": 700000}}, "/caps/1/per", "twice", false},
	{"ht-nq119", "/caps", []any{obj{"per": "year", "vnd": 600}}, "/caps/0/vnd", "thousands", true},
	// Months and days.
	{"ht-nq119", "/from", gone{}, "", "assumed", false},
	{"ht-nq119", "/from", "2024", "", "yyyy-mm", true},
	{"ht-nq119", "/to", "2023-12", "", "before from", false},
	{"ht-nq119", "/from_day", "2024-02-01", "", "no day of the month", false},
	{"ht-nq119", "/deadlines/lock_day", 9, "/deadlines", "lock_day", false},
	{"ht-nq119", "/deadlines", gone{}, "", "lock_day", true},
	{"ht-nq119", "/extensions", []any{obj{"month": "2024-09", "deadlines": obj{"submit_day": 1, "review_day": 2, "lock_day": 3}, "reason": obj{"vi": "a", "en": "b"}}}, "/extensions/0/deadlines/lock_day", "take days away", false},
	{"ht-nq119", "/preset", "9", "", "not among", false},
	{"ht-nq119", "/presets/1/id", "0", "", "twice", false},
	{"ht-nq119", "/overlap_order", -1, "", "0 or more", true},
	{"nghean-analog", "/overlap_order", 1, "", "without overlap_group", true},
	{"ht-nq119", "/assumed/1", obj{"field": "subject", "vi": "a", "en": "b"}, "/assumed/1/field", "twice", false},
	{"ht-nq119", "/assumed/0/vi", "", "/assumed/0", "vi and en", true},
	{"ht-nq119", "/spending/1/id", "common_tasks", "", "twice", false},
	// Windows.
	{"yb-nq60-team", "/funded_windows/0/total_vnd", 2_698_500_001, "", "teams × months × rate", false},
	{"yb-nq60-team", "/funded_windows/0/months", 6, "", "number of months", false},
	{"yb-nq60-team", "/funded_windows/0/origin", "X", "", "S, I or A", true},
	{"yb-nq60-team", "/funded_windows/1", obj{"decision": "2/QĐ", "on": "2023-11-01", "from": "2023-12", "to": "2024-01", "teams": 1, "months": 2, "total_vnd": 1000000, "origin": "S"}, "/funded_windows/1/from", "overlaps", false},
	{"yb-nq60-team", "/funded_windows/0/from", "2022-12", "/funded_windows/0", "does not cover", false},
	// Rules.
	{"ht-nq119", "/rules", []any{}, "", "1 to 64", true},
	{"ht-nq119", "/rules/0/origin", gone{}, "", "S, I or A", true},
	{"ht-nq119", "/rules/0/also", "A", "", "another", false},
	{"ht-nq119", "/rules/0/source", "", "", "missing", true},
	{"ht-nq119", "/rules/0/text/vi", "", "/rules/0/text", "vi and en", true},
	{"ht-nq119", "/rules/0/have", "", "", "missing", true},
	{"ht-nq119", "/rules/1/id", "R1", "", "twice", false},
	{"ht-nq119", "/rules/5/by", gone{}, "", "until when", true},
	{"ht-nq119", "/rules/5/todo", gone{}, "", "says how", true},
	{"ht-nq119", "/rules/5/wait", gone{}, "", "together", true},
	{"yb-nq60-officer", "/rules/0/fixable", true, "/rules/0/todo", "says how", true},
	// Expressions.
	{"ht-nq119", "/rules/0/expr", "team.colour == 'red'", "", "team", false},
	{"ht-nq119", "/rules/0/expr", "team.level", "", "gives string", false},
	{"ht-nq119", "/rules/0/expr", "team.level ==", "", "Syntax", false},
	{"ht-nq119", "/rules/0/expr", "[1].all(x, x > 0)", "", "all", false},
	{"ht-nq119", "/rules/0/expr", "100 / work.counted > 3", "", "divide by zero", false},
	{"ht-nq119", "/rules/0/expr", "work.counted % 0 == 1", "", "divide by zero", false},
	{"ht-nq119", "/rules/0/expr", strings.Repeat("(team.decision + team.decision).matches(team.decision) && ", 8) + "true", "", "may cost", false},
	{"ht-nq119", "/rules/0/expr", strings.Repeat("true && ", 200) + "true", "", "", true},
	{"ht-nq119", "/rules/0/expr", "officer.level == 'commune'", "", "officer", false},
	{"yb-nq60-officer", "/rules/0/expr", "team.active", "", "team", false},
	{"ht-nq119", "/rules/0/expr", "timestamp('2024-01-01T00:00:00Z') < now()", "", "now", false},
	// Tables, tiers, multiples, ranks.
	{"yb-nq60-officer", "/table/rows/4/rate_vnd", 1, "", "thousands", true},
	{"yb-nq60-officer", "/table/rows/4/key", []any{"commune"}, "", "2 parts", false},
	{"yb-nq60-officer", "/table/rows/1/key", []any{"province", "master_plus"}, "", "never reached", false},
	{"yb-nq60-officer", "/table/rows/0/key", []any{"*", "*"}, "/table/rows/1/key", "never reached", false},
	{"yb-nq60-officer", "/table/by/0", "officer.height", "", "no fact", false},
	{"yb-nq60-officer", "/table/by/0", "officer.in_charge", "", "want string", false},
	{"yb-nq60-officer", "/deadlines", obj{"submit_day": 5, "review_day": 10, "lock_day": 15}, "", "mean nothing", true},
	{"hungyen-analog", "/tiers/steps/1/from", 351, "", "gap", false},
	{"hungyen-analog", "/tiers/steps/1/from", 349, "", "overlaps", false},
	{"hungyen-analog", "/tiers/steps/2/to", 900, "", "gap above", false},
	{"hungyen-analog", "/tiers/steps/0/from", 1, "", "gap below", false},
	{"hungyen-analog", "/tiers/steps/0/permille", 0.8, "", "integer", true},
	{"hungyen-analog", "/tiers/steps/2/permille", 1, "", "thousandths", true},
	{"hungyen-analog", "/base_salary/0/vnd", 2_340_001, "/tiers/steps/0/permille", "state rounding", false},
	{"hungyen-analog", "/tiers/by", "village.colour", "", "no fact", false},
	{"hungyen-analog", "/base_salary/1/from", "2026-06-30", "", "overlaps", false},
	{"hungyen-analog", "/base_salary/1/from", "2026-07-02", "", "gap", false},
	{"hungyen-analog", "/base_salary/0/vnd", 2340, "", "thousands", true},
	{"hungyen-analog", "/base_salary", gone{}, "", "missing", false},
	{"nghean-analog", "/tiers/steps/1/otherwise", gone{}, "/tiers/steps/1/otherwise", "last step", false},
	{"nghean-analog", "/tiers/steps/0/when", "village.border &&", "", "Syntax", false},
	{"nghean-analog", "/tiers/steps/0/rate_vnd", gone{}, "", "above 0", false},
	{"dongnai-draft-top3", "/ranks_vnd/1", 600_000_000, "", "more than the rank", false},
	{"yb-nq60-award", "/periodicity", "year", "", "once", true},
	{"bd-nq27-night", "/rate_fact", "person.nights", "", "case by case", false},
	{"bd-nq27-night", "/rate_max_vnd", gone{}, "", "limit", true},
	// Components and top-ups.
	{"dn-nq36", "/components/0/categories/0", "fireworks", "", "not among", false},
	{"dn-nq26", "/components/1/categories/0", "fuel", "", "two components", false},
	{"dn-nq26", "/components/1/cap_vnd", 50000, "", "remainder", true},
	{"dn-nq26", "/components/0/basis", "remainder", "/components/0/cap_vnd", "remainder", true},
	{"dn-nq26", "/top_up/max_permille", 2, "", "2000 is twice", true},
	{"dn-nq26", "/top_up/by", "province", "", "commune", true},
	{"dn-nq36", "/caps", gone{}, "", "missing", false},
}

func TestParse_RefusesWithPlace(t *testing.T) {
	schema := compileSchema(t)
	for _, c := range refusals {
		raw := edited(t, c.file, c.ptr, c.value)
		field := c.field
		if field == "" {
			field = c.ptr
		}
		name := c.file + " " + c.ptr + " " + strings.ToValidUTF8(c.reason, "")
		_, err := policy.Parse(raw)
		var bad *policy.FileError
		if !errors.As(err, &bad) {
			t.Errorf("%s: got %v, want a FileError", name, err)
			continue
		}
		if bad.Field != field || bad.Line < 1 || bad.Column < 1 || !strings.Contains(bad.Reason, c.reason) || bad.Reason == "" {
			t.Errorf("%s: got %v, want field %s and a reason with %q", name, bad, field, c.reason)
		}
		if _, missing := c.value.(gone); !missing && c.field == "" && c.reason != "unknown" {
			if line := strings.Split(string(raw), "\n")[bad.Line-1]; !strings.Contains(line, c.ptr[strings.LastIndex(c.ptr, "/")+1:]) && !strings.Contains(line, ":") && len(line) > 60 {
				t.Errorf("%s: line %d is %q", name, bad.Line, line)
			}
		}
		if seen := schema.Validate(instance(t, raw)) != nil; seen != c.schema {
			t.Errorf("%s: the schema refuses it: %v, want %v", name, seen, c.schema)
		}
	}
	if len(refusals) < 40 {
		t.Errorf("only %d cases", len(refusals))
	}
}

// A fault in an expression is found at its very character in the file.
func TestParse_PlaceOfAFaultyExpression(t *testing.T) {
	expr := "team.level == 'xã \"A\"' ||\n team.colour > 1"
	raw := edited(t, "ht-nq119", "/rules/0/expr", expr)
	var bad *policy.FileError
	if _, err := policy.Parse(raw); !errors.As(err, &bad) {
		t.Fatal(err)
	}
	lines := strings.Split(string(raw), "\n")
	at := []rune(lines[bad.Line-1])[bad.Column-1:]
	if !strings.HasPrefix(string(at), "team.colour") && !strings.HasPrefix(string(at), ".colour") {
		t.Errorf("line %d, column %d is %q", bad.Line, bad.Column, string(at))
	}
}

func compileSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	raw, err := data.Files.ReadFile("policies/policy.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("policy.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("policy.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func instance(t testing.TB, raw []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestShipped_AgreeWithSchema(t *testing.T) {
	schema := compileSchema(t)
	for path, raw := range shipped(t) {
		if err := schema.Validate(instance(t, raw)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
