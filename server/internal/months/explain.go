package months

import (
	"context"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// explainFormat is the version of Explanation.
const explainFormat = 1

// Explanation says why a team's month stands as it does, from the facts to the
// last đồng. Its canonical form is the same bytes for whoever may read the
// month: it holds nothing of who asks, and no id of a person.
type Explanation struct {
	Format     int                  `json:"format"`
	Team       domain.ID            `json:"team"`
	Name       string               `json:"name"`
	Unit       domain.ID            `json:"unit"` // commune on the month's last day
	Month      domain.Month         `json:"month"`
	Stage      domain.Stage         `json:"stage"`
	Reopened   bool                 `json:"reopened,omitzero"`
	Verdict    domain.TeamMonth     `json:"verdict"`         // its activities stand below, with their reasons
	Others     []domain.TeamMonth   `json:"others,omitzero"` // of further policies, by id
	Activities []ExplainedActivity  `json:"activities"`
	SubmitBy   domain.Date          `json:"submit_by"`
	ReviewBy   domain.Date          `json:"review_by"`
	LockOn     domain.Date          `json:"lock_on"`
	Extensions []ExplainedExtension `json:"extensions"`
	Closes     []ExplainedClose     `json:"closes"` // newest first; the first holds unless the month is reopened
	Reopen     *ExplainedReopen     `json:"reopen,omitzero"`
	Money      ExplainedMoney       `json:"money"`
}

// ExplainedActivity is an activity of the month and why it counts or not.
type ExplainedActivity struct {
	ID       domain.ID    `json:"id"`
	C        string       `json:"c"`
	DoneOn   domain.Date  `json:"done_on"`
	Category string       `json:"category"`
	State    domain.State `json:"state"`
	Counts   bool         `json:"counts"`
	Why      string       `json:"why,omitzero"`
	Vi       string       `json:"vi"`
	En       string       `json:"en"`
}

// ExplainedExtension is an extension that moved the days.
type ExplainedExtension struct {
	Kind   domain.ExtensionKind `json:"kind"`
	Days   int                  `json:"days"`
	Reason string               `json:"reason"`
}

// ExplainedClose is a close record of the month.
type ExplainedClose struct {
	N          int64         `json:"n"` // in the chain of decisions
	On         domain.Date   `json:"on"`
	Hash       string        `json:"hash"`
	PolicyHash string        `json:"policy_hash"`
	Result     domain.Result `json:"result"`
	Amount     domain.Money  `json:"amount"`
	Clock      bool          `json:"clock,omitzero"` // closed by the clock, not by a person
	Supersedes int64         `json:"supersedes,omitzero"`
}

// ExplainedReopen is the newest reopening.
type ExplainedReopen struct {
	N      int64       `json:"n"`
	On     domain.Date `json:"on"`
	Close  int64       `json:"close"`
	Reason string      `json:"reason"`
	Until  domain.Date `json:"until"`
}

// Explain returns the explanation of a team's month in canonical form.
func (s *Service) Explain(r store.Reader, team domain.ID, month domain.Month, now time.Time) (jsontext.Value, error) {
	e, err := s.explanation(r, team, month, now)
	if err != nil {
		return nil, err
	}
	return canonical(e)
}

// ExplainFor is Explain for those who may read the month: its team, its
// commune's office, the province.
func (s *Service) ExplainFor(ctx context.Context, who domain.Caller, team domain.ID, month domain.Month) (out jsontext.Value, err error) {
	if err := checkMonth(month); err != nil {
		return nil, err
	}
	err = s.store.View(ctx, func(r store.Reader) error {
		now := s.now()
		g, err := rightsOf(r, who, now)
		if err != nil {
			return err
		}
		if _, err := g.teamOf(r, team); err != nil {
			return err
		}
		out, err = s.Explain(r, team, month, now)
		return err
	})
	return out, err
}

func (s *Service) explanation(r store.Reader, team domain.ID, month domain.Month, now time.Time) (*Explanation, error) {
	j, err := s.judge(r, team, month, now)
	if err != nil {
		return nil, err
	}
	e := &Explanation{Format: explainFormat, Team: team, Name: j.team.Name, Unit: j.team.CommuneOn(month.Last()), Month: month,
		Stage: j.Stage, Reopened: j.Reopened, Verdict: j.TeamMonth, SubmitBy: j.SubmitBy, ReviewBy: j.ReviewBy, LockOn: j.LockOn,
		Activities: []ExplainedActivity{}, Extensions: []ExplainedExtension{}, Closes: []ExplainedClose{}}
	for _, c := range j.Activities {
		a, err := explainActivity(r, c)
		if err != nil {
			return nil, err
		}
		e.Activities = append(e.Activities, a)
	}
	e.Verdict.Activities = []domain.Counted{}
	for _, v := range j.others {
		v.Activities = []domain.Counted{}
		e.Others = append(e.Others, v)
	}
	if err := e.extensions(r, j.team, j.extended); err != nil {
		return nil, err
	}
	if err := e.history(r); err != nil {
		return nil, err
	}
	e.Money, err = explainMoney(r, &j)
	return e, err
}

func explainActivity(r store.Reader, c domain.Counted) (ExplainedActivity, error) {
	out := ExplainedActivity{ID: c.ID, C: c.C, Counts: c.Counts, Why: c.Why}
	out.Vi, out.En = whyText(c.Why)
	rec, err := r.Record(store.Key{Type: syncproto.TypeActivity, ID: c.ID})
	if err != nil {
		return out, err
	}
	if rec.Deleted {
		return out, nil
	}
	var a domain.Activity
	err = json.Unmarshal(rec.Doc, &a)
	out.DoneOn, out.Category, out.State = a.DoneOn, a.Category, a.State
	return out, err
}

// whyText says why an activity does not count.
func whyText(why string) (vi, en string) {
	switch why {
	case "":
		return "Được tính", "Counts"
	case policy.WhyNotApproved:
		return "Chưa được duyệt", "Not approved"
	case policy.WhyNoEvidence:
		return "Không có minh chứng", "No evidence"
	case policy.WhyPhoto:
		return "Máy chủ chưa nhận được ảnh minh chứng", "The photo has not reached the server"
	case policy.WhyOwnReview:
		return "Người duyệt cũng là người ghi", "Its author reviewed it"
	case policy.WhyMonth:
		return "Làm trong tháng khác", "Done in another month"
	case policy.WhyAfterLock:
		return "Đến máy chủ sau ngày khóa tháng; đề nghị truy lĩnh nếu đã ghi đúng hạn", "Reached the server after the lock: ask for a back payment if it was logged in time"
	}
	return why, why
}

func (e *Explanation) extensions(r store.Reader, t domain.Team, used []domain.ID) error {
	return eachExtension(r, func(x ExtensionView) {
		for _, id := range used {
			if id == x.ID {
				e.Extensions = append(e.Extensions, ExplainedExtension{Kind: x.Kind, Days: x.Days, Reason: x.Reason})
			}
		}
	})
}

// history follows the closes from the newest back.
func (e *Explanation) history(r store.Reader) error {
	d, err := lastClose(r, e.Team, e.Month)
	for err == nil && d.N > 0 {
		var c domain.Close
		if err = json.Unmarshal(d.Body, &c); err != nil {
			break
		}
		e.Closes = append(e.Closes, ExplainedClose{N: d.N, On: dayOf(d.AtMs), Hash: hexHash(d), PolicyHash: c.PolicyHash,
			Result: c.Verdict.Result, Amount: c.Verdict.Amount, Clock: c.By == "", Supersedes: c.Supersedes})
		n := c.Supersedes
		if d = (store.Decision{}); n > 0 {
			err = r.Decisions(n, func(x *store.Decision) bool { d = *x; d.Body = x.Body.Clone(); return false })
		}
	}
	if err != nil {
		return err
	}
	ro, ok, err := reopened(r, e.Team, e.Month)
	if err != nil || !ok {
		return err
	}
	d, err = r.Decision(KindReopen, key(e.Team, e.Month))
	e.Reopen = &ExplainedReopen{N: d.N, On: dayOf(d.AtMs), Close: ro.Close, Reason: ro.Reason, Until: ro.Until}
	return err
}

func dayOf(ms int64) domain.Date { return domain.DateOf(time.UnixMilli(ms)) }
