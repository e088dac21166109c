package ledger

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
)

// tellListed tells the leaders of the teams on a list, once for each team,
// what they are to get by it.
func tellListed(tx store.Tx, number string, lines []Line) error {
	return tellTeams(tx, notify.Listed, "listed/"+number, lines)
}

// tellPaid tells them that a voucher paid it.
func tellPaid(tx store.Tx, key string, lines []Line) error {
	return tellTeams(tx, notify.Paid, "paid/"+key, lines)
}

// tellTeams sums the lines up by team; what is not a team's has no leader and
// is told to nobody.
func tellTeams(tx store.Tx, k notify.Kind, key string, lines []Line) error {
	var order []domain.ID
	total, newest := map[domain.ID]domain.Money{}, map[domain.ID]domain.Period{}
	for _, l := range lines {
		if _, ok := total[l.Subject]; !ok {
			order = append(order, l.Subject)
		}
		total[l.Subject] += l.Amount
		newest[l.Subject] = max(newest[l.Subject], l.Period)
	}
	for _, team := range order {
		month, err := domain.ParseMonth(string(newest[team]))
		if err != nil {
			month = "" // a quarter or a year
		}
		if err := notify.TellTeam(tx, notify.Note{Kind: k, Key: key + "/" + string(team), Tag: "money/" + string(team), Team: team, Month: month,
			Args: map[string]string{"amount": total[team].String()}}, false); err != nil {
			return err
		}
	}
	return nil
}
