package stats

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

const (
	typeIndicator                   = "indicator"
	scopeIndicators syncproto.Scope = "sys:indicators"
)

// Bounds of indicators.
const (
	maxIndicators    = 100 // that are looked at
	maxIndicatorName = 200 // bytes
	maxTarget        = 1_000_000_000_000
)

// Progress is an indicator and how far it is.
type Progress struct {
	ID domain.ID `json:"id"`
	domain.Indicator
	Have int64 `json:"have"`
}

// Change is one setting of an indicator.
type Change struct {
	Target int64       `json:"target"`
	Until  domain.Date `json:"until"`
	Ended  bool        `json:"ended,omitzero"`
	By     domain.ID   `json:"by"`
	AtMs   int64       `json:"at_ms"`
}

// SetIndicator records an indicator, or changes the one of that name and unit.
// Only the province's administrators do.
func (s *Service) SetIndicator(ctx context.Context, who domain.Caller, in domain.Indicator) (id domain.ID, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		gs, err := roster.GrantsOf(tx, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !gs.Anywhere(domain.DateOf(tx.Now()), domain.RoleProvince) {
			return domain.E(domain.Forbidden, "Only the province sets indicators.", "Chỉ quản trị cấp tỉnh được đặt chỉ tiêu.")
		}
		if err := checkIndicator(tx, &in); err != nil {
			return err
		}
		in.By, in.AtMs = who.Person, tx.Now().UnixMilli()
		id = syncproto.DerivedID(typeIndicator, in.Unit, in.Name)
		doc, err := syncproto.DocOf(in)
		if err != nil {
			return err
		}
		_, err = tx.Put(store.Put{Key: store.Key{Type: typeIndicator, ID: id}, Doc: doc, Scopes: []syncproto.Scope{scopeIndicators},
			Cause: store.Cause{By: who.Person, Op: "set_indicator"}})
		return err
	})
	return id, err
}

func invalid(field, en, vi string) error {
	e := domain.E(domain.Invalid, en, vi)
	e.Field = field
	return e
}

func checkIndicator(tx store.Tx, in *domain.Indicator) error {
	_, errFrom := domain.ParseMonth(string(in.From))
	_, errUntil := domain.ParseDate(string(in.Until))
	switch {
	case in.Name == "" || len(in.Name) > maxIndicatorName || !syncproto.IsNFC(in.Name):
		return invalid("name", "A name is needed, at most 200 bytes.", "Phải có tên chỉ tiêu, không quá 200 byte.")
	case !slices.Contains([]domain.Figure{domain.FigureApproved, domain.FigureMeasure, domain.FigureMet}, in.Figure) && !in.Figure.OfTeams():
		return invalid("figure", "There is no such figure.", "Không có số liệu này.")
	case in.Target < 1 || in.Target > maxTarget:
		return invalid("target", "The target is a number above 0.", "Mức cần đạt phải lớn hơn 0.")
	case errFrom != nil || errUntil != nil || in.Until < in.From.First() || domain.MonthsBetween(in.From, in.Until.Month()) > maxMonths:
		return invalid("until", "The day must lie after the month it is counted from, 60 months at most.", "Ngày hoàn thành phải sau tháng bắt đầu, nhiều nhất 60 tháng.")
	case (in.Measure != "") != (in.Figure == domain.FigureMeasure), in.Category != "" && in.Figure != domain.FigureApproved && in.Figure != domain.FigureMeasure:
		return invalid("measure", "A measure and a kind of activity go with figures of activities alone.", "Kết quả và loại hoạt động chỉ đi với số liệu hoạt động.")
	}
	if err := checkCounted(tx, in); err != nil {
		return err
	}
	if in.Unit != "" {
		reg, err := roster.Registry(tx)
		if err != nil {
			return err
		}
		if _, ok := reg.At(in.Unit, domain.DateOf(tx.Now())); !ok {
			return invalid("unit", "There is no such unit today.", "Hiện không có đơn vị này.")
		}
	}
	list, err := indicators(tx)
	if n := len(list); err == nil && n >= maxIndicators && !in.Ended {
		return domain.E(domain.Unprocessable, "There are 100 indicators already. End one first.", "Đã có 100 chỉ tiêu. Hãy kết thúc bớt trước.")
	}
	return err
}

