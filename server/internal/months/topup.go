package months

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// KindTopUp is the kind of a commune's decision to add money of its own: key
// "<unit>/<number>", body domain.TopUpDecision.
const KindTopUp = "top_up"

// A small record lists each of these decisions for its commune, as for funding.
const typeTopUp = "top_up"

// payerCommune is who adds, as policies name it.
const payerCommune = "commune"

func scopeTopUps(unit domain.ID) syncproto.Scope { return syncproto.SysScope("topups/" + string(unit)) }

func topUpKey(x *domain.TopUpDecision) string { return string(x.Unit) + "/" + x.Decision }

// topUps streams a commune's decisions in the order they were recorded.
func topUps(r store.Reader, unit domain.ID, yield func(domain.TopUpDecision)) error {
	var list []listed
	var bad error
	err := r.Members(scopeTopUps(unit), typeTopUp, func(rec *store.Record) bool {
		var l listed
		bad = json.Unmarshal(rec.Doc, &l)
		list = append(list, l)
		return bad == nil
	})
	if err = errors.Join(err, bad); err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b listed) int { return int(a.N - b.N) })
	for _, l := range list {
		d, err := r.Decision(KindTopUp, l.Decision)
		if err != nil {
			return err
		}
		var x domain.TopUpDecision
		if err := json.Unmarshal(d.Body, &x); err != nil {
			return err
		}
		yield(x)
	}
	return nil
}

// extraOf is what the commune of a team's month adds under a policy: by its
// newest decision about the month. Another policy's is no top-up of this one.
func extraOf(r store.Reader, p *policy.Policy, unit, team domain.ID, month domain.Month) (out policy.Extra, err error) {
	if p.TopUp == nil {
		return out, nil
	}
	err = topUps(r, unit, func(x domain.TopUpDecision) {
		if x.Policy != p.ID || month < x.From || x.To < month || len(x.Teams) > 0 && !slices.Contains(x.Teams, team) {
			return
		}
		if out = (policy.Extra{}); x.VND > 0 {
			out = policy.Extra{By: payerCommune, Decision: x.Decision, VND: x.VND}
		}
	})
	return out, err
}

