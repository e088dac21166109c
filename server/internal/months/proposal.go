package months

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// KindOfReopen is the Kind of a proposal that reopens a month; all others are
// an AdjustKind.
const KindOfReopen = "reopen"

// Basis of a proposal: what it rests on.
const (
	BasisCase     = "case:"     // a mutation that came after the close
	BasisActivity = "activity:" // approved work that came after the lock
	BasisDispute  = "dispute:"
)

const scopeProposals syncproto.Scope = "sys:proposals"

const maxBasis = 50

// ProposalView is a stored proposal.
type ProposalView struct {
	ID domain.ID `json:"id"`
	domain.Proposal
}

// Ask is what somebody proposes. Key is made by the caller and becomes the
// proposal's id: the same request twice is one proposal. Amount 0 of a back
// payment on late work stands for what a recomputation with it gives.
type Ask struct {
	Key    domain.ID    `json:"key"`
	Kind   string       `json:"kind"`
	Policy string       `json:"policy,omitzero"` // default: the one that judged the month
	Team   domain.ID    `json:"team"`
	Month  domain.Month `json:"month"`
	Amount domain.Money `json:"amount,omitzero"`
	Close  int64        `json:"close"` // number of the close that was looked at
	PayIn  domain.Month `json:"pay_in,omitzero"`
	Reason string       `json:"reason"`
	Basis  []string     `json:"basis,omitzero"`
}

// Propose keeps a correction of a closed month for a second person. The
// commune's chair, its accountant and the province's administrators propose,
// never somebody who has a role in the team. Error: domain.Precondition if the
// close is not the newest one, domain.Unprocessable beyond what a
// recomputation allows.
func (s *Service) Propose(ctx context.Context, who domain.Caller, in Ask) (ProposalView, error) {
	var out ProposalView
	err := s.store.Update(ctx, func(tx store.Tx) error {
		g, err := rightsOf(tx, who, tx.Now())
		if err != nil {
			return err
		}
		t, err := g.teamOf(tx, in.Team)
		if err != nil {
			return err
		}
		if !g.proposes(t.Commune) {
			return forbidden()
		}
		if _, err := syncproto.ParseID(string(in.Key)); err != nil {
			return refuse("key", "The key is no id.", "Mã yêu cầu không hợp lệ.")
		}
		if old, err := readProposal(tx, in.Key); err == nil {
			out = old
			return sameAsk(old, who.Person, &in)
		} else if domain.CodeOf(err) != domain.NotFound {
			return err
		}
		p, err := s.Draft(tx, who.Person, in, tx.Now())
		if err != nil {
			return err
		}
		out = ProposalView{in.Key, p}
		return putProposal(tx, out, who.Person, "propose")
	})
	return out, err
}

func sameAsk(old ProposalView, by domain.ID, in *Ask) error {
	if old.By == by && old.Kind == in.Kind && old.Team == in.Team && old.Month == in.Month {
		return nil
	}
	return domain.E(domain.Conflict, "This key names another proposal.", "Mã yêu cầu này đã dùng cho đề nghị khác.")
}

// Draft makes a proposal and checks all that approving it will check again,
// but for whether by may propose: its caller has asked that.
func (s *Service) Draft(r store.Reader, by domain.ID, in Ask, now time.Time) (domain.Proposal, error) {
	if err := checkAsk(&in); err != nil {
		return domain.Proposal{}, err
	}
	t, err := roster.Team(r, in.Team)
	if err != nil {
		return domain.Proposal{}, err
	}
	p := domain.Proposal{Kind: in.Kind, Policy: in.Policy, Team: in.Team, Month: in.Month, Amount: in.Amount, Close: in.Close,
		PayIn: in.PayIn, Reason: in.Reason, Basis: slices.Clone(in.Basis), By: by, AtMs: now.UnixMilli(),
		State: domain.ProposalOpen, Unit: t.Commune}
	slices.Sort(p.Basis)
	if err := notOwn(r, by, in.Team); err != nil {
		return p, err
	}
	if err := unused(r, &p); err != nil {
		return p, err
	}
	return p, s.check(r, &p, now)
}

func checkAsk(in *Ask) error {
	if err := checkMonth(in.Month); err != nil {
		return err
	}
	switch domain.AdjustKind(in.Kind) {
	case domain.AdjustBack, domain.AdjustRecovery, domain.AdjustWithhold, domain.AdjustRelease, KindOfReopen:
	default:
		return refuse("kind", "Kind must be back_payment, recovery, withhold, release or reopen.",
			"Loại đề nghị phải là truy lĩnh, thu hồi, giữ lại, cho chi hoặc mở lại tháng.")
	}
	if len(in.Basis) > maxBasis || len(slices.Compact(slices.Sorted(slices.Values(in.Basis)))) != len(in.Basis) {
		return refuse("basis", "Too much, or something twice.", "Căn cứ quá nhiều hoặc bị lặp.")
	}
	for _, b := range in.Basis {
		kind, id, _ := strings.Cut(b, ":")
		if _, err := syncproto.ParseID(id); err != nil || !slices.Contains([]string{BasisCase, BasisActivity, BasisDispute}, kind+":") {
			return refuse("basis", "A basis is case:<id>, activity:<id> or dispute:<id>.", "Căn cứ phải là một mục để riêng, hoạt động hoặc khiếu nại.")
		}
	}
	return checkReason(in.Reason)
}

