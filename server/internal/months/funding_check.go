package months

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// checkFunding refuses a decision whose figures don't hold together. Where each
// team has one rate, R16 (payable ≤ total) needs no sum over closes: a decision
// pays each of its teams for each of its months once at most, and teams ×
// months × rate is exactly its total. Elsewhere R16 is held when a list is
// issued.
func (s *Service) checkFunding(r store.Reader, w *domain.FundedWindow) error {
	if err := checkFundingForm(w); err != nil {
		return err
	}
	p, err := s.newest(r, w.Policy)
	if err != nil {
		return err
	}
	switch {
	case !p.Pays():
		return refuse("policy", "The policy is not in force: it can't be funded.", "Chính sách chưa hoặc không còn hiệu lực nên không thể cấp kinh phí.")
	case !p.Holds(w.From) || !p.Holds(w.To):
		return refuse("from", "The months are not all within the policy's.", "Có tháng nằm ngoài thời gian áp dụng của chính sách.")
	case !totalHolds(p, w):
		return refuse("total", "Teams × months × rate is not the total.", "Số tổ × số tháng × mức hỗ trợ không bằng tổng kinh phí.")
	}
	for _, t := range w.Teams {
		if _, err := roster.Team(r, t); err != nil {
			return refuse("teams", "A beneficiary is no team of this province.", "Có đơn vị thụ hưởng không phải là tổ của tỉnh.")
		}
	}
	return s.checkOverlap(r, w, p)
}

// totalHolds: teams × months × rate is the total, where a policy gives each team
// one rate a month. What depends on people, costs or caps has no such product:
// there the total is a ceiling.
func totalHolds(p *policy.Policy, w *domain.FundedWindow) bool {
	var each domain.Money
	for m := w.From; m <= w.To; m = m.Add(1) {
		each += p.RateIn(m)
	}
	if p.Basis != policy.PerTeam || p.Accumulates() || each == 0 {
		return w.Total > 0
	}
	return domain.Money(len(w.Teams))*each == w.Total
}

func checkFundingForm(w *domain.FundedWindow) error {
	_, errOn := domain.ParseDate(string(w.On))
	_, errFrom := domain.ParseMonth(string(w.From))
	_, errTo := domain.ParseMonth(string(w.To))
	switch {
	case w.Decision == "" || len(w.Decision) > 64:
		return refuse("decision", "The decision needs its number.", "Thiếu số quyết định.")
	case errOn != nil:
		return refuse("on", "The decision needs its day, yyyy-mm-dd.", "Thiếu ngày quyết định, dạng năm-tháng-ngày.")
	case errFrom != nil || errTo != nil || w.To < w.From:
		return refuse("from", "From and to must be months in order.", "Từ tháng, đến tháng chưa đúng.")
	case w.Months != domain.MonthsBetween(w.From, w.To):
		return refuse("months", "Months is not the number of months from..to.", "Số tháng không khớp với khoảng từ tháng đến tháng.")
	case len(w.Teams) == 0 || len(w.Teams) > maxTeams:
		return refuse("teams", "The decision needs its beneficiaries.", "Thiếu danh sách tổ thụ hưởng.")
	case w.Origin != domain.Sourced && w.Origin != domain.Inferred && w.Origin != domain.Assumed:
		return refuse("origin", "Origin must be S, I or A.", "Nguồn gốc phải là S, I hoặc A.")
	}
	for i, t := range w.Teams { // sorted by the caller
		if i > 0 && w.Teams[i-1] == t {
			return refuse("teams", "A beneficiary is there twice.", "Có tổ thụ hưởng bị lặp.")
		}
	}
	return nil
}

// checkOverlap: nobody is paid twice for a team-month (R6, R7), also not by
// another policy of the same overlap group.
func (s *Service) checkOverlap(r store.Reader, w *domain.FundedWindow, p *policy.Policy) error {
	list, err := s.windowsOf(r, "")
	if err != nil {
		return err
	}
	for _, old := range list {
		if old.To < w.From || w.To < old.From {
			continue
		}
		if old.Policy != w.Policy {
			q, err := s.newest(r, old.Policy)
			if err != nil {
				return err
			}
			if p.OverlapGroup == "" || q.OverlapGroup != p.OverlapGroup {
				continue
			}
		}
		for _, t := range w.Teams {
			if old.teams[t] {
				return domain.E(domain.Conflict, "A team-month of this decision is funded by Decision "+old.Decision+" already.",
					"Có tổ và tháng trong quyết định này đã được cấp kinh phí theo Quyết định "+old.Decision+".")
			}
		}
	}
	return nil
}

func refuse(field, en, vi string) error {
	e := domain.E(domain.Invalid, en, vi)
	e.Field = field
	return e
}
