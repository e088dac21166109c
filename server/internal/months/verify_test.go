package months_test

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/store"
)

// corrections runs the rules about corrections over the chain.
func (w *world) corrections() (all []string) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		return r.Decisions(1, func(d *store.Decision) bool {
			var err error
			switch d.Kind {
			case months.KindAdjustment:
				err = months.VerifyAdjustment(r, d)
			case months.KindReopen:
				err = months.VerifyReopen(r, d)
			}
			if err != nil {
				all = append(all, err.Error())
			}
			return true
		})
	})
	return all
}

func newest[T any](w *world, kind, key string) (v T) {
	w.t.Helper()
	w.view(func(r store.Reader) error {
		d, err := r.Decision(kind, key)
		if err != nil {
			return err
		}
		return json.Unmarshal(d.Body, &v)
	})
	return v
}

func (w *world) forge(kind, key string, v any) {
	w.t.Helper()
	body, err := json.Marshal(v, json.Deterministic(true))
	if err == nil {
		err = (*jsontext.Value)(&body).Canonicalize()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.update(func(tx store.Tx) error { _, err := tx.Append(kind, key, body); return err })
}

// TestVerify_Corrections: what two people decided holds; what was slipped into
// the chain does not.
func TestVerify_Corrections(t *testing.T) {
	w, n := closedJune(t, true)
	month := string(w.teams[0]) + "/2023-06"
	w.correct(w.ask("recovery", n, 200_000))
	w.correct(w.ask("withhold", n, 0))
	w.correct(w.ask("reopen", n, 0))
	if all := w.corrections(); len(all) > 0 {
		t.Fatal(all)
	}
	adjust := newest[domain.Adjustment](w, months.KindAdjustment, month+"/1")
	reopen := newest[domain.Reopen](w, months.KindReopen, month)
	for _, c := range []struct {
		want   string
		change func(a *domain.Adjustment) (key string)
	}{
		{"its key is not the next of its month", func(*domain.Adjustment) string { return month + "/9" }},
		{"nobody knows kind", func(a *domain.Adjustment) string { a.Kind = "gift"; return month + "/3" }},
		{"its amount does not fit its kind", func(a *domain.Adjustment) string { a.Kind = domain.AdjustWithhold; return month + "/4" }},
		{"it corrects no earlier close of its month", func(a *domain.Adjustment) string { a.Close++; return month + "/5" }},
		{"it gives no reason", func(a *domain.Adjustment) string { a.Reason = " "; return month + "/6" }},
		{"one person proposed and approved it", func(a *domain.Adjustment) string { a.ApprovedBy = a.ProposedBy; return month + "/7" }},
	} {
		a := adjust
		key := c.change(&a)
		before := len(w.corrections())
		w.forge(months.KindAdjustment, key, a)
		if all := w.corrections(); len(all) <= before || !strings.Contains(strings.Join(all, "\n"), c.want) {
			t.Errorf("%q is not among %q", c.want, all)
		}
	}
	for want, change := range map[string]func(*domain.Reopen){
		"it ends before it begins":            func(o *domain.Reopen) { o.Until = "2023-07-01" },
		"its key names another team or month": func(o *domain.Reopen) { o.Month = "2023-07" },
		"it corrects no earlier close":        func(o *domain.Reopen) { o.Close = 99 },
	} {
		o := reopen
		change(&o)
		w.forge(months.KindReopen, month, o)
		if all := w.corrections(); !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("%q is not among %q", want, all)
		}
	}
}