// notOwn: whoever has or had a role in a team has no part in its money.
func notOwn(r store.Reader, person, team domain.ID) error {
	gs, err := roster.GrantsOf(r, person)
	if err == nil && slices.ContainsFunc(gs, func(g domain.Grant) bool { return g.Team == team }) {
		err = domain.E(domain.Forbidden, "Somebody of the team can't decide about its money.",
			"Người thuộc tổ không được đề nghị hay phê duyệt tiền của tổ mình.")
	}
	return err
}

// unused refuses to correct twice for one thing.
func unused(r store.Reader, p *domain.Proposal) error {
	return eachProposal(r, syncproto.CommuneScope(p.Unit), func(old ProposalView) error {
		if old.Team != p.Team || old.Month != p.Month || old.Close != p.Close || old.State != domain.ProposalOpen && old.State != domain.ProposalApproved {
			return nil
		}
		for _, b := range p.Basis {
			if slices.Contains(old.Basis, b) {
				return domain.E(domain.Conflict, "A proposal on this basis is there already.", "Đã có đề nghị dựa trên căn cứ này.")
			}
		}
		return nil
	})
}

func eachProposal(r store.Reader, scope syncproto.Scope, yield func(ProposalView) error) error {
	var bad error
	err := r.Members(scope, syncproto.TypeProposal, func(rec *store.Record) bool {
		v := ProposalView{ID: rec.ID}
		if bad = json.Unmarshal(rec.Doc, &v.Proposal); bad == nil {
			bad = yield(v)
		}
		return bad == nil
	})
	return errors.Join(err, bad)
}

func readProposal(r store.Reader, id domain.ID) (ProposalView, error) {
	v := ProposalView{ID: id}
	rec, err := r.Record(store.Key{Type: syncproto.TypeProposal, ID: id})
	if errors.Is(err, store.ErrNotFound) {
		return v, domain.E(domain.NotFound, "There is no such proposal.", "Không có đề nghị này.")
	}
	if err == nil {
		err = json.Unmarshal(rec.Doc, &v.Proposal)
	}
	return v, err
}

// ProposalPut is the write of a proposal.
func ProposalPut(v ProposalView, by domain.ID, op string) (store.Put, error) {
	doc, err := syncproto.DocOf(v.Proposal)
	return store.Put{Key: store.Key{Type: syncproto.TypeProposal, ID: v.ID}, Doc: doc,
		Scopes: []syncproto.Scope{syncproto.CommuneScope(v.Unit), scopeProposals}, Cause: store.Cause{By: by, Op: op}}, err
}

func putProposal(tx store.Tx, v ProposalView, by domain.ID, op string) error {
	p, err := ProposalPut(v, by, op)
	if err == nil {
		_, err = tx.Put(p)
	}
	return err
}

// proposes reports whether the caller may propose for a commune's teams.
func (g rights) proposes(commune domain.ID) bool {
	return g.approves(commune) || g.Has(commune, g.today, domain.RoleAccountant)
}

// approves reports whether the caller may approve what another has proposed.
func (g rights) approves(commune domain.ID) bool {
	return g.MayReview(commune, g.today) || g.Anywhere(g.today, domain.RoleProvince)
}

// teamOf returns a team to those who may read its months.
func (g rights) teamOf(r store.Reader, team domain.ID) (domain.Team, error) {
	t, err := roster.Team(r, team)
	if domain.CodeOf(err) == domain.NotFound && !g.province() {
		return t, forbidden() // who may not read a team is not told which exist
	}
	if err == nil && !g.reads(team, t.Commune) {
		err = forbidden()
	}
	return t, err
}

// ProposalQuery narrows a list; Commune may be empty for the province.
type ProposalQuery struct {
	Commune, Team domain.ID
	State         domain.ProposalState
}

// Proposals lists proposals, oldest first, to a commune's office or, without a
// commune, to the province.
func (s *Service) Proposals(ctx context.Context, who domain.Caller, q ProposalQuery) ([]ProposalView, error) {
	out := []ProposalView{}
	err := s.store.View(ctx, func(r store.Reader) error {
		out = out[:0]
		g, err := rightsOf(r, who, s.now())
		if err != nil {
			return err
		}
		scope := scopeProposals
		if q.Commune != "" {
			scope = syncproto.CommuneScope(q.Commune)
		}
		if q.Commune == "" && !g.province() || q.Commune != "" && !g.office(q.Commune) {
			return forbidden()
		}
		return eachProposal(r, scope, func(v ProposalView) error {
			if (q.Team == "" || q.Team == v.Team) && (q.State == "" || q.State == v.State) {
				out = append(out, v)
			}
			return nil
		})
	})
	return out, err
}
