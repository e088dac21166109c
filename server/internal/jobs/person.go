package jobs

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Forget takes the names of a de-identified person out of the reports of
// imports, where a note may name who is called nearly the same. Files that jobs
// made go too, a few days before their time: they can be made again.
func Forget(tx store.Tx, v *roster.Veil) error {
	var pairs []string
	for _, n := range v.Names {
		if n != v.Alias {
			pairs = append(pairs, within(n), within(v.Alias))
		}
	}
	fill := strings.NewReplacer(pairs...)
	for _, k := range v.Where {
		if k.Type != typeJob {
			continue
		}
		if err := v.Put(tx, k, func(d syncproto.Doc) {
			for f, raw := range d {
				d[f] = jsontext.Value(fill.Replace(string(raw)))
			}
		}); err != nil {
			return err
		}
	}
	var made []string
	if err := tx.Credentials(kindOutput, "", func(id string, _ jsontext.Value) bool { made = append(made, id); return true }); err != nil {
		return err
	}
	for _, id := range made {
		if err := tx.DeleteCredential(kindOutput, id); err != nil {
			return err
		}
	}
	return nil
}

// within is how a text stands inside a canonical string.
func within(s string) string {
	q := string(syncproto.Str(s))
	return q[1 : len(q)-1]
}
