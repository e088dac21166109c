package audit

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// typeEntry is a line of the log of officers' doings. It is written once and
// never again: no method changes or removes one.
const typeEntry = "audit_entry"

// Limits of a search.
const (
	pageSize  = 200
	maxExport = 20_000
	maxMonths = 24
)

// Act is what somebody did by a request that was granted.
type Act struct {
	Kind   string    `json:"kind"`          // method and route: "POST /v1/review/decisions"
	Read   bool      `json:"read,omitzero"` // looked at personal data; else: changed something
	Unit   domain.ID `json:"unit,omitzero"` // that it was about; else the commune of who did it
	Team   domain.ID `json:"team,omitzero"`
	Thing  domain.ID `json:"thing,omitzero"` // person, record or device that the route names
	Month  string    `json:"month,omitzero"`
	Device domain.ID `json:"device,omitzero"`
}

// entry is the document of a line.
type entry struct {
	By   domain.ID `json:"by"`
	AtMs int64     `json:"at_ms"`
	Act
}

// Line is what a search gives.
type Line struct {
	ID     domain.ID `json:"id"`
	AtMs   int64     `json:"at_ms"`
	At     string    `json:"at"` // in UTC+7, for a spreadsheet
	By     domain.ID `json:"by"`
	Name   string    `json:"name"`
	Kind   string    `json:"kind"`
	Read   bool      `json:"read"`
	Unit   domain.ID `json:"unit"`
	Place  string    `json:"place"` // its name
	Team   domain.ID `json:"team"`
	Thing  domain.ID `json:"thing"`
	About  string    `json:"about"` // name of the team or person that it names
	Month  string    `json:"month"`
	Device domain.ID `json:"device"`
}

// Page is a part of a search, newest first.
type Page struct {
	Lines []Line `json:"lines"`
	Next  string `json:"next,omitzero"`
}

// Query narrows a search; zero fields do not narrow, but without From it looks
// back over one month.
type Query struct {
	Person   domain.ID // who did it, or to whom
	Unit     domain.ID
	Kind     string // part of method and route
	Text     string // part of a name, accents ignored
	Read     *bool
	From, To domain.Date
	Cursor   string
	All      bool // for an export: all that fit
}

func scopeOf(m domain.Month) syncproto.Scope { return syncproto.SysScope("audit/" + string(m)) }

// Note writes a line. What is read is written once a day: by whom, what and
// about what, however often. request makes the lines of changes distinct.
func (s *Service) Note(ctx context.Context, who domain.Caller, request string, a Act) error {
	a.Device = who.Device
	day := domain.DateOf(s.Now())
	about := request
	if a.Read {
		about = strings.Join([]string{string(day), a.Kind, string(a.Unit), string(a.Team), string(a.Thing), a.Month}, "/")
	}
	key := store.Key{Type: typeEntry, ID: syncproto.DerivedID(typeEntry, who.Person, about)}
	if a.Read { // most reads are of something that was read today
		known := false
		if err := s.Store.View(ctx, func(r store.Reader) (err error) {
			known, err = there(r, key)
			return err
		}); err != nil || known {
			return err
		}
	}
	return s.Store.Update(ctx, func(tx store.Tx) error {
		if known, err := there(tx, key); err != nil || known {
			return err
		}
		e := entry{By: who.Person, AtMs: tx.Now().UnixMilli(), Act: a}
		if err := e.locate(tx, day); err != nil {
			return err
		}
		doc, err := syncproto.DocOf(e)
		if err != nil {
			return err
		}
		_, err = tx.Put(store.Put{Key: key, Doc: doc, Scopes: []syncproto.Scope{scopeOf(domain.MonthOf(tx.Now()))},
			Cause: store.Cause{By: who.Person, Op: "audit"}})
		return err
	})
}

