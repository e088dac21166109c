package ledger

import (
	"errors"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// asked is one subject and period that a policy judges.
type asked struct {
	subject domain.ID
	name    string
	period  domain.Period
	facts   policy.SupportFacts
	past    bool // a later recognition of the unit was awarded since
}

// awardedBefore is how often a unit was awarded for an earlier recognition.
func awardedBefore(r store.Reader, id string, a *asked) (int64, error) {
	if a.facts.Subject != policy.Unit {
		return 0, nil
	}
	sp, ok, err := decided[Support](r, KindSupport, id+"/"+string(a.subject)+"/"+string(a.period))
	if err != nil || !ok || sp.Verdict.Result != domain.Eligible {
		return 0, err
	}
	var was policy.SupportFacts
	if err := json.Unmarshal(sp.Facts, &was); err != nil {
		return 0, err
	}
	a.past = was.Unit.Recognised > a.facts.Unit.Recognised
	if was.Unit.Recognised == a.facts.Unit.Recognised && was.Unit.Decision == a.facts.Unit.Decision {
		return was.Paid.Times, nil // the same once more
	}
	return was.Paid.Times + 1, nil
}

// officersIn are the officers appointed in some months, and those who are not
// any more but for whom something was decided, by name and month.
func officersIn(r store.Reader, id string, list []domain.Month) (out []asked, err error) {
	for _, m := range list {
		by := map[domain.ID]*asked{}
		days := domain.Interval{From: m.First(), To: m.Last()}
		if err := roster.Officers(r, func(o domain.Officer) bool {
			if !o.Overlaps(days) {
				return true
			}
			a := by[o.Person]
			if a == nil {
				a = &asked{subject: o.Person, name: o.Name, period: domain.Period(m), facts: policy.SupportFacts{Subject: policy.Officer, ID: o.Person, Month: m}}
				by[o.Person] = a
			}
			whole := o.Has(days.From) && o.Has(days.To)
			if f := &a.facts.Officer; whole || !f.WholeMonth {
				*f = policy.OfficerFacts{Level: string(o.Level), Degree: o.Degree, InCharge: true, WholeMonth: whole, Decision: o.Decision}
			}
			return true
		}); err != nil {
			return nil, err
		}
		if err := leftSince(r, id, m, by); err != nil {
			return nil, err
		}
		for _, a := range by {
			out = append(out, *a)
		}
	}
	sortAsked(out)
	return out, nil
}

// leftSince adds who was supported in a month and by the roster of now was not
// in charge then: what was paid is to be recovered.
func leftSince(r store.Reader, id string, m domain.Month, by map[domain.ID]*asked) error {
	var bad error
	err := roster.Officers(r, func(o domain.Officer) bool {
		if by[o.Person] != nil {
			return true
		}
		_, was, err := decided[Support](r, KindSupport, id+"/"+string(o.Person)+"/"+string(m))
		if was {
			by[o.Person] = &asked{subject: o.Person, name: o.Name, period: domain.Period(m), facts: policy.SupportFacts{Subject: policy.Officer,
				ID: o.Person, Month: m, Officer: policy.OfficerFacts{Level: string(o.Level), Degree: o.Degree, Decision: o.Decision}}}
		}
		bad = err
		return bad == nil
	})
	return errors.Join(err, bad)
}

// recognisedIn are the units recognised in some months.
func recognisedIn(r store.Reader, list []domain.Month) (out []asked, err error) {
	err = roster.Recognitions(r, func(g domain.Recognition) bool {
		if slices.Contains(list, g.On.Month()) {
			out = append(out, asked{subject: g.Subject, name: g.Name, period: onRecognition, facts: policy.SupportFacts{
				Subject: policy.Unit, ID: g.Subject, Month: g.On.Month(),
				Unit: policy.UnitFacts{Kind: g.Kind, Standard: g.Standard, Recognised: g.On, Decision: g.Decision}}})
		}
		return true
	})
	sortAsked(out)
	return out, err
}

// calledUpIn are the people who were called up in some months.
func calledUpIn(r store.Reader, list []domain.Month) (out []asked, err error) {
	var bad error
	err = roster.CalledUp(r, func(p domain.CalledUp) bool {
		if !slices.Contains(list, p.Month) {
			return true
		}
		f := policy.SupportFacts{Subject: policy.Person, ID: p.Person, Month: p.Month,
			Person: policy.PersonFacts{Kind: p.Kind, Salaried: p.Salaried, Days: p.Days, Nights: p.Nights}}
		var o domain.Order
		if p.Order != "" {
			if o, _, bad = roster.OrderOf(r, p.Order); bad != nil {
				return false
			}
			f.Order = policy.OrderFacts{By: o.By, Urgent: o.Urgent, Decision: o.Number, Rate: o.Rate}
		}
		if p.Team != "" {
			if f.Village, bad = months.Village(r, p.Team, p.Month); bad != nil {
				return false
			}
		}
		out = append(out, asked{subject: p.Person, name: p.Name, period: domain.Period(p.Month), facts: f})
		return true
	})
	sortAsked(out)
	return out, errors.Join(err, bad)
}

func sortAsked(list []asked) {
	slices.SortFunc(list, func(a, b asked) int {
		return strings.Compare(a.name+"\x00"+string(a.subject)+string(a.period), b.name+"\x00"+string(b.subject)+string(b.period))
	})
}
