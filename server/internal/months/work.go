package months

import (
	"crypto/sha256"
	"errors"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// work reads the activities and the report of the month's scope; late work
// takes the place of what stands there under its key.
func (g *gathered) work(r store.Reader, team domain.ID, month domain.Month, member func(domain.ID, domain.Date) bool, works []late) error {
	t := &took{g: g, member: member, days: map[domain.Date]bool{}}
	var bad error
	err := r.Members(syncproto.TeamMonthScope(team, string(month)), "", func(rec *store.Record) bool {
		if slices.ContainsFunc(works, func(w late) bool { return w.key == rec.Key }) {
			return true
		}
		bad = t.record(rec)
		return bad == nil
	})
	for i := range works {
		rec := works[i].record()
		bad = errors.Join(bad, t.record(&rec))
	}
	slices.SortFunc(g.facts.Activities, func(a, b domain.Counted) int { return strings.Compare(string(a.ID), string(b.ID)) })
	g.facts.Work.Days = int64(len(t.days))
	g.facts.People, g.facts.Work.Members = workers(g.roster, t.shifts)
	return errors.Join(err, bad)
}

// took is what has been taken in of a month's work.
type took struct {
	g      *gathered
	member func(domain.ID, domain.Date) bool
	days   map[domain.Date]bool
	shifts []shift
}

func (t *took) record(rec *store.Record) error {
	g := t.g
	g.asOf = max(g.asOf, rec.Rev)
	switch rec.Type {
	case syncproto.TypeActivity:
		a, err := activityOf(rec)
		if err != nil {
			return err
		}
		g.sum(rec, a.State)
		if g.approving && a.State == domain.Pending {
			a.State, a.Reviewer = domain.Approved, ""
		}
		if !g.activity(rec, &a) {
			return nil
		}
		t.days[a.DoneOn] = true
		for _, p := range append(a.Participants, a.Author) {
			if t.member(p, a.DoneOn) {
				t.shifts = append(t.shifts, shiftOf(p, &a))
			}
		}
	case syncproto.TypeReport:
		var p domain.Report
		if err := json.Unmarshal(rec.Doc, &p); err != nil {
			return err
		}
		g.sum(rec, p.State)
		if g.approving && p.State == domain.Pending {
			p.State, p.Reviewer = domain.Approved, ""
		}
		g.report(rec, &p)
	}
	return nil
}

// sum adds a record to what a closer sees: its content and review state. Its
// rev and free text are left out, so that a note never makes a close stale.
func (g *gathered) sum(rec *store.Record, st domain.State) {
	h := sha256.New()
	h.Write([]byte(rec.Type + "\x00" + string(rec.ID) + "\x00" + rec.C.String() + "\x00" + string(st)))
	var add syncproto.Sum
	copy(add[:], h.Sum(nil))
	g.csum = syncproto.AddSum(g.csum, add)
	if st == domain.Pending {
		g.undecided++
	}
}

// activity notes one activity and reports whether it counts.
func (g *gathered) activity(rec *store.Record, a *domain.Activity) bool {
	w := &g.facts.Work
	if a.State != domain.Withdrawn {
		w.Received++
	}
	switch a.State {
	case domain.Approved:
		w.Approved++
	case domain.Pending:
		w.Pending++
	case domain.Returned:
		w.Returned++
	}
	c := domain.Counted{ID: rec.ID, C: rec.C.String(), Why: g.why(a)}
	c.Counts = c.Why == ""
	switch c.Why {
	case "":
		w.Counted++
		if a.Received >= g.dates.Submit.Add(1).Start().UnixMilli() {
			w.Late++
		}
	case policy.WhyNoEvidence, policy.WhyPhoto:
		w.NoEvidence++
	case policy.WhyOwnReview:
		w.OwnReview++
	case policy.WhyAfterLock:
		w.AfterLock++
	}
	g.facts.Activities = append(g.facts.Activities, c)
	return c.Counts
}

// why says why an activity does not count, "" if it does.
func (g *gathered) why(a *domain.Activity) string {
	switch {
	case a.State != domain.Approved:
		return policy.WhyNotApproved
	case a.DoneOn.Month() != g.facts.Month:
		return policy.WhyMonth
	case a.Reviewer == a.Author:
		return policy.WhyOwnReview
	case a.Received >= g.dates.Lock.Start().UnixMilli():
		return policy.WhyAfterLock
	case a.Waiver != "":
		return ""
	}
	why := policy.WhyNoEvidence
	for _, e := range a.Evidence {
		if strings.HasPrefix(e, domain.EvidencePaper) && len(e) > len(domain.EvidencePaper) {
			return "" // the approval is the check of the paper
		}
		if strings.HasPrefix(e, domain.EvidencePhoto) {
			if slices.Contains(a.Held, e) {
				return ""
			}
			why = policy.WhyPhoto // its bytes have not arrived
		}
	}
	return why
}

func (g *gathered) report(rec *store.Record, p *domain.Report) {
	if p.State == domain.Withdrawn {
		return
	}
	g.facts.Report = policy.Report{
		State: p.State, C: rec.C.String(),
		Late:      p.Received >= g.dates.Submit.Add(1).Start().UnixMilli(),
		AfterLock: p.Received >= g.dates.Lock.Start().UnixMilli(),
		OwnReview: p.State.Decided() && p.Reviewer == p.Author,
	}
}
