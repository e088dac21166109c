package ledger

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Limits of a list.
const (
	maxUnits  = 400
	maxMonths = 60
	maxLines  = 20_000
)

// Wanted says what a draft is to hold. Key is made by the caller: the same key
// twice is one draft. With Split each commune gets a draft of its own, and
// those without anything to list get none.
type Wanted struct {
	Key    domain.ID      `json:"key"`
	Kind   Kind           `json:"kind"`
	Policy string         `json:"policy"`
	Units  []domain.ID    `json:"units,omitzero"` // communes; empty: the province
	Months []domain.Month `json:"months,omitzero"`
	Split  bool           `json:"split,omitzero"`
}

// draft is a list being made, with its lines.
type draft struct {
	id    domain.ID
	list  List
	lines []Line
}

// lines is the document of record type "payment_draft".
type draftLines struct {
	Lines []Line `json:"lines"`
}

// Draft works out what may be listed now and keeps it as drafts. Reading takes
// no part in the write transaction: issuing works every line out again.
func (s *Service) Draft(ctx context.Context, who domain.Caller, w Wanted) ([]ListView, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	var drafts []draft
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		drafts = nil
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		if !g.drafts(w.Units) {
			return forbidden()
		}
		drafts, err = s.drafts(r, w)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.keepDrafts(ctx, who, drafts)
}

func (w *Wanted) check() error {
	if _, err := syncproto.ParseID(string(w.Key)); err != nil {
		return refuse("key", "Send a key of 22 characters that is new for each draft.", "Thiếu mã yêu cầu (22 ký tự, mỗi dự thảo một mã mới).")
	}
	slices.Sort(w.Units)
	slices.Sort(w.Months)
	w.Units, w.Months = slices.Compact(w.Units), slices.Compact(w.Months)
	switch {
	case !slices.Contains([]Kind{ListPayment, ListCorrection, ListOfficers, ListAwards, ListPeople}, w.Kind):
		return refuse("kind", "The kind is payment, correction, officers, awards or people.", "Loại danh sách chưa đúng.")
	case w.Policy == "":
		return refuse("policy", "Name the policy.", "Thiếu chính sách.")
	case len(w.Units) > maxUnits:
		return refuse("units", "Too many communes for one call.", "Quá nhiều xã trong một lần lập.")
	case len(w.Months) > maxMonths || len(w.Months) == 0 && w.Kind != ListAwards:
		return refuse("months", "Name 1 to 60 months.", "Cần chọn từ 1 đến 60 tháng.")
	case w.Split && !w.Kind.ofTeams():
		return refuse("split", "Only lists of teams are split by commune.", "Chỉ danh sách của các tổ mới tách theo xã.")
	case !w.Kind.ofTeams() && len(w.Units) > 0:
		return refuse("units", "Lists of officers and awards are the province's.", "Danh sách cán bộ và khen thưởng do tỉnh lập.")
	}
	for _, m := range w.Months {
		if _, err := domain.ParseMonth(string(m)); err != nil {
			return refuse("months", "A month is not yyyy-mm.", "Tháng phải có dạng năm-tháng, ví dụ 2023-06.")
		}
	}
	return nil
}

// ofTeams reports whether a list pays teams.
func (k Kind) ofTeams() bool { return k == ListPayment || k == ListCorrection }

func (s *Service) drafts(r store.Reader, w Wanted) ([]draft, error) {
	if _, err := s.Months.Policy(r, w.Policy); err != nil {
		return nil, err
	}
	base := List{Kind: w.Kind, Policy: w.Policy, Months: notNil(w.Months), State: Draft, Commit: r.Head().Commit}
	if !w.Split {
		base.Units = notNil(w.Units)
		d, err := s.fill(r, draft{id: w.Key, list: base})
		if err == nil && len(d.lines) == 0 {
			err = domain.E(domain.Unprocessable, "There is nothing to list.", "Không có khoản nào để lập danh sách.")
		}
		return []draft{d}, err
	}
	var out []draft
	units, err := communes(r, w.Units)
	if err != nil {
		return nil, err
	}
	for _, u := range units {
		l := base
		l.Units = []domain.ID{u}
		d, err := s.fill(r, draft{id: syncproto.DerivedID(syncproto.TypeList, w.Key, string(u)), list: l})
		if err != nil {
			return nil, err
		}
		if len(d.lines) > 0 {
			out = append(out, d)
		}
	}
	return out, nil
}

