package oracle

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// What the oracle reads of the decisions on money, in types of its own.
type (
	issuedList struct {
		Number, Kind, Policy string
		Lines                []listLine
		Total                int64
		Backup               int64
		Draft                string
		DraftedBy            string `json:"drafted_by"`
		IssuedBy             string `json:"issued_by"`
		Replaces             string
	}
	listLine struct {
		Subject, Period, Funding string
		Amount, Due, Close       int64
		Adjusts                  []int64
	}
	voucher struct {
		List, Voucher, By string
		Lines             []listLine
		Total             int64
	}
	window struct {
		Decision, From, To string
		Teams              []string
		Total              int64
	}
)

func (l listLine) key() string { return l.Subject + "/" + l.Period }

// bookLine is one line of a list that stands, as the oracle keeps it.
type bookLine struct {
	list, voucher, funding string
	amount                 int64
}

// book is everything that was ever listed for a team-month and still stands.
type book []bookLine

func (b book) listed() (n int64) {
	for _, l := range b {
		n += l.amount
	}
	return n
}

func (b book) paid() (n int64) {
	for _, l := range b {
		if l.voucher != "" {
			n += l.amount
		}
	}
	return n
}

// Booked is what the lists that stand list and pay for the team-months of a year.
func (o *Oracle) Booked(year int) (listed, paid int64) {
	for at, b := range o.line.books.of {
		if _, month, ok := strings.Cut(at, "/"); ok && strings.HasPrefix(month, strconv.Itoa(year)+"-") {
			listed, paid = listed+b.listed(), paid+b.paid()
		}
	}
	return listed, paid
}

// standing is what became of an issued list.
type standing struct {
	issuedList
	next string // the list that replaced it
	paid int64
}

// books are the accounts of a branch of history.
type books struct {
	of      map[string]book // by team/month
	lists   map[string]standing
	windows map[string]window
	numbers map[string]int  // highest number by year, kind and commune
	held    map[int64]int64 // commit of a verified backup -> decisions in it
}

func newBooks() books {
	return books{map[string]book{}, map[string]standing{}, map[string]window{}, map[string]int{}, map[int64]int64{}}
}

func (b books) clone() books {
	return books{maps.Clone(b.of), maps.Clone(b.lists), maps.Clone(b.windows), maps.Clone(b.numbers), maps.Clone(b.held)}
}

// booked takes in a decision on money; false if it is of another kind.
func (o *Oracle) booked(d Decision) bool {
	switch d.Kind {
	case "funding":
		var w window
		o.body(d, &w)
		o.line.books.windows[w.Decision] = w
	case "list":
		var l issuedList
		o.body(d, &l)
		o.listed(d, &l)
	case "payment":
		var v voucher
		o.body(d, &v)
		o.paidBy(d, &v)
	default:
		return false
	}
	return true
}

func (o *Oracle) body(d Decision, into any) {
	if err := json.Unmarshal([]byte(d.Body), into); err != nil {
		o.fail(RecordConst, "decision %d can't be read: %v", d.N, err)
	}
}

func (o *Oracle) listed(d Decision, l *issuedList) {
	o.stats.Lists++
	o.numbered(l.Number)
	if l.DraftedBy == l.IssuedBy || l.DraftedBy == "" || l.IssuedBy == "" {
		o.fail(TwoPeople, "list %s: drafted by %q, issued by %q", l.Number, l.DraftedBy, l.IssuedBy)
	}
	if l.Replaces != "" {
		o.takeBack(l)
	}
	total := int64(0)
	for _, line := range l.Lines {
		total += line.Amount
		o.enter(l, line)
	}
	if total != l.Total || d.Key != l.Number {
		o.fail(ListedDue, "list %s (%s) says %d in all, its lines are %d", l.Number, d.Key, l.Total, total)
	}
	o.line.books.lists[l.Number] = standing{issuedList: *l}
	o.backed(l)
	o.withinTotals()
}

// enter books one line: with it exactly what is due is listed, no more, and of
// a month that is closed, not withheld, and funded by the decision it names.
func (o *Oracle) enter(l *issuedList, line listLine) {
	k, w := line.key(), o.line.worth[line.key()]
	before := o.line.books.of[k]
	b := append(slices.Clone(before), bookLine{list: l.Number, funding: line.Funding, amount: line.Amount})
	o.line.books.of[k] = b
	if line.Amount < 0 {
		o.stats.Recoveries++
	}
	f, due := o.line.books.windows[line.Funding], o.due(k)
	switch {
	case w.close == 0 || w.open || line.Close != w.close:
		o.fail(ListedDue, "list %s stands on close %d of %s; the newest is %d, open again %v", l.Number, line.Close, k, w.close, w.open)
	case w.withheld:
		o.fail(ListedDue, "list %s lists %d for %s, which is withheld", l.Number, line.Amount, k)
	case b.listed() != due || line.Due != due || line.Amount == 0:
		o.fail(ListedDue, "list %s lists %d for %s, %d in all; due is %d, and it says %d", l.Number, line.Amount, k, b.listed(), due, line.Due)
	case line.Amount > 0 && !(slices.Contains(f.Teams, line.Subject) && f.From <= line.Period && line.Period <= f.To):
		o.fail(ListedDue, "list %s takes the money for %s from %q, which does not fund it", l.Number, k, line.Funding)
	case (l.Kind == "payment") != (len(before) == 0 && line.Amount > 0 && w.result == "eligible"):
		o.fail(ListedDue, "list %s of kind %s has a line of %d for %s, where %d lines came before", l.Number, l.Kind, line.Amount, k, len(before))
	}
}

