package ledger

import (
	"maps"

	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// named are the types whose records give a paper its names.
var named = map[string]bool{
	syncproto.TypeTeam: true, syncproto.TypeGrant: true, syncproto.TypePerson: true,
	roster.TypeUnitVersion: true, roster.TypeOfficer: true, roster.TypeRecognition: true,
}

// then reads rosters as they stood at a time, from the history of their
// records, so that an issued list is drawn with the names that it was issued
// with: a name that was set right since takes a list that replaces it. All else
// is of today. A record that was deleted since is found by its key alone.
type then struct {
	store.Reader
	ms int64
}

// atIssue is a reader of the rosters of the moment when a list was issued; of
// today for a draft.
func atIssue(r store.Reader, l *List) (store.Reader, error) {
	if l.N == 0 {
		return r, nil
	}
	t := then{Reader: r}
	err := r.Decisions(l.N, func(d *store.Decision) bool { t.ms = d.AtMs; return false })
	return t, err
}

// Record returns a record as it stood.
func (t then) Record(k store.Key) (store.Record, error) {
	rec, err := t.Reader.Record(k)
	if err != nil || !named[k.Type] {
		return rec, err
	}
	there, err := t.turnBack(&rec)
	if err == nil && !there {
		err = store.ErrNotFound
	}
	return rec, err
}

// Members streams records as they stood, of those that are still there.
func (t then) Members(scope syncproto.Scope, typ string, yield func(*store.Record) bool) error {
	if !named[typ] {
		return t.Reader.Members(scope, typ, yield)
	}
	var bad error
	err := t.Reader.Members(scope, typ, func(rec *store.Record) bool {
		var there bool
		if there, bad = t.turnBack(rec); bad != nil {
			return false
		}
		return !there || yield(rec)
	})
	if err == nil {
		err = bad
	}
	return err
}

// turnBack undoes the changes of a record that came later; false if it was not
// there yet.
func (t then) turnBack(rec *store.Record) (there bool, err error) {
	var doc syncproto.Doc
	var bad error
	err = t.Reader.History(rec.Key, func(v *store.Version) bool {
		if v.AtMs <= t.ms {
			there = true
			return false
		}
		if doc == nil {
			doc = syncproto.Doc{}
			if !rec.Deleted {
				if doc, bad = syncproto.SplitCanonical(rec.Doc); bad != nil {
					return false
				}
			}
		}
		for _, f := range v.Added {
			delete(doc, f)
		}
		maps.Copy(doc, v.Before)
		return true
	})
	if err == nil {
		err = bad
	}
	if doc != nil && there {
		rec.Doc, rec.Deleted = doc.AppendCanonical(nil), false
	}
	if err == nil && there && !rec.Deleted {
		err = t.unveil(rec)
	}
	return there && !rec.Deleted, err
}

// unveil gives a record the name that its person had, where it was kept for
// papers of money when the person was de-identified.
func (t then) unveil(rec *store.Record) error {
	person := rec.ID
	if rec.Type != syncproto.TypePerson {
		doc, err := syncproto.SplitCanonical(rec.Doc)
		if err != nil {
			return err
		}
		if person = syncproto.ID(doc.Str("person")); person == "" {
			return nil
		}
	}
	name, ok, err := roster.NameAt(t.Reader, person, t.ms)
	if err != nil || !ok {
		return err
	}
	doc, err := syncproto.SplitCanonical(rec.Doc)
	if err != nil {
		return err
	}
	doc["name"] = syncproto.Str(name)
	rec.Doc = doc.AppendCanonical(nil)
	return nil
}
