package roster

import (
	"context"
	"errors"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// maxDelegation is how many days one delegation lasts at most. Assumed (A): no
// decree names a limit; who is to decide longer is appointed by the province.
const maxDelegation = 184

// Causes of the grants that a delegation writes.
const (
	opDelegate      = "delegate"
	opEndDelegation = "end_delegation"
)

// Delegation is a vice chair's right to decide for a commune between two days.
type Delegation struct {
	ID     domain.ID `json:"id"`
	Person domain.ID `json:"person"`
	Name   string    `json:"name"`
	By     domain.ID `json:"by,omitzero"` // who gave it; empty: the roster's import
	ByName string    `json:"by_name,omitzero"`
	AtMs   int64     `json:"at_ms,omitzero"`
	domain.Interval
}

// Candidate is somebody who may be given a delegation today.
type Candidate struct {
	Person domain.ID   `json:"person"`
	Name   string      `json:"name"`
	Role   domain.Role `json:"role"`
}

// Delegations are those of a commune, past ones too, and to whom the caller may
// give one: to nobody if he may not.
type Delegations struct {
	List       []Delegation `json:"delegations"`
	Candidates []Candidate  `json:"candidates"`
}

// Delegations lists who decides for a commune in its chair's place, for the
// commune's office and the administrators.
func (s *Service) Delegations(ctx context.Context, who domain.Caller, commune domain.ID) (out Delegations, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		gs, err := GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		on := s.today()
		if who.PushOnly || !readsCommune(gs, commune, on) && !gs.Anywhere(on, administrators...) {
			return forbidden()
		}
		out = Delegations{List: []Delegation{}, Candidates: []Candidate{}}
		err = members(r, syncproto.CommuneScope(commune), syncproto.TypeGrant, func(id domain.ID, g domain.Grant) bool {
			if g.Role == domain.RoleViceChair && g.To != "" {
				out.List = append(out.List, Delegation{ID: id, Person: g.Person, Name: g.Name, Interval: g.Interval})
			}
			return true
		})
		for i := range out.List {
			if err == nil {
				err = out.List[i].origin(r)
			}
		}
		if err == nil && delegates(gs, commune, on) {
			out.Candidates, err = candidates(r, commune, who.Person, on)
		}
		return err
	})
	sortBy(out.List, func(d Delegation) string { return string(d.From) + string(d.ID) })
	sortBy(out.Candidates, func(c Candidate) string { return domain.SearchKey(c.Name) + string(c.Person) })
	return out, err
}

// origin reads who gave it, from the grant's history.
func (d *Delegation) origin(r store.Reader) error {
	if err := r.History(store.Key{Type: syncproto.TypeGrant, ID: d.ID}, func(v *store.Version) bool {
		if v.Op == opDelegate {
			d.By, d.AtMs = v.By, v.AtMs
		}
		return d.By == ""
	}); err != nil || d.By == "" {
		return err
	}
	p, err := Person(r, d.By)
	d.ByName = p.Name
	return err
}

// delegates: the chair himself, not who stands in for him; or the province.
func delegates(gs domain.Grants, commune domain.ID, on domain.Date) bool {
	return gs.Has(commune, on, domain.RoleChair) || gs.Anywhere(on, administrators...)
}

// candidates are the officers of a commune, who stands by, and earlier vice
// chairs; but not the accountant, who pays what the chair decides, and nobody
// who decides already.
func candidates(r store.Reader, commune, giver domain.ID, on domain.Date) ([]Candidate, error) {
	all := map[domain.ID]domain.Grants{}
	var order []domain.ID
	if err := UnitGrants(r, commune, func(g domain.Grant) bool {
		if len(all[g.Person]) == 0 {
			order = append(order, g.Person)
		}
		all[g.Person] = append(all[g.Person], g)
		return true
	}); err != nil {
		return nil, err
	}
	out := []Candidate{}
	for _, id := range order {
		gs := all[id]
		if id == giver || gs.Has(commune, on, domain.RoleChair, domain.RoleAccountant) {
			continue
		}
		p, err := Person(r, id)
		if err != nil {
			return nil, err
		}
		if p.Veiled {
			continue
		}
		for _, g := range gs {
			office := g.Has(on) && (g.Role == domain.RoleOfficer || g.Role == domain.RoleStandby)
			if office || g.Role == domain.RoleViceChair && g.To != "" {
				out = append(out, Candidate{g.Person, g.Name, g.Role})
				break
			}
		}
	}
	return out, nil
}