// numbered: numbers of one year, kind and commune count from 1 without a hole.
func (o *Oracle) numbered(number string) {
	head, row, _ := strings.Cut(number, "/")
	n := o.line.books.numbers[row] + 1
	o.line.books.numbers[row] = n
	if head != fmt.Sprintf("%02d", n) {
		o.fail(ListNumbers, "list %s is number %d of %s", number, n, row)
	}
}

// takeBack undoes the list that another replaces: it stood, nothing of it was
// paid, and nothing was built on it.
func (o *Oracle) takeBack(l *issuedList) {
	old, ok := o.line.books.lists[l.Replaces]
	if !ok || old.next != "" {
		o.fail(ListedDue, "list %s replaces %s, which does not stand (%q)", l.Number, l.Replaces, old.next)
		return
	}
	o.stats.Replaced++
	old.next = l.Number
	o.line.books.lists[l.Replaces] = old
	for _, line := range old.Lines {
		b := o.line.books.of[line.key()]
		last := len(b) - 1
		if last < 0 || b[last].list != l.Replaces || b[last].voucher != "" {
			o.fail(PaidListed, "list %s replaces %s, of which %s is paid or corrected: %v", l.Number, l.Replaces, line.key(), b)
			continue
		}
		o.line.books.of[line.key()] = slices.Clone(b[:last])
	}
}

// backed: a verified backup held every decision that the list stands on before
// it was issued, so that a lost disk can't leave a list without its reasons.
func (o *Oracle) backed(l *issuedList) {
	held, ok := o.line.books.held[l.Backup]
	for _, line := range l.Lines {
		for _, n := range append([]int64{line.Close}, line.Adjusts...) {
			if !ok || n > held {
				o.fail(ListBacked, "list %s names backup %d (known %v, %d decisions) and stands on decision %d", l.Number, l.Backup, ok, held, n)
				return
			}
		}
	}
}

// withinTotals: nothing is listed under a decision beyond its total.
func (o *Oracle) withinTotals() {
	under := map[string]int64{}
	for _, b := range o.line.books.of {
		for _, l := range b {
			under[l.funding] += l.amount
		}
	}
	for _, f := range slices.Sorted(maps.Keys(under)) {
		if under[f] > o.line.books.windows[f].Total {
			o.fail(ListedDue, "%d are listed under %q, which grants %d", under[f], f, o.line.books.windows[f].Total)
		}
	}
}

// paidBy: only lines of a list that stands are paid, once, with their amounts,
// by somebody who did not issue it.
func (o *Oracle) paidBy(d Decision, v *voucher) {
	o.stats.Vouchers++
	l, ok := o.line.books.lists[v.List]
	if !ok || l.next != "" || v.By == l.IssuedBy {
		o.fail(PaidListed, "voucher %s pays list %s (known %v, replaced by %q) and is of who issued it: %v", d.Key, v.List, ok, l.next, v.By == l.IssuedBy)
	}
	total := int64(0)
	for _, line := range v.Lines {
		total += line.Amount
		b := slices.Clone(o.line.books.of[line.key()])
		i := slices.IndexFunc(b, func(x bookLine) bool { return x.list == v.List && x.amount == line.Amount && x.voucher == "" })
		if i < 0 {
			o.fail(PaidListed, "voucher %s pays %d for %s, which list %s does not have unpaid: %v", d.Key, line.Amount, line.key(), v.List, b)
			continue
		}
		b[i].voucher = v.Voucher
		o.line.books.of[line.key()] = b
	}
	l.paid += total
	o.line.books.lists[v.List] = l
	if total != v.Total || d.Key != v.List+"/"+v.Voucher {
		o.fail(PaidListed, "voucher %s says %d, its lines are %d", d.Key, v.Total, total)
	}
}

// kept notes that a verified backup of a commit holds all decisions so far.
func (o *Oracle) kept(commit int64) { o.line.books.held[commit] = int64(len(o.line.chain)) }
