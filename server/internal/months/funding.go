package months

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

// A funding decision lies in the chain of decisions; a small record in
// sys:funding lists it, so that a verdict finds the windows without walking
// the chain.
const (
	typeWindow                   = "funded_window"
	scopeFunding syncproto.Scope = "sys:funding"
	maxTeams                     = 100_000 // beneficiaries of one decision
)

// listed is the document of a funded_window record.
type listed struct {
	Decision string `json:"decision"`
	Hash     string `json:"hash"` // of the decision in the chain, 22 characters of it
	N        int64  `json:"n"`
}

// window is a funding decision ready to be asked.
type window struct {
	domain.FundedWindow
	teams map[domain.ID]bool
}

func (w *window) has(m domain.Month) bool { return w.From <= m && m <= w.To }

// windowsOf returns the funding decisions on a policy, in their order.
func (s *Service) windowsOf(r store.Reader, policyID string) ([]*window, error) {
	var list []*window
	var bad error
	err := r.Members(scopeFunding, typeWindow, func(rec *store.Record) bool {
		var w *window
		if w, bad = s.window(r, rec); bad == nil && (policyID == "" || w.Policy == policyID) {
			list = append(list, w)
		}
		return bad == nil
	})
	return list, errors.Join(err, bad)
}

// window decodes a decision once: decisions never change.
func (s *Service) window(r store.Reader, rec *store.Record) (*window, error) {
	s.mu.Lock()
	w := s.windows[rec.H]
	s.mu.Unlock()
	if w != nil {
		return w, nil
	}
	var l listed
	if err := json.Unmarshal(rec.Doc, &l); err != nil {
		return nil, err
	}
	d, err := r.Decision(KindFunding, l.Decision)
	if err != nil {
		return nil, err
	}
	w = &window{teams: map[domain.ID]bool{}}
	if err := json.Unmarshal(d.Body, &w.FundedWindow); err != nil {
		return nil, err
	}
	for _, t := range w.Teams {
		w.teams[t] = true
	}
	s.mu.Lock()
	s.windows[rec.H] = w
	s.mu.Unlock()
	return w, nil
}

// funding is what the decisions known now say about a team's month.
func (s *Service) funding(r store.Reader, policyID string, team domain.ID, month domain.Month) (policy.Funding, error) {
	list, err := s.windowsOf(r, policyID)
	if err != nil {
		return policy.Funding{}, err
	}
	return fundingOf(list, team, month), nil
}

func fundingOf(list []*window, team domain.ID, month domain.Month) (f policy.Funding) {
	for _, w := range list {
		switch {
		case w.has(month) && !f.Team:
			rate := domain.Money(0)
			if n := int64(len(w.Teams)) * w.Months; n > 0 {
				rate = w.Total / domain.Money(n)
			}
			f = policy.Funding{Month: true, Team: w.teams[team], Decision: w.Decision, Total: w.Total,
				Ceiling: domain.Money(int64(len(w.Teams))*w.Months) * rate}
		case !f.Month && (w.From.Year() <= month.Year() && month.Year() <= w.To.Year()):
			f = policy.Funding{YearOther: true, Decision: w.Decision, Total: w.Total}
		}
	}
	return f
}

// Fund records a dated decision that funds closed months of its
// beneficiaries, also of months that close later. Nothing closed is computed
// again: what is shown follows from the close records and the decisions known
// on the day. The same decision twice is one; another under its number is a
// conflict. Only the province's administrators decide.
func (s *Service) Fund(ctx context.Context, who domain.Caller, w domain.FundedWindow) (domain.FundedWindow, error) {
	err := s.store.Update(ctx, func(tx store.Tx) error {
		if err := allowed(tx, who, tx.Now(), rights.decides); err != nil {
			return err
		}
		in := w
		in.By, in.Teams = who.Person, slices.Clone(w.Teams)
		slices.Sort(in.Teams)
		body, err := canonical(in)
		if err != nil {
			return err
		}
		old, err := tx.Decision(KindFunding, in.Decision)
		switch {
		case err == nil:
			return sameFunding(old, in)
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		if err := s.checkFunding(tx, &in); err != nil {
			return err
		}
		return appendFunding(tx, in, body)
	})
	w.By, w.Teams = who.Person, slices.Sorted(slices.Values(w.Teams))
	return w, err
}

// sameFunding compares what was decided, not who sent it.
func sameFunding(old store.Decision, in domain.FundedWindow) error {
	var was domain.FundedWindow
	if err := json.Unmarshal(old.Body, &was); err != nil {
		return err
	}
	in.By = was.By
	a, err := canonical(was)
	if err != nil {
		return err
	}
	b, err := canonical(in)
	if err == nil && string(a) != string(b) {
		err = domain.E(domain.Conflict, "A decision with this number is recorded with other content.",
			"Đã có quyết định cùng số với nội dung khác.")
	}
	return err
}

func appendFunding(tx store.Tx, w domain.FundedWindow, body jsontext.Value) error {
	d, err := tx.Append(KindFunding, w.Decision, body)
	if err != nil {
		return err
	}
	doc, err := syncproto.DocOf(listed{Decision: w.Decision, N: d.N, Hash: syncproto.Bytes16(d.Hash[:16]).String()})
	if err != nil {
		return err
	}
	if _, err := tx.Put(store.Put{
		Key: store.Key{Type: typeWindow, ID: syncproto.DerivedID(typeWindow, "", w.Decision)},
		Doc: doc, Scopes: []syncproto.Scope{scopeFunding}, Cause: store.Cause{By: w.By, Op: "fund"},
	}); err != nil {
		return err
	}
	if err := tellFunded(tx, &w); err != nil {
		return err
	}
	from := domain.Month(string(w.From[:4]) + "-01")
	return mark(tx, spread{mode: spreadKnown, from: from, to: domain.Month(string(w.To[:4]) + "-12")})
}

// Fundings lists the funding decisions, oldest first.
func (s *Service) Fundings(ctx context.Context, who domain.Caller) ([]domain.FundedWindow, error) {
	out := []domain.FundedWindow{}
	err := s.store.View(ctx, func(r store.Reader) error {
		out = out[:0]
		if err := allowed(r, who, s.now(), rights.serves); err != nil {
			return err
		}
		list, err := s.windowsOf(r, "")
		for _, w := range list {
			out = append(out, w.FundedWindow)
		}
		return err
	})
	return out, err
}

// canonical is the RFC 8785 form that the chain of decisions keeps.
func canonical(v any) (jsontext.Value, error) {
	doc, err := syncproto.DocOf(v)
	if err != nil {
		return nil, err
	}
	return doc.AppendCanonical(nil), nil
}
