package months

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Extensions are records: the server reads them in sys:extensions, phones in ref.
const scopeExtensions syncproto.Scope = "sys:extensions"

// Bounds of an extension.
const (
	maxExtensionDays   = 366
	maxExtensionMonths = 24
)

// ExtensionView is a stored extension.
type ExtensionView struct {
	ID domain.ID `json:"id"`
	domain.Extension
}

// dates are the deadlines that hold for a team's month: the later of the
// policy's and each extension's, and after a reopening the day named there.
// used names the extensions that moved them.
func (s *Service) dates(r store.Reader, p *policy.Policy, t domain.Team, team domain.ID, month domain.Month) (d policy.Dates, used []domain.ID, err error) {
	days := 0
	unit := t.CommuneOn(month.Last())
	err = eachExtension(r, func(x ExtensionView) {
		if x.covers(team, unit, t.Commune, month) {
			days = max(days, x.Days)
			used = append(used, x.ID)
		}
	})
	slices.Sort(used)
	d = later(p.Dates(month), days)
	if ro, ok, rerr := reopened(r, team, month); ok {
		d.Submit, d.Review, d.Lock = max(d.Submit, ro.Until.Add(-1)), max(d.Review, ro.Until.Add(-1)), max(d.Lock, ro.Until)
	} else if err == nil {
		err = rerr
	}
	return d, used, err
}

func later(d policy.Dates, days int) policy.Dates {
	if days == 0 || d == (policy.Dates{}) {
		return d
	}
	return policy.Dates{Submit: d.Submit.Add(days), Review: d.Review.Add(days), Lock: d.Lock.Add(days)}
}

// datesOf are the deadlines that a closed month was judged by.
func datesOf(p *policy.Policy, f *policy.Facts) policy.Dates {
	if f.Deadlines != (policy.Dates{}) {
		return f.Deadlines
	}
	return p.Dates(f.Month)
}

// covers reports whether an extension is for a team's month. A unit means the
// teams that were its in the month, and those that it reviews today: a merger
// takes no extension away.
func (x *ExtensionView) covers(team, then, today domain.ID, month domain.Month) bool {
	return x.From <= month && month <= x.To &&
		(x.Team == "" || x.Team == team) && (x.Unit == "" || x.Unit == then || x.Unit == today)
}

func eachExtension(r store.Reader, yield func(ExtensionView)) error {
	var bad error
	err := r.Members(scopeExtensions, syncproto.TypeExtension, func(rec *store.Record) bool {
		x := ExtensionView{ID: rec.ID}
		if bad = json.Unmarshal(rec.Doc, &x.Extension); bad == nil {
			yield(x)
		}
		return bad == nil
	})
	return errors.Join(err, bad)
}

