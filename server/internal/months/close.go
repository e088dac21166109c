package months

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// CloseItem asks to close a team's month as it was when its csum was read.
// Accept takes a month that fails only assumed rules (badge A) as eligible;
// it needs a reason, which is kept in the close record.
type CloseItem struct {
	Team   domain.ID `json:"team"`
	Csum   string    `json:"csum"`
	Accept bool      `json:"accept,omitzero"`
	Reason string    `json:"reason,omitzero"`
}

// CloseResult is what became of one item. Closing twice gives the first
// close again.
type CloseResult struct {
	Team     domain.ID        `json:"team"`
	Closed   bool             `json:"closed"`
	Code     domain.Code      `json:"code,omitzero"` // why not
	Detail   string           `json:"detail,omitzero"`
	DetailVi string           `json:"detail_vi,omitzero"`
	Decision int64            `json:"decision,omitzero"` // number in the chain
	Hash     string           `json:"hash,omitzero"`     // of that decision, 64 hex digits
	Verdict  domain.TeamMonth `json:"verdict,omitzero"`
}

// MaxCloseItems is the most teams of one call.
const MaxCloseItems = 200

// MaxReason is the most bytes of a reason.
const MaxReason = 500

// CloseTeamMonths closes months of teams that a commune's chair confirms, one
// result each, in order. A month that is not over, has an undecided submission
// or has changed since it was looked at is refused and stays as it is.
func (s *Service) CloseTeamMonths(ctx context.Context, who domain.Caller, commune domain.ID, month domain.Month, items []CloseItem) ([]CloseResult, error) {
	if err := checkMonth(month); err != nil {
		return nil, err
	}
	if len(items) > MaxCloseItems {
		return nil, domain.E(domain.TooLarge, "Too many teams in one call.", "Quá nhiều tổ trong một lần chốt.")
	}
	var out []CloseResult
	err := s.store.Update(ctx, func(tx store.Tx) error {
		out = make([]CloseResult, 0, len(items))
		g, err := rightsOf(tx, who, tx.Now())
		if err != nil {
			return err
		}
		if !g.MayReview(commune, g.today) {
			return forbidden()
		}
		for _, it := range items {
			res, err := s.closeItem(tx, closer{who.Person, g}, commune, month, it)
			if err != nil {
				return err
			}
			out = append(out, res)
		}
		return nil
	})
	return out, err
}

// closer is the person who confirms a month.
type closer struct {
	person domain.ID
	rights rights
}

// closeItem closes one; what a rule refuses is a result, not an error.
func (s *Service) closeItem(tx store.Tx, by closer, commune domain.ID, month domain.Month, it CloseItem) (CloseResult, error) {
	res := CloseResult{Team: it.Team}
	d, err := s.confirm(tx, by, commune, month, it)
	var no *domain.Error
	if errors.As(err, &no) {
		res.Code, res.Detail, res.DetailVi = no.Code, no.Msg, no.Vi
		return res, nil
	}
	if err != nil {
		return res, err
	}
	m, err := s.money(tx, d)
	res.Closed, res.Decision, res.Hash, res.Verdict = true, d.N, hexHash(d), m.Verdict
	return res, err
}

func (s *Service) confirm(tx store.Tx, by closer, commune domain.ID, month domain.Month, it CloseItem) (store.Decision, error) {
	t, err := roster.Team(tx, it.Team)
	switch {
	case err != nil:
		return store.Decision{}, err
	case t.Commune != commune:
		return store.Decision{}, domain.E(domain.NotFound, "The team is not of this commune.", "Tổ không thuộc xã này.")
	case it.Csum == "":
		return store.Decision{}, refuse("csum", "Name the csum that was looked at.", "Thiếu mã đối chiếu của tháng đã xem.")
	case it.Accept && (it.Reason == "" || len(it.Reason) > MaxReason || !syncproto.IsNFC(it.Reason)):
		return store.Decision{}, refuse("reason", "Accepting a month needs a reason.", "Chấp nhận tháng này phải ghi lý do.")
	case it.Accept && slices.ContainsFunc(by.rights.Grants, func(g domain.Grant) bool { return g.Team == it.Team }):
		return store.Decision{}, domain.E(domain.Forbidden, "A member of the team can't accept its month.",
			"Người thuộc tổ không được tự chấp nhận tháng của tổ mình.")
	}
	accepted := ""
	if it.Accept {
		accepted = it.Reason
	}
	return s.close(tx, it.Team, month, by.person, it.Csum, accepted)
}

