package ledger

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// ConfirmSupport decides a proposal under the decision that grants its money:
// another person than the proposer, and nothing may have changed since. Doing
// so twice is doing it once.
func (s *Service) ConfirmSupport(ctx context.Context, who domain.Caller, id domain.ID, in Grant) (out SupportView, err error) {
	if _, err := domain.ParseDate(string(in.On)); err != nil || in.Decision == "" || len(in.Decision) > maxVoucher || in.Total <= 0 {
		return out, refuse("decision", "Name the decision that grants the money: number, day and total.", "Thiếu quyết định cấp tiền: số, ngày và tổng số tiền.")
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		out = SupportView{ID: id}
		g, err := rightsOf(tx, who, tx.Now())
		if err != nil {
			return err
		}
		if !g.province() {
			return forbidden()
		}
		rec, err := tx.Record(store.Key{Type: typeSupport, ID: id})
		if errors.Is(err, store.ErrNotFound) {
			return domain.E(domain.NotFound, "There is no such proposal.", "Không tìm thấy đề xuất này.")
		}
		if err != nil {
			return err
		}
		if out.SupportProposal, err = openSupport(rec.Doc); err != nil {
			return err
		}
		return s.confirmSupport(tx, who.Person, &out, in)
	})
	return out, err
}

func (s *Service) confirmSupport(tx store.Tx, who domain.ID, p *SupportView, in Grant) error {
	switch {
	case p.State == "confirmed" && p.Grant == in.Decision:
		return nil
	case p.State == "confirmed":
		return conflict("It is confirmed under Decision "+p.Grant+".", "Đề xuất này đã được duyệt theo Quyết định "+p.Grant+".")
	case p.By == who:
		return domain.E(domain.Unprocessable, "Who proposed it can't confirm it: a second person must.", "Người đề xuất không được tự duyệt: cần người thứ hai.")
	}
	now, err := s.supportItems(tx, p.Policy, p.Months, p.Accept)
	if err != nil {
		return err
	}
	if !sameItems(now, p.Items) {
		return conflict("The roster or the policy has changed since: propose again.", "Danh sách hoặc chính sách đã thay đổi: hãy đề xuất lại.")
	}
	if err := grantMoney(tx, who, p.Policy, in); err != nil {
		return err
	}
	pol, err := s.Months.Policy(tx, p.Policy)
	if err != nil {
		return err
	}
	for k := range p.Items {
		it := &p.Items[k]
		if it.Result == domain.Eligible {
			it.ReasonVi = strings.Replace(it.ReasonVi, "chờ quyết định kinh phí", "kinh phí theo Quyết định "+in.Decision, 1)
			it.ReasonEn = strings.Replace(it.ReasonEn, "waiting for the funding decision", "funded by Decision "+in.Decision, 1)
		}
		if stands, err := earlierStands(it); stands || err != nil {
			if err != nil {
				return err
			}
			continue
		}
		body, err := sealSupport(pol, it.Facts, Support{Policy: p.Policy, Subject: it.Subject, Period: it.Period,
			Grant: in.Decision, ProposedBy: p.By, ConfirmedBy: who})
		if err != nil {
			return err
		}
		if _, err := tx.Append(KindSupport, p.Policy+"/"+string(it.Subject)+"/"+string(it.Period), body); err != nil {
			return err
		}
	}
	p.State, p.Grant, p.Confirms = "confirmed", in.Decision, who
	return putSupport(tx, p.ID, p.SupportProposal, who)
}

// earlierStands reports whether an item leaves an earlier award as it is: a
// unit that was awarded and now gets nothing more loses nothing either.
func earlierStands(it *SupportItem) (bool, error) {
	var f policy.SupportFacts
	err := json.Unmarshal(it.Facts, &f)
	return f.Paid.Times > 0 && it.Result != domain.Eligible, err
}

func sameItems(a, b []SupportItem) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Subject != b[i].Subject || a[i].Period != b[i].Period || a[i].Result != b[i].Result || a[i].Amount != b[i].Amount ||
			!bytes.Equal(a[i].Facts, b[i].Facts) {
			return false
		}
	}
	return true
}

