package policy

import "github.com/banso/banso/server/internal/domain"

// Plain is a policy in plain language: the document of record type "policy"
// in scope ref, which every phone holds.
type Plain struct {
	Policy     string              `json:"policy"`
	Version    string              `json:"version"`
	Title      Text                `json:"title"`
	Instrument string              `json:"instrument"`
	Province   string              `json:"province"`
	Status     Status              `json:"status"`
	Subject    Subject             `json:"subject"`
	Basis      Basis               `json:"basis"`
	Rate       domain.Money        `json:"rate_vnd,omitzero"`
	Amount     []Text              `json:"amount"` // how it is found, sentence by sentence
	From       domain.Month        `json:"from,omitzero"`
	To         domain.Month        `json:"to,omitzero"`
	Deadlines  Deadlines           `json:"deadlines,omitzero"`
	Spending   []Spend             `json:"spending,omitzero"`
	Assumed    []domain.Assumption `json:"assumed,omitzero"` // badge A
	Rules      []PlainRule         `json:"rules"`
	Note       Text                `json:"note,omitzero"`
}

// PlainRule is a rule without its expressions.
type PlainRule struct {
	Rule   string        `json:"rule"`
	Origin domain.Origin `json:"origin"`
	Also   domain.Origin `json:"also,omitzero"`
	Source string        `json:"source"`
	Vi     string        `json:"vi"`
	En     string        `json:"en"`
}

// Plain returns the policy in plain language.
func (p *Policy) Plain() Plain {
	out := Plain{
		Policy: p.ID, Version: p.Version, Title: p.Title, Instrument: p.Instrument, Province: p.Province.Name,
		Status: p.Status, Subject: p.Subject, Basis: p.Basis, Rate: p.Rate, Amount: p.sentences(), From: p.From, To: p.To,
		Deadlines: p.Deadlines, Spending: p.Spending, Assumed: p.Assumed,
		Rules: make([]PlainRule, 0, len(p.Rules)), Note: p.Note,
	}
	for _, r := range p.Rules {
		out.Rules = append(out.Rules, PlainRule{Rule: r.ID, Origin: r.Origin, Also: r.Also, Source: r.Source, Vi: r.Text.Vi, En: r.Text.En})
	}
	return out
}

// Pays reports whether months of the policy can be paid at all: it is in
// force, or it has expired and old months are still closed.
func (p *Policy) Pays() bool { return p.Status.pays() }