// close decides a team's month from its records, in this transaction, and
// closes its scope: after that the store refuses every write into it. by is
// empty for the clock, which names no csum.
func (s *Service) close(tx store.Tx, team domain.ID, month domain.Month, by domain.ID, csum, accepted string) (store.Decision, error) {
	if d, closed, err := closedBy(tx, team, month); closed || err != nil {
		return d, err
	}
	g, err := s.gather(tx, team, month, tx.Now())
	if err != nil {
		return store.Decision{}, err
	}
	if err := g.closable(tx.Now(), csum); err != nil {
		return store.Decision{}, err
	}
	g.facts.Stage, g.facts.Accepted = domain.StageClosed, accepted
	g.funding = nil // decided apart
	all, err := g.decideAll(g.factsFor)
	if err != nil {
		return store.Decision{}, err
	}
	others, err := sealOthers(all[1:])
	if err != nil {
		return store.Decision{}, err
	}
	_, rev, err := unitAt(tx, g.unit, month.Last())
	if err != nil {
		return store.Decision{}, err
	}
	before, err := lastClose(tx, team, month)
	if err != nil {
		return store.Decision{}, err
	}
	body, err := seal(&all[0], domain.Close{
		Team: team, Month: month, Csum: g.csum.String(), By: by, Unit: g.unit, UnitRev: rev, Roster: g.roster, Supersedes: before.N, Others: others,
	})
	if err != nil {
		return store.Decision{}, err
	}
	d, err := tx.Append(KindClose, key(team, month), body)
	if err != nil {
		return store.Decision{}, err
	}
	if err := tx.SetClosed(syncproto.TeamMonthScope(team, string(month)), true); err != nil {
		return store.Decision{}, err
	}
	if err := tellClosed(tx, d, &all[0].Verdict); err != nil {
		return store.Decision{}, err
	}
	return d, errors.Join(Touch(tx, team, month), g.touchOthers(tx))
}

// closedBy returns the close of a month that is closed.
func closedBy(r store.Reader, team domain.ID, month domain.Month) (store.Decision, bool, error) {
	sc, err := r.Scope(syncproto.TeamMonthScope(team, string(month)))
	if err != nil || !sc.Closed {
		return store.Decision{}, false, err
	}
	d, err := r.Decision(KindClose, key(team, month))
	return d, err == nil, err
}

// lastClose returns the newest close of a month, also of one that is reopened;
// its N is 0 if there was none.
func lastClose(r store.Reader, team domain.ID, month domain.Month) (store.Decision, error) {
	d, err := r.Decision(KindClose, key(team, month))
	if errors.Is(err, store.ErrNotFound) {
		return store.Decision{}, nil
	}
	return d, err
}

// closable refuses a month that can't be closed now. An undecided submission
// forbids it for the chair too: deciding is the chair's own work, and no month
// is lost because nobody looked at it.
func (g *gathered) closable(now time.Time, csum string) error {
	switch {
	case domain.MonthOf(now) <= g.facts.Month:
		return domain.E(domain.Unprocessable, "The month is not over.", "Tháng này chưa kết thúc nên chưa chốt được.")
	case csum != "" && csum != g.csum.String():
		return domain.E(domain.Precondition, "The month has changed since it was looked at: read it again.",
			"Số liệu của tháng đã thay đổi từ lúc xem: hãy xem lại rồi chốt.")
	case g.undecided > 0:
		return domain.E(domain.Unprocessable, "Submissions wait for a decision: approve, return or reject them first.",
			"Còn mục chờ duyệt: hãy duyệt, trả lại hoặc từ chối trước khi chốt.")
	}
	return nil
}

// seal makes the body of a close: the facts, and the verdict that the policy
// gave on them.
func seal(by *policy.Judged, c domain.Close) (jsontext.Value, error) {
	c.Verdict = by.Verdict.Sealed()
	c.PolicyHash = by.Policy.Hash.String()
	if c.Roster == nil {
		c.Roster = []domain.ID{}
	}
	facts, err := canonical(by.Facts)
	if err != nil {
		return nil, err
	}
	c.Facts = jsontext.Value("{}") // most of a close: put in as they are
	doc, err := syncproto.DocOf(c)
	if err != nil {
		return nil, err
	}
	doc["facts"] = facts
	return doc.AppendCanonical(nil), nil
}

// Recompute makes a close record again from its own facts and the policy files
// that it names. The bytes are the same, or somebody has changed something.
func Recompute(files []*policy.Policy, body jsontext.Value) (jsontext.Value, error) {
	c, f, err := openClose(body)
	if err != nil {
		return nil, err
	}
	return recompute(files, c, f)
}

func recompute(files []*policy.Policy, c domain.Close, f policy.Facts) (jsontext.Value, error) {
	p, err := fileOf(files, c.PolicyHash)
	if err != nil {
		return nil, err
	}
	for i := range c.Others {
		o := &c.Others[i]
		q, err := fileOf(files, o.PolicyHash)
		if err != nil {
			return nil, err
		}
		of, err := openOther(f, o.Facts)
		if err != nil {
			return nil, err
		}
		v, err := q.Decide(of)
		if err != nil {
			return nil, err
		}
		o.Verdict = v.Sealed()
	}
	v, err := p.Decide(f)
	if err != nil {
		return nil, err
	}
	return seal(&policy.Judged{Policy: p, Facts: f, Verdict: v}, c)
}

func fileOf(files []*policy.Policy, hash string) (*policy.Policy, error) {
	for _, p := range files {
		if p.Hash.String() == hash {
			return p, nil
		}
	}
	return nil, domain.E(domain.Conflict, "This is not the policy file that decided.", "Không phải tệp chính sách đã dùng khi chốt.")
}

// openClose reads a close with its facts, in one pass: money is shown from it
// in thousands of months.
func openClose(body jsontext.Value) (domain.Close, policy.Facts, error) {
	var v struct {
		domain.Close `json:",embed"`
		Facts        policy.Facts `json:"facts"`
	}
	err := json.Unmarshal(body, &v, json.RejectUnknownMembers(true))
	return v.Close, v.Facts, err
}
