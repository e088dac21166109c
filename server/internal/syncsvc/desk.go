package syncsvc

import (
	"context"
	"errors"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// maxCases is how many open cases one list holds, oldest first.
const maxCases = 500

// CaseRow is an open case.
type CaseRow struct {
	ID  domain.ID      `json:"id"`
	Rev int64          `json:"rev"`
	Doc jsontext.Value `json:"doc"`
}

// Cases lists the open cases of a team, for those who may read its scope, or
// of a commune, for its office. Exactly one of the two is named.
func (s *Service) Cases(ctx context.Context, c domain.Caller, team, commune domain.ID) ([]CaseRow, error) {
	scope := syncproto.TeamScope(team)
	switch {
	case (team == "") == (commune == ""):
		return nil, &domain.Error{Code: domain.Invalid, Field: "team", Msg: "Name either a team or a commune.",
			Vi: "Hãy chọn một tổ hoặc một xã."}
	case team == "":
		scope = syncproto.CommuneScope(commune)
	}
	var out []CaseRow
	err := s.cfg.Store.View(ctx, func(r store.Reader) error {
		out = []CaseRow{}
		if err := s.mayLook(r, c, scope); err != nil {
			return err
		}
		return r.Members(scope, syncproto.TypeCase, func(rec *store.Record) bool {
			if d, err := syncproto.SplitCanonical(rec.Doc); err == nil && d.Str(fState) == caseOpen {
				out = append(out, CaseRow{rec.ID, rec.Rev, rec.Doc.Clone()})
			}
			return len(out) < maxCases
		})
	})
	return out, problem(err)
}

// mayLook checks that the caller may read a scope today.
func (s *Service) mayLook(r store.Reader, c domain.Caller, scopes ...syncproto.Scope) error {
	gs, err := roster.GrantsOf(r, c.Person)
	if err != nil {
		return err
	}
	for _, scope := range scopes {
		if ps, ok := scope.Parse(); ok && !c.PushOnly && gs.MayRead(c.Person, ps, domain.DateOf(s.cfg.Now())) {
			return nil
		}
	}
	return domain.E(domain.Forbidden, "You have no right to read this.", "Bạn không có quyền xem nội dung này.")
}

// ActivityView is an activity and how it came to be what it is.
type ActivityView struct {
	ID      domain.ID      `json:"id"`
	Rev     int64          `json:"rev"`
	H       syncproto.Hash `json:"h"`
	C       syncproto.Hash `json:"c"`
	Deleted bool           `json:"deleted,omitzero"`
	Doc     jsontext.Value `json:"doc,omitzero"`
	History []VersionView  `json:"history"` // newest first
	// Names are those of the people who made the changes.
	Names map[domain.ID]string `json:"names"`
}

// VersionView is one change; Before has the values that it replaced.
type VersionView struct {
	Rev    int64          `json:"rev"`
	AtMs   int64          `json:"at_ms"`
	By     domain.ID      `json:"by,omitzero"`
	Op     string         `json:"op"`
	Before jsontext.Value `json:"before,omitzero"`
	Added  []string       `json:"added,omitzero"`
	Lost   jsontext.Value `json:"lost,omitzero"`
}

// maxVersions bounds the history of one answer.
const maxVersions = 200

// Activity returns an activity to those who may read a scope that it lives
// in. Who may not is told the same whether it exists or not.
func (s *Service) Activity(ctx context.Context, c domain.Caller, id domain.ID) (ActivityView, error) {
	var out ActivityView
	key := store.Key{Type: syncproto.TypeActivity, ID: id}
	err := s.cfg.Store.View(ctx, func(r store.Reader) error {
		rec, err := r.Record(key)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := s.mayLook(r, c, rec.Scopes...); err != nil {
			return err
		}
		out = ActivityView{ID: id, Rev: rec.Rev, H: rec.H, C: rec.C, Deleted: rec.Deleted, Doc: rec.Doc, History: []VersionView{}}
		if err := r.History(key, func(v *store.Version) bool {
			out.History = append(out.History, VersionView{Rev: v.Rev, AtMs: v.AtMs, By: v.By, Op: v.Op,
				Before: docOrNone(v.Before), Added: v.Added, Lost: docOrNone(v.Lost)})
			return len(out.History) < maxVersions
		}); err != nil {
			return err
		}
		out.Names, err = whoChanged(r, out.History)
		return err
	})
	return out, problem(err)
}

// whoChanged names the people of a history.
func whoChanged(r store.Reader, list []VersionView) (map[domain.ID]string, error) {
	names := map[domain.ID]string{}
	for _, v := range list {
		if _, known := names[v.By]; known || v.By == "" {
			continue
		}
		p, err := roster.Person(r, v.By)
		if err != nil && domain.CodeOf(err) != domain.NotFound {
			return nil, err
		}
		names[v.By] = p.Name
	}
	return names, nil
}

func docOrNone(d syncproto.Doc) jsontext.Value {
	if len(d) == 0 {
		return nil
	}
	return d.AppendCanonical(nil)
}
