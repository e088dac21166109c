package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Sealer states where the chain of decisions stands.
type Sealer interface {
	Stamp(tx store.Tx) (domain.Checkpoint, error)
}

// Backups sees to it that a verified backup holds a commit, and returns the
// newest commit that it holds.
type Backups interface {
	Hold(ctx context.Context, commit int64) (held int64, err error)
}

// Service is the money of one shard. The first five fields are
// required.
type Service struct {
	Store   store.Store
	Months  *months.Service
	Sealer  Sealer
	Backups Backups
	Now     func() time.Time // for reads; writes use the transaction's time

	Submitter Submitter // of entries that are decided as mutations
	Invented  bool      // people are made up for a demonstration: papers say so
}

// Scopes that list records for this package; no phone reads them.
const (
	scopePayments syncproto.Scope = "sys:payments"
	scopeLists    syncproto.Scope = "sys:lists"
	scopeDrafts   syncproto.Scope = "sys:drafts"
)

const typeDraft = "payment_draft"

// rights of a caller, read in the transaction that needs them.
type rights struct {
	domain.Grants
	who   domain.ID
	today domain.Date
}

func rightsOf(r store.Reader, who domain.Caller, now time.Time) (rights, error) {
	if who.PushOnly {
		return rights{}, forbidden()
	}
	gs, err := roster.GrantsOf(r, who.Person)
	return rights{gs, who.Person, domain.DateOf(now)}, err
}

// office: those who work with the names of a commune.
var office = []domain.Role{domain.RoleChair, domain.RoleViceChair, domain.RoleAccountant, domain.RoleOfficer}

// province reports whether the caller runs the programme.
func (g rights) province() bool { return g.Anywhere(g.today, domain.RoleProvince) }

// figures reports whether the caller may see the sums of the whole province.
func (g rights) figures() bool {
	return g.Anywhere(g.today, domain.RoleProvince, domain.RoleViewer, domain.RoleSystem)
}

// all reports whether the caller holds one of the roles on each of the units,
// of which there is at least one.
func (g rights) all(units []domain.ID, roles ...domain.Role) bool {
	for _, u := range units {
		if !g.Has(u, g.today, roles...) {
			return false
		}
	}
	return len(units) > 0
}

func (g rights) drafts(units []domain.ID) bool {
	return g.province() || g.all(units, domain.RoleAccountant, domain.RoleChair, domain.RoleViceChair)
}

func (g rights) issues(units []domain.ID) bool {
	return g.province() || g.all(units, domain.RoleChair, domain.RoleViceChair)
}

// pays: the commune's accountant; the province for a list of several communes
// or of none.
func (g rights) pays(units []domain.ID) bool {
	return g.all(units, domain.RoleAccountant) || len(units) != 1 && g.province()
}

// reads reports whether the caller may read lists with names.
func (g rights) reads(units []domain.ID) bool { return g.province() || g.all(units, office...) }

func forbidden() error {
	return domain.E(domain.Forbidden, "Your account has no right to do this.", "Tài khoản của bạn không có quyền làm việc này.")
}

func refuse(field, en, vi string) error {
	e := domain.E(domain.Invalid, en, vi)
	e.Field = field
	return e
}

func conflict(en, vi string) error { return domain.E(domain.Conflict, en, vi) }

// canonical is the RFC 8785 form that the chain of decisions keeps.
func canonical(v any) (jsontext.Value, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	out := jsontext.Value(raw)
	return out, out.Canonicalize()
}

// read reads a record as T; false if it is not there.
func read[T any](r store.Reader, typ string, id domain.ID) (v T, ok bool, err error) {
	rec, err := r.Record(store.Key{Type: typ, ID: id})
	if errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted {
		return v, false, nil
	}
	if err != nil {
		return v, false, err
	}
	return v, true, json.Unmarshal(rec.Doc, &v)
}

// decided reads the body of the newest decision of a kind and key as T.
func decided[T any](r store.Reader, kind, key string) (v T, ok bool, err error) {
	d, err := r.Decision(kind, key)
	if errors.Is(err, store.ErrNotFound) {
		return v, false, nil
	}
	if err != nil {
		return v, false, err
	}
	return v, true, json.Unmarshal(d.Body, &v, json.RejectUnknownMembers(true))
}
