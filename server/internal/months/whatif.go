package months

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// Bounds of one trial.
const (
	maxTrialMonths  = 24
	maxTrialChanges = 2000 // changed team-months that are listed
	trialChanges    = 200  // if the caller says nothing
	trialTime       = 60 * time.Second
)

// WhatIfAsk tries a policy on months, as if it were in force: a whole file, or
// a change of one that is published.
type WhatIfAsk struct {
	Policy  jsontext.Value `json:"policy,omitzero"`
	Change  policy.Change  `json:"change,omitzero"`
	From    domain.Month   `json:"from"`
	To      domain.Month   `json:"to"`
	Commune domain.ID      `json:"commune,omitzero"` // only its teams
	Changes int            `json:"changes,omitzero"` // most that are listed
}

// WhatIf is what would come of it, beside what was decided. It asks for the
// right to money by the rules; which months a funding decision has is left
// out on both sides.
type WhatIf struct {
	Policy   string       `json:"policy"`
	Version  string       `json:"policy_version"`
	From     domain.Month `json:"from"`
	To       domain.Month `json:"to"`
	Total    WhatIfSum    `json:"total"`
	Months   []WhatIfSum  `json:"months"`
	Communes []WhatIfSum  `json:"communes"` // by name
	Changes  []WhatIfCase `json:"changes"`  // by month, commune, team
	Left     int64        `json:"left_out"` // changed team-months that are not listed
	byUnit   map[domain.ID]*WhatIfSum
}

// WhatIfSum sums team-months.
type WhatIfSum struct {
	Month   domain.Month `json:"month,omitzero"`
	Commune domain.ID    `json:"commune,omitzero"`
	Name    string       `json:"name,omitzero"`
	Teams   int64        `json:"team_months"`
	Closed  int64        `json:"closed"` // judged from close records, the others from what is there now
	Was     domain.Money `json:"was_vnd"`
	Would   domain.Money `json:"would_vnd"`
	Gain    int64        `json:"gain"`
	GainVND domain.Money `json:"gain_vnd"`
	Lose    int64        `json:"lose"`
	LoseVND domain.Money `json:"lose_vnd"`
	Other   int64        `json:"other"` // the result differs, the amount doesn't
}

// WhatIfCase is a team-month that would change.
type WhatIfCase struct {
	Team    domain.ID    `json:"team"`
	Name    string       `json:"name"`
	Commune domain.ID    `json:"commune"`
	Unit    string       `json:"commune_name"`
	Month   domain.Month `json:"month"`
	Closed  bool         `json:"closed"`
	Was     WhatIfSide   `json:"was"`
	Would   WhatIfSide   `json:"would"`
}

// WhatIfSide is one of the two verdicts, with the rules that are not met.
type WhatIfSide struct {
	Policy   string              `json:"policy"`
	Version  string              `json:"policy_version"`
	Result   domain.Result       `json:"result"`
	Amount   domain.Money        `json:"amount"`
	ReasonVi string              `json:"reason_vi"`
	ReasonEn string              `json:"reason_en"`
	Fails    []domain.RuleResult `json:"fails"`
}

// WhatIf tries a policy for the province's administrators. It writes nothing:
// closed months are judged from the facts in their close records, open ones
// from what is there now. Each month is one snapshot.
func (s *Service) WhatIf(ctx context.Context, who domain.Caller, ask WhatIfAsk) (*WhatIf, error) {
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	out, err := s.WhatIfEach(ctx, who, ask, func(int, int) error { return ctx.Err() })
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, domain.E(domain.Unavailable, "The trial takes too long: let it run as a job, or name fewer months or one commune.",
			"Tính thử quá lâu: hãy cho chạy nền, hoặc chọn ít tháng hơn hay một xã.")
	}
	return out, err
}

// MayTry refuses a trial that somebody may not ask for, or that can't be made.
func (s *Service) MayTry(ctx context.Context, who domain.Caller, ask WhatIfAsk) error {
	_, err := s.beginTrial(ctx, who, ask)
	return err
}

