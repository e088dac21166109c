package ledger

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// namer finds names for what people read; an error sticks.
type namer struct {
	r   store.Reader
	err error
}

// of is the name of a team, a person or a unit.
func (n *namer) of(id domain.ID) string {
	t, err := roster.Team(n.r, id)
	if err == nil {
		return t.Name
	}
	if domain.CodeOf(err) == domain.NotFound {
		p, perr := roster.Person(n.r, id)
		if perr == nil {
			return p.Name
		}
		err = perr
	}
	if domain.CodeOf(err) != domain.NotFound && n.err == nil {
		n.err = err
	}
	return ""
}