// checkCounted: the kind of activity and its measure are of the catalogue.
func checkCounted(r store.Reader, in *domain.Indicator) error {
	if in.Category == "" {
		if in.Figure == domain.FigureMeasure {
			return invalid("category", "Say of which kind of activity.", "Phải chọn loại hoạt động.")
		}
		return nil
	}
	rec, err := r.Record(store.Key{Type: syncproto.TypeCategory, ID: syncproto.DerivedID(syncproto.TypeCategory, domain.ID(in.Category), "")})
	if errors.Is(err, store.ErrNotFound) {
		return invalid("category", "There is no such kind of activity.", "Không có loại hoạt động này.")
	}
	if err != nil {
		return err
	}
	var c struct {
		Measures []struct {
			Key string `json:"key"`
		} `json:"measures"`
	}
	if err := json.Unmarshal(rec.Doc, &c); err != nil {
		return err
	}
	for _, m := range c.Measures {
		if m.Key == in.Measure {
			return nil
		}
	}
	if in.Measure == "" {
		return nil
	}
	return invalid("measure", "This kind of activity has no such measure.", "Loại hoạt động này không có kết quả đó.")
}

// indicators are those that are looked at, by day and name.
func indicators(r store.Reader) (list []Progress, err error) {
	var bad error
	err = r.Members(scopeIndicators, typeIndicator, func(rec *store.Record) bool {
		p := Progress{ID: rec.ID}
		if bad = json.Unmarshal(rec.Doc, &p.Indicator); bad == nil && !p.Ended {
			list = append(list, p)
		}
		return bad == nil
	})
	slices.SortFunc(list, func(a, b Progress) int {
		return cmp.Or(cmp.Compare(a.Until, b.Until), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Unit, b.Unit))
	})
	return list, errors.Join(err, bad)
}

// progress counts the indicators that belong to a dashboard: the province's own
// where all is shown, a unit's where that unit is, and for who sees only some
// units those of these.
func progress(r store.Reader, v *view, w *watched) ([]Progress, error) {
	list, err := indicators(r)
	if err != nil {
		return nil, err
	}
	out := []Progress{}
	type span struct {
		unit     domain.ID
		from, to domain.Month
	}
	read := map[span]Figures{}
	for _, p := range list {
		if !v.shows(p.Unit) {
			continue
		}
		sub := *v
		sub.q = Query{Unit: p.Unit, From: p.From, To: min(p.Until.Month(), v.today.Month()), Lens: LensThen}
		if p.Figure.OfTeams() {
			p.Have = w.of(&sub).have(p.Figure)
			out = append(out, p)
			continue
		}
		at := span{p.Unit, sub.q.From, sub.q.To}
		f, ok := read[at]
		if !ok {
			if _, f, err = monthRows(r, &sub, sub.q.From, sub.q.To, tables{}); err != nil {
				return nil, err
			}
			read[at] = f
		}
		p.Have = f.have(&p.Indicator)
		out = append(out, p)
	}
	return out, nil
}

// shows reports whether a unit's indicators belong to what is asked for.
func (v *view) shows(unit domain.ID) bool {
	if v.q.Unit != "" || v.all {
		return unit == v.q.Unit
	}
	if unit == "" {
		return false
	}
	_, ok := v.group(unit, v.today.Month())
	return ok
}

func (f *Figures) have(in *domain.Indicator) (n int64) {
	if in.Figure == domain.FigureMet {
		return f.TeamMonths.Results[domain.Eligible]
	}
	for _, c := range f.Categories {
		if in.Category != "" && c.Code != in.Category {
			continue
		}
		if in.Figure == domain.FigureApproved {
			n += c.Activities
			continue
		}
		for _, m := range c.Measures {
			if m.Name == in.Measure {
				n += m.Sum
			}
		}
	}
	return n
}

func (s sights) have(f domain.Figure) int64 {
	sum := s.sum()
	switch f {
	case domain.FigureLed:
		return sum.Led
	case domain.FigureReached:
		return sum.Reached
	case domain.FigureSpeaking:
		return sum.Teams - int64(len(sum.Silent))
	}
	return sum.Teams
}

// Changes are the settings of an indicator, newest first.
func (s *Service) Changes(ctx context.Context, who domain.Caller, id domain.ID) (list []Change, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		list = []Change{}
		v, err := s.view(r, who, Query{})
		if err != nil {
			return err
		}
		if !v.all {
			return domain.E(domain.Forbidden, "You have no right to these figures.", "Bạn không có quyền xem số liệu này.")
		}
		k := store.Key{Type: typeIndicator, ID: id}
		rec, err := r.Record(k)
		if errors.Is(err, store.ErrNotFound) {
			return domain.E(domain.NotFound, "There is no such indicator.", "Không có chỉ tiêu này.")
		}
		if err != nil {
			return err
		}
		doc, err := syncproto.SplitCanonical(rec.Doc)
		if err != nil {
			return err
		}
		var bad error
		err = r.History(k, func(h *store.Version) bool {
			c := Change{}
			if bad = json.Unmarshal(doc.AppendCanonical(nil), &c); bad != nil {
				return false
			}
			list = append(list, c)
			for _, name := range h.Added {
				delete(doc, name)
			}
			for name, was := range h.Before {
				doc[name] = was
			}
			return true
		})
		return errors.Join(err, bad)
	})
	return list, err
}
