package months

import (
	"strconv"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Days are the last day to submit a team's month, the last to review it, and
// its lock day, extensions considered.
func (s *Service) Days(r store.Reader, team domain.ID, month domain.Month) (submit, review, lock domain.Date, err error) {
	t, err := roster.Team(r, team)
	if err != nil {
		return "", "", "", err
	}
	p, err := s.policyFor(r, t, month)
	if err != nil {
		return "", "", "", err
	}
	d, _, err := s.dates(r, p, t, team, month)
	return d.Submit, d.Review, d.Lock, err
}

// Undecided counts a team-month's submissions that nobody has decided, and
// says when the oldest was made.
func (s *Service) Undecided(r store.Reader, team domain.ID, month domain.Month) (n, oldestMs int64, err error) {
	return undecided(r, team, month)
}

// Closed reports whether a team's month is closed. It reads no more than the
// state of its scope: the daily round asks for each team.
func (s *Service) Closed(r store.Reader, team domain.ID, month domain.Month) (bool, error) {
	sc, err := r.Scope(syncproto.TeamMonthScope(team, string(month)))
	return sc.Closed, err
}

// tellClosed tells the leaders of a team what its month came to.
func tellClosed(tx store.Tx, d store.Decision, v *domain.TeamMonth) error {
	return notify.TellTeam(tx, notify.Note{
		Kind: notify.Confirmed, Key: "closed/" + strconv.FormatInt(d.N, 10), Tag: "month/" + key(v.Team, v.Month), Team: v.Team, Month: v.Month,
		Args: map[string]string{"month": v.Month.Vi(), "reason": v.ReasonVi, "reason_en": v.ReasonEn},
	}, false)
}

// tellFunded tells the leaders of the teams that a decision names.
func tellFunded(tx store.Tx, w *domain.FundedWindow) error {
	for _, team := range w.Teams {
		if err := notify.TellTeam(tx, notify.Note{
			Kind: notify.Decided, Key: "decided/" + string(team) + "/" + w.Decision, Tag: "decided/" + string(team) + "/" + w.Decision, Team: team,
			Args:  map[string]string{"decision": w.Decision, "from": w.From.Vi(), "to": w.To.Vi()},
			Cause: store.Cause{By: w.By},
		}, false); err != nil {
			return err
		}
	}
	return nil
}

// tellAdjusted tells the leaders of a team that a closed month was corrected.
func tellAdjusted(tx store.Tx, id domain.ID, p *domain.Proposal) error {
	return notify.TellTeam(tx, notify.Note{
		Kind: notify.Adjusted, Key: "adjusted/" + string(id), Tag: "month/" + key(p.Team, p.Month), Team: p.Team, Month: p.Month,
		Args: map[string]string{"month": p.Month.Vi()},
	}, false)
}
