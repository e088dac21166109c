package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// check compares what the phones hold and have made with the records of the
// server, read from the store itself and without the sync code of either side.
func (w *tsWorld) check(in *tsReport) (wrong []string) {
	wrong = []string{}
	err := w.app.Store().View(context.Background(), func(r store.Reader) error {
		c := &tsCheck{w: w, r: r, effects: map[string]int{}, deleted: map[store.Key]bool{}, wrong: &wrong}
		for _, m := range in.Made {
			if err := c.history(store.Key{Type: m.Type, ID: m.ID}); err != nil {
				return err
			}
		}
		for i := range in.Made {
			if err := c.made(&in.Made[i]); err != nil {
				return err
			}
		}
		for fp, n := range c.effects {
			if n > 1 {
				c.say("mutation %s took effect %d times", fp, n)
			}
		}
		for i := range in.Phones {
			if err := c.copies(i, &in.Phones[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		wrong = append(wrong, err.Error())
	}
	return wrong
}

type tsCheck struct {
	w       *tsWorld
	r       store.Reader
	effects map[string]int // writes of a record, by record and fp
	deleted map[store.Key]bool
	wrong   *[]string
}

func (c *tsCheck) say(format string, args ...any) {
	*c.wrong = append(*c.wrong, fmt.Sprintf(format, args...))
}

// history counts how often each mutation changed a record.
func (c *tsCheck) history(k store.Key) error {
	if _, seen := c.deleted[k]; seen {
		return nil
	}
	rec, err := c.r.Record(k)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	c.deleted[k] = err == nil && rec.Deleted
	err = c.r.History(k, func(v *store.Version) bool {
		if v.Op != "case" {
			c.effects[k.Type+"/"+string(k.ID)+" "+v.FP.String()]++
		}
		return true
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// made looks for the effect of one mutation: in its record, or in a case.
func (c *tsCheck) made(m *tsMade) error {
	fp, err := syncproto.ParseBytes16(m.FP)
	if err != nil {
		return err
	}
	v, err := c.r.Verdict(m.Person, fp)
	if errors.Is(err, store.ErrNotFound) {
		c.say("mutation %s (%s of %s) is not on the server", m.FP, m.Token, m.ID)
		return nil
	}
	if err != nil {
		return err
	}
	k := store.Key{Type: m.Type, ID: m.ID}
	if v.V == syncproto.Aside || v.V == syncproto.Waiting {
		return c.inCase(m, v.Case)
	}
	if v.V == syncproto.Applied || v.V == syncproto.Merged {
		if n := c.effects[m.Type+"/"+string(m.ID)+" "+m.FP]; n != 1 {
			c.say("mutation %s, %s, stands %d times in the history", m.FP, v.V, n)
		}
	}
	if m.Token == "" || v.V == syncproto.Noop || c.deleted[k] {
		return nil
	}
	rec, err := c.r.Record(k)
	if err != nil {
		return err
	}
	d, err := syncproto.DecodeDoc(rec.Doc)
	if err != nil {
		return err
	}
	if n := count(d.Strs("evidence"), m.Token); n != 1 {
		c.say("%s, %s, stands %d times in its record", m.Token, v.V, n)
	}
	return nil
}

func (c *tsCheck) inCase(m *tsMade, id syncproto.ID) error {
	rec, err := c.r.Record(store.Key{Type: syncproto.TypeCase, ID: id})
	if err != nil {
		c.say("mutation %s stands aside without a case: %v", m.FP, err)
		return nil
	}
	if d, err := syncproto.DecodeDoc(rec.Doc); err != nil || d.Str("mutation") != m.Raw {
		c.say("the case of mutation %s holds something else", m.FP)
	}
	return nil
}

func count(list []string, s string) (n int) {
	for _, e := range list {
		if e == s {
			n++
		}
	}
	return n
}

// due are the scopes with records that a person's phone must hold.
func (c *tsCheck) due(person syncproto.ID) (names []syncproto.Scope) {
	all := []syncproto.Scope{syncproto.ScopeRef, syncproto.UserScope(person)}
	for _, month := range []string{"2023-05", "2023-06"} {
		if person == c.w.People[len(c.w.People)-1].Person { // the chair
			all = append(all, syncproto.CommuneMonthScope(c.w.Unit, month))
		} else {
			all = append(all, syncproto.TeamMonthScope(c.w.Team, month))
		}
	}
	for _, name := range all {
		if s, err := c.r.Scope(name); err == nil && s.Count > 0 {
			names = append(names, name)
		}
	}
	return names
}

// copies compares each scope of a phone with the server's, document for
// document, and asks that none is missing.
func (c *tsCheck) copies(i int, p *tsCopies) error {
	for _, name := range c.due(p.Person) {
		if p.Scopes[string(name)] == nil {
			c.say("phone %d does not hold %s", i, name)
		}
	}
	for name, got := range p.Scopes {
		want := map[string]string{}
		err := c.r.Members(syncproto.Scope(name), "", func(rec *store.Record) bool {
			want[rec.Type+"/"+string(rec.ID)] = fmt.Sprint(rec.Rev, " ", string(rec.Doc))
			return true
		})
		if err != nil {
			return err
		}
		for _, k := range slices.Sorted(maps.Keys(want)) {
			if got[k] != want[k] {
				c.say("phone %d, %s, %s: holds %.300q, the server %.300q", i, strings.SplitN(name, ":", 2)[0], k, got[k], want[k])
			}
		}
		for k := range got {
			if _, ok := want[k]; !ok {
				c.say("phone %d, %s: holds %s, which the server has not", i, strings.SplitN(name, ":", 2)[0], k)
			}
		}
	}
	return nil
}
