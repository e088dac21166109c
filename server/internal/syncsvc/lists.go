package syncsvc

import (
	"slices"
	"strings"
	"sync"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// maxLists bounds the pull lists that are remembered; beyond it all are
// forgotten, and phones send theirs in full once.
const maxLists = 20_000

// lists are the pull lists that phones are expected to send next: a phone that
// does names it by its tag. They are only remembered, never stored: a list
// that is not known is asked for again.
type lists struct {
	mu sync.Mutex
	of map[listKey]expected
}

type listKey struct{ person, client domain.ID }

type expected struct {
	tag  string
	list []syncproto.Pull
}

func (l *lists) get(k listKey) expected {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of[k]
}

func (l *lists) keep(k listKey, e expected) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil || len(l.of) >= maxLists {
		l.of = map[listKey]expected{}
	}
	l.of[k] = e
}

func (p *pull) key() listKey { return listKey{p.caller.Person, p.req.Client} }

// expand puts the list in the place of its tag.
func (p *pull) expand() {
	p.asks = p.req.Pull
	if p.req.Tag == "" {
		return
	}
	e := p.svc.lists.get(p.key())
	p.blind = e.tag != p.req.Tag
	if !p.blind {
		p.asks = e.list
	}
}

// tag tells the phone which list is expected of it next: what it asked for,
// with the cursors where this answer leaves them. It is not told again while
// nothing moves, nor where a page is left to fetch or a scope is lost.
func (p *pull) tag(b *batch) string {
	if p.blind {
		return syncproto.NoTag
	}
	if b.state != syncproto.StateOK || p.caller.PushOnly || len(p.revoked) > 0 || p.req.Tag != "" && len(p.pages) == 0 {
		return ""
	}
	next := make([]syncproto.Pull, 0, len(p.asks)+len(p.pages))
	for _, q := range p.asks {
		next = append(next, syncproto.Pull{Scope: q.Scope, Cur: q.Cur})
	}
	for i := range p.pages {
		g := &p.pages[i]
		if g.More {
			return ""
		}
		at := slices.IndexFunc(next, func(q syncproto.Pull) bool { return q.Scope == g.Scope })
		if at < 0 {
			next = append(next, syncproto.Pull{Scope: g.Scope})
			at = len(next) - 1
		}
		next[at].Cur = g.To
	}
	slices.SortFunc(next, func(a, b syncproto.Pull) int { return strings.Compare(string(a.Scope), string(b.Scope)) })
	e := expected{syncproto.PullTag(next), next}
	if e.tag != "" {
		p.svc.lists.keep(p.key(), e)
	}
	return e.tag
}
