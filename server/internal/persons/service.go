package persons

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Accounts closes the account of who is de-identified; after is called once the
// transaction is durable.
type Accounts interface {
	CloseAccount(tx store.Tx, person domain.ID) (after func(), err error)
}

// Service handles the requests.
type Service struct {
	Store    store.Store
	Now      func() time.Time
	Dir      string // data folder: photos, and the file of who was de-identified
	Calendar *domain.Calendar
	Accounts Accounts

	file sync.Mutex // of FileName
}

// View is a request as screens show it.
type View struct {
	ID domain.ID `json:"id"`
	Request
	Name       string `json:"name"` // of the person; the alias once de-identified
	Veiled     bool   `json:"veiled,omitzero"`
	ByName     string `json:"by_name"`
	Proposer   string `json:"proposer,omitzero"`
	Doer       string `json:"doer,omitzero"`
	DueMs      int64  `json:"due_ms"` // end of the last day
	Overdue    bool   `json:"overdue,omitzero"`
	LeftDays   int    `json:"left_days"` // working days left after today; 0 on the last and when over
	AnsweredOn string `json:"answered_on,omitzero"`
}

// Detail is a request with what stands in its way.
type Detail struct {
	View
	Roles  []Role   `json:"roles"`  // that the person holds or will hold
	Unpaid []string `json:"unpaid"` // lists and policies that still pay through the person
	Named  bool     `json:"named"`  // papers of money bear the name
	// KeepUntil is until when those papers would show it.
	KeepUntil domain.Date `json:"keep_until,omitzero"`
}

// Role is one that a person holds.
type Role struct {
	Role  domain.Role `json:"role"`
	Place string      `json:"place"`
	domain.Interval
}

var handlers = []domain.Role{domain.RoleProvince, domain.RoleSystem}

// may lets administrators handle requests of others.
func may(r store.Reader, who domain.Caller, today domain.Date, person domain.ID) error {
	gs, err := roster.GrantsOf(r, who.Person)
	if err != nil {
		return err
	}
	if who.PushOnly || !gs.Anywhere(today, handlers...) {
		return domain.E(domain.Forbidden, "Only administrators of the province handle requests about personal data.", "Chỉ quản trị viên cấp tỉnh được xử lý yêu cầu về dữ liệu cá nhân.")
	}
	if person == who.Person {
		return domain.E(domain.Forbidden, "A request about yourself is handled by another administrator.", "Yêu cầu về chính bạn phải do quản trị viên khác xử lý.")
	}
	return nil
}

// Enter writes down a request, and from when its days count.
func (s *Service) Enter(ctx context.Context, who domain.Caller, in NewRequest) (out View, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		today := domain.DateOf(tx.Now())
		if err := may(tx, who, today, in.Person); err != nil {
			return err
		}
		if err := in.check(today); err != nil {
			return err
		}
		p, err := roster.Person(tx, in.Person)
		if err != nil {
			return err
		}
		if p.Veiled && in.Kind != Export {
			return roster.Veiled()
		}
		id := syncproto.DerivedID(typeRequest, who.Person, string(in.Key))
		if old, err := load(tx, id); err == nil {
			out, err = s.view(tx, id, old)
			return err
		} else if domain.CodeOf(err) != domain.NotFound {
			return err
		}
		q := Request{Person: in.Person, Kind: in.Kind, Received: in.Received, Due: s.Calendar.After(in.Received, AnswerDays), Note: in.Note,
			State: Open, By: who.Person, AtMs: tx.Now().UnixMilli()}
		if err := q.put(tx, id, who.Person, "enter_request"); err != nil {
			return err
		}
		out, err = s.view(tx, id, q)
		return err
	})
	return out, err
}

