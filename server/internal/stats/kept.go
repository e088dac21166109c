package stats

import (
	"sync"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// maxBoards bounds the answers that are remembered: one for each question and
// group of rights that is asked now.
const maxBoards = 16

// boards remembers answers by their version, so that ten walls which show the
// same cost one.
type boards struct {
	mu   sync.Mutex
	of   map[string]Board
	next []string // oldest first
}

func (b *boards) get(version string) (Board, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	v, ok := b.of[version]
	return v, ok
}

func (b *boards) put(version string, v Board) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of == nil {
		b.of = map[string]Board{}
	}
	if _, known := b.of[version]; known {
		return
	}
	if len(b.next) == maxBoards {
		delete(b.of, b.next[0])
		b.next = b.next[1:]
	}
	b.of[version], b.next = v, append(b.next, version)
}

// units remembers the registry for as long as no unit changes. It is read
// only: whoever has it must not change it.
type units struct {
	mu    sync.Mutex
	epoch string
	last  int64
	reg   *domain.Registry
}

func (s *Service) registry(r store.Reader) (*domain.Registry, error) {
	sc, err := r.Scope(roster.ScopeUnits)
	if err != nil {
		return nil, err
	}
	s.units.mu.Lock()
	defer s.units.mu.Unlock()
	if e := r.Head().Epoch; s.units.reg == nil || s.units.epoch != e || s.units.last != sc.Last {
		reg, err := roster.Registry(r)
		if err != nil {
			return nil, err
		}
		s.units.epoch, s.units.last, s.units.reg = e, sc.Last, reg
	}
	return s.units.reg, nil
}
