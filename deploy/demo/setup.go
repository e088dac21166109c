package demo

import (
	"context"
	crand "crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client/memlocal"
)

// newWorld prepares the players; nothing is sent yet.
func newWorld(cfg Config) (*world, error) {
	works, err := NewWorks(cfg.Province.Seed)
	if err != nil {
		return nil, err
	}
	if cfg.Workers == 0 {
		cfg.Workers = DefaultWorkers
	}
	return &world{cfg: cfg, works: works, spread: spreads(cfg.Base), shared: memlocal.NewShared(), people: map[string]syncproto.ID{},
		plans: plans{m: map[syncproto.ID]plan{}}, tally: tally{codes: map[syncproto.Code]int{}}}, nil
}

func (w *world) newDesk(n int) *desk {
	d := &desk{wire: &wire{from: w.address(n)}}
	d.api = api.New(w.cfg.Base, api.Options{HTTP: &http.Client{Transport: d.wire}})
	return d
}

// secret is a random password.
func secret() string {
	b := make([]byte, 12)
	_, _ = crand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// found sets the shard up: first administrator, units, officers, teams,
// members, the registrations of 2023, the policies.
func (w *world) found(ctx context.Context) error {
	w.jump("2023-06-01", 8)
	w.admin = w.newDesk(1)
	w.admin.login, w.admin.password = "quantri", secret()
	_, err := w.admin.api.Setup(ctx, api.Setup{Code: w.cfg.SetupCode, Name: "Quản trị hệ thống" + NameMark,
		Login: w.admin.login, Password: w.admin.password, Install: syncproto.NewRandomID(crand.Reader)})
	if err != nil {
		return fmt.Errorf("set up the server: %w", err)
	}
	p := w.cfg.Province
	var units, teams api.ImportReport
	for _, f := range []struct {
		kind string
		csv  []byte
		keep *api.ImportReport
	}{{"units", p.UnitsCSV(), &units}, {"officers", p.OfficersCSV(), nil}, {"teams", p.TeamsCSV(), &teams}, {"members", p.MembersCSV(), nil},
		{"registrations", p.RegistrationsCSV("2023", "894/QĐ-UBND", "2023-06-01"), nil}} {
		rep, err := w.importFile(ctx, f.kind, f.csv)
		if err != nil {
			return err
		}
		if f.keep != nil {
			*f.keep = rep
		}
		if f.kind == "officers" || f.kind == "members" {
			w.learn(rep)
		}
	}
	w.learnUnits(units)
	for _, r := range teams.Rows {
		w.teams = append(w.teams, r.ID)
	}
	if err := w.reachable(ctx); err != nil {
		return err
	}
	return w.publish(ctx)
}

// reachable gives each commune a number that nobody has.
func (w *world) reachable(ctx context.Context) error {
	for i, unit := range w.units {
		if _, err := w.admin.api.SetContact(ctx, unit, "Văn phòng UBND xã"+NameMark, fmt.Sprintf("0216 000 %03d", i)); err != nil {
			return fmt.Errorf("set a commune's contact: %w", err)
		}
	}
	return nil
}

// importFile sends a file and expects each row to be taken.
func (w *world) importFile(ctx context.Context, kind string, csv []byte) (api.ImportReport, error) {
	rep, err := w.admin.api.Import(ctx, kind, csv, false, false)
	if err != nil {
		return rep, fmt.Errorf("import %s: %w", kind, err)
	}
	for _, r := range rep.Rows {
		if r.Status == "bad" {
			return rep, fmt.Errorf("import %s: line %d, %s: %s", kind, r.Line, r.Field, r.Msg)
		}
	}
	if !rep.Written {
		return rep, fmt.Errorf("import %s: nothing was written", kind)
	}
	return rep, nil
}

// learn notes which person stands behind which reference. The reference is the
// first word of a row's key.
func (w *world) learn(rep api.ImportReport) {
	for _, r := range rep.Rows {
		ref, _, _ := strings.Cut(r.Ref, " ")
		w.people[ref] = r.ID
	}
}

// learnUnits notes the ids of communes in the order of the plan.
func (w *world) learnUnits(rep api.ImportReport) {
	byCode := map[string]syncproto.ID{}
	for i, r := range rep.Rows {
		byCode[w.cfg.Province.Units[i].Code] = r.ID
	}
	for _, c := range w.cfg.Province.Communes {
		w.units = append(w.units, byCode[c.Code])
	}
}

// publish adds the policies that the server does not have.
func (w *world) publish(ctx context.Context) error {
	have, err := w.admin.api.Policies(ctx)
	if err != nil {
		return fmt.Errorf("list policies: %w", err)
	}
	for _, file := range w.cfg.Policies {
		if slices.ContainsFunc(have, func(p api.Policy) bool { return headOf(p.File) == headOf(file) }) {
			continue
		}
		if _, err := w.admin.api.PublishPolicy(ctx, file); err != nil {
			return fmt.Errorf("publish a policy: %w", err)
		}
	}
	return nil
}

type policyHead struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

func headOf(file []byte) (h policyHead) {
	_ = json.Unmarshal(file, &h) // the server reads it strictly
	return h
}

// staff signs the officers in: with a code first, by which they choose login
// and password.
func (w *world) staff(ctx context.Context) error {
	p := w.cfg.Province
	w.province, w.viewer = w.newDesk(2), w.newDesk(3)
	w.signer, w.accountant = w.newDesk(4), w.newDesk(5)
	desks := []*desk{w.province, w.viewer, w.signer, w.accountant}
	refs := []string{refProvince, refViewer, refSigner, refAccounts}
	w.province.login, w.viewer.login = "tinh.quantri", "tinh.xem"
	w.signer.login, w.accountant.login = "tinh.phathanh", "ketoan.xa"
	for i, c := range p.Communes {
		d := w.newDesk(10 + i)
		d.login = "ct." + c.Code
		w.chairs = append(w.chairs, d)
		desks, refs = append(desks, d), append(refs, refChair(c))
	}
	codes, err := w.codes(ctx, refs)
	if err != nil {
		return err
	}
	return w.each(ctx, len(desks), func(ctx context.Context, i int) error {
		d := desks[i]
		defer d.wire.hangUp()
		d.password = secret()
		s, err := d.api.Activate(ctx, api.Activate{Code: codes[i], Login: d.login, Password: d.password,
			Install: syncproto.NewRandomID(crand.Reader), DeviceName: "Máy tính (mẫu)"})
		if err != nil {
			return fmt.Errorf("activate an officer: %w", err)
		}
		d.person = s.Person
		return nil
	})
}

// equip gives each team two phones and signs them in.
func (w *world) equip(ctx context.Context) error {
	var refs []string
	var list []*phone
	for _, t := range w.cfg.Province.Teams {
		pair := [2]*phone{w.newPhone(t, 0), w.newPhone(t, 1)}
		w.phones = append(w.phones, pair)
		refs = append(refs, t.Members[0].Ref, t.Members[1].Ref)
		list = append(list, pair[0], pair[1])
	}
	codes, err := w.codes(ctx, refs)
	if err != nil {
		return err
	}
	return w.each(ctx, len(list), func(ctx context.Context, i int) error {
		if err := list[i].activate(ctx, codes[i]); err != nil {
			return err
		}
		return list[i].listen(ctx)
	})
}

// codes fetches activation codes for people by their references.
func (w *world) codes(ctx context.Context, refs []string) ([]string, error) {
	var out []string
	for part := range slices.Chunk(refs, api.MaxCodes) {
		var ids []syncproto.ID
		for _, r := range part {
			ids = append(ids, w.people[r])
		}
		list, err := w.admin.api.NewCodes(ctx, ids)
		if err != nil {
			return nil, fmt.Errorf("make activation codes: %w", err)
		}
		for _, c := range list {
			if c.Error != "" {
				return nil, errors.New("make activation codes: " + c.Error)
			}
			out = append(out, c.Code)
		}
	}
	return out, need("activation codes", len(out), len(refs))
}

// drained reports an error if a phone still holds something unsent, or its
// copy differs from the server's.
func (w *world) drained() error {
	for _, pair := range w.phones {
		for _, ph := range pair {
			st, err := ph.eng.Status()
			if err != nil {
				return err
			}
			if st.Unsent > 0 || !st.Agree {
				return fmt.Errorf("a phone of %s ends with %d unsent, copy agrees: %v", ph.team.Ref, st.Unsent, st.Agree)
			}
		}
	}
	return nil
}
