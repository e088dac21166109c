package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// categoryDoc is the document of record type "category", in ref.
type categoryDoc struct {
	Code     string       `json:"code"`
	Name     string       `json:"name"`
	Group    string       `json:"group"`
	Measures []measureDoc `json:"measures"`
	Evidence string       `json:"evidence"`
	Source   string       `json:"source"`
}

// measureDoc is one count of a category: people, visits, households and files
// are never added to one another, so each has its unit.
type measureDoc struct {
	Key  string `json:"key"`
	Name string `json:"name"`
	Unit string `json:"unit,omitzero"`
}

// seed writes the activity catalogue and the texts of codes into ref. What is
// there already and the same is left alone, so each start calls it.
func (a *App) seed(ctx context.Context) error {
	docs, err := catalogue()
	if err != nil {
		return err
	}
	stale := false
	if err := a.store.View(ctx, func(r store.Reader) error {
		for _, d := range docs {
			rec, err := r.Record(categoryKey(d))
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			stale = stale || err != nil || rec.H != syncproto.HashDoc(kept(d, &rec))
		}
		return nil
	}); err != nil {
		return err
	}
	if stale {
		if err := a.store.Update(ctx, func(tx store.Tx) error { return putCatalogue(tx, docs) }); err != nil {
			return err
		}
	}
	return a.sync.SeedRef(ctx)
}

func putCatalogue(tx store.Tx, docs []syncproto.Doc) error {
	for _, d := range docs {
		rec, err := tx.Record(categoryKey(d))
		d := kept(d, &rec)
		if err == nil && rec.H == syncproto.HashDoc(d) {
			continue
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if _, err := tx.Put(store.Put{Key: categoryKey(d), Doc: d, Scopes: []syncproto.Scope{syncproto.ScopeRef},
			Cause: store.Cause{Op: "seed"}}); err != nil {
			return err
		}
	}
	return nil
}

// kept is a kind of the product as it stands, with what the province set of it:
// the last day of a kind that it retired.
func kept(d syncproto.Doc, rec *store.Record) syncproto.Doc {
	old, err := syncproto.SplitCanonical(rec.Doc)
	until, retired := old["until"]
	if err != nil || !retired {
		return d
	}
	d = maps.Clone(d)
	d["until"] = until
	return d
}

func categoryKey(d syncproto.Doc) store.Key {
	return store.Key{Type: syncproto.TypeCategory, ID: syncproto.DerivedID(syncproto.TypeCategory, domain.ID(d.Str("code")), "")}
}

// catalogue reads the embedded list of activities.
func catalogue() ([]syncproto.Doc, error) {
	list, err := data.Categories()
	if err != nil {
		return nil, fmt.Errorf("activity catalogue: %w", err)
	}
	docs := make([]syncproto.Doc, len(list))
	for i, c := range list {
		docs[i], err = syncproto.DocOf(categoryDoc{Code: c.Code, Name: c.Name, Group: c.Group, Measures: measures(c.Measures),
			Evidence: c.Evidence, Source: c.Source})
		if err != nil {
			return nil, fmt.Errorf("activity catalogue, %s: %w", c.Code, err)
		}
	}
	return docs, nil
}

// measures reads "so_ho: số hộ đã đến [hộ]; so_buoi: số buổi [buổi]".
func measures(s string) []measureDoc {
	out := []measureDoc{}
	for part := range strings.SplitSeq(s, ";") {
		key, name, ok := strings.Cut(strings.TrimSpace(part), ":")
		if !ok {
			continue
		}
		m := measureDoc{Key: strings.TrimSpace(key), Name: strings.TrimSpace(name)}
		if before, unit, ok := strings.Cut(strings.TrimSuffix(m.Name, "]"), "["); ok {
			m.Name, m.Unit = strings.TrimSpace(before), unit
		}
		out = append(out, m)
	}
	return out
}