// TopUp records a commune's decision to add money of its own to what a policy
// gives its teams. It counts for months that are not closed; a closed one keeps
// what it was decided by until it is reopened. The same decision twice is one;
// another under its number is a conflict. The commune's chair decides, never
// for a team in which he has a role.
func (s *Service) TopUp(ctx context.Context, who domain.Caller, x domain.TopUpDecision) (domain.TopUpDecision, error) {
	x.By, x.Teams = who.Person, slices.Compact(slices.Sorted(slices.Values(x.Teams)))
	err := s.store.Update(ctx, func(tx store.Tx) error {
		if err := allowed(tx, who, tx.Now(), func(g rights) bool { return g.MayReview(x.Unit, g.today) }); err != nil {
			return err
		}
		body, err := canonical(x)
		if err != nil {
			return err
		}
		if old, err := tx.Decision(KindTopUp, topUpKey(&x)); err == nil {
			if string(old.Body) == string(body) {
				return nil
			}
			return domain.E(domain.Conflict, "A decision with this number is recorded with other content.",
				"Đã có quyết định cùng số với nội dung khác.")
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := s.checkTopUp(tx, &x); err != nil {
			return err
		}
		if err := topUpOpen(tx, who.Person, &x); err != nil {
			return err
		}
		d, err := tx.Append(KindTopUp, topUpKey(&x), body)
		if err != nil {
			return err
		}
		doc, err := syncproto.DocOf(listed{Decision: d.Key, N: d.N, Hash: syncproto.Bytes16(d.Hash[:16]).String()})
		if err != nil {
			return err
		}
		_, err = tx.Put(store.Put{Key: store.Key{Type: typeTopUp, ID: syncproto.DerivedID(typeTopUp, x.Unit, x.Decision)},
			Doc: doc, Scopes: []syncproto.Scope{scopeTopUps(x.Unit)}, Cause: store.Cause{By: who.Person, Op: "top_up"}})
		return err
	})
	return x, err
}

// checkTopUp refuses a decision that the policy does not allow.
func (s *Service) checkTopUp(r store.Reader, x *domain.TopUpDecision) error {
	_, errOn := domain.ParseDate(string(x.On))
	_, errFrom := domain.ParseMonth(string(x.From))
	_, errTo := domain.ParseMonth(string(x.To))
	switch {
	case x.Decision == "" || len(x.Decision) > 64 || !syncproto.IsNFC(x.Decision):
		return refuse("decision", "The decision needs its number.", "Thiếu số quyết định.")
	case errOn != nil:
		return refuse("on", "The decision needs its day, yyyy-mm-dd.", "Thiếu ngày quyết định, dạng năm-tháng-ngày.")
	case errFrom != nil || errTo != nil || x.To < x.From || domain.MonthsBetween(x.From, x.To) > maxExtensionMonths:
		return refuse("from", "From and to must be months in order, 24 at most.", "Từ tháng, đến tháng chưa đúng (nhiều nhất 24 tháng).")
	case x.VND < 0:
		return refuse("vnd", "The amount is whole đồng, not negative.", "Số tiền phải là số đồng nguyên, không âm.")
	}
	p, err := s.newest(r, x.Policy)
	if err != nil {
		return err
	}
	if !p.Pays() || !p.Holds(x.From) || !p.Holds(x.To) {
		return refuse("from", "The months are not all within the policy's.", "Có tháng nằm ngoài thời gian áp dụng của chính sách.")
	}
	for m := x.From; m <= x.To; m = m.Add(1) {
		most, ok := p.MostTopUp(payerCommune, m)
		if !ok {
			return refuse("policy", "Under this policy a commune may not add money.", "Chính sách này không cho xã hỗ trợ thêm.")
		}
		if x.VND > most {
			return refuse("vnd", "At most "+most.Figures()+" VND may be added per team and month.",
				"Chỉ được hỗ trợ thêm tối đa "+most.String()+" mỗi tổ mỗi tháng.")
		}
	}
	return nil
}

// topUpOpen marks the open months that a decision reaches, and refuses one that
// reaches none.
func topUpOpen(tx store.Tx, by domain.ID, x *domain.TopUpDecision) error {
	teams, err := reachedTeams(tx, x)
	if err != nil {
		return err
	}
	for _, t := range teams {
		if err := notOwn(tx, by, t.id); err != nil {
			return err
		}
	}
	open := false
	for tm, err := range openMonths(tx, teams, x.From, x.To, func(t idTeam, m domain.Month) bool { return t.CommuneOn(m.Last()) == x.Unit }) {
		if err != nil {
			return err
		}
		open = true
		if tm.month > domain.MonthOf(tx.Now()) {
			continue // judged for the first time when it has come
		}
		if err := Touch(tx, tm.team, tm.month); err != nil {
			return err
		}
	}
	if !open {
		return domain.E(domain.Unprocessable, "No open month is reached: a closed one is reopened first.",
			"Không có tháng nào còn mở trong phạm vi này: tháng đã chốt phải mở lại trước.")
	}
	return nil
}

// reachedTeams are the teams that a decision is for.
func reachedTeams(r store.Reader, x *domain.TopUpDecision) (list []idTeam, err error) {
	for _, id := range x.Teams {
		t, err := roster.Team(r, id)
		if err != nil || t.Commune != x.Unit {
			return nil, refuse("teams", "A team is none of this commune.", "Có tổ không thuộc xã này.")
		}
		list = append(list, idTeam{id, t})
	}
	if len(x.Teams) > 0 {
		return list, nil
	}
	err = roster.TeamsOf(r, x.Unit, func(id domain.ID, t domain.Team) bool {
		list = append(list, idTeam{id, t})
		return true
	})
	return list, err
}

// TopUps lists a commune's decisions, oldest first, to its office and the
// province.
func (s *Service) TopUps(ctx context.Context, who domain.Caller, unit domain.ID) ([]domain.TopUpDecision, error) {
	out := []domain.TopUpDecision{}
	err := s.store.View(ctx, func(r store.Reader) error {
		out = out[:0]
		if err := allowed(r, who, s.now(), func(g rights) bool { return g.office(unit) }); err != nil {
			return err
		}
		return topUps(r, unit, func(x domain.TopUpDecision) { out = append(out, x) })
	})
	return out, err
}

// Added is what another payer adds to a policy's amount by the close with a
// number; zero if that is none, or adds nothing.
func Added(r store.Reader, n int64, policyID string) (out domain.TopUp, err error) {
	var bad error
	err = r.Decisions(n, func(d *store.Decision) bool {
		var c decidedClose
		if d.Kind != KindClose {
			return false
		}
		if bad = json.Unmarshal(d.Body, &c); bad == nil {
			if v := c.by(policyID); v.Policy == policyID && v.How != nil && v.How.TopUp != nil {
				out = *v.How.TopUp
			}
		}
		return false
	})
	return out, errors.Join(err, bad)
}

// VerifyTopUp checks that a commune's decision is keyed by its number and adds
// no more than some version of its policy allows.
func (s *Service) VerifyTopUp(r store.Reader, d *store.Decision) error {
	var x domain.TopUpDecision
	if err := json.Unmarshal(d.Body, &x, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	all, err := s.allPolicies(r)
	if err != nil {
		return err
	}
	switch {
	case d.Key != topUpKey(&x):
		return errors.New("its key names another commune or number")
	case x.VND < 0 || !slices.ContainsFunc(all, func(p *policy.Policy) bool {
		most, ok := p.MostTopUp(payerCommune, x.To)
		return ok && p.ID == x.Policy && x.VND <= most
	}):
		return errors.New("no version of its policy lets it add so much")
	}
	return nil
}
