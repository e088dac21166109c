package sim

import (
	"errors"

	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

var errKilled = errors.New("sim: the phone died")

// flaky is a local database in the hands of one process. The process can be
// made to die at a local transaction: before it, or after it. What survives is
// the database under it.
type flaky struct {
	client.Local
	left  int  // transactions until it dies; negative: never
	after bool // the last transaction is still done
	dead  bool
}

func (f *flaky) View(fn func(client.LocalReader) error) error {
	if f.dead {
		return errKilled
	}
	return f.Local.View(fn)
}

func (f *flaky) Update(fn func(client.LocalTx) error) error {
	if f.dead {
		return errKilled
	}
	if f.left == 0 {
		f.dead = true
		if f.after {
			if err := f.Local.Update(fn); err != nil {
				return err
			}
		}
		return errKilled
	}
	if f.left > 0 {
		f.left--
	}
	return f.Local.Update(fn)
}

// copyLocal makes a copy of a database, as a backup of the phone or a clone
// holds it.
func copyLocal(src client.Local) client.Local {
	dst := memlocal.New()
	must(src.View(func(r client.LocalReader) error {
		return dst.Update(func(tx client.LocalTx) error { return copyInto(tx, r) })
	}))
	return dst
}

func copyInto(tx client.LocalTx, r client.LocalReader) error {
	meta, err := r.Meta()
	if err != nil {
		return err
	}
	errs := []error{tx.SetMeta(meta)}
	seen := map[client.Key]bool{}
	errs = append(errs, r.Scopes(func(s client.ScopeState) bool {
		errs = append(errs, tx.PutScope(s), r.Members(s.Scope, "", func(rec *client.Record) bool {
			if !seen[rec.Key] {
				seen[rec.Key] = true
				c := *rec
				errs = append(errs, tx.PutRecord(&c))
			}
			return true
		}))
		return true
	}))
	errs = append(errs, r.Outbox(0, func(it *client.Item) bool {
		c := *it
		errs = append(errs, tx.PutOutbox(&c))
		return true
	}), r.Sent(func(it *client.Item) bool {
		c := *it
		errs = append(errs, tx.PutSent(&c))
		return true
	}))
	return errors.Join(errs...)
}

// unsure lists what a database alone may hold: outbox, and sent if asked.
func unsure(l client.Local, sent bool) (raws [][]byte) {
	must(l.View(func(r client.LocalReader) error {
		take := func(it *client.Item) bool { raws = append(raws, it.Raw); return true }
		if sent {
			if err := r.Sent(take); err != nil {
				return err
			}
		}
		return r.Outbox(0, take)
	}))
	return raws
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
