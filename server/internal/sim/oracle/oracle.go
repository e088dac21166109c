package oracle

import (
	"maps"
	"slices"
	"strings"
)

// Oracle judges one history.
type Oracle struct {
	// Today is the day in UTC+7 at the bubble's clock.
	Today func() string
	// Commune names the commune of each team.
	Commune map[string]string

	findings  []Finding
	line      *timeline
	typed     map[string]*typed // by person/fp
	order     []*typed
	told      map[string]bool // person/fp whose verdict reached a phone
	destroyed map[string]bool // person/fp without a copy left on any phone
	stats     Stats
	lost      []LostList      // by the last restore
	sound     map[string]bool // bodies and places that were looked at
}

// Stats say how much a history exercised; a history that does nothing proves
// nothing.
type Stats struct {
	Syncs, Verdicts, Aside, Waiting, Merged, Noop, Replayed int
	Rotates, Lost, Resets, Pages, Docs, Closes, Adopted     int
	Adjusted, Reopened                                      int
	Lists, Recoveries, Replaced, Vouchers, Received, Found  int
	Codes                                                   map[string]int
}

// typed is one mutation somebody made.
type typed struct {
	Person, FP string
	Raw        []byte
	Poison     bool
	Consoled   bool
}

// timeline is what the server promised on the branch of history it is on. A
// restore goes back to the branch point.
type timeline struct {
	epoch    string
	runs     map[string]int64 // highest commit known to belong to a run
	clients  map[string]client
	verdicts map[string]Verdict // by person/fp
	grants   []Grant
	closes   map[string]Closing // by team/month
	content  map[string]string  // content of closed months
	spans    map[string][]span  // earlier times at which a team-month was closed
	worth    map[string]worth   // by team/month
	chain    map[int64]string   // decisions by number
	books    books              // what was listed and paid
	moments  map[string]moment  // by person/fp: when it was decided first
	commit   int64              // newest that an answer named
	before   int64              // the one before it
	backup   int64              // commit of the second-newest verified backup
}

type client struct {
	last  int64
	chain string
}

// New makes an oracle.
func New(today func() string) *Oracle {
	return &Oracle{
		Today: today,
		line: &timeline{
			runs: map[string]int64{}, clients: map[string]client{}, verdicts: map[string]Verdict{},
			closes: map[string]Closing{}, content: map[string]string{}, moments: map[string]moment{},
			spans: map[string][]span{}, worth: map[string]worth{}, chain: map[int64]string{}, books: newBooks(),
		},
		typed: map[string]*typed{}, told: map[string]bool{}, destroyed: map[string]bool{}, sound: map[string]bool{},
		stats: Stats{Codes: map[string]int{}},
	}
}

// Stats are the counts so far.
func (o *Oracle) Stats() Stats { return o.stats }

// Point is a moment of the server's history that a backup holds.
type Point struct {
	line   *timeline
	commit int64
}

// BackedUp notes that a backup holds everything up to commit.
func (o *Oracle) BackedUp(commit int64) Point {
	o.kept(commit)
	l := o.line.clone()
	l.runs[l.epoch] = commit
	return Point{l, commit}
}

// Started notes that the server runs under a new epoch.
func (o *Oracle) Started(epoch string) { o.line.epoch = epoch }

// Restored notes that the server went on from a backup.
func (o *Oracle) Restored(p Point) {
	o.lost = nil
	for _, number := range slices.Sorted(maps.Keys(o.line.books.lists)) {
		l := o.line.books.lists[number]
		if _, kept := p.line.books.lists[number]; !kept && l.Backup <= p.commit {
			o.lost = append(o.lost, LostList{number, l.Draft, l.Lines})
			o.stats.Found++
		}
	}
	o.line = p.line.clone()
}

// Secured notes that the second-newest verified backup now holds commit.
func (o *Oracle) Secured(commit int64) { o.line.backup = commit }

func (l *timeline) clone() *timeline {
	return &timeline{
		epoch: l.epoch, runs: maps.Clone(l.runs), clients: maps.Clone(l.clients), verdicts: maps.Clone(l.verdicts),
		grants: slices.Clone(l.grants), closes: maps.Clone(l.closes), content: maps.Clone(l.content), backup: l.backup,
		moments: maps.Clone(l.moments), commit: l.commit, before: l.before,
		spans: maps.Clone(l.spans), worth: maps.Clone(l.worth), chain: maps.Clone(l.chain),
		books: l.books.clone(),
	}
}

// Typed notes the bytes of a mutation that a person made. poison marks bytes
// that are broken on purpose.
func (o *Oracle) Typed(person string, raw []byte, poison bool) {
	k := person + "/" + FP(raw)
	if o.typed[k] != nil {
		return
	}
	t := &typed{Person: person, FP: FP(raw), Raw: slices.Clone(raw), Poison: poison}
	o.typed[k] = t
	o.order = append(o.order, t)
}

// Typing lists what a person typed, in the order of typing.
func (o *Oracle) Typing(person string) (raws [][]byte) {
	for _, t := range o.order {
		if t.Person == person {
			raws = append(raws, t.Raw)
		}
	}
	return raws
}

// Grant is a dated role, as the office entered it.
type Grant struct {
	ID, Person, Role, Team, Unit string
	From, To                     string // days, both included; "" is open
}

// Granted notes that a grant was entered or replaced.
func (o *Oracle) Granted(g Grant) {
	o.line.grants = slices.DeleteFunc(slices.Clone(o.line.grants), func(h Grant) bool { return h.ID == g.ID })
	o.line.grants = append(o.line.grants, g)
}

func (g Grant) on(day string) bool {
	return (g.From == "" || g.From <= day) && (g.To == "" || day <= g.To)
}

// mayRead tells whether a person may read a scope on a day.
func (o *Oracle) mayRead(person, scope, day string) bool {
	kind, id, _ := strings.Cut(scope, ":")
	id, _, _ = strings.Cut(id, "/")
	for _, g := range o.line.grants {
		if g.Person != person {
			continue
		}
		switch kind {
		case "ref":
			if g.on(day) {
				return true
			}
		case "user":
			// Who left may fetch the rest of his own for 90 days.
			if id == person && (g.From == "" || g.From <= day) && (g.To == "" || day <= addDays(g.To, 90)) {
				return true
			}
		case "team":
			if g.Team == id && g.on(day) {
				return true
			}
		case "commune":
			if g.Unit == id && g.on(day) && slices.Contains(communeReaders, g.Role) {
				return true
			}
		}
	}
	return false
}

var communeReaders = []string{"commune_chair", "commune_vice_chair", "commune_accountant", "commune_officer"}

// MayRead is mayRead today, for the harness's own look at a phone.
func (o *Oracle) MayRead(person, scope string) bool { return o.mayRead(person, scope, o.Today()) }
