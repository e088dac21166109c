package client

import (
	"cmp"
	"errors"
	"slices"

	"github.com/banso/banso/syncproto"
)

// Shown is a record as a person sees it: base with the outbox laid over it.
type Shown struct {
	Key
	Doc     syncproto.Doc
	Rev     int64          // of base; 0: the server does not have it yet
	H       syncproto.Hash // of base
	Pending int            // own mutations of it without effect in base
	Deleted bool           // deleted here, not yet on the server (View only)
}

// View returns a record as it is shown, or ErrNotFound.
func (e *Engine) View(k Key) (s Shown, err error) {
	err = e.local.View(func(r LocalReader) (err error) {
		s, err = viewOf(r, k)
		return err
	})
	return s, err
}

// List returns the records of a type in a scope as they are shown, by id. A
// record that was made or moved here is listed where the server will put it.
func (e *Engine) List(typ string, scope syncproto.Scope) (list []Shown, err error) {
	err = e.local.View(func(r LocalReader) (err error) {
		list, err = listOf(r, typ, scope)
		return err
	})
	return list, err
}

// pending collects the mutations that base does not show yet, in order.
// A zero key means all.
func pending(r LocalReader, k Key) (map[Key][]*Item, error) {
	out := map[Key][]*Item{}
	take := func(it *Item) {
		if k == (Key{}) || it.Key == k {
			out[it.Key] = append(out[it.Key], it)
		}
	}
	meta, err := r.Meta()
	if err != nil {
		return nil, err
	}
	if meta.Lagging {
		err = r.Sent(func(it *Item) bool {
			if it.Lag {
				take(it)
			}
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	if meta.Top == meta.Ack {
		return out, nil
	}
	return out, r.Outbox(0, func(it *Item) bool {
		if it.V == "" || it.Lag { // else a rotation offers it again, and base has had its effect for long
			take(it)
		}
		return true
	})
}

func viewOf(r LocalReader, k Key) (Shown, error) {
	rec, err := r.Record(k)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Shown{}, err
	}
	items, err := pending(r, k)
	if err != nil {
		return Shown{}, err
	}
	return lay(k, rec, items[k])
}

// lay computes what is shown of one record. rec may be nil.
func lay(k Key, rec *Record, items []*Item) (Shown, error) {
	s := Shown{Key: k, Pending: len(items)}
	exists := rec != nil
	if exists {
		doc, err := syncproto.SplitCanonical(rec.Doc)
		if err != nil {
			return Shown{}, err
		}
		s.Doc, s.Rev, s.H = doc, rec.Rev, rec.H
	}
	for _, it := range items {
		switch it.Op {
		case syncproto.OpCreate:
			exists = true
		case syncproto.OpDelete:
			s.Deleted = true
		}
		m, err := syncproto.DecodeMutation(it.Raw)
		if err != nil {
			continue // an imported mutation that only the server can judge
		}
		s.Doc = syncproto.Overlay(k.Type, s.Doc, m)
	}
	if !exists {
		return Shown{}, ErrNotFound
	}
	return s, nil
}

func listOf(r LocalReader, typ string, scope syncproto.Scope) ([]Shown, error) {
	items, err := pending(r, Key{})
	if err != nil {
		return nil, err
	}
	var list []Shown
	var bad error
	add := func(k Key, rec *Record) {
		s, err := lay(k, rec, items[k])
		switch {
		case errors.Is(err, ErrNotFound) || s.Deleted:
		case err != nil:
			bad = err
		case len(items[k]) > 0 && !stays(&s, rec, scope):
		default:
			list = append(list, s)
		}
	}
	err = r.Members(scope, typ, func(rec *Record) bool {
		add(rec.Key, rec)
		return true
	})
	if err != nil {
		return nil, err
	}
	for k := range items {
		if k.Type != typ && typ != "" {
			continue
		}
		rec, err := r.Record(k)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		if rec == nil || !rec.in(scope) {
			add(k, rec)
		}
	}
	slices.SortFunc(list, func(a, b Shown) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	return list, bad
}

// stays reports whether a record with own mutations is to be listed in a
// scope: its team and month say so where they can, else where base has it.
func stays(s *Shown, rec *Record, scope syncproto.Scope) bool {
	p, ok := scope.Parse()
	if !ok || p.Month == "" {
		return rec != nil && rec.in(scope)
	}
	month := s.Doc.Str("month")
	if day := s.Doc.Str("done_on"); s.Type == syncproto.TypeActivity && len(day) >= 7 {
		month = day[:7]
	}
	if p.Kind == syncproto.KindTeam {
		return p.ID == syncproto.ID(s.Doc.Str("team")) && p.Month == month
	}
	return p.Month == month && rec != nil && p.ID == syncproto.ID(s.Doc.Str("unit"))
}

func (r *Record) in(scope syncproto.Scope) bool {
	return slices.ContainsFunc(r.Marks, func(m Mark) bool { return m.Scope == scope })
}
