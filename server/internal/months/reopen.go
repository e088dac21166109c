package months

import (
	"errors"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// reopenDays is for how many days a reopened month takes work, counted from
// the day after its approval. An assumption of this system (badge A): the
// policy in force says nothing of it.
const reopenDays = 10

// reopened returns the reopening of a month that is open again: the one after
// its newest close.
func reopened(r store.Reader, team domain.ID, month domain.Month) (ro domain.Reopen, ok bool, err error) {
	d, err := r.Decision(KindReopen, key(team, month))
	if errors.Is(err, store.ErrNotFound) {
		return ro, false, nil
	}
	if err == nil {
		err = json.Unmarshal(d.Body, &ro)
	}
	return ro, err == nil, err
}

// openAgain carries out an approved reopening: the old close stays in the
// chain, the scope takes writes until the next close, which names what it
// supersedes. Adjustments of the old close end with it, for the next counts
// everything again; what was listed stays listed.
func openAgain(tx store.Tx, p *domain.Proposal, id, by domain.ID) (store.Decision, error) {
	until := domain.DateOf(tx.Now()).Add(reopenDays + 1)
	body, err := canonical(domain.Reopen{Team: p.Team, Month: p.Month, Close: p.Close, Reason: p.Reason,
		Proposal: id, ProposedBy: p.By, ApprovedBy: by, Until: until})
	if err != nil {
		return store.Decision{}, err
	}
	d, err := tx.Append(KindReopen, key(p.Team, p.Month), body)
	if err != nil {
		return d, err
	}
	return d, errors.Join(
		tx.SetClosed(syncproto.TeamMonthScope(p.Team, string(p.Month)), false),
		closeLater(tx, p.Team, p.Month, until))
}
