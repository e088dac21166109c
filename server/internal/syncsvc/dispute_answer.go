package syncsvc

import (
	"context"
	"errors"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// DisputeView is a stored dispute; in a list without what stood when it was
// asked.
type DisputeView struct {
	ID domain.ID `json:"id"`
	domain.Dispute
	Overdue bool `json:"overdue,omitzero"` // open beyond its day
}

// DisputeList is a list and what is behind in it, whatever it was narrowed to.
type DisputeList struct {
	Disputes []DisputeView `json:"disputes"`
	Open     int64         `json:"open"`
	Overdue  int64         `json:"overdue"`
}

// Answer is what the chair or the province says to a dispute. Upheld proposes
// a correction, which a second person decides.
type Answer struct {
	Decision domain.DisputeState `json:"decision"` // explained | upheld
	Text     string              `json:"text"`
	Kind     string              `json:"kind,omitzero"`   // of the proposal, default back_payment
	Amount   domain.Money        `json:"amount,omitzero"` // of it
	Close    int64               `json:"close,omitzero"`  // number of the close that was looked at
	Basis    []string            `json:"basis,omitzero"`  // beside the dispute
}

// Disputes lists a commune's, for its office, or the province's.
func (s *Service) Disputes(ctx context.Context, c domain.Caller, commune domain.ID, st domain.DisputeState) (DisputeList, error) {
	var out DisputeList
	err := s.cfg.Store.View(ctx, func(r store.Reader) error {
		out = DisputeList{Disputes: []DisputeView{}}
		gs, err := roster.GrantsOf(r, c.Person)
		if err != nil {
			return err
		}
		today := domain.DateOf(s.cfg.Now())
		scope := scopeDisputes
		if commune != "" {
			scope = syncproto.CommuneScope(commune)
		}
		ps, _ := scope.Parse()
		if c.PushOnly || !provincial(gs, today) && (commune == "" || !gs.MayRead(c.Person, ps, today)) {
			return errNoDispute()
		}
		return eachDispute(r, scope, today, func(v DisputeView) {
			if v.State == domain.DisputeOpen {
				out.Open++
			}
			if v.Overdue {
				out.Overdue++
			}
			if st == "" || st == v.State {
				v.Stood = nil
				out.Disputes = append(out.Disputes, v)
			}
		})
	})
	return out, problem(err)
}

func provincial(gs domain.Grants, on domain.Date) bool {
	return gs.Anywhere(on, domain.RoleProvince, domain.RoleViewer, domain.RoleSystem)
}

func errNoDispute() error {
	return domain.E(domain.Forbidden, "You have no right to this dispute.", "Bạn không có quyền với khiếu nại này.")
}

func eachDispute(r store.Reader, scope syncproto.Scope, today domain.Date, yield func(DisputeView)) error {
	var bad error
	err := r.Members(scope, syncproto.TypeDispute, func(rec *store.Record) bool {
		var v DisputeView
		if v, bad = viewDispute(rec, today); bad == nil {
			yield(v)
		}
		return bad == nil
	})
	return errors.Join(err, bad)
}

func viewDispute(rec *store.Record, today domain.Date) (DisputeView, error) {
	v := DisputeView{ID: rec.ID}
	err := json.Unmarshal(rec.Doc, &v.Dispute)
	v.Overdue = v.State == domain.DisputeOpen && today > v.AnswerBy
	return v, err
}

// Dispute returns one, with what stood when it was asked, to its team, its
// commune's office and the province.
func (s *Service) Dispute(ctx context.Context, c domain.Caller, id domain.ID) (out DisputeView, err error) {
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		rec, err := r.Record(store.Key{Type: syncproto.TypeDispute, ID: id})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		gs, gerr := roster.GrantsOf(r, c.Person)
		if gerr != nil {
			return gerr
		}
		today := domain.DateOf(s.cfg.Now())
		if may := s.mayLook(r, c, rec.Scopes...); may != nil && !(provincial(gs, today) && !c.PushOnly) {
			return errNoDispute()
		}
		if err != nil {
			return domain.E(domain.NotFound, "There is no such dispute.", "Không có khiếu nại này.")
		}
		out, err = viewDispute(&rec, today)
		return err
	})
	return out, problem(err)
}

