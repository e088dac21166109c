package oracle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// figures is a progress record as a phone shows it.
type figures struct {
	Team, Month, Stage, Result, Money, Funding string
	Amount                                     int64
	Due                                        int64 `json:"due_vnd"`
	Listed                                     int64 `json:"listed_vnd"`
	Paid                                       int64 `json:"paid_vnd"`
	Got                                        int64 `json:"received_vnd"`
	Reopened                                   bool
}

// Money compares what everybody is shown of each team-month with the oracle's
// books: the phone's figure is the decision's, and the list's.
func (o *Oracle) Money(all []*Reading) {
	got := o.received(all)
	for _, rd := range all {
		for _, k := range slices.Sorted(maps.Keys(rd.Docs)) {
			typ, _ := cutType(k)
			raw, _ := json.Marshal(rd.Docs[k])
			switch typ {
			case "progress":
				var p figures
				if err := json.Unmarshal(raw, &p); err != nil {
					o.fail(MoneyTrue, "%s of %s: %v", k, rd.Person, err)
					continue
				}
				o.shown(rd.Person, &p, got[p.Team+"/"+p.Month])
			case "payment":
				o.payment(rd.Person, raw)
			}
		}
	}
}

func (o *Oracle) shown(who string, p *figures, got int64) {
	at := p.Team + "/" + p.Month
	w, b := o.line.worth[at], o.line.books.of[at]
	closed, result, base := w.close != 0 && !w.open, w.result, w.base
	if o.outside(p.Month) {
		result, base = "out_of_window", 0
	}
	switch {
	case closed != (p.Stage == "closed" || p.Stage == "finalised") || w.open != p.Reopened:
		o.fail(MoneyTrue, "%s shows %s as %s, reopened %v; decisions say close %d, open again %v", who, at, p.Stage, p.Reopened, w.close, w.open)
	case closed && (p.Due != o.due(at) || p.Amount != base || p.Result != result):
		o.fail(MoneyTrue, "%s shows %s as %s, %d, due %d; decided %s, %d, due %d", who, at, p.Result, p.Amount, p.Due, result, base, o.due(at))
	case !closed && p.Due != 0:
		o.fail(MoneyTrue, "%s shows %d as due for %s, which is open", who, p.Due, at)
	case !closed && p.Money != "projected":
		o.fail(MoneyTrue, "%s shows the money of %s as %s, which is open", who, at, p.Money)
	case p.Listed != b.listed() || p.Paid != b.paid() || p.Got != got:
		o.fail(MoneyTrue, "%s shows %s with %d listed, %d paid, %d received; the lists say %d, %d, %d", who, at, p.Listed, p.Paid, p.Got,
			b.listed(), b.paid(), got)
	case closed && p.Money != o.state(at, got):
		o.fail(MoneyTrue, "%s shows the money of %s as %s, the books say %s", who, at, p.Money, o.state(at, got))
	}
}

// funded tells whether a decision known now pays a team-month.
func (o *Oracle) funded(team, month string) bool {
	for _, f := range o.line.books.windows {
		if slices.Contains(f.Teams, team) && f.From <= month && month <= f.To {
			return true
		}
	}
	return false
}

// outside tells whether the money of a month's year is decided without it: what
// was closed stays as it is, and is shown as out of the window.
func (o *Oracle) outside(month string) bool {
	other := false
	for _, f := range o.line.books.windows {
		if f.From <= month && month <= f.To {
			return false
		}
		other = other || f.From[:4] <= month[:4] && month[:4] <= f.To[:4]
	}
	return other
}

// due is what a team-month is worth by its newest close, the adjustments of
// it, and the decisions on money.
func (o *Oracle) due(at string) int64 {
	w := o.line.worth[at]
	_, month, _ := strings.Cut(at, "/")
	if o.outside(month) {
		return w.due(0)
	}
	return w.due(w.base)
}

// Stand is where a closed team-month's money is, for the harness to choose
// what is worth doing.
type Stand struct {
	Team, Month   string
	Due, Listed   int64
	Funded, Moves bool // Moves: a list may hold it now
}

