package blob

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// TypePhoto is the type of the record of a photo; only the server reads it.
const TypePhoto = "photo"

// State of a photo's record.
type State string

const (
	Held    State = "held"    // the server has the bytes
	Dropped State = "dropped" // nobody named it for OrphanDays
)

// Photo is the document of record type "photo".
type Photo struct {
	Team     domain.ID `json:"team"`
	Name     string    `json:"name"`   // SHA-256 of the bytes as sent, hex
	Stored   string    `json:"stored"` // SHA-256 of the bytes as kept, hex: where the file lies
	Kind     Kind      `json:"kind"`
	Bytes    int64     `json:"bytes"` // as kept
	Width    int64     `json:"width"`
	Height   int64     `json:"height"`
	Look     string    `json:"look"` // dHash, hex
	By       domain.ID `json:"by"`
	Received int64     `json:"received"` // ms
	State    State     `json:"state"`
}

// Hash is the dHash of the picture.
func (p Photo) Hash() (h uint64) {
	_, _ = fmt.Sscanf(p.Look, "%x", &h) // written by us
	return h
}

// Counters.
const (
	refPrefix  = "photo/"       // <name>/<team>/<record>: 1
	filePrefix = "photo_file/"  // <stored>: records that hold it
	teamPrefix = "photo_bytes/" // <team>: bytes as kept
	dayPrefix  = "photo_day/"   // <yyyy-mm-dd>/<person>: bytes as sent
	dueOrphan  = "photo_orphan" // kind of due mark: <yyyy-mm-dd>/<team>/<name>
	opReceived = "photo_received"
	opDropped  = "photo_dropped"
	heldField  = "held"
	namedField = "evidence"
)

func scopeOf(team domain.ID) syncproto.Scope { return syncproto.SysScope("photos/" + string(team)) }

func keyOf(team domain.ID, name string) store.Key {
	return store.Key{Type: TypePhoto, ID: syncproto.DerivedID(TypePhoto, team, name)}
}

// ValidName reports whether a text is a SHA-256 in hex, in its one spelling.
func ValidName(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// Of returns a team's photo and the rev of its record; ok is false if the
// server does not hold it.
func Of(r store.Reader, team domain.ID, name string) (p Photo, rev int64, ok bool, err error) {
	rec, err := r.Record(keyOf(team, name))
	if errors.Is(err, store.ErrNotFound) {
		return p, 0, false, nil
	}
	if err != nil {
		return p, 0, false, err
	}
	err = json.Unmarshal(rec.Doc, &p)
	return p, rec.Rev, err == nil && p.State == Held, err
}

// Named are the photos that a record names.
func Named(evidence []string) (names []string) {
	for _, e := range evidence {
		if name, ok := strings.CutPrefix(e, domain.EvidencePhoto); ok {
			names = append(names, name)
		}
	}
	return names
}

// Hold sets the field "held" of a record that is about to be written: the
// photos among its evidence that the server holds for its team.
func Hold(r store.Reader, d syncproto.Doc) error {
	var held []string
	for _, name := range Named(d.Strs(namedField)) {
		_, _, ok, err := Of(r, domain.ID(d.Str("team")), name)
		if err != nil {
			return err
		}
		if ok {
			held = append(held, domain.EvidencePhoto+name)
		}
	}
	delete(d, heldField)
	if len(held) > 0 {
		d[heldField] = syncproto.Strs(held)
	}
	return nil
}

// Index keeps the index from photos to a record that changed, in the
// transaction that writes it; after is nil for one that was deleted. A photo
// that is named no more is looked at again after OrphanDays.
func Index(tx store.Tx, id domain.ID, before, after syncproto.Doc) error {
	was, is := refs(id, before), refs(id, after)
	for key := range is {
		if was[key] == "" {
			if err := tx.Count(key, 1); err != nil {
				return err
			}
		}
	}
	for key, name := range was {
		if is[key] != "" {
			continue
		}
		if err := tx.Count(key, -1); err != nil {
			return err
		}
		if err := markOrphan(tx, domain.ID(before.Str("team")), name); err != nil {
			return err
		}
	}
	return nil
}

// refs are the counters of a record, each with the photo's name.
func refs(id domain.ID, d syncproto.Doc) map[string]string {
	names := Named(d.Strs(namedField))
	if len(names) == 0 {
		return nil
	}
	out := make(map[string]string, len(names))
	for _, name := range names {
		out[refsOf(domain.ID(d.Str("team")), name)+string(id)] = name
	}
	return out
}

// naming returns the record of the index that names a photo, ErrNotFound if it
// is gone: what was done, or what was spent on it.
func naming(r store.Reader, id domain.ID) (store.Record, error) {
	rec, err := r.Record(store.Key{Type: syncproto.TypeActivity, ID: id})
	if errors.Is(err, store.ErrNotFound) {
		rec, err = r.Record(store.Key{Type: syncproto.TypeSpending, ID: id})
	}
	return rec, err
}

func refsOf(team domain.ID, name string) string {
	return refPrefix + name + "/" + string(team) + "/"
}

// markOrphan has a photo looked at again when it may go.
func markOrphan(tx store.Tx, team domain.ID, name string) error {
	on := domain.DateOf(tx.Now()).Add(OrphanDays)
	return tx.MarkDue(dueOrphan, string(on)+"/"+string(team)+"/"+name)
}

// put writes the record of a photo.
func put(tx store.Tx, p Photo, op string) (store.Record, error) {
	doc, err := syncproto.DocOf(p)
	if err != nil {
		return store.Record{}, err
	}
	return tx.Put(store.Put{Key: keyOf(p.Team, p.Name), Doc: doc, Scopes: []syncproto.Scope{scopeOf(p.Team)},
		Cause: store.Cause{By: p.By, Op: op}})
}

// counter reads one counter.
func counter(r store.Reader, key string) (n int64, err error) {
	err = r.Counters(key, func(k string, v int64) bool {
		if k == key {
			n = v
		}
		return false
	})
	return n, err
}
