package e2e

import (
	"strings"
	"testing"

	"github.com/banso/banso/syncproto"
)

// TestAttack_Fields: what a phone of any age or intention writes into an
// activity is either right or set aside, and moves no figure.
func TestAttack_Fields(t *testing.T) {
	s := besieged(t)
	p := s.phone[pMate]
	t1 := s.team["T1"]
	good := map[string]string{"team": `"` + string(t1) + `"`, "done_on": `"` + string(today()) + `"`, "category": `"DVC_NOP_HO_SO"`}
	for name, set := range map[string]map[string]string{
		"measures negative":     {"measures": `{"so_ho_so":-1}`},
		"measures text":         {"measures": `{"so_ho_so":"3"}`},
		"measures null":         {"measures": `{"so_ho_so":null}`},
		"measures fraction":     {"measures": `{"so_ho_so":1.5}`},
		"measures exponent":     {"measures": `{"so_ho_so":1e3}`},
		"measures huge":         {"measures": `{"so_ho_so":9223372036854775808}`},
		"measures above 2^53":   {"measures": `{"so_ho_so":9007199254740993}`},
		"measures list":         {"measures": `[1]`},
		"measures nested":       {"measures": `{"a":{"b":1}}`},
		"measures a number":     {"measures": `3`},
		"measures of NUL":       {"measures": `{"\u0000":1}`},
		"measures of a slash":   {"measures": `{"../../s/approved":1}`},
		"measures with no name": {"measures": `{"":1}`},
		"30 February":           {"done_on": `"2023-02-30"`},
		"29 February, no leap":  {"done_on": `"2025-02-29"`},
		"year 9999":             {"done_on": `"9999-12-31"`},
		"year 0":                {"done_on": `"0000-01-01"`},
		"a day with a time":     {"done_on": `"` + string(today()) + `T00:00:00Z"`},
		"a day of other digits": {"done_on": `"２０２６-11-01"`},
		"day as a number":       {"done_on": `20261101`},
		"tomorrow":              {"done_on": `"` + string(today().Add(1)) + `"`},
		"long ago":              {"done_on": `"2001-01-01"`},
		"category unknown":      {"category": `"KHONG_CO"`},
		"category of a slash":   {"category": `"DVC_NOP_HO_SO/x"`},
		"category a number":     {"category": `1`},
		"team a list":           {"team": `["` + string(t1) + `"]`},
		"team unknown":          {"team": `"` + string(newID()) + `"`},
		"evidence text":         {"evidence": `"paper:x"`},
		"start 1440":            {"start": `1440`},
		"start negative":        {"start": `-1`},
		"minutes text":          {"minutes": `"5"`},
		"latitude":              {"lat_e6": `90000001`},
		"note a number":         {"note": `1`},
		"note not NFC":          {"note": `"a\u0301"`},
		"note of a lone half":   {"note": `"\ud800"`},
		"note with NUL":         {"note": `"a\u0000b"`},
		"note with escape":      {"note": `"a\u001b[2Jb"`},
		"place with NUL":        {"place": `"a\u0000b"`},
		"note of 5000 runes":    {"note": `"` + strings.Repeat("ă", 5000) + `"`},
	} {
		fields := []string{}
		for k, v := range good {
			if _, ok := set[k]; !ok {
				fields = append(fields, `"`+k+`":`+v)
			}
		}
		for k, v := range set {
			fields = append(fields, `"`+k+`":`+v)
		}
		raw := `{"op":"create","type":"activity","id":"` + string(recordID()) + `","by":"` + string(p.person) + `","t":1,"at":"","set":{` + strings.Join(fields, ",") + `}}`
		v, err := p.try(syncproto.RawMutation(raw))
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case v[0].V != syncproto.Aside && v[0].V != syncproto.Waiting:
			t.Errorf("%s: %s", name, v[0].V)
		}
	}
	for name, add := range map[string]string{
		"evidence with a line end":   `{"evidence":["paper:a\nb"]}`,
		"evidence with NUL":          `{"evidence":["paper:\u0000"]}`,
		"evidence empty":             `{"evidence":["paper: "]}`,
		"evidence of another kind":   `{"evidence":["http://x"]}`,
		"photo too short":            `{"evidence":["photo:ab"]}`,
		"photo in capitals":          `{"evidence":["photo:` + strings.Repeat("A", 64) + `"]}`,
		"participant no id":          `{"participants":["x"]}`,
		"participant null":           `{"participants":[null]}`,
		"participants text":          `{"participants":"` + string(p.person) + `"}`,
		"set of an unknown field":    `{"team":["` + string(t1) + `"]}`,
		"set of a field of server":   `{"flags":["x"]}`,
		"101 pieces":                 `{"evidence":[` + strings.TrimSuffix(strings.Repeat(`"paper:x",`, 1), ",") + many(101) + `]}`,
		"nested":                     `{"evidence":[["paper:x"]]}`,
		"participants over and over": `{"participants":["` + string(p.person) + `","` + string(p.person) + `",1]}`,
	} {
		raw := `{"op":"create","type":"activity","id":"` + string(recordID()) + `","by":"` + string(p.person) + `","t":1,"at":"","set":{"team":` + good["team"] +
			`,"done_on":` + good["done_on"] + `,"category":` + good["category"] + `},"add":` + add + `}`
		v, err := p.try(syncproto.RawMutation(raw))
		switch {
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case v[0].V != syncproto.Aside:
			t.Errorf("%s: %s", name, v[0].V)
		}
	}
	for _, raw := range []string{`{}`, `[]`, `0`, `"x"`, `true`, `{"op":"create"}`, `{"op":1}`,
		`{"op":"create","op":"create","type":"activity","id":"` + string(recordID()) + `","by":"` + string(p.person) + `","t":1,"at":""}`,
		`{"op":"adopt","type":"case","id":"` + string(newID()) + `","by":"` + string(p.person) + `","t":1,"at":"","args":{"h":1}}`,
		`{"op":"review","type":"activity","id":"` + string(recordID()) + `","by":"` + string(p.person) + `","t":1,"at":"","seen":"x","args":{"decision":"approve"}}`,
		`{"op":"create","type":"grant","id":"` + string(newID()) + `","by":"` + string(p.person) + `","t":1,"at":"","set":{"role":"system_admin"}}`,
		`{"op":"edit","type":"team","id":"` + string(t1) + `","by":"` + string(p.person) + `","t":1,"at":"","set":{"name":"x"}}`,
		`{"op":"delete","type":"report","id":"` + string(newID()) + `","by":"` + string(p.person) + `","t":1,"at":""}`,
		`{"op":"dispute","type":"activity","id":"` + string(newID()) + `","by":"` + string(p.person) + `","t":1,"at":""}`,
		`{"op":"create","type":"activity","id":"` + string(recordID()) + `","by":"` + string(p.person) + `","t":9223372036854775807,"at":"zzzz/-1","set":{}}`,
	} {
		v, err := p.try(syncproto.RawMutation(raw))
		switch {
		case err != nil:
			t.Errorf("%.60s: %v", raw, err)
		case v[0].V != syncproto.Aside && v[0].V != syncproto.Waiting:
			t.Errorf("%.60s: %s", raw, v[0].V)
		}
	}
}

// many are n-1 more pieces of evidence.
func many(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"paper:` + strings.Repeat("a", i+1) + `"`)
	}
	return b.String()
}
