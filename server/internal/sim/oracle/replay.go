package oracle

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Destroyed notes that the last phone's copy of a mutation is gone.
func (o *Oracle) Destroyed(person string, raw []byte) {
	o.destroyed[person+"/"+FP(raw)] = true
}

// Missing checks that everything typed has a verdict, unless its last copy was
// destroyed before the server had it or after it had lost it.
func (o *Oracle) Missing() {
	for _, t := range o.order {
		k := t.Person + "/" + t.FP
		if _, ok := o.line.verdicts[k]; ok || o.destroyed[k] || t.Consoled {
			continue
		}
		check := TypedKept
		if o.told[k] {
			check = AckedKept
		}
		o.fail(check, "never decided: %.200s", t.Raw)
	}
}

// Replay pushes again, under a new client, everything that a person typed and
// the server decided. Each must get the verdict it has; the caller checks that
// the commit does not move.
func (o *Oracle) Replay(ask Ask, person, client string) error {
	var raws []json.RawMessage
	for _, t := range o.order {
		if _, ok := o.line.verdicts[person+"/"+t.FP]; ok && t.Person == person && !t.Consoled {
			raws = append(raws, t.Raw)
		}
	}
	first, chain := int64(1), noChain
	for part := range slices.Chunk(raws, 100) {
		body, err := json.Marshal(map[string]any{"proto": 1, "schema": 1, "app": "audit", "client": client, "top": len(raws),
			"push": map[string]any{"first": first, "prev": chain}, "pull": []any{}, "clock": 0, "limit": 1})
		if err != nil {
			return err
		}
		body = splice(body, part)
		out, err := ask(person, body)
		if err != nil {
			return err
		}
		q, r, err := Parse(body, out)
		if err != nil {
			return err
		}
		o.Delivered(person, q, r)
		for _, raw := range part {
			first++
			chain = chainNext(chain, FP(raw))
		}
	}
	return nil
}

// splice puts the mutations into a push as the very bytes they are: an encoder
// would compact and escape them.
func splice(body []byte, list []json.RawMessage) []byte {
	const mark = `"push":{"first":`
	at := bytes.Index(body, []byte(mark)) + len(`"push":{`)
	out := slices.Clone(body[:at])
	out = append(out, `"list":[`...)
	for i, raw := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, raw...)
	}
	out = append(out, `],`...)
	return append(out, body[at:]...)
}