// Stands lists the closed team-months, in order.
func (o *Oracle) Stands() (out []Stand) {
	for _, at := range slices.Sorted(maps.Keys(o.line.worth)) {
		w := o.line.worth[at]
		if w.open || w.close == 0 {
			continue
		}
		team, month, _ := strings.Cut(at, "/")
		s := Stand{Team: team, Month: month, Due: o.due(at), Listed: o.line.books.of[at].listed(), Funded: o.funded(team, month)}
		s.Moves = !w.withheld && (s.Due < s.Listed || s.Due > s.Listed && s.Funded)
		out = append(out, s)
	}
	return out
}

// state of a closed team-month's money, by the books.
func (o *Oracle) state(at string, got int64) string {
	w, b, due := o.line.worth[at], o.line.books.of[at], o.due(at)
	team, month, _ := strings.Cut(at, "/")
	switch {
	case w.withheld:
		return "withheld"
	case len(b) == 0 && due == 0 && len(w.changes) > 0:
		return "adjusted"
	case len(b) == 0 && due == 0:
		return "none"
	case len(b) == 0 && o.funded(team, month):
		return "funded"
	case len(b) == 0:
		return "eligible"
	case due != b.listed():
		return "adjusted"
	case b.listed() == 0:
		return "recovered"
	case b.paid() < b.listed():
		return "listed"
	case got < b.paid():
		return "paid"
	}
	return "settled"
}

// received is what leaders confirmed of each team-month: the paid lines of the
// lists that a receipt which matches names.
func (o *Oracle) received(all []*Reading) map[string]int64 {
	out, seen := map[string]int64{}, map[string]bool{}
	for _, rd := range all {
		for _, k := range slices.Sorted(maps.Keys(rd.Docs)) {
			if !strings.HasPrefix(k, "payment/") {
				continue
			}
			raw, _ := json.Marshal(rd.Docs[k])
			var p payment
			if json.Unmarshal(raw, &p) != nil || seen[p.Subject+"/"+p.Period] {
				continue
			}
			seen[p.Subject+"/"+p.Period] = true
			for _, l := range p.Lines {
				matches := o.matches(all, p.Subject, l.List)
				if l.Received != "" {
					o.stats.Received++
					out[p.Subject+"/"+p.Period] += l.Amount
				}
				if (l.Received != "") != (matches && l.Voucher != "") {
					o.fail(MoneyTrue, "list %s: %d for %s/%s received on %q, voucher %q, a receipt that matches: %v", l.List, l.Amount, p.Subject, p.Period,
						l.Received, l.Voucher, matches)
				}
			}
		}
	}
	return out
}

// matches tells whether the team has a receipt for the list that matches what
// the books say was paid.
func (o *Oracle) matches(all []*Reading, team, list string) bool {
	for _, rd := range all {
		for k, d := range rd.Docs {
			if !strings.HasPrefix(k, "receipt/") || text(d["team"]) != team || text(d["list"]) != list || text(d["state"]) != "matches" {
				continue
			}
			if string(d["amount"]) == fmt.Sprint(o.paidOn(team, list)) {
				return true
			}
		}
	}
	return false
}

func (o *Oracle) paidOn(team, list string) (n int64) {
	for k, b := range o.line.books.of {
		for _, l := range b {
			if strings.HasPrefix(k, team+"/") && l.list == list && l.voucher != "" {
				n += l.amount
			}
		}
	}
	return n
}

// payment is a payment record as phones and offices see it.
type payment struct {
	Subject, Period        string
	Listed, Paid, Received int64
	Lines                  []struct {
		List, Voucher, Funding string
		Amount                 int64
		Received               string `json:"received_on"`
	}
}

func (o *Oracle) payment(who string, raw []byte) {
	var p payment
	if err := json.Unmarshal(raw, &p); err != nil {
		o.fail(MoneyTrue, "payment of %s: %v", who, err)
		return
	}
	var have book
	for _, l := range p.Lines {
		have = append(have, bookLine{l.List, l.Voucher, l.Funding, l.Amount})
	}
	b := o.line.books.of[p.Subject+"/"+p.Period]
	if p.Listed != b.listed() || p.Paid != b.paid() || !slices.Equal(have, b) {
		o.fail(MoneyTrue, "%s sees %s/%s with %d listed, %d paid: %v; the lists say %v", who, p.Subject, p.Period, p.Listed, p.Paid, have, b)
	}
}