// grantMoney appends the decision on the money; several proposals may stand
// under one.
func grantMoney(tx store.Tx, who domain.ID, id string, in Grant) error {
	in.Policy, in.By = id, who
	old, ok, err := decided[Grant](tx, KindGrant, in.Decision)
	if err != nil {
		return err
	}
	if ok {
		if old.Policy != in.Policy || old.On != in.On || old.Total != in.Total {
			return conflict("A decision with this number is recorded with other content.", "Đã có quyết định cùng số với nội dung khác.")
		}
		return nil
	}
	body, err := canonical(in)
	if err == nil {
		_, err = tx.Append(KindGrant, in.Decision, body)
	}
	return err
}

// sealSupport makes the body of a decision from its facts alone, so that it can
// be made again.
func sealSupport(p *policy.Policy, facts []byte, sp Support) ([]byte, error) {
	var f policy.SupportFacts
	if err := json.Unmarshal(facts, &f, json.RejectUnknownMembers(true)); err != nil {
		return nil, err
	}
	var err error
	if sp.Verdict, err = p.DecideSupport(f); err != nil {
		return nil, err
	}
	if sp.Facts, err = canonical(f); err != nil {
		return nil, err
	}
	sp.PolicyHash = p.Hash.String()
	return canonical(sp)
}

// VerifySupport makes a decision again from its own facts and the policy file
// that it names, and compares the bytes.
func (s *Service) VerifySupport(r store.Reader, d *store.Decision) error {
	var sp Support
	if err := json.Unmarshal(d.Body, &sp, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	p, err := s.Months.PolicyByHash(r, sp.PolicyHash)
	if err != nil {
		return err
	}
	again, err := sealSupport(p, sp.Facts, sp)
	switch {
	case err != nil:
		return err
	case !bytes.Equal(again, d.Body):
		return errors.New("recomputing it gives other bytes")
	case d.Key != sp.Policy+"/"+string(sp.Subject)+"/"+string(sp.Period):
		return errors.New("its key names another subject or period")
	case sp.ProposedBy == sp.ConfirmedBy:
		return errors.New("one person proposed and confirmed it")
	}
	return nil
}

// VerifyGrant checks that a grant of money is keyed by its number.
func VerifyGrant(_ store.Reader, d *store.Decision) error {
	var g Grant
	if err := json.Unmarshal(d.Body, &g, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	if d.Key != g.Decision || g.Total <= 0 {
		return errors.New("its key is another number, or it grants nothing")
	}
	return nil
}

// supportDue is what the newest support decision grants a subject.
func supportDue(r store.Reader, l *List, of Line) (due, bool, error) {
	d, err := r.Decision(KindSupport, l.Policy+"/"+string(of.Subject)+"/"+string(of.Period))
	if errors.Is(err, store.ErrNotFound) {
		return due{}, false, nil
	}
	if err != nil {
		return due{}, false, err
	}
	var sp Support
	if err := json.Unmarshal(d.Body, &sp); err != nil {
		return due{}, false, err
	}
	out := due{subject: of.Subject, period: of.Period}
	out.Due = domain.Due{Policy: l.Policy, Team: of.Subject, Close: d.N, Funding: sp.Grant, Outcome: sp.Verdict.Result}
	if sp.Verdict.Result == domain.Eligible {
		out.Amount = sp.Verdict.Amount
	}
	return out, true, nil
}

// supportedBy are the subjects and periods that a list of officers or awards
// may pay, in the order of names.
func supportedBy(r store.Reader, l *List) (out []asked, err error) {
	switch l.Kind {
	case ListOfficers:
		return officersIn(r, l.Policy, l.Months)
	case ListPeople:
		return calledUpIn(r, l.Months)
	}
	seen := map[domain.ID]bool{}
	err = roster.Recognitions(r, func(g domain.Recognition) bool {
		if !seen[g.Subject] {
			out = append(out, asked{subject: g.Subject, name: g.Name, period: onRecognition})
		}
		seen[g.Subject] = true
		return true
	})
	sortAsked(out)
	return out, err
}
