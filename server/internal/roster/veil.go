package roster

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Names are kept apart from the people for as long as papers of money must show
// them: who led a team that was listed, who was paid, who decided. Nothing reads
// them but papers that are drawn as they were issued (NameAt).
const (
	typeKept                  = "kept_name"
	scopeKept syncproto.Scope = "sys:kept_names"
	fieldName                 = "name"
)

// Veil is a person who is de-identified: what every room that keeps names of
// its own needs to take them away.
type Veil struct {
	Person domain.ID
	Alias  string      // stands for the person from now on
	Names  []string    // that the person ever had
	Where  []store.Key // records that had one of the names a moment ago
	Cause  store.Cause
}

// alias is a name that says nothing and stays the same: part of a digest of
// the id, which is random.
func alias(gs domain.Grants, person domain.ID) string {
	what := "Thành viên"
	if slices.ContainsFunc(gs, func(g domain.Grant) bool { return g.Team == "" }) {
		what = "Cán bộ"
	}
	sum := sha256.Sum256([]byte("veil " + person))
	return fmt.Sprintf("%s %04X", what, sum[:2])
}

// bearing lists the records that bear a person's name and that scopes lead to.
func bearing(r store.Reader, person domain.ID) (keys []store.Key, err error) {
	keys = append(keys, store.Key{Type: syncproto.TypePerson, ID: person})
	err = r.Members(ScopeGrants(person), syncproto.TypeGrant, func(rec *store.Record) bool {
		keys = append(keys, rec.Key)
		return true
	})
	own := func(scope syncproto.Scope, typ string) error {
		return members(r, scope, typ, func(id domain.ID, v struct {
			Person domain.ID `json:"person"`
		}) bool {
			if v.Person == person {
				keys = append(keys, store.Key{Type: typ, ID: id})
			}
			return true
		})
	}
	return keys, errors.Join(err, own(ScopeSupported, TypeOfficer), own(ScopeCalledUp, TypeCalledUp))
}

// NamesOf are all names that a person had, newest first.
func NamesOf(r store.Reader, person domain.ID) (names []string, err error) {
	kept, err := namesOf(r, person)
	for _, k := range slices.Backward(kept) {
		if !slices.Contains(names, k.Name) {
			names = append(names, k.Name)
		}
	}
	return names, err
}

// dated is a name and since when a person had it.
type dated struct {
	Name   string `json:"name"`
	FromMs int64  `json:"from_ms"`
}

// namesOf are the names of all records that bear them, in the order of time.
func namesOf(r store.Reader, person domain.ID) (out []dated, err error) {
	keys, err := bearing(r, person)
	for _, k := range keys {
		if err != nil {
			return nil, err
		}
		rec, rerr := r.Record(k)
		if rerr != nil {
			return nil, rerr
		}
		name := nameIn(rec.Doc)
		err = r.History(k, func(v *store.Version) bool {
			if slices.Contains(v.Added, fieldName) || v.Before.Str(fieldName) != "" {
				if name != "" {
					out = append(out, dated{name, v.AtMs})
				}
				name = v.Before.Str(fieldName)
			}
			if lost := v.Lost.Str(fieldName); lost != "" {
				out = append(out, dated{lost, v.AtMs})
			}
			return true
		})
	}
	slices.SortStableFunc(out, func(a, b dated) int { return cmp.Compare(a.FromMs, b.FromMs) })
	return slices.CompactFunc(out, func(a, b dated) bool { return a.Name == b.Name }), err
}

func nameIn(doc []byte) string {
	d, err := syncproto.SplitCanonical(doc)
	if err != nil {
		return ""
	}
	return d.Str(fieldName)
}

// NewVeil finds what stands for a person and the names that are to go. where
// are the records that bore one of them a moment ago.
func NewVeil(r store.Reader, person domain.ID, c store.Cause, where []store.Key) (*Veil, error) {
	gs, err := GrantsOf(r, person)
	if err != nil {
		return nil, err
	}
	names, err := NamesOf(r, person)
	return &Veil{Person: person, Alias: alias(gs, person), Names: names, Where: where, Cause: c}, err
}

// Among lists the records of a type that bear a name: of Where, and those of a
// scope that came since.
func (v *Veil) Among(r store.Reader, scope syncproto.Scope, typ string) (keys []store.Key, err error) {
	for _, k := range v.Where {
		if k.Type == typ {
			keys = append(keys, k)
		}
	}
	err = r.Members(scope, typ, func(rec *store.Record) bool {
		bears := slices.ContainsFunc(v.Names, func(n string) bool {
			q := syncproto.Str(n) // as it stands in a document, within a text
			return n != v.Alias && bytes.Contains(rec.Doc, q[1:len(q)-1])
		})
		if bears && !slices.Contains(keys, rec.Key) {
			keys = append(keys, rec.Key)
		}
		return true
	})
	return keys, err
}