// AnswerDispute ends a dispute: explained, or upheld with a proposal. The
// commune's chair or the province's administrators answer, never the person who
// asked and never somebody of the team. Error: domain.Conflict if it is
// answered or withdrawn already; the same answer twice is one.
func (s *Service) AnswerDispute(ctx context.Context, c domain.Caller, id domain.ID, a Answer) (out DisputeView, err error) {
	err = s.update(ctx, func(tx store.Tx) error {
		today := domain.DateOf(tx.Now())
		rec, rerr := tx.Record(store.Key{Type: syncproto.TypeDispute, ID: id})
		if rerr != nil && !errors.Is(rerr, store.ErrNotFound) {
			return rerr
		}
		if rerr == nil {
			if out, err = viewDispute(&rec, today); err != nil {
				return err
			}
		}
		if err := mayAnswer(tx, c, &out, today); err != nil {
			return err
		}
		switch {
		case rerr != nil:
			return domain.E(domain.NotFound, "There is no such dispute.", "Không có khiếu nại này.")
		case a.Decision != domain.DisputeExplained && a.Decision != domain.DisputeUpheld:
			return refused("decision", "Decision must be explained or upheld.", "Kết quả phải là giải thích (explained) hoặc chấp nhận (upheld).")
		case a.Text == "" || len([]rune(a.Text)) > maxQuestion || !syncproto.IsNFC(a.Text) || !printable(a.Text, "\t\n\r"):
			return refused("text", "The answer needs a text of at most 1000 characters.", "Phải ghi nội dung trả lời, không quá 1000 ký tự.")
		case out.State == a.Decision && out.By == c.Person && out.Answer == a.Text:
			return nil
		case out.State != domain.DisputeOpen:
			return domain.E(domain.Conflict, "The dispute is answered or withdrawn already.", "Khiếu nại này đã được trả lời hoặc đã rút.")
		}
		out.State, out.Answer, out.By, out.AtMs, out.Overdue = a.Decision, a.Text, c.Person, tx.Now().UnixMilli(), false
		if a.Decision == domain.DisputeUpheld {
			if err := s.uphold(tx, &out, a); err != nil {
				return err
			}
		}
		return s.putAnswer(tx, &out, rec.Scopes)
	})
	return out, problem(err)
}

func refused(field, en, vi string) error {
	return &domain.Error{Code: domain.Invalid, Field: field, Msg: en, Vi: vi}
}

func mayAnswer(r store.Reader, c domain.Caller, v *DisputeView, today domain.Date) error {
	gs, err := roster.GrantsOf(r, c.Person)
	if err != nil {
		return err
	}
	commune := domain.ID("")
	if v.Team != "" {
		t, err := roster.Team(r, v.Team)
		if err != nil {
			return err
		}
		commune = t.Commune
	}
	own := slices.ContainsFunc(gs, func(g domain.Grant) bool { return g.Team == v.Team && v.Team != "" })
	if c.PushOnly || own || v.Author == c.Person || !gs.MayReview(commune, today) && !gs.Anywhere(today, domain.RoleProvince) {
		return errNoDispute()
	}
	return nil
}

// uphold proposes the correction that a dispute asks for.
func (s *Service) uphold(tx store.Tx, v *DisputeView, a Answer) error {
	kind := a.Kind
	if kind == "" {
		kind = string(domain.AdjustBack)
	}
	p, err := s.cfg.Months.Draft(tx, v.By, months.Ask{Kind: kind, Team: v.Team, Month: v.Month, Amount: a.Amount, Close: a.Close,
		Reason: reasonOf(a.Text), Basis: append([]string{months.BasisDispute + string(v.ID)}, a.Basis...)}, tx.Now())
	if err != nil {
		return err
	}
	v.Proposal = syncproto.DerivedID(syncproto.TypeProposal, v.ID, "")
	put, err := months.ProposalPut(months.ProposalView{ID: v.Proposal, Proposal: p}, v.By, "propose")
	if err == nil {
		_, err = tx.Put(put)
	}
	return err
}

// reasonOf shortens a text to what a proposal's reason may hold.
func reasonOf(s string) string {
	for len(s) > months.MaxReason {
		r := []rune(s)
		s = string(r[:len(r)-1-(len(s)-months.MaxReason)/4])
	}
	return s
}

func (s *Service) putAnswer(tx store.Tx, v *DisputeView, scopes []syncproto.Scope) error {
	doc, err := syncproto.DocOf(v.Dispute)
	if err != nil {
		return err
	}
	key := store.Key{Type: syncproto.TypeDispute, ID: v.ID}
	if _, err := tx.Put(store.Put{Key: key, Doc: doc, Scopes: scopes, Cause: store.Cause{By: v.By, Op: "answer"}}); err != nil {
		return err
	}
	kind := notify.DisputeExplained
	if v.State == domain.DisputeUpheld {
		kind = notify.DisputeUpheld
	}
	return notify.Tell(tx, notify.Note{
		To: v.Author, Kind: kind, Key: string(kind) + "/" + string(v.ID), Tag: key.Type + "/" + string(v.ID), About: key,
		Team: v.Team, Month: v.Month, Fields: map[string]string{"reason": v.Answer},
	})
}
