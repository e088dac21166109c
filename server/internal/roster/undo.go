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

// LastSeen says when a person was last here, in ms; 0 never.
type LastSeen func(store.Reader, domain.ID) (int64, error)

// Undo takes an import back as a whole: what it brought is withdrawn, what it
// changed is as before. If anything was built on it since, nothing is written
// and the obstacles come back.
func Undo(tx store.Tx, tr *Trace, c store.Cause, lastSeen LastSeen) ([]Obstacle, error) {
	found, err := Obstacles(tx, tr, lastSeen)
	if err != nil || len(found) > 0 {
		return found, err
	}
	return UndoPart(tx, tr, 0, len(tr.Wrote), c)
}

// Obstacles are what was built on an import since.
func Obstacles(r store.Reader, tr *Trace, lastSeen LastSeen) ([]Obstacle, error) {
	u := looking{r: r, tr: tr, lastSeen: lastSeen, own: map[store.Key]bool{}, named: map[domain.ID]string{}}
	err := u.look()
	return u.found, err
}

// UndoPart takes back what an import wrote from one record to before another,
// the last first: a long import is taken back a part in each transaction. What
// somebody changed since stays as it is and is returned.
func UndoPart(tx store.Tx, tr *Trace, from, to int, c store.Cause) (stays []Obstacle, err error) {
	u := undoing{tx: tx, cause: c}
	for i := to - 1; i >= from; i-- {
		w := tr.Wrote[i]
		rec, err := tx.Record(w.key())
		if err != nil {
			return nil, err
		}
		if rec.H != w.H {
			stays = append(stays, changed(&rec))
			continue
		}
		if err := u.back(w, &rec); err != nil {
			return nil, err
		}
	}
	return stays, nil
}

type undoing struct {
	tx    store.Tx
	cause store.Cause
}

// back takes one record back.
func (u *undoing) back(w Wrote, rec *store.Record) error {
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