// Settled checks, after all that can be listed was listed, that what is listed
// is what is due, wherever money may move.
func (o *Oracle) Settled() {
	for _, s := range o.Stands() {
		if s.Moves {
			o.fail(ListedDue, "all is listed, %d for %s/%s; due is %d", s.Listed, s.Team, s.Month, s.Due)
		}
	}
}

// Lost are the lists that the last restore took back, though the backup under
// them was not lost.
func (o *Oracle) Lost() []LostList { return o.lost }

// LostList is an issued list that is not in the restored chain.
type LostList struct {
	Number, Draft string
	lines         []listLine
}

// StillDrafted checks that a lost list stands as the draft that it was made
// from, line by line, so that it can be issued again as it was.
func (o *Oracle) StillDrafted(l LostList, answer []byte) {
	var v struct {
		State string
		Lines []listLine
	}
	if err := json.Unmarshal(answer, &v); err != nil || v.State != "draft" || !sameLines(v.Lines, l.lines) {
		o.fail(ListBacked, "list %s was lost by the restore, its draft %s is not what it was: %.300s", l.Number, l.Draft, answer)
	}
}

func sameLines(a, b []listLine) bool {
	return slices.EqualFunc(a, b, func(x, y listLine) bool { return x.key() == y.key() && x.Amount == y.Amount && x.Close == y.Close })
}

// Listing checks a list as an office reads it, and the CSV files that it prints
// by kind of paper, against the books.
func (o *Oracle) Listing(answer []byte, papers map[string]string) {
	var v struct {
		Number, State string
		Total, Paid   int64
		Lines         []struct {
			listLine
			Name, Voucher string
		}
	}
	if err := json.Unmarshal(answer, &v); err != nil {
		o.fail(Envelope, "list: %v in %.300s", err, answer)
		return
	}
	l, ok := o.line.books.lists[v.Number]
	var lines []listLine
	for _, x := range v.Lines {
		lines = append(lines, x.listLine)
	}
	if !ok || v.Total != l.Total || v.Paid != l.paid || (v.State == "replaced") != (l.next != "") || !sameLines(lines, l.Lines) {
		o.fail(PaidListed, "list %s reads %s, %d, paid %d, %d lines; decided %d, paid %d, %d lines, replaced by %q", v.Number, v.State, v.Total,
			v.Paid, len(lines), l.Total, l.paid, len(l.Lines), l.next)
	}
	rows := map[string][]string{} // what each paper must have: texts that stand in one row
	sums := map[string]int64{}
	for _, x := range v.Lines {
		sums[x.Name] += x.Amount
		year, month, _ := strings.Cut(x.Period, "-")
		kind, amount := "back_payment", x.Amount
		if amount < 0 {
			kind, amount = "recovery", -amount
		}
		rows[kind] = append(rows[kind], fmt.Sprintf("%s\x00tháng %s/%s\x00,%d,", x.Name, strings.TrimPrefix(month, "0"), year, amount))
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		rows[""] = append(rows[""], fmt.Sprintf("%s\x00,%d,", name, sums[name]))
	}
	for _, kind := range slices.Sorted(maps.Keys(papers)) {
		o.printed(v.Number, kind, papers[kind], rows[kind])
	}
}

// printed checks that a paper has each row, and no more rows than that.
func (o *Oracle) printed(number, kind, csv string, rows []string) {
	lines := strings.Split(strings.TrimSpace(csv), "\n")
	if len(lines)-1 != len(rows) {
		o.fail(PaidListed, "the paper %q of list %s has %d rows for %d: %.600s", kind, number, len(lines)-1, len(rows), csv)
	}
	for _, row := range rows {
		if !slices.ContainsFunc(lines, func(line string) bool {
			for text := range strings.SplitSeq(row, "\x00") {
				if !strings.Contains(line, text) {
					return false
				}
			}
			return true
		}) {
			o.fail(PaidListed, "the paper %q of list %s has no row of %q: %.600s", kind, number, row, csv)
		}
	}
}
