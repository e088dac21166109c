package persons

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/jobs"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Choice is what is decided about de-identifying.
type Choice string

const (
	Propose  Choice = "propose"
	Confirm  Choice = "confirm"  // by a second person: this does it
	Withdraw Choice = "withdraw" // by who proposed it
)

// Decide proposes to de-identify a person, withdraws that, or as the second
// person does it. Nothing brings a name back.
func (s *Service) Decide(ctx context.Context, who domain.Caller, id domain.ID, choice Choice) (out View, err error) {
	var where []store.Key
	if choice == Confirm { // a long read, outside the transaction: names that come meanwhile are found by their scopes
		if where, err = s.whereNamed(ctx, who, id); err != nil {
			return out, err
		}
	}
	after := func() {}
	var gone domain.ID
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		gone = ""
		q, err := s.ask(tx, who, id)
		if err != nil {
			return err
		}
		if done, err := settledSo(&q, who.Person, choice); err != nil || done {
			if err == nil {
				out, err = s.view(tx, id, q)
			}
			return err
		}
		switch choice {
		case Propose:
			if err := s.free(tx, &q); err != nil {
				return err
			}
			q.State, q.ProposedBy, q.ProposedMs = Proposed, who.Person, tx.Now().UnixMilli()
			err = q.put(tx, id, who.Person, "propose_deidentify")
		case Withdraw:
			q.State, q.ProposedBy, q.ProposedMs = Open, "", 0
			err = q.put(tx, id, who.Person, "withdraw_deidentify")
		default:
			if err := s.free(tx, &q); err != nil {
				return err
			}
			gone = q.Person
			after, err = s.veil(tx, id, &q, who.Person, where)
		}
		if err != nil {
			return err
		}
		out, err = s.view(tx, id, q)
		return err
	})
	if err != nil || gone == "" {
		return out, err
	}
	after()
	return out, s.remember(gone, domain.DateOf(s.Now()))
}

// settledSo says whether a choice was made already, or why it can't be.
func settledSo(q *Request, who domain.ID, choice Choice) (done bool, err error) {
	switch {
	case q.Kind != Deidentify:
		return false, domain.E(domain.Unprocessable, "This request does not ask for de-identifying.", "Yêu cầu này không phải yêu cầu khử định danh.")
	case choice != Propose && choice != Confirm && choice != Withdraw:
		return false, invalid("decision", "Decision is propose, confirm or withdraw.", "Quyết định là propose (đề nghị), confirm (xác nhận) hoặc withdraw (rút lại).")
	case choice == Confirm && q.State == Done && q.DoneBy == who, choice == Propose && q.State == Proposed && q.ProposedBy == who:
		return true, nil
	case !q.pending():
		return false, decided()
	case choice == Propose && q.State == Proposed:
		return false, domain.E(domain.Conflict, "Somebody has proposed it: confirm it.", "Đã có người đề nghị: hãy xác nhận.")
	case choice != Propose && q.State != Proposed:
		return false, domain.E(domain.Conflict, "Nobody has proposed it yet.", "Chưa có ai đề nghị.")
	case choice == Confirm && q.ProposedBy == who:
		return false, domain.E(domain.Unprocessable, "Who proposed it can't confirm it: a second person must.", "Người đề nghị không được tự xác nhận: cần người thứ hai.")
	case choice == Withdraw && q.ProposedBy != who:
		return false, domain.E(domain.Forbidden, "Only who proposed it withdraws it.", "Chỉ người đề nghị được rút lại.")
	}
	return false, nil
}

// free refuses while the person works here or money is on its way to them; it
// says what to do first.
func (s *Service) free(r store.Reader, q *Request) error {
	roles, err := rolesOf(r, q.Person, domain.DateOf(s.Now()))
	if err != nil {
		return err
	}
	if len(roles) > 0 {
		ro := roles[0]
		return domain.E(domain.Conflict, "The person still holds a role ("+ro.Place+"): end it first, in the roster.",
			"Người này còn giữ vai trò ("+ro.Place+"): hãy kết thúc vai trò trong danh sách trước.")
	}
	tie, err := ledger.TieOf(r, q.Person)
	if err == nil && len(tie.Unpaid) > 0 {
		list := strings.Join(tie.Unpaid, ", ")
		err = domain.E(domain.Conflict, "Money is still to be paid through this person: "+list+". Confirm the payment, or replace the list, first.",
			"Còn khoản phải chi qua người này: "+list+". Hãy xác nhận đã chi hoặc thay danh sách trước.")
	}
	return err
}

