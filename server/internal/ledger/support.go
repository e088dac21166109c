package ledger

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Kinds of decisions about officers and units.
const (
	KindSupport = "support" // key "<policy>/<subject>/<period>"
	KindGrant   = "grant"   // key the number of the decision that grants the money
)

const (
	typeSupport                   = "support_proposal"
	scopeSupport  syncproto.Scope = "sys:support"
	onRecognition domain.Period   = "once"
	maxSupport                    = 5000 // subjects × months of one proposal
)

// Support is the body of decision kind "support": what a policy grants an
// officer for a month or a unit once, with the facts it was decided from.
type Support struct {
	Policy      string                `json:"policy"`
	Subject     domain.ID             `json:"subject"`
	Period      domain.Period         `json:"period"`
	PolicyHash  string                `json:"policy_hash"`
	Facts       jsontext.Value        `json:"facts"` // policy.SupportFacts
	Verdict     domain.SupportVerdict `json:"verdict"`
	Grant       string                `json:"grant"` // number of the decision whose money it is
	ProposedBy  domain.ID             `json:"proposed_by"`
	ConfirmedBy domain.ID             `json:"confirmed_by"`
}

// Grant is the body of decision kind "grant": money for officers or units.
type Grant struct {
	Policy   string       `json:"policy"`
	Decision string       `json:"decision"`
	On       domain.Date  `json:"on"`
	Total    domain.Money `json:"total"` // R16: no more is listed under it
	By       domain.ID    `json:"by"`
}

// SupportProposal is the document of record type "support_proposal", in
// sys:support: what one person worked out, for another to confirm.
type SupportProposal struct {
	Policy   string         `json:"policy"`
	Months   []domain.Month `json:"months"`
	Items    []SupportItem  `json:"items"`
	Accept   []Acceptance   `json:"accept,omitzero"`
	Total    domain.Money   `json:"total"`
	State    string         `json:"state"` // "proposed" | "confirmed"
	By       domain.ID      `json:"by"`
	AtMs     int64          `json:"at_ms"`
	Grant    string         `json:"grant,omitzero"`
	Confirms domain.ID      `json:"confirmed_by,omitzero"`
}

// SupportItem is what one subject gets for one period, and why.
type SupportItem struct {
	Subject  domain.ID      `json:"subject"`
	Name     string         `json:"name"`
	Period   domain.Period  `json:"period"`
	Result   domain.Result  `json:"result"`
	Amount   domain.Money   `json:"amount"`
	ReasonVi string         `json:"reason_vi"`
	ReasonEn string         `json:"reason_en"`
	Facts    jsontext.Value `json:"facts"` // canonical: the same facts, the same bytes
	Accepted string         `json:"accepted,omitzero"`
	Assumed  []string       `json:"assumed,omitzero"` // assumed rules (badge A) that it fails
}

// Acceptance takes a subject that fails only assumed rules (badge A) as
// eligible, for a reason: a unit that was awarded and becomes advanced. Nothing
// is accepted against a published or inferred rule.
type Acceptance struct {
	Subject domain.ID `json:"subject"`
	Reason  string    `json:"reason"`
}

// SupportView is a proposal with its id.
type SupportView struct {
	ID domain.ID `json:"id"`
	SupportProposal
}

// ProposeSupport works out what a policy for officers or units grants in some
// months. The same key twice is one proposal.
func (s *Service) ProposeSupport(ctx context.Context, who domain.Caller, key domain.ID, id string, list []domain.Month, accept ...Acceptance) (out SupportView, err error) {
	if _, err := syncproto.ParseID(string(key)); err != nil {
		return out, refuse("key", "Send a key of 22 characters that is new for each proposal.", "Thiếu mã yêu cầu (22 ký tự, mỗi đề xuất một mã mới).")
	}
	slices.Sort(list)
	list = slices.Compact(list)
	for _, m := range list {
		if _, err := domain.ParseMonth(string(m)); err != nil {
			return out, refuse("months", "A month is not yyyy-mm.", "Tháng phải có dạng năm-tháng, ví dụ 2023-06.")
		}
	}
	if len(list) == 0 || len(list) > maxMonths {
		return out, refuse("months", "Name 1 to 60 months.", "Cần chọn từ 1 đến 60 tháng.")
	}
	if accept, err = sortedAccept(accept); err != nil {
		return out, err
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		out = SupportView{ID: key}
		g, err := rightsOf(tx, who, tx.Now())
		if err != nil {
			return err
		}
		if !g.province() {
			return forbidden()
		}
		rec, err := tx.Record(store.Key{Type: typeSupport, ID: key})
		if err == nil {
			old, err := openSupport(rec.Doc)
			if err != nil {
				return err
			}
			if old.By != who.Person || old.Policy != id || !slices.Equal(old.Months, list) || !slices.Equal(old.Accept, accept) {
				return conflict("This key was used for another proposal.", "Mã yêu cầu này đã dùng cho đề xuất khác.")
			}
			out.SupportProposal = old
			return nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		out.SupportProposal = SupportProposal{Policy: id, Months: list, Accept: accept, State: "proposed", By: who.Person, AtMs: tx.Now().UnixMilli()}
		if out.Items, err = s.supportItems(tx, id, list, accept); err != nil {
			return err
		}
		for _, it := range out.Items {
			out.Total += it.Amount
		}
		return putSupport(tx, key, out.SupportProposal, who.Person)
	})
	return out, err
}

