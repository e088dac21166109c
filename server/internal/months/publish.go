package months

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// A policy is published by two people (badge A: our rule): one proposes a file,
// another one approves it. Until the first decision stands in the chain the
// administrator who sets a server up publishes alone: nobody's money hangs on
// it yet.
const (
	typePolicyProposal                   = "policy_proposal"
	scopePolicyProposals syncproto.Scope = "sys:policy_proposals"
)

// PolicyProposal is a file that somebody proposes to publish.
type PolicyProposal struct {
	ID        domain.ID            `json:"id,omitzero"`
	Policy    string               `json:"policy"`
	Version   string               `json:"version"`
	File      string               `json:"file"` // as it was sent: line numbers of refusals are of it
	State     domain.ProposalState `json:"state"`
	By        domain.ID            `json:"by"`
	AtMs      int64                `json:"at_ms"`
	DecidedBy domain.ID            `json:"decided_by,omitzero"`
	DecidedMs int64                `json:"decided_ms,omitzero"`
	Note      string               `json:"note,omitzero"`
}

// MaxPolicyFile is the most bytes of a proposed file.
const MaxPolicyFile = 100 << 10

// ProposePolicy keeps a file for a second person. It is refused as publishing
// it would be. The same key twice is one proposal.
func (s *Service) ProposePolicy(ctx context.Context, who domain.Caller, key domain.ID, raw string) (out PolicyProposal, err error) {
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if err := allowed(tx, who, tx.Now(), rights.decides); err != nil {
			return err
		}
		if _, err := syncproto.ParseID(string(key)); err != nil {
			return refuse("key", "The key is no id.", "Mã yêu cầu không hợp lệ.")
		}
		if len(raw) > MaxPolicyFile {
			return domain.E(domain.TooLarge, "The file is larger than 100 KiB.", "Tệp lớn hơn 100 KiB.")
		}
		if out, err = policyProposal(tx, key); err == nil {
			if out.By == who.Person && out.File == raw {
				return nil
			}
			return domain.E(domain.Conflict, "This key names another proposal.", "Mã yêu cầu này đã dùng cho đề nghị khác.")
		} else if domain.CodeOf(err) != domain.NotFound {
			return err
		}
		p, err := policy.Parse([]byte(raw))
		if err != nil {
			return refusedFile(err)
		}
		if err := s.checkVersion(tx, p); err != nil {
			return err
		}
		out = PolicyProposal{ID: key, Policy: p.ID, Version: p.Version, File: raw, State: domain.ProposalOpen, By: who.Person, AtMs: tx.Now().UnixMilli()}
		return putPolicyProposal(tx, out, who.Person, "propose_policy")
	})
	return out, err
}

// DecidePolicy publishes, refuses or withdraws a proposed file. Another
// administrator of the province than its proposer approves or refuses; all that
// proposing checked is checked again.
func (s *Service) DecidePolicy(ctx context.Context, who domain.Caller, id domain.ID, choice Choice, note string) (out PolicyProposal, err error) {
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if err := allowed(tx, who, tx.Now(), rights.decides); err != nil {
			return err
		}
		if out, err = policyProposal(tx, id); err != nil {
			return err
		}
		state, err := stateOfPolicy(&out, who.Person, choice, note)
		if err != nil {
			return err
		}
		if out.State == state && out.DecidedBy == who.Person {
			return nil
		}
		if out.State != domain.ProposalOpen {
			return domain.E(domain.Conflict, "The proposal is decided already.", "Đề nghị này đã được quyết định.")
		}
		out.State, out.DecidedBy, out.DecidedMs, out.Note = state, who.Person, tx.Now().UnixMilli(), note
		if choice == Approve {
			if err := s.publishProposed(tx, &out); err != nil {
				return err
			}
		}
		return putPolicyProposal(tx, out, who.Person, string(choice)+"_policy")
	})
	return out, err
}

// stateOfPolicy is the state that a choice leads to.
func stateOfPolicy(p *PolicyProposal, person domain.ID, choice Choice, note string) (domain.ProposalState, error) {
	switch {
	case choice == Withdraw && person == p.By:
		return domain.ProposalWithdrawn, nil
	case choice == Withdraw:
		return "", forbidden()
	case person == p.By:
		return "", domain.E(domain.Unprocessable, "Who proposed it can't decide it: a second person must.", "Người đề nghị không được tự duyệt: cần người thứ hai.")
	case choice == Approve:
		return domain.ProposalApproved, nil
	case choice == Refuse:
		return domain.ProposalRefused, checkReason(note)
	}
	return "", refuse("decision", "Decision must be approve, refuse or withdraw.", "Quyết định phải là duyệt, từ chối hoặc rút lại.")
}

func (s *Service) publishProposed(tx store.Tx, out *PolicyProposal) error {
	p, err := policy.Parse([]byte(out.File))
	if err != nil {
		return refusedFile(err)
	}
	if err := s.checkVersion(tx, p); err != nil {
		return err
	}
	_, err = PutPolicy(tx, []byte(out.File), p, store.Cause{By: out.DecidedBy, Op: "publish_policy"})
	return err
}

// alone refuses to publish without a second person once money is decided; a
// file that is there already changes nothing.
func alone(r store.Reader, p *policy.Policy) error {
	if _, err := r.LastDecision(); errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	rec, err := r.Record(policyKey(p))
	if err == nil && rec.H == p.Hash {
		return nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return domain.E(domain.Unprocessable, "Money was decided here already: one person proposes a policy, another one publishes it.",
		"Hệ thống đã có quyết định về tiền: một người đề nghị chính sách, người thứ hai mới công bố được.")
}

func policyProposal(r store.Reader, id domain.ID) (p PolicyProposal, err error) {
	rec, err := r.Record(store.Key{Type: typePolicyProposal, ID: id})
	if errors.Is(err, store.ErrNotFound) {
		return p, domain.E(domain.NotFound, "There is no such proposal.", "Không có đề nghị này.")
	}
	if err == nil {
		err = json.Unmarshal(rec.Doc, &p)
	}
	p.ID = id
	return p, err
}

func putPolicyProposal(tx store.Tx, p PolicyProposal, by domain.ID, op string) error {
	id := p.ID
	p.ID = ""
	doc, err := syncproto.DocOf(p)
	if err == nil {
		_, err = tx.Put(store.Put{Key: store.Key{Type: typePolicyProposal, ID: id}, Doc: doc,
			Scopes: []syncproto.Scope{scopePolicyProposals}, Cause: store.Cause{By: by, Op: op}})
	}
	return err
}

// PolicyProposals lists what was proposed, newest first, for the province.
func (s *Service) PolicyProposals(ctx context.Context, who domain.Caller) ([]PolicyProposal, error) {
	out := []PolicyProposal{}
	err := s.store.View(ctx, func(r store.Reader) error {
		out = out[:0]
		if err := allowed(r, who, s.now(), rights.province); err != nil {
			return err
		}
		var bad error
		err := r.Members(scopePolicyProposals, typePolicyProposal, func(rec *store.Record) bool {
			var p PolicyProposal
			bad = json.Unmarshal(rec.Doc, &p)
			p.ID = rec.ID
			out = append(out, p)
			return bad == nil
		})
		slices.SortFunc(out, func(a, b PolicyProposal) int { return int(b.AtMs - a.AtMs) })
		return errors.Join(err, bad)
	})
	return out, err
}
