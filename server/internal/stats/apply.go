package stats

import (
	"net/url"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Parts of a counter's key; see the package's documentation.
const (
	prefix      = "stats/"
	keyVersion  = "stats/version"
	partState   = "s"
	partActs    = "a"
	partMeasure = "m"
	partGiven   = "n"
)

// counted are the fields of an activity that counters depend on.
type counted struct {
	Unit     domain.ID
	Month    domain.Month
	State    domain.State
	Category string // of approved ones only, as are measures
	Measures map[string]int64
}

// Apply moves the counters from what an activity was to what it is. before is
// empty for a new one, after for one that is gone. It runs in the write
// transaction of the change, so that no reader ever sees one without the other.
func Apply(tx store.Tx, before, after syncproto.Doc) error {
	delta := map[string]int64{}
	for _, side := range []struct {
		doc  syncproto.Doc
		sign int64
	}{{before, -1}, {after, +1}} {
		if err := add(delta, side.doc, side.sign); err != nil {
			return err
		}
	}
	return write(tx, delta)
}

// write adds to the counters what is not 0.
func write(tx store.Tx, delta map[string]int64) error {
	keys := make([]string, 0, len(delta))
	for k, n := range delta {
		if n != 0 {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	slices.Sort(keys) // the same change writes in the same order
	for _, k := range keys {
		if err := tx.Count(k, delta[k]); err != nil {
			return err
		}
	}
	return tx.Count(keyVersion, 1)
}

// countedOf reads them from a document.
func countedOf(d syncproto.Doc) (a counted, err error) {
	a = counted{Unit: domain.ID(d.Str("unit")), Month: domain.Month(d.Str("month")), State: domain.State(d.Str("state"))}
	if a.State == domain.Approved {
		a.Category = d.Str("category")
		if len(d["measures"]) > 0 {
			err = json.Unmarshal(d["measures"], &a.Measures)
		}
	}
	return a, err
}

func add(delta map[string]int64, d syncproto.Doc, sign int64) error {
	if len(d) == 0 {
		return nil
	}
	a, err := countedOf(d)
	if err != nil {
		return err
	}
	base := prefix + string(a.Month) + "/" + string(a.Unit) + "/"
	delta[base+partState+"/"+string(a.State)] += sign
	if a.State != domain.Approved {
		return nil
	}
	cat := url.PathEscape(a.Category)
	delta[base+partActs+"/"+cat] += sign
	for name, v := range a.Measures {
		m := cat + "/" + url.PathEscape(name)
		delta[base+partMeasure+"/"+m] += sign * v
		delta[base+partGiven+"/"+m] += sign
	}
	return nil
}