// Delegate gives a person the vice chair's rights in a commune from one day to
// another. Key is made by the client: sent again it is the same delegation.
func (s *Service) Delegate(ctx context.Context, who domain.Caller, commune, key, person domain.ID, span domain.Interval) (out Delegation, err error) {
	if _, err := syncproto.ParseID(string(key)); err != nil {
		return out, &domain.Error{Code: domain.Invalid, Field: "key", Msg: "The key is no id.", Vi: "Khóa không hợp lệ.", Err: err}
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		gs, err := GrantsOf(tx, who.Person)
		if err != nil {
			return err
		}
		on := domain.DateOf(tx.Now())
		if who.PushOnly || !delegates(gs, commune, on) {
			return forbidden()
		}
		id := syncproto.DerivedID(syncproto.TypeGrant, who.Person, opDelegate+"/"+string(commune)+"/"+string(key))
		out = Delegation{ID: id, Person: person, By: who.Person, AtMs: tx.Now().UnixMilli(), Interval: span}
		switch old, err := tx.Record(store.Key{Type: syncproto.TypeGrant, ID: id}); {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		default:
			return out.again(&old)
		}
		if err := checkSpan(span, on); err != nil {
			return err
		}
		if out.Name, err = chosen(tx, commune, person, who.Person, span, on); err != nil {
			return err
		}
		return PutGrant(tx, id, domain.Grant{Person: person, Role: domain.RoleViceChair, Unit: commune, Name: out.Name, Interval: span},
			store.Cause{By: who.Person, Op: opDelegate})
	})
	return out, err
}

// again answers a delegation that was sent before: the same is given once, and
// what was ended or is another one needs a new key.
func (d *Delegation) again(old *store.Record) error {
	var g domain.Grant
	if !old.Deleted {
		if err := json.Unmarshal(old.Doc, &g); err != nil {
			return err
		}
	}
	if g.Person != d.Person || g.Interval != d.Interval {
		return domain.E(domain.Conflict, "This delegation was given already, or has ended.", "Ủy quyền này đã có hoặc đã kết thúc.")
	}
	d.Name = g.Name
	return nil
}

// checkSpan: a delegation begins today or later, and ends.
func checkSpan(span domain.Interval, on domain.Date) error {
	for field, d := range map[string]domain.Date{"from": span.From, "to": span.To} {
		if _, err := domain.ParseDate(string(d)); err != nil {
			return &domain.Error{Code: domain.Invalid, Field: field, Msg: "A day is yyyy-mm-dd.", Vi: "Ngày phải có dạng yyyy-mm-dd.", Err: err}
		}
	}
	switch {
	case span.From < on:
		return &domain.Error{Code: domain.Invalid, Field: "from", Msg: "A delegation begins today or later.", Vi: "Ủy quyền bắt đầu từ hôm nay trở đi."}
	case span.To < span.From || span.To > span.From.Add(maxDelegation-1):
		return &domain.Error{Code: domain.Invalid, Field: "to", Msg: "A delegation lasts 1 to 184 days.", Vi: "Ủy quyền kéo dài từ 1 đến 184 ngày."}
	}
	return nil
}

// chosen is the name of a candidate who has no such right in the interval yet.
func chosen(r store.Reader, commune, person, giver domain.ID, span domain.Interval, on domain.Date) (string, error) {
	list, err := candidates(r, commune, giver, on)
	if err != nil {
		return "", err
	}
	name := ""
	for _, c := range list {
		if c.Person == person {
			name = c.Name
		}
	}
	if name == "" {
		return "", &domain.Error{Code: domain.Invalid, Field: "person", Msg: "Choose an officer of the commune who is neither its accountant nor yourself.",
			Vi: "Hãy chọn một công chức của xã, không phải kế toán và không phải chính mình."}
	}
	gs, err := GrantsOf(r, person)
	for _, g := range gs {
		if err == nil && g.Unit == commune && g.Role == domain.RoleViceChair && g.Overlaps(span) {
			err = domain.E(domain.Conflict, "This person decides for the commune in a part of that time already.", "Người này đã được ủy quyền trong một phần thời gian đó.")
		}
	}
	return name, err
}

// EndDelegation takes a delegation back at once. What was decided under it
// stays decided. Who may not is told the same whether it exists or not.
func (s *Service) EndDelegation(ctx context.Context, who domain.Caller, id domain.ID) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		gs, err := GrantsOf(tx, who.Person)
		if err != nil {
			return err
		}
		on := domain.DateOf(tx.Now())
		g, err := get[domain.Grant](tx, syncproto.TypeGrant, id, "delegation", "ủy quyền")
		if domain.CodeOf(err) == domain.NotFound {
			g, err = domain.Grant{}, nil
		}
		switch {
		case err != nil:
			return err
		case who.PushOnly || !delegates(gs, g.Unit, on):
			return forbidden()
		case g.Role != domain.RoleViceChair || g.To == "":
			return domain.E(domain.NotFound, "No such delegation.", "Không tìm thấy ủy quyền này.")
		}
		cause := store.Cause{By: who.Person, Op: opEndDelegation}
		switch yesterday := on.Add(-1); {
		case g.To < on:
			return nil // over already
		case g.From > yesterday:
			_, err := tx.Delete(store.Key{Type: syncproto.TypeGrant, ID: id}, cause)
			return err
		default:
			g.To = yesterday
			return PutGrant(tx, id, g, cause)
		}
	})
}