// whereNamed reads which records bear one of the person's names.
func (s *Service) whereNamed(ctx context.Context, who domain.Caller, id domain.ID) (where []store.Key, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		q, err := s.ask(r, who, id)
		if err == nil {
			where, err = named(r, q.Person)
		}
		return err
	})
	return where, err
}

func named(r store.Reader, person domain.ID) (where []store.Key, err error) {
	names, err := roster.NamesOf(r, person)
	if err != nil {
		return nil, err
	}
	err = r.Mentions(names, func(k store.Key) bool { where = append(where, k); return true })
	return where, err
}

// veil does it, in one transaction: all or nothing.
func (s *Service) veil(tx store.Tx, id domain.ID, q *Request, by domain.ID, where []store.Key) (after func(), err error) {
	if after, q.KeptUntil, err = s.takeNames(tx, q.Person, store.Cause{By: by, Op: "deidentify"}, where); err != nil {
		return nil, err
	}
	q.Note = ""
	if err := s.finish(tx, id, q, by, Done, ""); err != nil {
		return nil, err
	}
	var texts []domain.ID // of all requests of the person: what was written down then may hold a name
	if err := each(tx, func(id domain.ID, o Request) bool {
		if o.Person == q.Person {
			texts = append(texts, id)
		}
		return true
	}); err != nil {
		return nil, err
	}
	v := roster.Veil{Person: q.Person, Cause: store.Cause{By: by, Op: "deidentify"}}
	for _, id := range texts {
		if err := v.Put(tx, key(id), func(d syncproto.Doc) { delete(d, "note"); delete(d, "answer") }); err != nil {
			return nil, err
		}
	}
	return after, nil
}

// takeNames takes away what tells who the person is. Papers of money that bear
// the name keep it until the day that it returns.
func (s *Service) takeNames(tx store.Tx, person domain.ID, c store.Cause, where []store.Key) (after func(), keep domain.Date, err error) {
	tie, err := ledger.TieOf(tx, person)
	if err != nil {
		return nil, "", err
	}
	if tie.Named {
		keep = keepUntil(domain.DateOf(tx.Now()))
	}
	v, err := roster.NewVeil(tx, person, c, where)
	if err != nil {
		return nil, "", err
	}
	if err := roster.PutVeil(tx, v, keep); err != nil {
		return nil, "", err
	}
	for _, forget := range []func(store.Tx, *roster.Veil) error{ledger.Forget, jobs.Forget} {
		if err := forget(tx, v); err != nil {
			return nil, "", err
		}
	}
	if err := notify.ForgetPerson(tx, person); err != nil {
		return nil, "", err
	}
	after, err = s.Accounts.CloseAccount(tx, person)
	return after, keep, err
}

// Mention is a record whose free text holds a name of the person.
type Mention struct {
	Type  string       `json:"type"`
	ID    domain.ID    `json:"id"`
	Team  domain.ID    `json:"team,omitzero"`
	Month domain.Month `json:"month,omitzero"`
	// Past: only an earlier version has it, or one that was deleted.
	Past bool `json:"past,omitzero"`
}

// maxMentions is how many are named.
const maxMentions = 200

// bearers are the records that de-identifying sees to.
var bearers = []string{syncproto.TypePerson, syncproto.TypeGrant, roster.TypeOfficer, roster.TypeCalledUp, "support_proposal", "job", "kept_name", typeRequest}

// Mentions lists the records whose free text holds the name, for a person to
// look at: before de-identifying, for afterwards nobody knows the name.
func (s *Service) Mentions(ctx context.Context, who domain.Caller, id domain.ID) (out []Mention, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		out = []Mention{}
		q, err := s.ask(r, who, id)
		if err != nil {
			return err
		}
		names, err := roster.NamesOf(r, q.Person)
		if err != nil {
			return err
		}
		where, err := named(r, q.Person)
		if err != nil {
			return err
		}
		for _, k := range where {
			if slices.Contains(bearers, k.Type) || len(out) >= maxMentions {
				continue
			}
			rec, err := r.Record(k)
			if err != nil {
				return err
			}
			m := Mention{Type: k.Type, ID: k.ID, Past: !holds(string(rec.Doc), names)}
			if d, err := syncproto.SplitCanonical(rec.Doc); err == nil && !rec.Deleted {
				m.Team, m.Month = domain.ID(d.Str("team")), domain.Month(d.Str("month"))
			}
			out = append(out, m)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Mention) int {
		return cmp.Or(cmp.Compare(b.Month, a.Month), cmp.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	return out, err
}

func holds(doc string, names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(doc, n) })
}
