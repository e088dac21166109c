package sim

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// epoch0 is when a history begins: 20 June 2023 in Vietnam.
var epoch0 = time.Date(2023, 6, 20, 0, 0, 0, 0, time.UTC)

// shared is what all histories of a process start from: a data folder with
// the cast, and a token for everybody. It is made once.
var shared struct {
	once   sync.Once
	dir    string
	data   string
	tokens map[syncproto.ID]string
	cast   cast
}

func prepare(t *testing.T) {
	t.Helper()
	shared.once.Do(buildTemplate)
	if shared.tokens == nil {
		t.Fatal("the common start could not be made")
	}
}

func buildTemplate() {
	base := "/dev/shm" // in memory: a history has hundreds of commits
	if _, err := os.Stat(base); err != nil {
		base = ""
	}
	dir, err := os.MkdirTemp(base, "banso-sim-")
	must(err)
	shared.dir, shared.data = dir, filepath.Join(dir, "first")
	clock := func() time.Time { return epoch0 }
	a, err := app.New(context.Background(), app.Config{Data: shared.data, Now: clock, Wall: clock, Handful: true,
		Rand: newEntropy(1, 1), Log: slog.New(slog.DiscardHandler)})
	must(err)
	shared.cast = newCast()
	must(a.Store().Update(context.Background(), shared.cast.write))
	must(a.Follow(context.Background()))
	must(a.Close(context.Background()))
	shared.tokens = mint(app.KeysPath(shared.data), shared.cast)
}

// write puts the cast into an empty store.
func (c cast) write(tx store.Tx) error {
	cause := store.Cause{By: c.admin, Op: "sim"}
	put := func(errs ...error) error {
		for _, err := range errs {
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := put(
		roster.PutPerson(tx, c.admin, domain.Person{Name: "Quản trị"}, cause),
		roster.PutPerson(tx, c.province, domain.Person{Name: "Quản trị tỉnh"}, cause),
		roster.PutPerson(tx, c.clerk, domain.Person{Name: "Kế toán tỉnh"}, cause),
		roster.PutGrant(tx, fixedID("grant", 97), domain.Grant{Person: c.clerk, Role: domain.RoleProvince, Name: "Kế toán tỉnh"}, cause),
		roster.PutGrant(tx, fixedID("grant", 98), domain.Grant{Person: c.province, Role: domain.RoleProvince, Name: "Quản trị tỉnh"}, cause),
		roster.PutGrant(tx, fixedID("grant", 99), domain.Grant{Person: c.admin, Role: domain.RoleSystem, Name: "Quản trị"}, cause),
	); err != nil {
		return err
	}
	for i, u := range c.communes {
		v := domain.UnitVersion{Unit: u, Level: domain.UnitCommune, Code: fmt.Sprintf("0%04d", i+1), Kind: "xa",
			Name: fmt.Sprintf("Xã Mô Phỏng %d", i+1), Basis: "giả định"}
		reg := domain.Registration{Commune: u, Year: 2023, Standard: "standard", Decision: "894/QĐ-UBND", On: "2023-06-01", Origin: domain.Assumed}
		desk := domain.Grant{Person: c.accountants[i], Role: domain.RoleAccountant, Unit: u, Name: "Kế toán xã"}
		if err := put(roster.PutUnitVersion(tx, fixedID("version", i), v, cause), roster.PutRegistration(tx, reg, cause),
			roster.PutPerson(tx, c.accountants[i], domain.Person{Name: desk.Name}, cause),
			roster.PutGrant(tx, fixedID("grant", 90+i), desk, cause)); err != nil {
			return err
		}
	}
	for i, t := range c.teams {
		v := domain.Team{Name: fmt.Sprintf("Tổ %d", i+1), Level: domain.LevelVillage, Commune: c.communes[t.commune],
			Decision: "1/QĐ", EstablishedOn: "2023-01-01"}
		if err := roster.PutTeam(tx, t.id, v, cause); err != nil {
			return err
		}
	}
	for i, p := range c.people {
		if err := put(roster.PutPerson(tx, p.id, domain.Person{Name: p.name}, cause),
			roster.PutGrant(tx, fixedID("grant", i), c.grant(p, domain.Interval{From: "2023-01-01"}), cause)); err != nil {
			return err
		}
	}
	return putReference(tx, cause)
}

func (c cast) grant(p person, on domain.Interval) domain.Grant {
	g := domain.Grant{Person: p.id, Role: p.role, Name: p.name, Interval: on}
	if p.team >= 0 {
		g.Team = c.teams[p.team].id
	} else {
		g.Unit = c.communes[p.unit]
	}
	return g
}

func putCategory(tx store.Tx, i int, name string, cause store.Cause) error {
	doc := syncproto.Doc{"code": syncproto.Str(categories[i]), "name": syncproto.Str(name)}
	_, err := tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeCategory, ID: fixedID("category", i)}, Doc: doc,
		Scopes: []syncproto.Scope{syncproto.ScopeRef}, Cause: cause})
	return err
}

// putReference writes a short catalogue and the policy in force.
func putReference(tx store.Tx, cause store.Cause) error {
	for i, code := range categories {
		if err := putCategory(tx, i, "Việc "+code, cause); err != nil {
			return err
		}
	}
	raw, err := data.Files.ReadFile("policies/yb-nq60-team.json")
	if err != nil {
		return err
	}
	p, err := policy.Parse(raw)
	if err != nil {
		return err
	}
	_, err = months.PutPolicy(tx, raw, p, cause)
	return err
}

// mint signs a token for everybody with the server's own key, good for a
// whole history. How tokens are got and how they end is tested in auth.
func mint(keys string, c cast) map[syncproto.ID]string {
	var file struct {
		Keys []struct {
			Kid  string `json:"kid"`
			Seed []byte `json:"seed"`
		} `json:"keys"`
	}
	b, err := os.ReadFile(keys)
	must(err)
	must(json.Unmarshal(b, &file))
	key := file.Keys[len(file.Keys)-1]
	priv := ed25519.NewKeyFromSeed(key.Seed)
	enc := func(v any) string {
		b, err := json.Marshal(v)
		must(err)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	head := enc(map[string]any{"alg": "EdDSA", "typ": "at+jwt", "kid": key.Kid})
	out := map[syncproto.ID]string{}
	for i, id := range slices.Concat([]syncproto.ID{c.admin, c.province, c.clerk}, c.accountants, c.ids()) {
		text := head + "." + enc(map[string]any{"iss": "banso", "aud": []string{"banso-api"}, "sub": id, "jti": fmt.Sprint(i),
			"iat": epoch0.Unix() - 1, "exp": epoch0.AddDate(1, 0, 0).Unix(), "device": fixedID("device", i), "ses": 1})
		out[id] = text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(priv, []byte(text)))
	}
	return out
}

func (c cast) ids() (out []syncproto.ID) {
	for _, p := range c.people {
		out = append(out, p.id)
	}
	return out
}