// Put writes a record with its values edited, in the scopes where it lives, and
// takes the same values out of its history.
func (v *Veil) Put(tx store.Tx, k store.Key, edit func(syncproto.Doc)) error {
	rec, err := tx.Record(k)
	if err != nil {
		return err
	}
	if !rec.Deleted {
		doc, err := syncproto.SplitCanonical(rec.Doc)
		if err != nil {
			return err
		}
		edit(doc)
		if _, err := tx.Put(store.Put{Key: k, Doc: doc, Scopes: rec.Scopes, Cause: v.Cause}); err != nil {
			return err
		}
	}
	return tx.Redact(k, edit)
}

// PutVeil takes a person's names out of the roster: out of the records that
// bear them and of their history, also where an import was taken back. With
// keep they stay with the papers of money until that day. The same veil again
// changes nothing.
func PutVeil(tx store.Tx, v *Veil, keep domain.Date) error {
	names, err := namesOf(tx, v.Person)
	if err != nil {
		return err
	}
	p, err := Person(tx, v.Person)
	if err != nil {
		return err
	}
	if keep != "" && !p.Veiled {
		if err := keepNames(tx, v, names, keep); err != nil {
			return err
		}
	}
	keys, err := bearing(tx, v.Person)
	if err != nil {
		return err
	}
	for _, k := range v.Where {
		if !slices.Contains(keys, k) {
			if theirs, err := once(tx, k, v.Person); err != nil {
				return err
			} else if theirs {
				keys = append(keys, k)
			}
		}
	}
	name := func(d syncproto.Doc) {
		if d.Str(fieldName) != "" {
			d[fieldName] = syncproto.Str(v.Alias)
		}
	}
	for _, k := range keys {
		if err := v.Put(tx, k, name); err != nil {
			return err
		}
	}
	p.Name, p.Veiled = v.Alias, true
	return PutPerson(tx, v.Person, p, v.Cause)
}

// once reports whether a record that no scope leads to was about a person: one
// that was taken back with its import.
func once(r store.Reader, k store.Key, person domain.ID) (yes bool, err error) {
	switch k.Type {
	case syncproto.TypeGrant, TypeOfficer, TypeCalledUp:
	default:
		return false, nil
	}
	err = r.History(k, func(v *store.Version) bool {
		yes = v.Before.Str("person") == string(person)
		return !yes
	})
	return yes, err
}

// kept is the document of a kept name.
type kept struct {
	Person domain.ID   `json:"person"`
	Names  []dated     `json:"names"` // oldest first
	Until  domain.Date `json:"until"` // last day on which they must be there
}

func keptKey(person domain.ID) store.Key {
	return store.Key{Type: typeKept, ID: syncproto.DerivedID(typeKept, person, "")}
}

func keepNames(tx store.Tx, v *Veil, names []dated, until domain.Date) error {
	return put(tx, typeKept, keptKey(v.Person).ID, kept{v.Person, names, until}, []syncproto.Scope{scopeKept}, v.Cause)
}

// NameAt is the name that a de-identified person had at a moment, where papers
// of money must still show it; false if nothing was kept.
func NameAt(r store.Reader, person domain.ID, ms int64) (name string, ok bool, err error) {
	rec, err := r.Record(keptKey(person))
	if errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	var k kept
	if err := json.Unmarshal(rec.Doc, &k); err != nil {
		return "", false, err
	}
	for i, d := range k.Names {
		if i == 0 || d.FromMs <= ms {
			name = d.Name
		}
	}
	return name, name != "", nil
}

// KeptOver reports whether the time of some kept names is over.
func KeptOver(r store.Reader, today domain.Date) (over bool, err error) {
	err = members(r, scopeKept, typeKept, func(_ domain.ID, k kept) bool { over = k.Until < today; return !over })
	return over, err
}

// DropKept takes away the names whose time is over, and says how many.
func DropKept(tx store.Tx, today domain.Date) (n int, err error) {
	var over []store.Key
	if err := members(tx, scopeKept, typeKept, func(id domain.ID, k kept) bool {
		if k.Until < today {
			over = append(over, store.Key{Type: typeKept, ID: id})
		}
		return true
	}); err != nil {
		return 0, err
	}
	for _, k := range over {
		if _, err := tx.Delete(k, store.Cause{Op: "kept_name_over"}); err != nil {
			return n, err
		}
		if err := tx.Redact(k, func(d syncproto.Doc) { delete(d, "names") }); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
