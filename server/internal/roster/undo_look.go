package roster

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// looking is a search for what stands on an import.
type looking struct {
	r        store.Reader
	tr       *Trace
	lastSeen LastSeen
	since    int64 // oldest revision of the import
	own      map[store.Key]bool
	named    map[domain.ID]string // by which a decision would name what was written
	found    []Obstacle
}

// look finds what was built on an import since: its records changed, others
// that stand on them came, people of it worked, a decision names it.
func (u *looking) look() error {
	for _, w := range u.tr.Wrote {
		u.own[w.key()] = true
		if u.since == 0 || w.After < u.since {
			u.since = w.After
		}
	}
	for _, w := range u.tr.Wrote {
		if len(u.found) >= maxObstacles {
			return nil
		}
		if err := u.lookAt(w); err != nil {
			return err
		}
	}
	if err := u.lookAtChildren(); err != nil {
		return err
	}
	return u.lookAtDecisions()
}

func (u *looking) add(ref, en, vi string) {
	if len(u.found) < maxObstacles {
		u.found = append(u.found, Obstacle{Ref: ref, En: en, Vi: vi})
	}
}

func (u *looking) lookAt(w Wrote) error {
	rec, err := u.r.Record(w.key())
	if err != nil {
		return err
	}
	if rec.H != w.H {
		if len(u.found) < maxObstacles {
			u.found = append(u.found, changed(&rec))
		}
		return nil
	}
	switch w.Type {
	case syncproto.TypeTeam:
		return as(rec.Doc, func(t domain.Team) error {
			u.named[w.ID] = t.Name
			return u.newer(syncproto.TeamScope(w.ID), t.Name)
		})
	case syncproto.TypeGrant:
		return as(rec.Doc, func(g domain.Grant) error { return u.worked(g) })
	case TypeUnitVersion:
		return as(rec.Doc, func(v domain.UnitVersion) error {
			u.named[v.Unit] = v.Name
			if err := u.newer(scopeUnit(v.Unit), v.Name); err != nil {
				return err
			}
			return u.newer(syncproto.CommuneScope(v.Unit), v.Name)
		})
	case TypeVillage:
		return as(rec.Doc, func(v domain.Village) error { u.named[v.Team] = v.Source; return nil })
	case TypePlace:
		return as(rec.Doc, func(p domain.Place) error { u.named[w.ID] = p.Name; return nil })
	case TypeRegistration:
		return as(rec.Doc, func(g domain.Registration) error { u.named[g.Commune] = g.Decision; return nil })
	case TypeOfficer:
		return as(rec.Doc, func(o domain.Officer) error { u.named[o.Person], u.named[w.ID] = o.Name, o.Name; return nil })
	case TypeOrder:
		return as(rec.Doc, func(o domain.Order) error { u.named[w.ID] = o.Number; return nil })
	case TypeCalledUp:
		return as(rec.Doc, func(p domain.CalledUp) error { u.named[p.Person], u.named[w.ID] = p.Name, p.Name; return nil })
	case TypeRecognition:
		return as(rec.Doc, func(g domain.Recognition) error { u.named[g.Subject], u.named[w.ID] = g.Name, g.Name; return nil })
	}
	return nil
}

// followers come of themselves and are computed again.
var followers = map[string]bool{syncproto.TypeProgress: true, syncproto.TypeContact: true}

// newer finds a record in a scope that came or changed after the import began, and is
// not its own.
func (u *looking) newer(scope syncproto.Scope, name string) error {
	found := false
	err := u.r.Members(scope, "", func(rec *store.Record) bool {
		found = rec.Rev > u.since && !u.own[rec.Key] && !followers[rec.Type]
		return !found
	})
	if found {
		u.add(name, "Something stands on it since: people, teams or work.", "Đã có dữ liệu gắn vào sau khi nhập (người, tổ hoặc việc).")
	}
	return err
}

// worked finds that somebody was here since he got a role.
func (u *looking) worked(g domain.Grant) error {
	ms, err := u.lastSeen(u.r, g.Person)
	if err == nil && ms > u.tr.AtMs {
		u.add(g.Name, "He or she has worked with the role since.", "Người này đã đăng nhập với vai trò đó sau khi nhập.")
	}
	return err
}

// lookAtChildren finds units that came under one of the import's since.
func (u *looking) lookAtChildren() error {
	if u.tr.Kind != ImportUnits {
		return nil
	}
	return u.r.Members(ScopeUnits, TypeUnitVersion, func(rec *store.Record) bool {
		var v domain.UnitVersion
		if u.own[rec.Key] || rec.Rev <= u.since || json.Unmarshal(rec.Doc, &v) != nil {
			return true
		}
		if name, ok := u.named[v.Parent]; ok {
			u.add(name, "A unit was put under it since: "+v.Name+".", "Đã có đơn vị trực thuộc nhập sau đó: "+v.Name+".")
		}
		return len(u.found) < maxObstacles
	})
}

// idLen is the length of an id as documents have it.
const idLen = 22

// lookAtDecisions finds decisions since that name a team, a unit or a supported
// person of the import.
func (u *looking) lookAtDecisions() error {
	return u.r.Decisions(u.tr.Chain+1, func(d *store.Decision) bool {
		for id := range idsIn(d.Body) {
			if name, ok := u.named[id]; ok {
				n := itoa(int(d.N))
				u.add(name, "Decision "+n+" stands on it.", "Quyết định số "+n+" trong sổ đã dựa vào.")
				delete(u.named, id)
			}
		}
		return len(u.found) < maxObstacles && len(u.named) > 0
	})
}

// idsIn yields the strings of a document that have the length of an id.
func idsIn(doc jsontext.Value) func(func(domain.ID) bool) {
	return func(yield func(domain.ID) bool) {
		start := -1
		for i, c := range doc {
			if c != '"' {
				continue
			}
			if start >= 0 && i-start == idLen && !yield(domain.ID(doc[start:i])) {
				return
			}
			start = i + 1
		}
	}
}

// changed is a record that somebody has changed since, by what it calls itself.
func changed(rec *store.Record) Obstacle {
	out := Obstacle{Ref: rec.Type, En: "It was changed since.", Vi: "Đã được sửa sau khi nhập."}
	doc, err := syncproto.SplitCanonical(rec.Doc)
	if err != nil {
		return out
	}
	for _, f := range []string{"name", "decision", "basis"} {
		if s := doc.Str(f); s != "" {
			out.Ref = s
			break
		}
	}
	return out
}
