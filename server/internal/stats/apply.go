package stats

import (
	"net/url"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

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
	Category string
	Measures map[string]int64 // of approved ones only
}

// Apply moves the counters from what a record was to what it is. before is
// nil for a new record, after nil (or a tombstone) for one that is gone. Only
// activities are counted; any other type is ignored. It runs in the write
// transaction of the change, so that no reader ever sees one without the other.
func Apply(tx store.Tx, before, after *store.Record) error {
	delta := map[string]int64{}
	for _, side := range []struct {
		rec  *store.Record
		sign int64
	}{{before, -1}, {after, +1}} {
		if err := add(delta, side.rec, side.sign); err != nil {
			return err
		}
	}
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

// countedOf reads them from a canonical document.
func countedOf(doc jsontext.Value) (a counted, err error) {
	var measures jsontext.Value
	err = syncproto.EachField(doc, func(name string, v jsontext.Value) bool {
		switch name {
		case "category":
			a.Category = syncproto.Text(v)
		case "measures":
			measures = v
		case "month":
			a.Month = domain.Month(syncproto.Text(v))
		case "state":
			a.State = domain.State(syncproto.Text(v))
		case "unit":
			a.Unit = domain.ID(syncproto.Text(v))
		}
		return true
	})
	if err == nil && a.State == domain.Approved && len(measures) > 0 {
		err = json.Unmarshal(measures, &a.Measures)
	}
	return a, err
}

func add(delta map[string]int64, rec *store.Record, sign int64) error {
	if rec == nil || rec.Deleted || rec.Type != syncproto.TypeActivity {
		return nil
	}
	a, err := countedOf(rec.Doc)
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