// fill works out the lines of a draft.
func (s *Service) fill(r store.Reader, d draft) (draft, error) {
	lines, err := s.linesOf(r, &d.list, "")
	if err != nil {
		return d, err
	}
	if len(lines) > maxLines {
		return d, domain.E(domain.TooLarge, "The list would be too long: split it by commune.", "Danh sách quá dài: hãy tách theo xã.")
	}
	d.lines, d.list.Count, d.list.Total = lines, int64(len(lines)), sum(lines)
	return d, nil
}

// communes are the named ones, or all that have teams, sorted.
func communes(r store.Reader, named []domain.ID) ([]domain.ID, error) {
	if len(named) > 0 {
		return named, nil
	}
	var all []domain.ID
	err := roster.Teams(r, func(_ domain.ID, t domain.Team) bool {
		all = append(all, t.Commune)
		return true
	})
	slices.Sort(all)
	return slices.Compact(all), err
}

// teamsOf are the teams of a commune today, by name as people order names: by
// the Vietnamese alphabet, and thôn 2 before thôn 10.
func teamsOf(r store.Reader, commune domain.ID) ([]domain.ID, error) {
	type named struct {
		id   domain.ID
		name string
	}
	var list []named
	err := roster.TeamsOf(r, commune, func(id domain.ID, t domain.Team) bool {
		list = append(list, named{id, t.Name})
		return true
	})
	order := collate.New(language.Vietnamese, collate.Numeric)
	slices.SortFunc(list, func(a, b named) int { return cmp.Or(order.CompareString(a.name, b.name), cmp.Compare(a.id, b.id)) })
	ids := make([]domain.ID, len(list))
	for i, n := range list {
		ids[i] = n.id
	}
	return ids, err
}

// keepDrafts writes drafts that are new and returns all of them as they are kept.
func (s *Service) keepDrafts(ctx context.Context, who domain.Caller, drafts []draft) (out []ListView, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		out = make([]ListView, 0, len(drafts))
		g, err := rightsOf(tx, who, tx.Now())
		if err != nil {
			return err
		}
		for _, d := range drafts {
			if !g.drafts(d.list.Units) { // may have changed since it was worked out
				return forbidden()
			}
			old, ok, err := read[List](tx, syncproto.TypeList, d.id)
			if err != nil {
				return err
			}
			if !ok {
				d.list.By, d.list.AtMs = who.Person, tx.Now().UnixMilli()
				if err := putDraft(tx, d); err != nil {
					return err
				}
				old = d.list
			} else if old.By != who.Person || old.Kind != d.list.Kind || old.Policy != d.list.Policy ||
				!slices.Equal(old.Units, d.list.Units) || !slices.Equal(old.Months, d.list.Months) {
				return conflict("This key was used for another draft.", "Mã yêu cầu này đã dùng cho dự thảo khác.")
			}
			out = append(out, ListView{ID: d.id, List: old})
		}
		return nil
	})
	return out, err
}

func putDraft(tx store.Tx, d draft) error {
	doc, err := syncproto.DocOf(draftLines{Lines: d.lines})
	if err != nil {
		return err
	}
	if _, err := tx.Put(store.Put{Key: store.Key{Type: typeDraft, ID: d.id}, Doc: doc,
		Scopes: []syncproto.Scope{scopeDrafts}, Cause: store.Cause{By: d.list.By, Op: "draft"}}); err != nil {
		return err
	}
	return putList(tx, d.id, d.list, d.list.By, "draft")
}

// putList writes the head of a list; a commune's office gets its own.
func putList(tx store.Tx, id domain.ID, l List, by domain.ID, op string) error {
	doc, err := syncproto.DocOf(l)
	if err != nil {
		return err
	}
	scopes := []syncproto.Scope{scopeLists}
	if len(l.Units) == 1 {
		scopes = append(scopes, syncproto.CommuneScope(l.Units[0]))
	}
	_, err = tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeList, ID: id}, Doc: doc, Scopes: scopes,
		Cause: store.Cause{By: by, Op: op}})
	return err
}

func sum(lines []Line) (total domain.Money) {
	for _, l := range lines {
		total += l.Amount
	}
	return total
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
