package roster

import (
	"errors"
	"slices"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Trace is what an import wrote: enough to take it back as a whole.
type Trace struct {
	Kind  Kind    `json:"kind"`
	AtMs  int64   `json:"at_ms"`
	Chain int64   `json:"chain"` // decisions there were
	Wrote []Wrote `json:"wrote"` // in order
}

// Wrote is one record of a trace.
type Wrote struct {
	Type   string    `json:"t"`
	ID     domain.ID `json:"i"`
	Before int64     `json:"b,omitzero"` // its revision before; 0: it was not there
	After  int64     `json:"a"`
	// H is its content after. Another revision of it may have the same: who
	// changed it has taken that back.
	H syncproto.Hash `json:"h"`
}

func (w Wrote) key() store.Key { return store.Key{Type: w.Type, ID: w.ID} }

// touch notes a record that is about to be written for the first time.
func (im *importer) touch(rev int64, k store.Key) {
	if _, known := im.before[k]; !known {
		im.before[k] = rev
		im.wrote = append(im.wrote, k)
	}
}

func (im *importer) trace(kind Kind) (*Trace, error) {
	tr := &Trace{Kind: kind, AtMs: im.tx.Now().UnixMilli()}
	last, err := im.tx.LastDecision()
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	tr.Chain = last.N
	for _, k := range im.wrote {
		rec, err := im.tx.Record(k)
		if err != nil && !errors.Is(err, store.ErrNotFound) { // a bad row stopped before it wrote
			return nil, err
		}
		if rec.Rev != im.before[k] {
			tr.Wrote = append(tr.Wrote, Wrote{Type: k.Type, ID: k.ID, Before: im.before[k], After: rec.Rev, H: rec.H})
		}
	}
	return tr, nil
}

// withdrawn reports whether a record was taken back with its import. It is no
// tombstone: ids are derived from keys of files, and a corrected file brings the
// same ones again.
func withdrawn(rec *store.Record) bool { return slices.Equal(rec.Doc, []byte("{}")) }
