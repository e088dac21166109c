package oracle

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Shown checks that what a phone shows of a record is the server's copy with
// the phone's own mutations laid over it, in their order. base is nil if the
// phone has no copy; shown is nil if it shows nothing. Records with broken
// mutations are left out: what those mean is the server's to say.
func (o *Oracle) Shown(name, typ, id string, base []byte, raws [][]byte, shown map[string]string) {
	f := folded{doc: map[string]string{}}
	if base != nil {
		var d map[string]json.RawMessage
		_ = json.Unmarshal(base, &d)
		f.doc = docFields(d)
	}
	exists := base != nil
	for _, raw := range raws {
		m, ok := ReadMutation(raw)
		if !ok {
			return
		}
		for field := range m.Set {
			if slices.Contains(serverFields, field) && !(typ == "report" && field == "month") {
				return
			}
		}
		exists = exists || m.Op == "create"
		switch m.Op {
		case "create", "edit", "attach", "detach":
			f.content(effect{m: m})
		}
	}
	switch {
	case !exists && shown != nil:
		o.fail(ShownIsBase, "%s shows %s %s, which it can't know", name, typ, id)
	case exists && fmt.Sprint(f.doc) != fmt.Sprint(shown):
		o.fail(ShownIsBase, "%s shows %s %s as %v, base and outbox make it %v", name, typ, id, shown, f.doc)
	}
}
