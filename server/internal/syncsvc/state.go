package syncsvc

import (
	"errors"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/review"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// state is what decide may read: one transaction's view. Grants, teams and
// closed scopes are read once a transaction: a push changes none of them. A
// read error sticks in err and makes the rest meaningless.
type state struct {
	r         store.Reader
	err       error
	today     domain.Date
	oldest    domain.Date // day whose work is taken without anybody's leave
	catalogue kinds
	roster    *known
	months    *months.Service // nil where nothing is decided
	grants    map[domain.ID]domain.Grants
	teams     map[domain.ID]domain.Team
	closed    map[syncproto.Scope]bool
	places    map[place]bool                // closed, too
	logged    map[string][]logged           // see duplicate.go
	stale     map[domain.ID]map[string]bool // see review.StaleMarks
	about     map[store.Key][]openCase      // see about.go

	disputeDays int
}

func newState(r store.Reader, now time.Time, catalogue kinds) *state {
	today := domain.DateOf(now)
	return &state{
		r: r, today: today, oldest: today.Add(-maxAgeDays), catalogue: catalogue, roster: new(known), grants: map[domain.ID]domain.Grants{},
		teams: map[domain.ID]domain.Team{}, closed: map[syncproto.Scope]bool{}, places: map[place]bool{},
		logged: map[string][]logged{}, stale: map[domain.ID]map[string]bool{},
		about: map[store.Key][]openCase{},
	}
}

func (s *state) fail(err error) {
	if s.err == nil {
		s.err = err
	}
}

// record returns a record, tombstones included, or nil.
func (s *state) record(k store.Key) *store.Record {
	rec, err := s.r.Record(k)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			s.fail(err)
		}
		return nil
	}
	return &rec
}

func (s *state) doc(rec *store.Record) syncproto.Doc {
	if rec == nil || rec.Deleted {
		return syncproto.Doc{}
	}
	d, err := syncproto.SplitCanonical(rec.Doc)
	if err != nil {
		s.fail(err)
	}
	return d
}

func (s *state) grantsOf(person domain.ID) domain.Grants {
	gs, ok := s.grants[person]
	if !ok {
		var err error
		if gs, err = s.roster.grantsIn(s.r, person); err != nil {
			s.fail(err)
		}
		s.grants[person] = gs
	}
	return gs
}

// team returns a team; one that does not exist is the zero value.
func (s *state) team(id domain.ID) domain.Team {
	t, ok := s.teams[id]
	if !ok {
		var err error
		if t, err = s.roster.teamIn(s.r, id); err != nil && domain.CodeOf(err) != domain.NotFound {
			s.fail(err)
		}
		s.teams[id] = t
	}
	return t
}

// at is the place of a team's month, with the commune of today.
func (s *state) at(team domain.ID, month domain.Month) place {
	return place{team: team, month: month, commune: s.team(team).Commune}
}

// staleMarks are the marks that dropped decisions left for a reviewer.
func (s *state) staleMarks(reviewer domain.ID) map[string]bool {
	marks, ok := s.stale[reviewer]
	if !ok {
		var err error
		if marks, err = review.StaleMarks(s.r, reviewer); err != nil {
			s.fail(err)
		}
		s.stale[reviewer] = marks
	}
	return marks
}

func (s *state) isClosed(scopes ...syncproto.Scope) bool {
	for _, sc := range scopes {
		c, ok := s.closed[sc]
		if !ok {
			st, err := s.r.Scope(sc)
			if err != nil {
				s.fail(err)
			}
			c = st.Closed
			s.closed[sc] = c
		}
		if c {
			return true
		}
	}
	return false
}

// monthClosed reports whether a write that moves a record from one set of
// scopes to a place would touch a closed month, before or after.
func (s *state) monthClosed(before *store.Record, p place) bool {
	if before != nil && s.isClosed(before.Scopes...) {
		return true
	}
	return s.placeClosed(p)
}

// placeClosed is isClosed of a place, once for the many records of a push.
func (s *state) placeClosed(p place) bool {
	c, ok := s.places[p]
	if !ok {
		c = s.isClosed(p.scopes()...)
		s.places[p] = c
	}
	return c
}

func (p place) scopes() []syncproto.Scope {
	return []syncproto.Scope{
		syncproto.CommuneMonthScope(p.commune, string(p.month)),
		syncproto.TeamMonthScope(p.team, string(p.month)),
	}
}

// knew reports whether a record ever had a content: now, or in its history.
func (s *state) knew(rec *store.Record, c syncproto.Hash) bool {
	if rec.C == c {
		return true
	}
	found := false
	if err := s.r.History(rec.Key, func(v *store.Version) bool {
		found = v.C == c
		return !found
	}); err != nil {
		s.fail(err)
	}
	return found
}

// lastDoc is the document that a tombstone had before it became one.
func (s *state) lastDoc(k store.Key) (doc syncproto.Doc) {
	if err := s.r.History(k, func(v *store.Version) bool {
		doc = v.Before
		return false
	}); err != nil {
		s.fail(err)
	}
	return doc
}

// guess finds whose case a mutation is that can't be decided: by the record
// that it names, or by the team that it sets.
func (s *state) guess(m *syncproto.Mutation) place {
	if m == nil {
		return place{}
	}
	if rec := s.record(store.Key{Type: m.Type, ID: m.ID}); rec != nil {
		if p := s.placeOf(rec); p.team != "" {
			return p
		}
	}
	team := domain.ID(m.Set.Str("team"))
	month := domain.Month(m.Set.Str("month"))
	if day := m.Set.Str("done_on"); day != "" {
		month = domain.Date(day).Month()
	}
	if !syncproto.ValidMonth(string(month)) {
		month = ""
	}
	if _, err := syncproto.ParseID(string(team)); err != nil || s.team(team).Name == "" {
		return place{}
	}
	return s.at(team, month)
}

// placeOf is whose a record is; of a tombstone, by its scopes.
func (s *state) placeOf(rec *store.Record) (p place) {
	for _, sc := range rec.Scopes {
		ps, ok := sc.Parse()
		if ok && ps.Kind == syncproto.KindTeam {
			p.team, p.month = ps.ID, domain.Month(ps.Month)
		}
	}
	if p.team != "" {
		p.commune = s.team(p.team).Commune
	}
	return p
}
