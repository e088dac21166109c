package syncsvc

import (
	"errors"

	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/review"
	"github.com/banso/banso/server/internal/stats"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// applier makes outcomes true in one write transaction.
type applier struct {
	tx      store.Tx
	st      *state
	touched []store.Key           // records that changed: what waits for them is decided again
	skip    map[syncproto.ID]bool // waiting cases whose decision broke: set aside
	marked  place                 // team-month that was marked last
	settled int                   // cases decided again so far
}

// verdict is an outcome as the wire tells it.
func (o *outcome) verdict(rev int64) syncproto.Verdict {
	if o.rev != 0 {
		rev = o.rev
	}
	kase := o.kase
	if o.v == syncproto.Applied {
		kase = ""
	}
	return syncproto.Verdict{V: o.v, ID: o.key.ID, Rev: rev, Code: o.code, Lost: o.lost, Case: kase}
}

// apply writes an outcome, keeps its verdict and returns it.
func (a *applier) apply(in *input, out *outcome) (syncproto.Verdict, error) {
	rev, err := a.write(in, out)
	if err != nil {
		return syncproto.Verdict{}, err
	}
	own := rev
	if out.recode != nil && out.v == syncproto.Applied {
		rev = 0
	}
	if out.close != nil {
		rev = 0 // the verdict is about the case
		if err := a.closeCase(in, out.close, own); err != nil {
			return syncproto.Verdict{}, err
		}
	}
	v := out.verdict(rev)
	switch {
	case out.recode != nil:
		if out.code != "" {
			out.recode[fCode] = syncproto.Str(string(out.code))
		}
		err = a.putCase(out.kase, out.recode, in)
	case (out.v == syncproto.Aside || out.v == syncproto.Waiting) && out.kase == "":
		v.Case, err = a.openCase(in, out)
	}
	return v, err
}

// write does the changes of records and what must follow them in the same
// transaction; it returns the rev of the first.
func (a *applier) write(in *input, out *outcome) (rev int64, err error) {
	for i := range out.writes {
		after, err := a.change(&out.writes[i], in.client)
		if err != nil {
			return 0, err
		}
		if i == 0 {
			rev = after.Rev
		}
	}
	if out.looked != nil {
		if err := review.MarkStale(a.tx, in.author(), out.key, a.st.staleMarks(in.author()), *out.looked); err != nil {
			return 0, err
		}
	}
	for i := range out.notes {
		if err := notify.Tell(a.tx, out.notes[i]); err != nil {
			return 0, err
		}
	}
	if err := notify.Tally(a.tx, out.approved, notify.Approved); err != nil {
		return 0, err
	}
	return rev, nil
}

func (a *applier) change(w *write, client syncproto.ID) (after store.Record, err error) {
	var before syncproto.Doc
	proved := w.put.Type == syncproto.TypeActivity || w.put.Type == syncproto.TypeSpending // photos are its evidence
	if proved {
		before = a.st.doc(w.before)
	}
	if w.del {
		after, err = a.tx.Delete(w.put.Key, w.put.Cause)
	} else {
		if proved {
			if err := errors.Join(blob.Carry(a.tx, before, w.put.Doc), blob.Hold(a.tx, w.put.Doc)); err != nil {
				return after, err
			}
		}
		after, err = a.tx.Put(w.put)
	}
	if err != nil {
		return after, err
	}
	a.touched = append(a.touched, w.put.Key)
	switch w.put.Type {
	case syncproto.TypeActivity:
		before := a.st.doc(w.before)
		if err := a.indexDuplicate(w.put.ID, before, w.put.Doc, client); err != nil {
			return after, err
		}
		if err := blob.Index(a.tx, w.put.ID, before, w.put.Doc); err != nil {
			return after, err
		}
		if err := stats.Apply(a.tx, before, w.put.Doc); err != nil {
			return after, err
		}
	case syncproto.TypeReceipt:
		return after, a.receive(w.put.Doc)
	case syncproto.TypeSpending:
		return after, errors.Join(blob.Index(a.tx, w.put.ID, before, w.put.Doc), a.touchCosts(before, w.put.Doc))
	case syncproto.TypeInbox:
		return after, notify.Receipt(a.tx, w.put.ID, a.st.doc(w.before), w.put.Doc)
	case syncproto.TypeReport:
	default:
		return after, nil
	}
	return after, a.touchMonths(w.before, &after)
}

// touchMonths marks the months of a team that a change touches, before and
// after.
func (a *applier) touchMonths(recs ...*store.Record) error {
	for _, rec := range recs {
		if rec == nil {
			continue
		}
		p := a.st.placeOf(rec)
		if p.team == "" || p.team == a.marked.team && p.month == a.marked.month {
			continue
		}
		if err := months.Touch(a.tx, p.team, domain.Month(p.month)); err != nil {
			return err
		}
		a.marked = p
	}
	return nil
}

// touchCosts marks the months in which a team spent, before and after a change.
func (a *applier) touchCosts(docs ...syncproto.Doc) error {
	for _, d := range docs {
		on := day(d, "on")
		if on == "" {
			continue
		}
		if pays, err := a.st.months.PaysCosts(a.tx, d.Str("policy")); err != nil || !pays {
			return err
		}
		if err := months.Touch(a.tx, domain.ID(d.Str("team")), on.Month()); err != nil {
			return err
		}
	}
	return nil
}
