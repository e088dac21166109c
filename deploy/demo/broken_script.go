package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/banso/banso/deploy/data"
)

// Break is what goes wrong in a team-month of the broken run.
type Break string

const (
	Intact       Break = "intact"
	NoReport     Break = "no_report"
	NoEvidence   Break = "no_evidence"  // one of four activities has no paper and no waiver
	TooFew       Break = "too_few"      // three activities where four are needed
	OneDay       Break = "one_day"      // four activities on one day where two are needed
	OnePerson    Break = "one_person"   // four activities by one member where two are needed
	Late         Break = "late"         // a phone comes back only after the close
	Refused      Break = "refused"      // the chair rejects one of four
	OwnReview    Break = "own_review"   // the chair wrote the fourth one himself
	Unregistered Break = "unregistered" // the commune is not registered that year
)

// losesBy says which rule takes the support away: the list that the server's
// verdicts are held against. It follows from the rules as they are published
// in words, not from any policy file.
var losesBy = map[Break]string{
	NoReport: "R9", NoEvidence: "R11", TooFew: "R10", OneDay: "R10", OnePerson: "R10", Late: "R10", Refused: "R10",
	OwnReview: "R10", Unregistered: "R3",
}

// brokenMonths are played; the stricter preset asks for four activities on two
// days by two members.
var brokenMonths = []string{"2023-06", "2023-07", "2023-08"}

const strictPreset = "4/2/2"

// script says what goes wrong where.
type script struct {
	province *Province
	breaks   map[string]Break // by team reference and month
}

func (s *script) at(t *Team, month string) Break {
	if !t.Commune.Registered {
		return Unregistered
	}
	if b := s.breaks[t.Ref+" "+month]; b != "" {
		return b
	}
	return Intact
}

// newScript makes two registered communes of six teams and one that is not
// registered, and spreads the breaks by luck: each kind at least twice.
func newScript(seed uint64) (*script, error) {
	all, err := data.Units("yenbai_2023")
	if err != nil {
		return nil, err
	}
	rnd := rand.New(rand.NewPCG(seed, 894))
	s := &script{province: &Province{Seed: seed}, breaks: map[string]Break{}}
	p := s.province
	p.choose(rnd, all, 3)
	for i, c := range p.Communes {
		c.Registered, c.Showcase = i < 2, i == 0
		p.settle(rnd, c, 6-3*(i/2))
		if c.Registered { // the chair is also a member of the first team
			t := c.Teams[0]
			t.Members = append(t.Members, Member{Ref: refChair(c), Name: chairName(c), Role: "member"})
		}
	}
	var free []string
	for _, m := range brokenMonths {
		for i, c := range p.Communes[:2] {
			for _, t := range c.Teams[1:] {
				free = append(free, t.Ref+" "+m)
			}
			if m != brokenMonths[2] && i == int(seed%2) {
				s.breaks[c.Teams[0].Ref+" "+m] = OwnReview
			}
		}
	}
	rnd.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
	kinds := []Break{NoReport, NoEvidence, TooFew, OneDay, OnePerson, Late, Refused}
	for i, k := range append(slices.Clone(kinds), kinds...) {
		s.breaks[free[i]] = k
	}
	return s, nil
}

// work is what a team does in a month: four sound activities on four days by
// two members, but for what is to break. Phone 2 is the chair's own.
func (s *script) work(t *Team, month string) []Activity {
	b := s.at(t, month)
	var list []Activity
	for i, day := range []int{3, 5, 10, 20} {
		list = append(list, Activity{Phone: i % 2, DoneOn: fmt.Sprintf("%s-%02d", month, day), Category: "VNEID",
			Measures: map[string]int64{"so_nguoi_huong_dan": int64(5 + i)}, Participants: []int{i % 2},
			Paper: fmt.Sprintf("BB-%s-%s-%d", t.Ref, month, i+1), Place: places[i]})
	}
	last := &list[3]
	switch b {
	case NoEvidence:
		last.Paper = ""
	case TooFew:
		list = list[:3]
	case OneDay:
		for i := range list {
			list[i].DoneOn = month + "-10"
		}
	case OnePerson:
		for i := range list {
			list[i].Phone, list[i].Participants = 0, []int{0}
		}
	case Refused:
		last.Fate = Reject
	case OwnReview:
		last.Phone, last.Participants = 2, nil
	}
	return list
}

func chairName(c *Commune) string { return "Chủ tịch UBND " + c.Name + NameMark }
