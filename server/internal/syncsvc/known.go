package syncsvc

import (
	"sync"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// maxKnown bounds the people and the teams that are remembered; beyond it all
// are forgotten.
const maxKnown = 20_000

// known are grants and teams as last read, each with the seq of the newest
// entry of the scope it was read from. They hold in every transaction that
// sees that scope at that seq; in any other they are read again. Like the
// catalogue they are remembered from committed snapshots only.
type known struct {
	mu     sync.RWMutex
	grants map[domain.ID]knownGrants
	teams  map[domain.ID]domain.Team
	last   int64 // of roster.ScopeTeams, when teams were read
}

type knownGrants struct {
	last int64 // of the person's grants
	list domain.Grants
}

// grantsIn are a person's grants as r sees them, not to be changed.
func (k *known) grantsIn(r store.Reader, person domain.ID) (domain.Grants, error) {
	sc, err := r.Scope(roster.ScopeGrants(person))
	if err != nil {
		return nil, err
	}
	k.mu.RLock()
	g, ok := k.grants[person]
	k.mu.RUnlock()
	if ok && g.last == sc.Last {
		return g.list, nil
	}
	return roster.GrantsOf(r, person)
}

// teamIn is a team as r sees it. Errors: those of roster.Team.
func (k *known) teamIn(r store.Reader, id domain.ID) (domain.Team, error) {
	sc, err := r.Scope(roster.ScopeTeams)
	if err != nil {
		return domain.Team{}, err
	}
	k.mu.RLock()
	t, ok := k.teams[id]
	ok = ok && k.last == sc.Last
	k.mu.RUnlock()
	if ok {
		return t, nil
	}
	return roster.Team(r, id)
}

// warm remembers a person's grants and teams. r is a committed snapshot.
func (k *known) warm(r store.Reader, person domain.ID) error {
	own, err := r.Scope(roster.ScopeGrants(person))
	if err != nil {
		return err
	}
	all, err := r.Scope(roster.ScopeTeams)
	if err != nil || k.current(person, own.Last, all.Last) {
		return err
	}
	gs, err := roster.GrantsOf(r, person)
	if err != nil {
		return err
	}
	teams := map[domain.ID]domain.Team{}
	for _, g := range gs {
		if g.Team == "" {
			continue
		}
		t, err := roster.Team(r, g.Team)
		if domain.CodeOf(err) == domain.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		teams[g.Team] = t
	}
	k.keep(person, knownGrants{own.Last, gs}, teams, all.Last)
	return nil
}

// current reports whether nothing of a person has to be read again.
func (k *known) current(person domain.ID, own, all int64) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	g, ok := k.grants[person]
	if !ok || g.last != own || k.last != all {
		return false
	}
	for i := range g.list {
		if _, ok := k.teams[g.list[i].Team]; !ok && g.list[i].Team != "" {
			return false
		}
	}
	return true
}

// keep adds what was read; teams of another state of their scope are dropped.
func (k *known) keep(person domain.ID, gs knownGrants, teams map[domain.ID]domain.Team, last int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.grants == nil || len(k.grants) >= maxKnown {
		k.grants = map[domain.ID]knownGrants{}
	}
	k.grants[person] = gs
	if k.teams == nil || k.last != last || len(k.teams) >= maxKnown {
		k.teams, k.last = map[domain.ID]domain.Team{}, last
	}
	for id, t := range teams {
		k.teams[id] = t
	}
}
