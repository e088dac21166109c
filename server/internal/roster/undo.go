package roster

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Obstacle is something that was built on an import since.
type Obstacle struct {
	Ref string `json:"ref"` // what it is about: a name
	En  string `json:"msg"`
	Vi  string `json:"msg_vi"`
}

// maxObstacles are named; who has more starts with these.
const maxObstacles = 50

// Undo takes an import back as a whole: what it brought is withdrawn, what it
// changed is as before. If anything was built on it since, nothing is written
// and the obstacles come back. lastSeen says when a person was last here, in
// ms; 0 never.
func Undo(tx store.Tx, tr *Trace, c store.Cause, lastSeen func(store.Reader, domain.ID) (int64, error)) ([]Obstacle, error) {
	u := undoing{tx: tx, tr: tr, cause: c, lastSeen: lastSeen, own: map[store.Key]bool{}, named: map[domain.ID]string{}}
	if err := u.look(); err != nil || len(u.found) > 0 {
		return u.found, err
	}
	for i := len(tr.Wrote) - 1; i >= 0; i-- {
		if err := u.back(tr.Wrote[i]); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

type undoing struct {
	tx       store.Tx
	tr       *Trace
	cause    store.Cause
	lastSeen func(store.Reader, domain.ID) (int64, error)
	upto     int64 // newest revision of the import
	own      map[store.Key]bool
	named    map[domain.ID]string // by which a decision would name what was written
	found    []Obstacle
}

// back takes one record back.
func (u *undoing) back(w Wrote) error {
	rec, err := u.tx.Record(w.key())
	if err != nil {
		return err
	}
	doc, err := syncproto.SplitCanonical(rec.Doc)
	if err != nil {
		return err
	}
	was := syncproto.Doc{}
	if w.Before > 0 {
		was = doc
		if err := u.tx.History(w.key(), func(v *store.Version) bool {
			if v.Rev <= w.Before {
				return false
			}
			for _, f := range v.Added {
				delete(was, f)
			}
			for f, x := range v.Before {
				was[f] = x
			}
			return true
		}); err != nil {
			return err
		}
	}
	if len(was) == 0 {
		return u.withdraw(w, rec.Doc)
	}
	return u.restore(w, was.AppendCanonical(nil))
}

// withdraw empties a record and takes it out of all scopes. Who waited for a
// grant is decided again, and a contact is shared with who is left.
func (u *undoing) withdraw(w Wrote, doc jsontext.Value) error {
	if _, err := u.tx.Put(store.Put{Key: w.key(), Doc: syncproto.Doc{}, Cause: u.cause}); err != nil {
		return err
	}
	switch w.Type {
	case syncproto.TypeGrant:
		var g domain.Grant
		if err := json.Unmarshal(doc, &g); err != nil {
			return err
		}
		return u.tx.MarkDue(DueRedecide, string(g.Person))
	case syncproto.TypeTeam:
		var t domain.Team
		if err := json.Unmarshal(doc, &t); err != nil {
			return err
		}
		return shareContact(u.tx, t.Commune, u.cause)
	}
	return nil
}

// restore writes what a record was, into the scopes that it belongs to then.
func (u *undoing) restore(w Wrote, doc jsontext.Value) error {
	switch w.Type {
	case syncproto.TypeTeam:
		return as(doc, func(t domain.Team) error { return PutTeam(u.tx, w.ID, t, u.cause) })
	case syncproto.TypePerson:
		return as(doc, func(p domain.Person) error { return PutPerson(u.tx, w.ID, p, u.cause) })
	case syncproto.TypeGrant:
		return as(doc, func(g domain.Grant) error { return PutGrant(u.tx, w.ID, g, u.cause) })
	case TypeUnitVersion:
		return as(doc, func(v domain.UnitVersion) error { return PutUnitVersion(u.tx, w.ID, v, u.cause) })
	case TypeUnitEvent:
		return as(doc, func(e domain.UnitEvent) error { return PutUnitEvent(u.tx, w.ID, e, u.cause) })
	case TypeVillage:
		return as(doc, func(v domain.Village) error { return PutVillage(u.tx, v, u.cause) })
	case TypeRegistration:
		return as(doc, func(g domain.Registration) error { return PutRegistration(u.tx, g, u.cause) })
	}
	scope := map[string]syncproto.Scope{TypeOfficer: ScopeSupported, TypeRecognition: ScopeRecognition, TypeExternalRef: scopeRefs,
		TypeOrder: scopeOrders, TypeCalledUp: ScopeCalledUp}[w.Type]
	was, err := syncproto.SplitCanonical(doc)
	if err != nil {
		return err
	}
	_, err = u.tx.Put(store.Put{Key: w.key(), Doc: was, Scopes: []syncproto.Scope{scope}, Cause: u.cause})
	return err
}

func as[T any](doc jsontext.Value, do func(T) error) error {
	var v T
	if err := json.Unmarshal(doc, &v); err != nil {
		return err
	}
	return do(v)
}