// Extend moves the days of months later for a named reason. It counts for
// every month of it that is not closed, also one whose days are over; nothing
// makes a day earlier, and an extension is never taken back. The same content
// twice is one extension. Only the province's administrators extend.
func (s *Service) Extend(ctx context.Context, who domain.Caller, x domain.Extension) (ExtensionView, error) {
	var out ExtensionView
	err := s.store.Update(ctx, func(tx store.Tx) error {
		if err := allowed(tx, who, tx.Now(), rights.decides); err != nil {
			return err
		}
		if err := checkExtension(&x); err != nil {
			return err
		}
		out = ExtensionView{ID: extensionID(x), Extension: x}
		out.By, out.AtMs = who.Person, tx.Now().UnixMilli()
		k := store.Key{Type: syncproto.TypeExtension, ID: out.ID}
		if old, err := tx.Record(k); err == nil {
			return json.Unmarshal(old.Doc, &out.Extension)
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := extendOpen(tx, &out); err != nil {
			return err
		}
		doc, err := syncproto.DocOf(out.Extension)
		if err != nil {
			return err
		}
		_, err = tx.Put(store.Put{Key: k, Doc: doc, Scopes: []syncproto.Scope{syncproto.ScopeRef, scopeExtensions},
			Cause: store.Cause{By: who.Person, Op: "extend"}})
		return err
	})
	return out, err
}

// extensionID is of the content, so that a request sent twice makes one.
func extensionID(x domain.Extension) domain.ID {
	return syncproto.DerivedID(syncproto.TypeExtension, x.Unit+x.Team,
		fmt.Sprintf("%s/%s/%s/%d/%s", x.Kind, x.From, x.To, x.Days, x.Reason))
}

func checkExtension(x *domain.Extension) error {
	_, errFrom := domain.ParseMonth(string(x.From))
	_, errTo := domain.ParseMonth(string(x.To))
	switch {
	case x.Kind != domain.ExtensionOutage && x.Kind != domain.ExtensionStorm && x.Kind != domain.ExtensionHoliday && x.Kind != domain.ExtensionDelegation:
		return refuse("kind", "Kind must be outage, storm, holiday or delegation.", "Loại gia hạn phải là outage (sự cố), storm (thiên tai), holiday (nghỉ lễ) hoặc delegation (ủy quyền).")
	case errFrom != nil || errTo != nil || x.To < x.From || domain.MonthsBetween(x.From, x.To) > maxExtensionMonths:
		return refuse("from", "From and to must be months in order, 24 at most.", "Từ tháng, đến tháng chưa đúng (nhiều nhất 24 tháng).")
	case x.Days < 1 || x.Days > maxExtensionDays:
		return refuse("days", "Days must be 1 to 366: an extension only moves days later.", "Số ngày phải từ 1 đến 366: gia hạn chỉ được lùi hạn, không được rút ngắn.")
	case x.Unit != "" && x.Team != "":
		return refuse("team", "Name a commune or a team, not both.", "Chỉ chọn một xã hoặc một tổ.")
	}
	return checkReason(x.Reason)
}

func checkReason(reason string) error {
	if reason == "" || len(reason) > MaxReason || !syncproto.IsNFC(reason) {
		return refuse("reason", "A reason is needed, at most 500 bytes.", "Phải ghi lý do, không quá 500 byte.")
	}
	return nil
}

// extendOpen marks the open months that an extension reaches, and refuses one
// that reaches none: a closed record doesn't change, it is reopened.
func extendOpen(tx store.Tx, x *ExtensionView) error {
	teams, err := reached(tx, x)
	if err != nil {
		return err
	}
	open := false
	for tm, err := range openMonths(tx, teams, x.From, x.To, func(t idTeam, m domain.Month) bool {
		return x.covers(t.id, t.CommuneOn(m.Last()), t.Commune, m)
	}) {
		if err != nil {
			return err
		}
		if open = true; x.Unit == "" && x.Team == "" {
			return mark(tx, spread{mode: spreadKnown, from: x.From, to: min(x.To, domain.MonthOf(tx.Now()))})
		}
		if err := Touch(tx, tm.team, tm.month); err != nil {
			return err
		}
	}
	if !open {
		return domain.E(domain.Unprocessable, "No open month is reached: a closed one is reopened, not extended.",
			"Không có tháng nào còn mở trong phạm vi này: tháng đã chốt phải mở lại, không gia hạn.")
	}
	return nil
}

// reached lists the teams that an extension may be for.
func reached(r store.Reader, x *ExtensionView) (list []idTeam, err error) {
	if x.Team != "" {
		t, err := roster.Team(r, x.Team)
		return []idTeam{{x.Team, t}}, err
	}
	err = roster.Teams(r, func(id domain.ID, t domain.Team) bool {
		was := slices.ContainsFunc(t.Former, func(f domain.FormerCommune) bool { return f.Commune == x.Unit })
		if x.Unit == "" || x.Unit == t.Commune || was {
			list = append(list, idTeam{id, t})
		}
		return true
	})
	return list, err
}

// Extensions lists all extensions, oldest first, to anybody with a role.
func (s *Service) Extensions(ctx context.Context, who domain.Caller) ([]ExtensionView, error) {
	out := []ExtensionView{}
	err := s.store.View(ctx, func(r store.Reader) error {
		out = out[:0]
		if err := allowed(r, who, s.now(), rights.serves); err != nil {
			return err
		}
		return eachExtension(r, func(x ExtensionView) { out = append(out, x) })
	})
	return out, err
}
