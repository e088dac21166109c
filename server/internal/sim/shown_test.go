package sim

import (
	"errors"

	"github.com/banso/banso/server/internal/sim/oracle"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// checkShown compares what the phone shows with base and outbox: after a kill,
// and now and then.
func (p *phone) checkShown() {
	mine := map[client.Key][][]byte{}
	var keys []client.Key
	bases := map[client.Key][]byte{}
	must(p.disk.View(func(r client.LocalReader) error {
		take := func(it *client.Item) bool {
			if it.Type == syncproto.TypeActivity || it.Type == syncproto.TypeReport {
				if mine[it.Key] == nil {
					keys = append(keys, it.Key)
				}
				mine[it.Key] = append(mine[it.Key], it.Raw)
			}
			return true
		}
		err := r.Sent(func(it *client.Item) bool { return !it.Lag || take(it) })
		if err == nil {
			// What a rotation offers again had its effect on base long ago.
			err = r.Outbox(0, func(it *client.Item) bool { return it.V != "" && !it.Lag || take(it) })
		}
		for _, k := range keys {
			if rec, err := r.Record(k); err == nil {
				bases[k] = rec.Doc
			}
		}
		return err
	}))
	for _, k := range keys {
		s, err := p.eng.View(k)
		var shown map[string]string
		switch {
		case err == nil:
			shown = map[string]string{}
			for f, v := range s.Doc {
				shown[f] = string(v)
			}
		case !errors.Is(err, client.ErrNotFound):
			p.w.oracle.Fail(oracle.ShownIsBase, "%s: view of %s: %v", p.name, k.Type, err)
		}
		p.w.oracle.Shown(p.name, k.Type, string(k.ID), bases[k], mine[k], shown)
	}
}