func there(r store.Reader, key store.Key) (bool, error) {
	_, err := r.Record(key)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// locate finds the unit: the team's commune, else that of who did it.
func (e *entry) locate(r store.Reader, on domain.Date) error {
	if e.Unit == "" && e.Team != "" {
		t, err := roster.Team(r, e.Team)
		if err != nil && domain.CodeOf(err) != domain.NotFound {
			return err
		}
		e.Unit = t.Commune
	}
	if e.Unit != "" {
		return nil
	}
	gs, err := roster.GrantsOf(r, e.By)
	for _, g := range gs {
		if e.Unit == "" && g.Has(on) {
			e.Unit = g.Unit
		}
	}
	return err
}

// Search lists who saw and changed what, for the administrators.
func (s *Service) Search(ctx context.Context, who domain.Caller, q Query) (out Page, err error) {
	today := domain.DateOf(s.Now())
	q.To = cmp.Or(q.To, today)
	q.From = cmp.Or(q.From, q.To.Add(-30))
	if q.From > q.To || domain.MonthsBetween(q.From.Month(), q.To.Month()) > maxMonths {
		return out, &domain.Error{Code: domain.Invalid, Field: "from", Msg: "A search spans at most 24 months.", Vi: "Mỗi lần tìm nhiều nhất 24 tháng."}
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		gs, err := roster.GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !gs.Anywhere(today, domain.RoleProvince, domain.RoleSystem) {
			return domain.E(domain.Forbidden, "Only administrators read the log.", "Chỉ quản trị viên được xem nhật ký.")
		}
		f := finder{r: r, q: q, key: domain.SearchKey(q.Text), names: map[domain.ID]string{}, want: pageSize}
		if q.All {
			f.want = maxExport
		}
		out = Page{Lines: []Line{}}
		for m := q.To.Month(); m >= q.From.Month() && len(out.Lines) <= f.want; m = m.Add(-1) {
			lines, err := f.month(m)
			if err != nil {
				return err
			}
			out.Lines = append(out.Lines, lines...)
		}
		if len(out.Lines) > f.want {
			out.Lines = out.Lines[:f.want]
			out.Next = out.Lines[f.want-1].cursor()
		}
		return nil
	})
	return out, err
}

// cursor is a line's place: lines come newest first.
func (l *Line) cursor() string {
	return time.UnixMilli(l.AtMs).UTC().Format("20060102150405.000") + string(l.ID)
}

type finder struct {
	r     store.Reader
	q     Query
	key   string
	names map[domain.ID]string
	want  int
}

// month finds the lines of one month, newest first.
func (f *finder) month(m domain.Month) (out []Line, err error) {
	var bad error
	err = f.r.Members(scopeOf(m), typeEntry, func(rec *store.Record) bool {
		var e entry
		if bad = json.Unmarshal(rec.Doc, &e); bad != nil {
			return false
		}
		l := Line{ID: rec.ID, AtMs: e.AtMs, By: e.By, Kind: e.Kind, Read: e.Read, Unit: e.Unit, Team: e.Team, Thing: e.Thing, Month: e.Month, Device: e.Device}
		on := domain.DateOf(time.UnixMilli(e.AtMs))
		if on < f.q.From || on > f.q.To || f.q.Cursor != "" && l.cursor() >= f.q.Cursor || !f.fits(&l) {
			return true
		}
		l.At = time.UnixMilli(e.AtMs).In(domain.Zone).Format(time.DateTime)
		out = append(out, l)
		return true
	})
	slices.SortFunc(out, func(a, b Line) int { return strings.Compare(b.cursor(), a.cursor()) })
	return out, cmp.Or(err, bad)
}

// fits also gives the line its names.
func (f *finder) fits(l *Line) bool {
	switch {
	case f.q.Person != "" && l.By != f.q.Person && l.Thing != f.q.Person,
		f.q.Unit != "" && l.Unit != f.q.Unit,
		f.q.Kind != "" && !strings.Contains(l.Kind, f.q.Kind),
		f.q.Read != nil && l.Read != *f.q.Read:
		return false
	}
	l.Name, l.Place, l.About = f.name(l.By), f.name(l.Unit), f.name(cmp.Or(l.Team, l.Thing))
	return f.key == "" || strings.Contains(domain.SearchKey(l.Name+" "+l.Place+" "+l.About), f.key)
}

// name is that of a person, a team or a unit; empty: of something else, or of
// what can't be read, so that a line is shown all the same.
func (f *finder) name(id domain.ID) string {
	if id == "" {
		return ""
	}
	n, known := f.names[id]
	if known {
		return n
	}
	if p, err := roster.Person(f.r, id); err == nil {
		n = p.Name
	} else if t, err := roster.Team(f.r, id); err == nil {
		n = t.Name
	} else if u, err := roster.UnitAt(f.r, id, f.q.To); err == nil {
		n = u.Name
	}
	f.names[id] = n
	return n
}
