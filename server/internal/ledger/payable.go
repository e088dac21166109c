package ledger

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// due is what one subject is due for one period, and what that stands on.
type due struct {
	domain.Due
	subject domain.ID
	period  domain.Period
	commune domain.ID // of a team
}

// payable is the line that may be listed now: what is due minus everything
// that was ever listed. false: nothing.
func payable(d due, p domain.Payment) (Line, bool) {
	left := d.Amount - p.Listed
	if left == 0 || d.Withheld || left > 0 && d.Funding == "" {
		return Line{}, false
	}
	l := Line{Subject: d.subject, Period: d.period, Commune: d.commune, Amount: left, Due: d.Amount,
		Close: d.Close, Adjusts: d.Adjusted, Funding: d.Funding}
	switch {
	case left < 0:
		l.Kind = domain.LineRecovery
		if len(p.Lines) > 0 { // it returns to the decision whose money it was
			l.Funding = p.Lines[len(p.Lines)-1].Funding
		}
	case len(p.Lines) > 0 || d.Outcome != domain.Eligible:
		l.Kind = domain.LineBack
	default:
		l.Kind = domain.LineRegular
	}
	return l, true
}

// on reports whether lines of a kind belong on a list of this kind.
func (k Kind) on(l domain.Line) bool {
	switch k {
	case ListPayment:
		return l == domain.LineRegular
	case ListCorrection:
		return l != domain.LineRegular
	}
	return true
}

// duesOf streams what is due now to everybody whom a list like this may pay.
func (s *Service) duesOf(r store.Reader, l *List, yield func(due) error) error {
	if !l.Kind.ofTeams() {
		return s.supportDues(r, l, yield)
	}
	units, err := communes(r, l.Units)
	if err != nil {
		return err
	}
	for _, u := range units {
		teams, err := teamsOf(r, u)
		if err != nil {
			return err
		}
		for _, t := range teams {
			for _, m := range l.Months {
				d, ok, err := s.dueOf(r, l, Line{Subject: t, Period: domain.Period(m), Commune: u})
				if err == nil && ok {
					err = yield(d)
				}
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// supportDues is duesOf for lists of officers and awards.
func (s *Service) supportDues(r store.Reader, l *List, yield func(due) error) error {
	all, err := supportedBy(r, l)
	if err != nil {
		return err
	}
	for _, a := range all {
		d, ok, err := s.dueOf(r, l, Line{Subject: a.subject, Period: a.period})
		if err == nil && ok {
			err = yield(d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dueOf is what the subject of a line is due now; false if nothing is decided.
// A closed month that another policy judges now is due nothing under this one.
func (s *Service) dueOf(r store.Reader, l *List, of Line) (due, bool, error) {
	d := due{subject: of.Subject, period: of.Period, commune: of.Commune}
	if !l.Kind.ofTeams() {
		return supportDue(r, l, of)
	}
	month, ok := of.Period.Month()
	if !ok {
		return d, false, nil
	}
	all, err := s.Months.Dues(r, of.Subject, month)
	if err != nil || len(all) == 0 {
		return d, false, err
	}
	d.Due = domain.Due{Policy: l.Policy, Team: of.Subject, Month: month, Close: all[0].Close, Outcome: domain.Ineligible}
	for _, x := range all {
		if x.Policy == l.Policy {
			d.Due = x
		}
	}
	return d, true, nil
}

// linesOf is everything that may be listed now on a list like this, as if the
// list with number without had never been.
func (s *Service) linesOf(r store.Reader, l *List, without string) (lines []Line, err error) {
	err = s.duesOf(r, l, func(d due) error {
		p, err := Payment(r, l.Policy, d.subject, d.period)
		if err != nil {
			return err
		}
		if without != "" {
			drop(&p, without)
		}
		if line, ok := payable(d, p); ok && l.Kind.on(line.Kind) {
			lines = append(lines, line)
		}
		return nil
	})
	return lines, err
}

// again works a line out once more: the same, if nothing has changed.
func (s *Service) again(r store.Reader, l *List, was Line) (Line, error) {
	d, ok, err := s.dueOf(r, l, was)
	if err != nil || !ok {
		return Line{}, err
	}
	p, err := Payment(r, l.Policy, was.Subject, was.Period)
	if err != nil {
		return Line{}, err
	}
	now, _ := payable(d, p)
	return now, nil
}
