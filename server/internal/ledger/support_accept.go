package ledger

import (
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/syncproto"
)

// sortedAccept checks acceptances and puts them in the order of subjects.
func sortedAccept(list []Acceptance) ([]Acceptance, error) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Acceptance) int { return strings.Compare(string(a.Subject), string(b.Subject)) })
	for i, a := range list {
		_, err := syncproto.ParseID(string(a.Subject))
		switch {
		case err != nil || i > 0 && list[i-1].Subject == a.Subject:
			return nil, refuse("accept", "Name each accepted subject once, by its id.", "Mỗi đối tượng được chấp nhận chỉ nêu một lần, theo mã.")
		case strings.TrimSpace(a.Reason) == "" || len(a.Reason) > maxReason || !syncproto.IsNFC(a.Reason):
			return nil, refuse("accept", "Accepting needs a reason.", "Chấp nhận phải ghi lý do.")
		}
	}
	return list, nil
}

// itemOf judges one subject and period. What fails only assumed rules is
// eligible if it was accepted.
func itemOf(p *policy.Policy, a asked, accept []Acceptance) (it SupportItem, err error) {
	v, err := p.DecideSupport(a.facts)
	if err != nil {
		return it, err
	}
	assumed := []string(nil)
	for _, r := range v.Rules {
		if !r.Pass && !r.Advisory && !r.Funding && r.Origin == domain.Assumed {
			assumed = append(assumed, r.Rule)
		}
	}
	k := slices.IndexFunc(accept, func(x Acceptance) bool { return x.Subject == a.subject })
	if k >= 0 && v.Result == domain.Incomplete && !a.past { // what a later recognition gave is not taken back
		facts := a.facts
		facts.Accepted = accept[k].Reason
		w, err := p.DecideSupport(facts)
		if err != nil {
			return it, err
		}
		if w.Result == domain.Eligible {
			a.facts, v = facts, w
		}
	}
	it = SupportItem{Subject: a.subject, Name: a.name, Period: a.period, Result: v.Result, Amount: v.Amount,
		ReasonVi: v.ReasonVi, ReasonEn: v.ReasonEn, Accepted: a.facts.Accepted, Assumed: assumed}
	it.Facts, err = canonical(a.facts)
	return it, err
}