// List gives all requests, those that wait first, by the day that they are due.
func (s *Service) List(ctx context.Context, who domain.Caller) (out []View, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		out = []View{}
		if err := may(r, who, domain.DateOf(s.Now()), ""); err != nil {
			return err
		}
		var bad error
		err := each(r, func(id domain.ID, q Request) bool {
			var v View
			v, bad = s.view(r, id, q)
			out = append(out, v)
			return bad == nil
		})
		return errors.Join(err, bad)
	})
	slices.SortFunc(out, func(a, b View) int {
		if a.pending() != b.pending() {
			return map[bool]int{true: -1, false: 1}[a.pending()]
		}
		if a.pending() {
			return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(cmp.Compare(b.DoneMs, a.DoneMs), cmp.Compare(a.ID, b.ID))
	})
	return out, err
}

func (s *Service) view(r store.Reader, id domain.ID, q Request) (v View, err error) {
	v = View{ID: id, Request: q, DueMs: q.Due.Add(1).Start().UnixMilli()}
	p, err := roster.Person(r, q.Person)
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return v, err
	}
	v.Name, v.Veiled = p.Name, p.Veiled
	for id, name := range map[domain.ID]*string{q.By: &v.ByName, q.ProposedBy: &v.Proposer, q.DoneBy: &v.Doer} {
		if p, err := roster.Person(r, id); id != "" && err == nil {
			*name = p.Name
		}
	}
	today := domain.DateOf(s.Now())
	if q.DoneMs != 0 {
		v.AnsweredOn = string(domain.DateOf(time.UnixMilli(q.DoneMs)))
		v.Overdue = domain.Date(v.AnsweredOn) > q.Due
		return v, nil
	}
	v.Overdue = today > q.Due
	for d := today.Add(1); d <= q.Due; d = d.Add(1) {
		if s.Calendar.Working(d) {
			v.LeftDays++
		}
	}
	return v, nil
}

// Found is a person that a search finds, and where they work or worked.
type Found struct {
	ID     domain.ID `json:"id"`
	Name   string    `json:"name"`
	Veiled bool      `json:"veiled,omitzero"`
	Roles  []Role    `json:"roles"`
}

const maxFound = 20

// Find looks for people by a part of the name, accents ignored.
func (s *Service) Find(ctx context.Context, who domain.Caller, text string) (out []Found, err error) {
	want := domain.SearchKey(text)
	err = s.Store.View(ctx, func(r store.Reader) error {
		out = []Found{}
		if err := may(r, who, domain.DateOf(s.Now()), ""); err != nil {
			return err
		}
		if len(want) < 2 {
			return invalid("q", "Write at least two letters of the name.", "Hãy gõ ít nhất hai chữ cái của tên.")
		}
		if err := roster.People(r, func(id domain.ID, p domain.Person) bool {
			if strings.Contains(domain.SearchKey(p.Name), want) {
				out = append(out, Found{ID: id, Name: p.Name, Veiled: p.Veiled})
			}
			return len(out) < maxFound
		}); err != nil {
			return err
		}
		for i := range out {
			if out[i].Roles, err = rolesOf(r, out[i].ID, ""); err != nil {
				return err
			}
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Found) int {
		return cmp.Or(cmp.Compare(domain.SearchKey(a.Name), domain.SearchKey(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	return out, err
}

// rolesOf lists the roles of a person that did not end before a day; "": all.
func rolesOf(r store.Reader, person domain.ID, from domain.Date) ([]Role, error) {
	gs, err := roster.GrantsOf(r, person)
	if err != nil {
		return nil, err
	}
	out := []Role{}
	for _, g := range gs {
		if from != "" && g.To != "" && g.To < from {
			continue
		}
		ro := Role{Role: g.Role, Interval: g.Interval}
		if t, err := roster.Team(r, g.Team); g.Team != "" && err == nil {
			ro.Place = t.Name
		} else if g.Unit != "" {
			if ro.Place, err = roster.UnitName(r, g.Unit); err != nil {
				return nil, err
			}
		}
		out = append(out, ro)
	}
	slices.SortFunc(out, func(a, b Role) int { return cmp.Or(cmp.Compare(b.From, a.From), cmp.Compare(a.Place, b.Place)) })
	return out, nil
}
