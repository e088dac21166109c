package oracle

import (
	"encoding/json"
	"slices"
)

// Decision is a link of the server's chain of decisions, as the harness read
// it from the file.
type Decision struct {
	N         int64
	Kind, Key string
	Body      string
	Hash      string
}

// decided is what the oracle reads of a decision's body.
type decided struct {
	Team, Month string
	Supersedes  int64
	Verdict     struct {
		Result string
		Amount int64
	}

	Kind       string
	Amount     int64
	Close      int64
	ProposedBy string `json:"proposed_by"`
	ApprovedBy string `json:"approved_by"`
}

// worth is a team-month's money by the oracle's own reading of the decisions.
type worth struct {
	close    int64 // the newest; 0: none
	open     bool  // reopened since
	result   string
	base     int64
	changes  []change // by adjustments of this close
	withheld bool
}

// change is an adjustment of a close.
type change struct {
	kind   string
	amount int64
}

// due is what a team-month is worth on a base amount with its adjustments.
func (w *worth) due(base int64) int64 {
	for _, c := range w.changes {
		switch c.kind {
		case "back_payment":
			base += c.amount
		case "recovery":
			base = max(0, base-c.amount)
		}
	}
	return base
}

// span is when a team-month was closed: writes from from to to are wrong; to 0
// means still.
type span struct{ from, to int64 }

// Decided notes a decision of the chain. before is a commit that is surely not
// after it. No decision ever changes, and a correction has two people.
func (o *Oracle) Decided(d Decision, before int64) {
	text := d.Kind + " " + d.Key + " " + d.Body + " " + d.Hash
	if old, ok := o.line.chain[d.N]; ok {
		if old != text {
			o.fail(RecordConst, "decision %d was %.300s, is %.300s", d.N, old, text)
		}
		return
	}
	o.line.chain[d.N] = text
	if o.booked(d) {
		return
	}
	var b decided
	if err := json.Unmarshal([]byte(d.Body), &b); err != nil {
		o.fail(RecordConst, "decision %d can't be read: %v", d.N, err)
		return
	}
	k := b.Team + "/" + b.Month
	w := o.line.worth[k]
	switch d.Kind {
	case "close":
		if w.close != 0 && !w.open || b.Supersedes != w.close {
			o.fail(CloseOnce, "%s: close %d supersedes %d, the newest was %d, reopened %v", k, d.N, b.Supersedes, w.close, w.open)
		}
		w = worth{close: d.N, result: b.Verdict.Result, base: b.Verdict.Amount}
	case "reopen":
		o.twoPeople(d, &b)
		if w.open || b.Close != w.close {
			o.fail(CloseOnce, "%s: reopened %d by decision %d, the newest close is %d", k, b.Close, d.N, w.close)
		}
		w.open = true
		o.stats.Reopened++
		o.line.spans[k] = append(slices.Clone(o.line.spans[k]), span{o.line.closes[k].Commit, before})
		delete(o.line.closes, k)
		delete(o.line.content, k)
	case "adjustment":
		o.twoPeople(d, &b)
		o.adjust(d, &b, &w)
	default:
		return
	}
	o.line.worth[k] = w
}

func (o *Oracle) adjust(d Decision, b *decided, w *worth) {
	if w.open || b.Close != w.close {
		o.fail(MoneyTrue, "adjustment %d corrects close %d, the newest is %d", d.N, b.Close, w.close)
	}
	o.stats.Adjusted++
	w.changes = append(slices.Clone(w.changes), change{b.Kind, b.Amount})
	switch b.Kind {
	case "withhold":
		w.withheld = true
	case "release":
		w.withheld = false
	}
	if due := w.due(w.base); b.Amount < 0 || due > 500_000 { // the rate of the policy in force
		o.fail(MoneyTrue, "adjustment %d of %d makes %s/%s worth %d", d.N, b.Amount, b.Team, b.Month, due)
	}
}

// twoPeople: who proposed is not who approved, and neither is of the team.
func (o *Oracle) twoPeople(d Decision, b *decided) {
	own := slices.ContainsFunc(o.line.grants, func(g Grant) bool {
		return g.Team == b.Team && (g.Person == b.ProposedBy || g.Person == b.ApprovedBy)
	})
	if b.ProposedBy == b.ApprovedBy || b.ProposedBy == "" || own {
		o.fail(TwoPeople, "decision %d: proposed by %s, approved by %s, of the team: %v", d.N, b.ProposedBy, b.ApprovedBy, own)
	}
}

// NewestClose is the newest close of a team-month, 0 if there is none or the
// month is open again.
func (o *Oracle) NewestClose(team, month string) int64 {
	if w := o.line.worth[team+"/"+month]; !w.open {
		return w.close
	}
	return 0
}

// shut tells whether a team-month was closed at some commit from lo to hi.
func (o *Oracle) shut(at string, lo, hi int64) bool {
	if c, ok := o.line.closes[at]; ok && c.Commit <= hi {
		return true
	}
	return slices.ContainsFunc(o.line.spans[at], func(s span) bool { return s.from <= hi && s.to >= lo })
}

// LastClose is the newest close of a team-month, also of one that is open
// again.
func (o *Oracle) LastClose(team, month string) int64 { return o.line.worth[team+"/"+month].close }
