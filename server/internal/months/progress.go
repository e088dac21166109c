package months

import (
	"errors"
	"slices"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// judged is a team-month as everybody sees it.
type judged struct {
	domain.Progress
	team      domain.Team
	csum      string
	closed    bool
	undecided int64
	extended  []domain.ID        // extensions that moved its days
	money     *MoneyView         // of a closed month
	others    []domain.TeamMonth // verdicts of further policies
	hoped     []Hoped            // for readers, while something waits
}

// Verdict judges a team's month as it stands: from its close record if it is
// closed, else from its records. It is the one function behind the phone's
// progress, the chair's list and every read.
func (s *Service) Verdict(r store.Reader, team domain.ID, month domain.Month, now time.Time) (domain.Progress, error) {
	j, err := s.judge(r, team, month, now)
	return j.Progress, err
}

func (s *Service) judge(r store.Reader, team domain.ID, month domain.Month, now time.Time) (judged, error) {
	d, closed, err := closedBy(r, team, month)
	if err != nil {
		return judged{}, err
	}
	var j judged
	if closed {
		j, err = s.judgeClosed(r, team, month, d)
	} else {
		j, err = s.judgeOpen(r, team, month, now)
	}
	if err != nil {
		return j, err
	}
	sc, err := r.Scope(syncproto.TeamMonthScope(team, string(month)))
	j.AsOf = sc.Last
	return j, err
}

func (s *Service) judgeOpen(r store.Reader, team domain.ID, month domain.Month, now time.Time) (judged, error) {
	g, err := s.gather(r, team, month, now)
	if err != nil {
		return judged{}, err
	}
	all, err := g.decideAll(g.factsFor)
	if err != nil {
		return judged{}, err
	}
	v, w := all[0].Verdict, g.facts.Work
	j := judged{team: g.team, csum: g.csum.String(), undecided: g.undecided, Progress: domain.Progress{
		TeamMonth: v, Unit: g.unit, Stage: g.facts.Stage, Money: domain.Projected,
		Received: w.Received, Approved: w.Approved, Pending: w.Pending, Returned: w.Returned,
		Overdue: g.undecided > 0 && domain.DateOf(now) >= g.dates.Lock,
	}}
	j.SubmitBy, j.ReviewBy, j.LockOn = g.dates.Submit, g.dates.Review, g.dates.Lock
	j.extended = g.facts.Extended
	for _, o := range all[1:] {
		j.Others = append(j.Others, (&PolicyMoney{Verdict: o.Verdict, State: domain.Projected}).shown())
		j.others = append(j.others, o.Verdict)
	}
	before, err := lastClose(r, team, month)
	if err != nil || before.N == 0 {
		return j, err
	}
	p, err := payment(r, v.Policy, team, month)
	j.Reopened, j.Amounts = true, amounts(0, &p) // what is due is known at the next close
	return j, err
}

func (s *Service) judgeClosed(r store.Reader, team domain.ID, month domain.Month, d store.Decision) (judged, error) {
	m, err := s.money(r, d)
	if err != nil {
		return judged{}, err
	}
	t, err := roster.Team(r, team)
	if err != nil {
		return judged{}, err
	}
	final, err := finalised(r, month)
	if err != nil {
		return judged{}, err
	}
	w := m.facts.Work
	j := judged{team: t, csum: m.close.Csum, closed: true, money: &m, extended: m.facts.Extended, Progress: domain.Progress{
		Amounts:   amounts(m.Due.Amount, &m.Payment),
		TeamMonth: m.Verdict, Unit: m.close.Unit, Stage: domain.StageClosed, Money: m.State, Funding: m.Funding,
		Received: w.Received, Approved: w.Approved, Pending: w.Pending, Returned: w.Returned,
		SubmitBy: m.dates.Submit, ReviewBy: m.dates.Review, LockOn: m.dates.Lock,
	}}
	for i := range m.Others {
		j.Others = append(j.Others, m.Others[i].shown())
		j.others = append(j.others, m.Others[i].Verdict)
	}
	if final {
		j.Stage = domain.StageFinalised
	}
	return j, nil
}

// amounts are the figures that a phone shows.
func amounts(due domain.Money, p *domain.Payment) domain.Amounts {
	return domain.Amounts{Due: due, Listed: p.Listed, Paid: p.Paid, Got: p.Received}
}

// putProgress writes the progress record of a team-month if it says anything
// new: a phone is not to be sent the same verdict again.
func putProgress(tx store.Tx, j *judged) error {
	k := store.Key{Type: syncproto.TypeProgress, ID: syncproto.DerivedID(syncproto.TypeProgress, j.Team, string(j.Month))}
	doc, err := syncproto.DocOf(j.Progress)
	if err != nil {
		return err
	}
	scopes := []syncproto.Scope{syncproto.CommuneScope(j.team.Commune), syncproto.TeamScope(j.Team)}
	slices.Sort(scopes)
	old, err := tx.Record(k)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	var was syncproto.Doc
	if err == nil {
		if was, err = syncproto.SplitCanonical(old.Doc); err != nil {
			return err
		}
		asOf := doc["as_of"]
		doc["as_of"] = was["as_of"]
		if slices.Equal(old.Scopes, scopes) && string(doc.AppendCanonical(nil)) == string(old.Doc) {
			return nil
		}
		doc["as_of"] = asOf
	}
	if _, err = tx.Put(store.Put{Key: k, Doc: doc, Scopes: scopes, Derived: true, Cause: store.Cause{Op: "progress"}}); err != nil {
		return err
	}
	return stats.ApplyMonth(tx, was, doc)
}
