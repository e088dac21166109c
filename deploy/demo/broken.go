package demo

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// BrokenRow holds one team-month's prediction against the server's decision.
type BrokenRow struct {
	Team     string   `json:"team"` // reference
	Month    string   `json:"month"`
	Break    Break    `json:"break"`
	WantPaid bool     `json:"want_paid"`
	WantRule string   `json:"want_rule,omitzero"` // that must be among Failed
	Listed   int64    `json:"listed"`             // đồng, on the payment lists
	Paid     bool     `json:"paid"`               // Listed is the whole rate
	Result   string   `json:"result"`
	Failed   []string `json:"failed"` // rules that failed, but for advice
	Agrees   bool     `json:"agrees"`
}

// BrokenReport is the outcome of a broken run.
type BrokenReport struct {
	Rows           []BrokenRow `json:"rows"`
	Differences    int         `json:"differences"` // rows, and the totals if they differ
	WantTeamMonths int64       `json:"want_team_months"`
	TeamMonths     int64       `json:"team_months"` // read from the server's totals
	WantVND        int64       `json:"want_vnd"`
	TotalVND       int64       `json:"total_vnd"`
	ListedVND      int64       `json:"listed_vnd"` // sum of the lists
	SetAside       int         `json:"set_aside"`
	ElapsedS       float64     `json:"elapsed_s"`
}

// RunBroken plays three months under the stricter preset, in which known
// team-months are broken, and compares who loses what with a list that is made
// from the script alone. cfg.Province is not used.
func RunBroken(ctx context.Context, cfg Config, seed uint64) (*BrokenReport, error) {
	s, err := newScript(seed)
	if err != nil {
		return nil, err
	}
	cfg.Province = s.province
	if cfg.Policies, err = strict(cfg.Policies); err != nil {
		return nil, err
	}
	w, err := newWorld(cfg)
	if err != nil {
		return nil, err
	}
	if err := w.open(ctx); err != nil {
		return nil, err
	}
	b := &broken{world: w, script: s}
	if err := b.chairsAsAuthors(ctx); err != nil {
		return nil, err
	}
	for _, m := range brokenMonths {
		if err := b.month(ctx, m); err != nil {
			return nil, fmt.Errorf("%s: %w", m, err)
		}
		if err := w.tell(ctx, m); err != nil {
			return nil, err
		}
	}
	if err := w.fundAndTell(ctx); err != nil {
		return nil, err
	}
	return b.compare(ctx)
}

// strict sets the stricter preset in the policy of NQ 60.
func strict(files [][]byte) ([][]byte, error) {
	out := slices.Clone(files)
	for i, f := range files {
		if headOf(f).ID != policyID {
			continue
		}
		var doc map[string]jsontext.Value
		if err := json.Unmarshal(f, &doc); err != nil {
			return nil, err
		}
		doc["preset"], doc["version"] = jsontext.Value(`"`+strictPreset+`"`), jsontext.Value(`"1-strict"`)
		b, err := json.Marshal(doc, json.Deterministic(true))
		out[i] = b
		return out, err
	}
	return nil, errors.New("no policy file " + policyID)
}

type broken struct {
	*world
	script *script
	own    []*phone // of chairs, by commune; nil where the chair is in no team
}

// chairsAsAuthors gives the chairs who are in a team a phone too.
func (b *broken) chairsAsAuthors(ctx context.Context) error {
	b.own = make([]*phone, len(b.chairs))
	for i, c := range b.cfg.Province.Communes {
		t := c.Teams[0]
		last := len(t.Members) - 1
		if t.Members[last].Ref != refChair(c) {
			continue
		}
		ph := b.newPhone(t, last)
		defer ph.wire.hangUp()
		d := b.chairs[i]
		s, err := ph.api.Login(ctx, api.Login{Login: d.login, Password: d.password, Install: syncproto.NewRandomID(crand.Reader)})
		if err != nil {
			return fmt.Errorf("sign the chair's phone in: %w", err)
		}
		if err := ph.open(s, memlocal.New()); err != nil {
			return err
		}
		ph.index = 2
		b.own[i] = ph
	}
	return nil
}

// month lets the work arrive, be reviewed and closed; late phones come then.
func (b *broken) month(ctx context.Context, month string) error {
	var late []*phone
	b.jump(after(month, 2), 9)
	for i, t := range b.cfg.Province.Teams {
		br, list := b.script.at(t, month), b.script.work(t, month)
		crew := b.phones[i][:]
		if br == OwnReview {
			crew = append(slices.Clone(crew), b.own[slices.Index(b.cfg.Province.Communes, t.Commune)])
		}
		for p, ph := range crew {
			if err := ph.log(list, func(*Activity) bool { return true }); err != nil {
				return err
			}
			if p == 0 && br != NoReport {
				ph.clock = b.cfg.Clock.Now()
				if err := ph.report(month, Approve); err != nil {
					return err
				}
			}
			if p == 1 && br == Late {
				late = append(late, ph)
				continue
			}
			if err := ph.sync(ctx); err != nil {
				return err
			}
		}
	}
	b.jump(after(month, 6), 8)
	for i := range b.chairs {
		if err := b.decideAll(ctx, i, month); err != nil {
			return err
		}
	}
	b.jump(after(month, 11), 9)
	if err := b.closeAll(ctx, month); err != nil {
		return err
	}
	b.jump(after(month, 13), 9)
	return b.each(ctx, len(late), func(ctx context.Context, i int) error { return late[i].sync(ctx) })
}

