package syncsvc

import (
	"context"
	"sync"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Woken is the answer of a wait: where the shard stands and the names of the
// scopes that have news, none if the time ran out.
type Woken struct {
	Epoch  string            `json:"epoch"`
	Commit int64             `json:"commit"`
	Scopes []syncproto.Scope `json:"scopes"`
}

// hub wakes waiters by scope. Its zero value works.
type hub struct {
	mu    sync.Mutex
	byKey map[syncproto.Scope]map[*waiter]bool
}

// waiter collects the touched scopes of one wait.
type waiter struct {
	bell chan struct{} // of capacity 1
}

func (h *hub) add(scopes []syncproto.Scope) *waiter {
	w := &waiter{bell: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byKey == nil {
		h.byKey = map[syncproto.Scope]map[*waiter]bool{}
	}
	for _, sc := range scopes {
		if h.byKey[sc] == nil {
			h.byKey[sc] = map[*waiter]bool{}
		}
		h.byKey[sc][w] = true
	}
	return w
}

func (h *hub) remove(w *waiter, scopes []syncproto.Scope) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, sc := range scopes {
		delete(h.byKey[sc], w)
		if len(h.byKey[sc]) == 0 {
			delete(h.byKey, sc)
		}
	}
}

func (h *hub) wake(touched []syncproto.Scope) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, sc := range touched {
		for w := range h.byKey[sc] {
			select {
			case w.bell <- struct{}{}:
			default:
			}
		}
	}
}

// OnCommit wakes those who wait for the scopes of a commit. It is quick and
// writes nothing: the store calls it on the goroutine that commits.
func (s *Service) OnCommit(_ int64, touched []syncproto.Scope) { s.hub.wake(touched) }

// Wait blocks until something the caller may read is newer than his commit,
// his grants change, or 50 s are over. It answers names, never content. A
// commit of another epoch is answered at once. Error: domain.Forbidden for a
// device that may only push.
func (s *Service) Wait(ctx context.Context, c domain.Caller, epoch string, at int64) (*Woken, error) {
	if c.PushOnly {
		return nil, domain.E(domain.Forbidden, "This device may not read any more.", "Thiết bị này không còn được xem dữ liệu.")
	}
	var scopes []syncproto.Scope
	if err := s.cfg.Store.View(ctx, func(r store.Reader) (err error) {
		scopes, err = s.waitScopes(r, c.Person)
		return err
	}); err != nil {
		return nil, problem(err)
	}
	w := s.hub.add(scopes) // before the head is read: no commit falls between
	defer s.hub.remove(w, scopes)
	out, err := s.news(ctx, c.Person, scopes, epoch, at)
	if err != nil || out.Epoch != epoch || len(out.Scopes) > 0 {
		return out, problem(err)
	}
	t := time.NewTimer(maxWait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-t.C:
		return out, nil
	case <-w.bell:
	}
	out, err = s.news(ctx, c.Person, scopes, epoch, at)
	return out, problem(err)
}

// waitScopes are what a caller may read by himself, and the scope of his own
// grants, which wakes but is never named.
func (s *Service) waitScopes(r store.Reader, person domain.ID) ([]syncproto.Scope, error) {
	gs, err := roster.GrantsOf(r, person)
	if err != nil {
		return nil, err
	}
	out := readable(person, gs, domain.DateOf(s.cfg.Now()))
	return append(out, roster.ScopeGrants(person)), nil
}

// news lists the scopes with entries above at. A change of grants names what
// the person may read now.
func (s *Service) news(ctx context.Context, person domain.ID, scopes []syncproto.Scope, epoch string, at int64) (*Woken, error) {
	out := &Woken{Scopes: []syncproto.Scope{}}
	err := s.cfg.Store.View(ctx, func(r store.Reader) error {
		h := r.Head()
		out.Epoch, out.Commit, out.Scopes = h.Epoch, h.Commit, out.Scopes[:0]
		for _, sc := range scopes {
			st, err := r.Scope(sc)
			switch {
			case err != nil:
				return err
			case st.Last <= at:
			case sc != roster.ScopeGrants(person):
				out.Scopes = append(out.Scopes, sc)
			default: // what may be read now, told or not
				now, err := s.waitScopes(r, person)
				if err != nil {
					return err
				}
				out.Scopes = now[:len(now)-1]
				if len(out.Scopes) == 0 {
					out.Scopes = append(out.Scopes, syncproto.UserScope(person))
				}
				return nil
			}
		}
		return nil
	})
	return out, err
}
