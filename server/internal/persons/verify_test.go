package persons

import (
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// TestVerify: the rule of the decision holds what two people did, and finds
// what one alone, nobody, or the person did, and a name that came back.
func TestVerify(t *testing.T) {
	st, err := boltstore.Open(filepath.Join(t.TempDir(), "store.db"), boltstore.Options{Now: time.Now, Rand: rand.Reader, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // a test
	id := func() domain.ID { return syncproto.NewRandomID(rand.Reader) }
	veiled, named, a, b := id(), id(), id(), id()
	if err := st.Update(t.Context(), func(tx store.Tx) error {
		if err := roster.PutPerson(tx, named, domain.Person{Name: "Có Tên (thử)"}, store.Cause{}); err != nil {
			return err
		}
		return roster.PutPerson(tx, veiled, domain.Person{Name: "Thành viên 4F2A", Veiled: true}, store.Cause{})
	}); err != nil {
		t.Fatal(err)
	}
	good := Settled{Request: id(), Person: veiled, Kind: Deidentify, State: Done, Received: "2023-06-16", Due: "2023-06-20", ProposedBy: a, By: b}
	for name, tt := range map[string]struct {
		change func(*Settled)
		holds  bool
	}{
		"two people":           {func(*Settled) {}, true},
		"a copy by one":        {func(s *Settled) { s.Kind, s.Person, s.ProposedBy = Export, named, "" }, true},
		"again by nobody":      {func(s *Settled) { s.Again, s.By, s.ProposedBy = true, "", "" }, true},
		"one person alone":     {func(s *Settled) { s.ProposedBy = s.By }, false},
		"nobody proposed":      {func(s *Settled) { s.ProposedBy = "" }, false},
		"by nobody":            {func(s *Settled) { s.By = "" }, false},
		"by the person":        {func(s *Settled) { s.By = s.Person }, false},
		"of another request":   {func(s *Settled) { s.Request = a }, false},
		"still open":           {func(s *Settled) { s.State = Open }, false},
		"a copy again":         {func(s *Settled) { s.Kind, s.Again = Export, true }, false},
		"due before it came":   {func(s *Settled) { s.Due = "2023-06-15" }, false},
		"the name came back":   {func(s *Settled) { s.Person = named }, false},
		"refused, still named": {func(s *Settled) { s.Person, s.State, s.ProposedBy = named, Refused, "" }, true},
	} {
		s := good
		tt.change(&s)
		body, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := st.View(t.Context(), func(r store.Reader) error {
			err := Verify(r, &store.Decision{N: 1, Kind: KindDone, Key: string(good.Request), Body: body})
			if (err == nil) != tt.holds {
				t.Errorf("%s: %v", name, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
