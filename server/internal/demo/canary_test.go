package demo_test

import (
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	plan "github.com/banso/banso/deploy/demo"
	"github.com/banso/banso/server/internal/demo"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// canaries looks for names, places, notes and tokens in all that a run pushed
// and logged, and in each row that the outbox keeps.
func canaries(t *testing.T, o demo.Options, texts map[string]string) {
	t.Helper()
	p, err := plan.NewProvince(o.Seed, o.Scale)
	must(t, err)
	words := []string{"góp ý", "Bà con", "Sóng yếu", "Sổ tiếp dân", demo.TokenHead, "Bearer ", "eyJhbGci"}
	// Long enough that no random id holds one.
	for _, team := range p.Teams {
		words = append(words, team.Name, "BB-"+team.Ref+"-20")
		for _, m := range team.Members {
			words = append(words, m.Name, strings.TrimSuffix(m.Name, plan.NameMark))
		}
	}
	db, err := boltstore.Open(filepath.Join(o.Data, "banso.db"), boltstore.Options{Now: time.Now, Rand: rand.Reader})
	must(t, err)
	defer db.Close()
	rows := map[string]int{}
	var b strings.Builder
	must(t, db.View(t.Context(), func(r store.Reader) error {
		for _, kind := range []string{"outbox", "outbox_tag", "outbox_parked", "delivery", "push_owner", "push_day", "notify_slot"} {
			if err := r.Credentials(kind, "", func(id string, doc jsontext.Value) bool {
				rows[kind]++
				b.WriteString(id + " " + string(doc) + "\n")
				return true
			}); err != nil {
				return err
			}
		}
		return r.Counters("", func(key string, _ int64) bool { b.WriteString(key + "\n"); return true })
	}))
	texts["outbox"] = b.String()
	for where, text := range texts {
		for _, word := range words {
			if i := strings.Index(text, word); i >= 0 {
				t.Errorf("%s holds %q: …%s…", where, word, text[max(0, i-60):min(len(text), i+60)])
			}
		}
	}
	if rows["delivery"] < 50 || rows["push_owner"] == 0 || len(texts["push"]) < 10_000 || len(words) < 50 {
		t.Errorf("only %v rows, %d bytes of pushes and %d words were looked at", rows, len(texts["push"]), len(words))
	}
}