// WhatIfEach is WhatIf for as long as it takes: tick hears of each team-month
// and may end it with an error.
func (s *Service) WhatIfEach(ctx context.Context, who domain.Caller, ask WhatIfAsk, tick func(done, of int) error) (*WhatIf, error) {
	tr, err := s.beginTrial(ctx, who, ask)
	if err != nil {
		return nil, err
	}
	n, of := 0, len(tr.teams)*int(domain.MonthsBetween(ask.From, ask.To))
	tr.tick = func() error { n++; return tick(n-1, of) }
	for m := ask.From; m <= ask.To; m = m.Add(1) {
		if err := s.store.View(ctx, func(r store.Reader) error { return tr.month(r, m) }); err != nil {
			return nil, err
		}
	}
	return tr.finish(), nil
}

func (s *Service) beginTrial(ctx context.Context, who domain.Caller, ask WhatIfAsk) (tr *trial, err error) {
	if err := ask.check(); err != nil {
		return nil, err
	}
	err = s.store.View(ctx, func(r store.Reader) error {
		err := allowed(r, who, s.now(), rights.publishes)
		if err == nil {
			tr, err = s.newTrial(r, ask)
		}
		return err
	})
	return tr, err
}

func (a *WhatIfAsk) check() error {
	if err := checkMonth(a.From); err != nil {
		return err
	}
	if err := checkMonth(a.To); err != nil {
		return err
	}
	switch {
	case a.To < a.From || domain.MonthsBetween(a.From, a.To) > maxTrialMonths:
		return refuse("to", "Name 1 to 24 months in order.", "Chọn từ 1 đến 24 tháng, đúng thứ tự.")
	case (len(a.Policy) == 0) == (a.Change.Base == ""):
		return refuse("policy", "Give either a policy file or a change of a published one.",
			"Gửi một tệp chính sách, hoặc thay đổi của một chính sách đã công bố.")
	case a.Changes < 0 || a.Changes > maxTrialChanges:
		return refuse("changes", "At most 2000 changes are listed.", "Chỉ liệt kê tối đa 2000 thay đổi.")
	}
	if a.Changes == 0 {
		a.Changes = trialChanges
	}
	return nil
}

func (s *Service) newTrial(r store.Reader, ask WhatIfAsk) (*trial, error) {
	p, err := s.tried(r, ask)
	if err != nil {
		return nil, err
	}
	tr := &trial{s: s, p: p.Trial(), most: ask.Changes, names: map[domain.ID]string{}, used: map[domain.ID]granted{}}
	tr.out = &WhatIf{Policy: p.ID, Version: p.Version, From: ask.From, To: ask.To, Months: []WhatIfSum{},
		Communes: []WhatIfSum{}, Changes: []WhatIfCase{}, byUnit: map[domain.ID]*WhatIfSum{}}
	err = roster.Teams(r, func(id domain.ID, t domain.Team) bool {
		if ask.Commune == "" || t.Commune == ask.Commune {
			tr.teams = append(tr.teams, idTeam{id, t})
		}
		return true
	})
	slices.SortFunc(tr.teams, func(a, b idTeam) int { return cmpID(a.id, b.id) })
	return tr, err
}

func (s *Service) tried(r store.Reader, ask WhatIfAsk) (*policy.Policy, error) {
	var p *policy.Policy
	var err error
	if len(ask.Policy) > 0 {
		p, err = policy.Parse(ask.Policy)
	} else {
		var base *policy.Policy
		if base, err = s.newest(r, ask.Change.Base); err != nil {
			return nil, err
		}
		p, err = ask.Change.Apply(base)
	}
	if err != nil {
		return nil, refusedFile(err)
	}
	if !p.Subject.OfTeam() {
		return nil, refuse("policy", "Only policies on teams can be tried on their months.",
			"Chỉ tính thử được chính sách cho tổ hoặc thành viên tổ.")
	}
	return p, nil
}