// decideAll empties a chair's queue. What he wrote himself he tries to approve,
// is refused, and takes back, so that the month can be closed.
func (b *broken) decideAll(ctx context.Context, chair int, month string) error {
	d := b.chairs[chair]
	defer d.wire.hangUp()
	q, err := d.api.ReviewQueue(ctx, b.units[chair], month, "", syncproto.MaxMutationsPerPush)
	if err != nil || len(q.Items) == 0 {
		return err
	}
	var list []api.Decision
	for _, it := range q.Items {
		list = append(list, b.decide(it))
	}
	vs, err := d.api.Review(ctx, list)
	if err != nil {
		return fmt.Errorf("review: %w", err)
	}
	for i, v := range vs {
		if v.V == syncproto.Applied {
			continue
		}
		ph := b.own[chair]
		if ph == nil || b.plans.get(list[i].ID).phone != ph {
			return fmt.Errorf("review of %s %s: %s %s", list[i].Type, list[i].Decision, v.V, v.Code)
		}
		if err := ph.withdraw(ctx, client.Key{Type: list[i].Type, ID: list[i].ID}); err != nil {
			return err
		}
	}
	return nil
}

// withdraw takes a submission back.
func (ph *phone) withdraw(ctx context.Context, k client.Key) error {
	if err := ph.sync(ctx); err != nil {
		return err
	}
	if _, err := ph.eng.Withdraw(k); err != nil {
		return err
	}
	return ph.sync(ctx)
}

// compare reads what the server decided and holds it against the script.
func (b *broken) compare(ctx context.Context) (*BrokenReport, error) {
	rep := &BrokenReport{SetAside: b.tally.aside}
	listed, err := b.listed(ctx, rep)
	if err != nil {
		return nil, err
	}
	refs := map[syncproto.ID]*Team{}
	for i, t := range b.cfg.Province.Teams {
		refs[b.teams[i]] = t
	}
	for _, m := range brokenMonths {
		for i := range b.chairs {
			cm, _, err := b.chairs[i].api.CommuneMonth(ctx, b.units[i], m, "")
			if err != nil {
				return nil, fmt.Errorf("read the commune's month: %w", err)
			}
			for _, tm := range cm.Teams {
				rep.add(b.row(refs[tm.Team], m, tm.Progress, listed[string(tm.Team)+m]))
			}
		}
	}
	if err := need("team-months compared", len(rep.Rows), len(refs)*len(brokenMonths)); err != nil {
		return nil, err
	}
	totals, err := b.viewer.api.Totals(ctx, 2023)
	if err != nil {
		return nil, fmt.Errorf("read the totals: %w", err)
	}
	rep.WantVND, rep.TeamMonths, rep.TotalVND = rep.WantTeamMonths*Rate, totals.TeamMonths, totals.TotalVND
	if rep.TeamMonths != rep.WantTeamMonths || rep.TotalVND != rep.WantVND || rep.ListedVND != rep.WantVND {
		rep.Differences++
	}
	return rep, nil
}

// listed issues the payment lists and reads from them who gets what.
func (b *broken) listed(ctx context.Context, rep *BrokenReport) (map[string]int64, error) {
	m, err := b.pay(ctx, "2023-10-13")
	if err != nil {
		return nil, err
	}
	sums := map[string]int64{}
	for _, head := range m.lists {
		l, err := b.province.api.List(ctx, head.ID)
		if err != nil {
			return nil, fmt.Errorf("read a payment list: %w", err)
		}
		for _, line := range l.Lines {
			sums[string(line.Subject)+line.Period] += line.Amount
			rep.ListedVND += line.Amount
		}
	}
	return sums, nil
}

func (b *broken) row(t *Team, month string, p api.Progress, listed int64) BrokenRow {
	r := BrokenRow{Team: t.Ref, Month: month, Break: b.script.at(t, month), Listed: listed, Paid: listed == Rate, Result: p.Result, Failed: []string{}}
	r.WantRule = losesBy[r.Break]
	r.WantPaid = r.WantRule == ""
	for _, rule := range p.Rules {
		if !rule.Pass && !rule.Advisory && !rule.Funding {
			r.Failed = append(r.Failed, rule.Rule)
		}
	}
	switch {
	case r.WantPaid:
		r.Agrees = r.Paid && p.Result == "eligible" && len(r.Failed) == 0
	case r.Break == Unregistered: // by R3 alone
		r.Agrees = !r.Paid && p.Result == "ineligible" && slices.Equal(r.Failed, []string{r.WantRule})
	default:
		r.Agrees = !r.Paid && p.Result != "eligible" && slices.Contains(r.Failed, r.WantRule)
	}
	return r
}

func (rep *BrokenReport) add(r BrokenRow) {
	rep.Rows = append(rep.Rows, r)
	if r.WantPaid {
		rep.WantTeamMonths++
	}
	if !r.Agrees {
		rep.Differences++
	}
}