func putSupport(tx store.Tx, id domain.ID, p SupportProposal, by domain.ID) error {
	raw, err := canonical(p)
	if err != nil {
		return err
	}
	// Facts are deeper than a record's profile allows: they are kept as text.
	doc := syncproto.Doc{"state": syncproto.Str(p.State), "body": syncproto.Str(string(raw))}
	_, err = tx.Put(store.Put{Key: store.Key{Type: typeSupport, ID: id}, Doc: doc, Scopes: []syncproto.Scope{scopeSupport},
		Cause: store.Cause{By: by, Op: "support"}})
	return err
}

// supportItems judges everybody of the roster.
func (s *Service) supportItems(r store.Reader, id string, list []domain.Month, accept []Acceptance) ([]SupportItem, error) {
	p, err := s.Months.Policy(r, id)
	if err != nil {
		return nil, err
	}
	var all []asked
	switch p.Subject {
	case policy.Officer:
		all, err = officersIn(r, id, list)
	case policy.Unit:
		all, err = recognisedIn(r, list)
	case policy.Person:
		all, err = calledUpIn(r, list)
	default:
		return nil, refuse("policy", "This policy supports teams: their months are closed, not proposed.", "Chính sách này hỗ trợ tổ: số tiền theo tháng đã chốt.")
	}
	if err != nil {
		return nil, err
	}
	if len(all) > maxSupport {
		return nil, domain.E(domain.TooLarge, "Too many for one proposal: name fewer months.", "Quá nhiều mục: hãy chọn ít tháng hơn.")
	}
	out := []SupportItem{}
	for _, a := range all {
		if a.facts.Paid.Times, err = awardedBefore(r, id, &a); err != nil {
			return nil, err
		}
		it, err := itemOf(p, a, accept)
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	for _, x := range accept {
		if !slices.ContainsFunc(out, func(it SupportItem) bool { return it.Subject == x.Subject && it.Accepted != "" }) {
			return nil, domain.E(domain.Unprocessable, "Only what fails assumed rules alone can be accepted: "+string(x.Subject)+" does not.",
				"Chỉ chấp nhận được đối tượng chỉ vướng quy định tạm (nhãn A): "+string(x.Subject)+" không thuộc trường hợp này.")
		}
	}
	return out, nil
}

// Supports lists the proposals of a policy, newest first.
func (s *Service) Supports(ctx context.Context, who domain.Caller, id string) (out []SupportView, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		out = []SupportView{}
		g, err := rightsOf(r, who, s.Now())
		if err != nil {
			return err
		}
		if !g.province() {
			return forbidden()
		}
		var bad error
		err = r.Members(scopeSupport, typeSupport, func(rec *store.Record) bool {
			v := SupportView{ID: rec.ID}
			if v.SupportProposal, bad = openSupport(rec.Doc); bad == nil && (id == "" || v.Policy == id) {
				out = append(out, v)
			}
			return bad == nil
		})
		if err == nil {
			err = bad
		}
		slices.Reverse(out)
		return err
	})
	return out, err
}

func openSupport(doc jsontext.Value) (p SupportProposal, err error) {
	var kept struct {
		State string `json:"state"`
		Body  string `json:"body"`
	}
	if err = json.Unmarshal(doc, &kept); err == nil {
		err = json.Unmarshal([]byte(kept.Body), &p)
	}
	return p, err
}
