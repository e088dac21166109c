package months

import (
	"errors"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// late is work that a closed month does not hold or did not count, as it would
// stand there approved.
type late struct {
	key    store.Key
	doc    syncproto.Doc
	bounds store.Bounds
}

// lateWorks reads the work that a proposal rests on, and notes on it what the
// trusted bounds say: the worst of all pieces.
func (s *Service) lateWorks(r store.Reader, p *domain.Proposal, m *MoneyView) (works []late, err error) {
	p.Timing = ""
	for _, b := range p.Basis {
		var w late
		kind, id, _ := strings.Cut(b, ":")
		switch kind + ":" {
		case BasisCase:
			w, err = caseWork(r, id, p)
		case BasisActivity:
			w, err = recordWork(r, id, p)
		default:
			continue
		}
		if err != nil {
			return nil, err
		}
		works = append(works, w)
		if t := timing(w.bounds, m.dates); p.Timing == "" || t == domain.AfterLock || p.Timing == domain.InTime {
			p.Timing = t
		}
	}
	return works, nil
}

// timing compares trusted bounds with the lock. Nothing of a phone's clock is
// in it.
func timing(b store.Bounds, d policy.Dates) domain.Timing {
	lock := d.Lock.Start().UnixMilli()
	switch {
	case b.NotAfterMs < lock:
		return domain.InTime
	case b.NotBeforeMs >= lock:
		return domain.AfterLock
	}
	return domain.TimeOpen
}

var errNoBasis = refuse("basis", "This is no late work of the month.", "Căn cứ không phải việc đến muộn của tháng này.")

// caseWork is the mutation of a case that a closed month set aside, laid over
// the record as it stands.
func caseWork(r store.Reader, id string, p *domain.Proposal) (w late, err error) {
	rec, err := r.Record(caseKey(id))
	if errors.Is(err, store.ErrNotFound) {
		return w, errNoBasis
	}
	if err != nil {
		return w, err
	}
	d, err := syncproto.SplitCanonical(rec.Doc)
	if err != nil {
		return w, err
	}
	if d.Str("code") != string(syncproto.CodeMonthClosed) || d.Str("state") != "open" ||
		d.Str("team") != string(p.Team) || d.Str("month") != string(p.Month) || d.Str("by") == string(p.By) {
		return w, errNoBasis
	}
	w.bounds.NotBeforeMs, _ = d.Int("not_before")
	w.bounds.NotAfterMs, _ = d.Int("not_after")
	fp, err := syncproto.ParseBytes16(d.Str("fp"))
	if err != nil {
		return w, err
	}
	raw, err := r.Raw(fp)
	if err != nil {
		return w, err
	}
	mut, err := syncproto.DecodeMutation(raw)
	if err != nil {
		return w, errNoBasis
	}
	return w, w.lay(r, mut)
}

// lay makes the document that a mutation means.
func (w *late) lay(r store.Reader, m *syncproto.Mutation) error {
	switch m.Op {
	case syncproto.OpCreate, syncproto.OpEdit, syncproto.OpAttach, syncproto.OpDetach, syncproto.OpSubmit:
	default:
		return errNoBasis
	}
	w.key = store.Key{Type: m.Type, ID: m.ID}
	cur := syncproto.Doc{}
	rec, err := r.Record(w.key)
	switch {
	case err == nil && !rec.Deleted:
		if cur, err = syncproto.SplitCanonical(rec.Doc); err != nil {
			return err
		}
	case err == nil || !errors.Is(err, store.ErrNotFound):
		return errors.Join(err, errNoBasis)
	case m.Op != syncproto.OpCreate:
		return errNoBasis
	}
	w.doc = syncproto.Overlay(m.Type, cur, m)
	if w.doc.Str("author") == "" {
		w.doc["author"] = syncproto.Str(string(m.By))
	}
	return nil
}

// recordWork is approved work of the month that came after its lock, or that
// was approved only after the close counted it as not approved.
func recordWork(r store.Reader, id string, p *domain.Proposal) (w late, err error) {
	w.key = store.Key{Type: syncproto.TypeActivity, ID: domain.ID(id)}
	rec, err := r.Record(w.key)
	if errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted {
		return w, errNoBasis
	}
	if err != nil {
		return w, err
	}
	var a domain.Activity
	if err := json.Unmarshal(rec.Doc, &a); err != nil {
		return w, err
	}
	if a.Team != p.Team || a.DoneOn.Month() != p.Month || a.State != domain.Approved || a.Author == p.By {
		return w, errNoBasis
	}
	w.bounds.NotAfterMs = a.Received
	if err := r.History(w.key, func(v *store.Version) bool { // the last is its creation
		w.bounds.NotBeforeMs = v.NotBeforeMs
		return true
	}); err != nil {
		return w, err
	}
	w.doc, err = syncproto.SplitCanonical(rec.Doc)
	return w, err
}

// recount judges a closed month again with late work in it, as its chair would
// have approved it in time. worth is what it gives; most is what it gives if
// the two people accept it against assumed rules too, as a chair may when he
// closes. Nothing is accepted against a published or inferred rule: if such a
// fact was wrong, the month is reopened.
func recount(r store.Reader, m *MoneyView, by *PolicyMoney, works []late, reason string) (worth, most domain.Money, err error) {
	g := &gathered{policy: by.policy, dates: m.dates, facts: by.facts, roster: m.close.Roster}
	if len(works) > 0 {
		g.facts.Activities, g.facts.Work = []domain.Counted{}, policy.Work{}
		member, err := (&gathered{}).people(r, m.close.Team, m.close.Month)
		if err != nil {
			return 0, 0, err
		}
		if err := g.work(r, m.close.Team, m.close.Month, member, works); err != nil {
			return 0, 0, err
		}
		if g.facts.Costs, err = withLate(by.facts.Costs, works, by.policy.ID, m.close.Month); err != nil {
			return 0, 0, err
		}
	}
	v, err := by.policy.Decide(g.facts)
	if err != nil {
		return 0, 0, err
	}
	g.facts.Accepted = reason
	accepted, err := by.policy.Decide(g.facts)
	return v.Amount, max(v.Amount, accepted.Amount), err
}

// approved makes a record of late work as it would stand in the month.
func (w *late) record() store.Record {
	d := w.doc
	d["state"] = syncproto.Str(string(domain.Approved))
	delete(d, "received")
	if d.Str("reviewer") == d.Str("author") {
		delete(d, "reviewer")
	}
	return store.Record{Key: w.key, Doc: d.AppendCanonical(nil), C: syncproto.ContentHash(w.key.Type, d)}
}
