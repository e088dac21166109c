package stats

import (
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Parts of the keys of what is counted of team-months.
const (
	partStage  = "t"
	partResult = "r"
	partMoney  = "d"
	partSum    = "v"
	partWait   = "w"
	partActive = "x"

	sumDue     = "due"
	sumDecided = "decided"
	sumListed  = "listed"
	sumPaid    = "paid"
	sumGot     = "received"
)

// TeamMonths are the figures of the months of teams, from their progress
// records: they follow the records that they come from within seconds.
type TeamMonths struct {
	Active  int64                       `json:"active"`  // with at least one activity
	Stages  map[domain.Stage]int64      `json:"stages"`  // of all
	Results map[domain.Result]int64     `json:"results"` // of closed ones, by their main policy
	Money   map[domain.MoneyState]int64 `json:"money"`   // of closed ones
	Due     domain.Money                `json:"due_vnd"`
	Decided domain.Money                `json:"decided_vnd"` // of Due, what a funding decision covers
	Listed  domain.Money                `json:"listed_vnd"`
	Paid    domain.Money                `json:"paid_vnd"`
	Got     domain.Money                `json:"received_vnd"`
	Overdue int64                       `json:"overdue"` // activities that wait beyond the review day
}

func newTeamMonths() TeamMonths {
	return TeamMonths{Stages: map[domain.Stage]int64{}, Results: map[domain.Result]int64{}, Money: map[domain.MoneyState]int64{}}
}

// countedMonth are the fields of a progress record that counters depend on.
type countedMonth struct {
	Month    domain.Month      `json:"month"`
	Unit     domain.ID         `json:"unit"`
	Stage    domain.Stage      `json:"stage"`
	Result   domain.Result     `json:"result"`
	Money    domain.MoneyState `json:"money"`
	Funding  string            `json:"funding"`
	Received int64             `json:"received"`
	Pending  int64             `json:"pending"`
	ReviewBy domain.Date       `json:"review_by"`
	domain.Amounts
	Others []struct {
		Funding string `json:"funding"`
		domain.Amounts
	} `json:"others"`
}

// countedFields names them: the rules and texts beside them are most of a
// record, and are not read.
var countedFields = [...]string{"month", "unit", "stage", "result", "money", "funding", "received", "pending", "review_by",
	"due_vnd", "listed_vnd", "paid_vnd", "received_vnd", "others"}

// ApplyMonth moves the counters from what a progress record was to what it is,
// as Apply does for an activity. A record without a unit, as older versions
// wrote it, was never counted.
func ApplyMonth(tx store.Tx, before, after syncproto.Doc) error {
	delta := map[string]int64{}
	if err := addMonth(delta, before, -1); err != nil {
		return err
	}
	if err := addMonth(delta, after, +1); err != nil {
		return err
	}
	return write(tx, delta)
}

func addMonth(delta map[string]int64, d syncproto.Doc, sign int64) error {
	if d.Str("unit") == "" {
		return nil
	}
	part := make(syncproto.Doc, len(countedFields))
	for _, f := range countedFields {
		if v, ok := d[f]; ok {
			part[f] = v
		}
	}
	var m countedMonth
	if err := json.Unmarshal(part.AppendCanonical(nil), &m); err != nil {
		return err
	}
	base := prefix + string(m.Month) + "/" + string(m.Unit) + "/"
	delta[base+partStage+"/"+string(m.Stage)] += sign
	if m.Received > 0 {
		delta[base+partActive+"/teams"] += sign
	}
	delta[base+partSum+"/"+sumListed] += sign * int64(m.Listed) // a month that is open again may be on a list
	delta[base+partSum+"/"+sumPaid] += sign * int64(m.Paid)
	delta[base+partSum+"/"+sumGot] += sign * int64(m.Got)
	for _, o := range m.Others {
		delta[base+partSum+"/"+sumListed] += sign * int64(o.Listed)
		delta[base+partSum+"/"+sumPaid] += sign * int64(o.Paid)
		delta[base+partSum+"/"+sumGot] += sign * int64(o.Got)
	}
	if !slices.Contains([]domain.Stage{domain.StageClosed, domain.StageFinalised}, m.Stage) {
		delta[base+partWait+"/"+string(m.ReviewBy)] += sign * m.Pending
		return nil
	}
	delta[base+partResult+"/"+string(m.Result)] += sign
	delta[base+partMoney+"/"+string(m.Money)] += sign
	m.due(delta, base+partSum+"/", sign)
	return nil
}

// due adds what a closed month is worth, under all policies that judged it.
func (m *countedMonth) due(delta map[string]int64, base string, sign int64) {
	add := func(funding string, due domain.Money) {
		delta[base+sumDue] += sign * int64(due)
		if funding != "" {
			delta[base+sumDecided] += sign * int64(due)
		}
	}
	add(m.Funding, m.Due)
	for _, o := range m.Others {
		add(o.Funding, o.Due)
	}
}

// add takes in one counter; waits are overdue from the day after the review day.
func (t *TeamMonths) add(part, name string, n int64, today domain.Date) {
	switch part {
	case partStage:
		t.Stages[domain.Stage(name)] += n
	case partActive:
		t.Active += n
	case partResult:
		t.Results[domain.Result(name)] += n
	case partMoney:
		t.Money[domain.MoneyState(name)] += n
	case partWait:
		if domain.Date(name) < today {
			t.Overdue += n
		}
	case partSum:
		if sum := t.sum(name); sum != nil {
			*sum += domain.Money(n)
		}
	}
}

func (t *TeamMonths) sum(name string) *domain.Money {
	switch name {
	case sumDue:
		return &t.Due
	case sumDecided:
		return &t.Decided
	case sumListed:
		return &t.Listed
	case sumPaid:
		return &t.Paid
	case sumGot:
		return &t.Got
	}
	return nil
}

func (t *TeamMonths) merge(o *TeamMonths) {
	for k, n := range o.Stages {
		t.Stages[k] += n
	}
	for k, n := range o.Results {
		t.Results[k] += n
	}
	for k, n := range o.Money {
		t.Money[k] += n
	}
	t.Active += o.Active
	t.Overdue += o.Overdue
	for _, name := range []string{sumDue, sumDecided, sumListed, sumPaid, sumGot} {
		*t.sum(name) += *o.sum(name)
	}
}
