package persons

import (
	"context"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// Look gives a request with what stands in its way.
func (s *Service) Look(ctx context.Context, who domain.Caller, id domain.ID) (out Detail, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		q, err := s.ask(r, who, id)
		if err != nil {
			return err
		}
		out, err = s.detail(r, id, q)
		return err
	})
	return out, err
}

// ask reads a request for who may handle it. Whoever may not is told the same
// whether it exists or not.
func (s *Service) ask(r store.Reader, who domain.Caller, id domain.ID) (Request, error) {
	today := domain.DateOf(s.Now())
	if err := may(r, who, today, ""); err != nil {
		return Request{}, err
	}
	q, err := load(r, id)
	if err != nil {
		return q, err
	}
	return q, may(r, who, today, q.Person)
}

func (s *Service) detail(r store.Reader, id domain.ID, q Request) (d Detail, err error) {
	d.Unpaid = []string{}
	if d.View, err = s.view(r, id, q); err != nil {
		return d, err
	}
	today := domain.DateOf(s.Now())
	if d.Roles, err = rolesOf(r, q.Person, today); err != nil || q.Kind != Deidentify || !q.pending() {
		return d, err
	}
	tie, err := ledger.TieOf(r, q.Person)
	if err != nil {
		return d, err
	}
	if d.Named = tie.Named; d.Named {
		d.KeepUntil = keepUntil(today)
	}
	if tie.Unpaid != nil {
		d.Unpaid = tie.Unpaid
	}
	return d, nil
}

func keepUntil(today domain.Date) domain.Date {
	return domain.DateOf(today.Start().AddDate(KeepYears, 0, 0))
}

// Correct sets the person's name right wherever it stands, and answers the
// request with it. What stood there before stays in the history.
func (s *Service) Correct(ctx context.Context, who domain.Caller, id domain.ID, name string) (out View, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		q, err := s.ask(tx, who, id)
		if err != nil {
			return err
		}
		if err := roster.CheckName(name); err != nil {
			return err
		}
		p, err := roster.Person(tx, q.Person)
		if err != nil {
			return err
		}
		if q.State == Done && q.DoneBy == who.Person && p.Name == name {
			out, err = s.view(tx, id, q)
			return err
		}
		switch {
		case q.Kind != Correct:
			return domain.E(domain.Unprocessable, "This request does not ask for a correction.", "Yêu cầu này không phải yêu cầu sửa dữ liệu.")
		case !q.pending():
			return decided()
		case p.Name == name:
			return domain.E(domain.Unprocessable, "The name is written so already.", "Tên hiện đã ghi đúng như vậy.")
		}
		if err := roster.Rename(tx, q.Person, name, store.Cause{By: who.Person, Op: "correct_person"}); err != nil {
			return err
		}
		if err := s.finish(tx, id, &q, who.Person, Done, ""); err != nil {
			return err
		}
		out, err = s.view(tx, id, q)
		return err
	})
	return out, err
}

// Outcome of a request that is answered without any change here.
type Outcome struct {
	Done   bool   `json:"done"` // false: refused, with the reason in Answer
	Answer string `json:"answer"`
}

// Answer closes a request for a copy that was handed over, or refuses one with
// a reason. A correction or a de-identifying is done only by doing it; what is
// no name (a date in a role, a unit) is set right where it is kept, and then
// answered here.
func (s *Service) Answer(ctx context.Context, who domain.Caller, id domain.ID, in Outcome) (out View, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		q, err := s.ask(tx, who, id)
		if err != nil {
			return err
		}
		if err := checkText("answer", in.Answer, in.Done && q.Kind == Export); err != nil {
			return err
		}
		as := map[bool]State{true: Done, false: Refused}[in.Done]
		if q.State == as && q.DoneBy == who.Person && q.Answer == in.Answer {
			out, err = s.view(tx, id, q)
			return err
		}
		switch {
		case !q.pending():
			return decided()
		case in.Done && q.Kind == Deidentify:
			return domain.E(domain.Unprocessable, "De-identifying is done by two people here, not by an answer.", "Khử định danh phải do hai người thực hiện trên hệ thống, không trả lời suông.")
		case in.Done && q.Kind == Export && q.ExportedMs == 0:
			return domain.E(domain.Unprocessable, "Make the copy first.", "Hãy tải bản sao dữ liệu trước.")
		}
		if err := s.finish(tx, id, &q, who.Person, as, in.Answer); err != nil {
			return err
		}
		out, err = s.view(tx, id, q)
		return err
	})
	return out, err
}

func decided() error {
	return domain.E(domain.Conflict, "This request is answered already.", "Yêu cầu này đã được trả lời.")
}

// KindDone is the kind of the decision that a request was answered by, key the
// request's id.
const KindDone = "person_request"

// Settled is its body. It holds no name and no text: nothing can be taken out
// of the chain again.
type Settled struct {
	Request    domain.ID   `json:"request"`
	Person     domain.ID   `json:"person"`
	Kind       Kind        `json:"kind"`
	State      State       `json:"state"`
	Received   domain.Date `json:"received"`
	Due        domain.Date `json:"due"`
	ProposedBy domain.ID   `json:"proposed_by,omitzero"`
	By         domain.ID   `json:"by,omitzero"`
	KeptUntil  domain.Date `json:"kept_until,omitzero"`
	Again      bool        `json:"again,omitzero"` // done once more after a restore: the same word of two people
}

// finish ends a request and appends its decision.
func (s *Service) finish(tx store.Tx, id domain.ID, q *Request, by domain.ID, as State, answer string) error {
	q.State, q.DoneBy, q.DoneMs, q.Answer = as, by, tx.Now().UnixMilli(), answer
	if err := q.put(tx, id, by, string(as)+"_request"); err != nil {
		return err
	}
	return appendSettled(tx, &Settled{Request: id, Person: q.Person, Kind: q.Kind, State: as, Received: q.Received, Due: q.Due,
		ProposedBy: q.ProposedBy, By: by, KeptUntil: q.KeptUntil})
}

func appendSettled(tx store.Tx, b *Settled) error {
	raw, err := json.Marshal(b, json.Deterministic(true))
	if err != nil {
		return err
	}
	_, err = tx.Append(KindDone, string(b.Request), raw)
	return err
}
