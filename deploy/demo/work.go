package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/banso/banso/deploy/data"
)

// FirstMonth and LastMonth bound the window of 2023.
const (
	FirstMonth = "2023-06"
	LastMonth  = "2023-12"
	OpenMonth  = "2024-01" // stays open when the demo goes on serving
)

// Months of the window, in order.
var Months = []string{"2023-06", "2023-07", "2023-08", "2023-09", "2023-10", "2023-11", "2023-12"}

// Shares of what happens.
const (
	lostAnswers = 0.10 // answers of a sync that never reach the phone
	silent      = 0.05 // phones that stay away for a month
	tooLate     = 0.06 // of the silent ones: back only after the close
	returned    = 0.04 // activities that the chair sends back once
	waived      = 0.03 // activities without paper, whose evidence the chair waives
	rejected    = 0.01
	edited      = 0.10 // activities that are corrected before they are sent
)

// Fate is what the chair will do with an activity.
type Fate uint8

const (
	Approve Fate = iota
	Fix          // return, and approve once it was mended
	Waive        // approve without evidence
	Reject
)

// Activity is the plan of one activity.
type Activity struct {
	Phone        int // 0 or 1
	DoneOn       string
	Late         bool // done in the second half of the month
	Category     string
	Measures     map[string]int64
	Participants []int // members of the team
	Paper        string
	Place, Note  string
	Edited       bool
	Fate         Fate
}

// TeamMonth is the plan of what a team does in a month.
type TeamMonth struct {
	Activities []Activity
	Silent     [2]bool // the phone skips the sync of mid-month
	TooLate    [2]bool // and comes back only after the month was closed
	Reporter   int     // phone that writes the report
	ReportFix  bool    // the chair sends the report back once
}

// Works makes plans of months. It is safe for concurrent use.
type Works struct {
	seed       uint64
	categories []category
}

type category struct {
	code     string
	measures []string
}

// NewWorks reads the catalogue.
func NewWorks(seed uint64) (*Works, error) {
	cs, err := data.Categories()
	if err != nil {
		return nil, err
	}
	w := &Works{seed: seed}
	for _, c := range cs {
		k := category{code: c.Code}
		for m := range strings.SplitSeq(c.Measures, ";") {
			if name, _, ok := strings.Cut(strings.TrimSpace(m), ":"); ok && strings.HasPrefix(name, "so_") {
				k.measures = append(k.measures, name)
			}
		}
		if len(k.measures) > 0 {
			w.categories = append(w.categories, k)
		}
	}
	return w, nil
}

// Plan is what a team does in a month; days is the month's length.
func (w *Works) Plan(t *Team, month string, days int) TeamMonth {
	rnd := w.rand(t, month)
	var tm TeamMonth
	for p := range tm.Silent {
		tm.Silent[p] = rnd.Float64() < silent
		tm.TooLate[p] = tm.Silent[p] && rnd.Float64() < tooLate && !tm.TooLate[0]
	}
	if tm.TooLate[0] {
		tm.Reporter = 1
	}
	tm.ReportFix = rnd.Float64() < returned/2
	n := 2 + min(rnd.IntN(5), rnd.IntN(5)) // 2 to 6, and most teams few
	for i := range n {
		a := w.activity(rnd, t, month, days, i)
		if i < 2 && a.Fate == Reject {
			a.Fate = Approve // each phone has one that counts
		}
		tm.Activities = append(tm.Activities, a)
	}
	return tm
}

// latecomers is the share of waiting activities that were done any time before,
// and so reach the chair with a flag.
const latecomers = 0.1

// Waiting is what the showcase commune logs in the month that stays open: n
// activities of a team, most of them done in the seven days before a day.
func (w *Works) Waiting(t *Team, month string, n, before int) []Activity {
	rnd := w.rand(t, month)
	var out []Activity
	for i := range n {
		a := w.activity(rnd, t, month, before-1, i)
		a.Fate, a.Edited = Approve, false
		if rnd.Float64() >= latecomers {
			a.DoneOn = fmt.Sprintf("%s-%02d", month, max(1, before-1-rnd.IntN(7)))
		}
		out = append(out, a)
	}
	return out
}

func (w *Works) rand(t *Team, month string) *rand.Rand {
	var m uint64
	for _, c := range []byte(month) {
		m = m*31 + uint64(c)
	}
	return rand.New(rand.NewPCG(w.seed^m, uint64(t.N)))
}

func (w *Works) activity(rnd *rand.Rand, t *Team, month string, days, i int) Activity {
	day := 1 + rnd.IntN(days)
	c := pick(rnd, w.categories)
	a := Activity{Phone: i % 2, DoneOn: fmt.Sprintf("%s-%02d", month, day), Late: day > 14,
		Category: c.code, Measures: map[string]int64{}, Place: pick(rnd, places),
		Paper: fmt.Sprintf("BB-%s-%s-%02d", t.Ref, month, i+1), Edited: rnd.Float64() < edited}
	for _, m := range c.measures {
		a.Measures[m] = int64(1 + rnd.IntN(40))
	}
	a.Participants = []int{a.Phone}
	for m := 2; m < len(t.Members); m++ {
		if rnd.IntN(3) == 0 {
			a.Participants = append(a.Participants, m)
		}
	}
	if rnd.IntN(2) == 0 {
		a.Note = "Bà con tham gia đông đủ."
	}
	switch x := rnd.Float64(); {
	case x < returned:
		a.Fate = Fix
	case x < returned+waived:
		a.Fate, a.Paper = Waive, ""
	case x < returned+waived+rejected:
		a.Fate = Reject
	}
	return a
}
