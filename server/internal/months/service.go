package months

import (
	"sync"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Service is the team-months of one shard. Make it with New.
type Service struct {
	store store.Store
	now   func() time.Time // for reads; writes use the transaction's time

	mu       sync.Mutex
	policies map[syncproto.Hash]*policy.Policy // compiled, by h of their record
	files    policySet                         // all of them, as last read
	windows  map[syncproto.Hash]*window        // decoded, by h of their record

	kept map[teamMonth]*kept // verdicts as last read

	refreshed string // key of the last progress refreshed, "" between two passes
}

// New makes a Service; now tells the server's time to reads.
func New(st store.Store, now func() time.Time) *Service {
	return &Service{store: st, now: now,
		policies: map[syncproto.Hash]*policy.Policy{}, windows: map[syncproto.Hash]*window{}}
}

// Kinds of decisions that this package appends to the chain.
const (
	KindClose   = "close"   // key "<team>/<yyyy-mm>", body domain.Close
	KindFunding = "funding" // key the decision's number, body domain.FundedWindow
	KindFinal   = "final"   // key "<yyyy-mm>", body Final

	KindAdjustment = "adjustment" // key "<team>/<yyyy-mm>/<i>", body domain.Adjustment
	KindReopen     = "reopen"     // key "<team>/<yyyy-mm>", body domain.Reopen
)

// key of a team-month in the chain of decisions.
func key(team domain.ID, month domain.Month) string { return string(team) + "/" + string(month) }

// rights of a caller, read in the transaction that needs them.
type rights struct {
	domain.Grants
	today domain.Date
}

func rightsOf(r store.Reader, who domain.Caller, now time.Time) (rights, error) {
	if who.PushOnly {
		return rights{}, forbidden()
	}
	gs, err := roster.GrantsOf(r, who.Person)
	return rights{gs, domain.DateOf(now)}, err
}

// allowed refuses a caller whose rights don't do.
func allowed(r store.Reader, who domain.Caller, now time.Time, do func(rights) bool) error {
	g, err := rightsOf(r, who, now)
	if err == nil && !do(g) {
		err = forbidden()
	}
	return err
}

// serves reports whether the caller holds any role today.
func (g rights) serves() bool { return g.Active(g.today) }

// decides reports whether the caller decides for the province.
func (g rights) decides() bool { return g.Anywhere(g.today, domain.RoleProvince) }

// publishes reports whether the caller may prepare the province's policies.
func (g rights) publishes() bool {
	return g.Anywhere(g.today, domain.RoleProvince, domain.RoleSystem)
}

// province reports whether the caller may read the whole province.
func (g rights) province() bool {
	return g.Anywhere(g.today, domain.RoleProvince, domain.RoleViewer, domain.RoleSystem)
}

// reads reports whether the caller may read a team's months: its members, the
// office of its commune, the province.
func (g rights) reads(team domain.ID, commune domain.ID) bool {
	return g.TeamRole(team, g.today) != "" || g.office(commune)
}

// office reports whether the caller may read all months of a commune.
func (g rights) office(commune domain.ID) bool {
	return g.province() ||
		g.Has(commune, g.today, domain.RoleChair, domain.RoleViceChair, domain.RoleStandby, domain.RoleAccountant, domain.RoleOfficer)
}

func forbidden() error {
	return domain.E(domain.Forbidden, "You have no right to this month.", "Bạn không có quyền với tháng này.")
}

func checkMonth(m domain.Month) error {
	if _, err := domain.ParseMonth(string(m)); err != nil {
		e := domain.E(domain.Invalid, "The month is not yyyy-mm.", "Tháng phải có dạng năm-tháng, ví dụ 2023-06.")
		e.Field = "month"
		return e
	}
	return nil
}
