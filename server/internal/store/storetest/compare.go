package storetest

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var opts = cmp.Options{cmpopts.EquateEmpty()}

// compare reads everything and holds it against the model.
func compare(t testing.TB, s store.Store, w *world, m *model) {
	t.Helper()
	mustView(t, s, func(r store.Reader) error {
		for _, d := range differences(r, w, m) {
			t.Error(d)
		}
		return nil
	})
	if t.Failed() {
		t.FailNow()
	}
}

// check appends what differs. Only cmp knows that nil and empty are the same,
// but it is slow.
func check(out []string, what string, got, want any) []string {
	if reflect.DeepEqual(got, want) {
		return out
	}
	if d := cmp.Diff(want, got, opts); d != "" {
		out = append(out, fmt.Sprintf("%s (-want +got):\n%s", what, d))
	}
	return out
}

// differences also runs inside a transaction, on its own writes.
func differences(r store.Reader, w *world, m *model) (out []string) {
	check := func(what string, got, want any) { out = check(out, what, got, want) }
	h := r.Head()
	check("durable", h.Durable, m.durable)
	for _, k := range w.keys {
		got, err := r.Record(k)
		if m.records[k] == nil {
			check("no record", errors.Is(err, store.ErrNotFound), true)
			continue
		}
		check("record", got, m.export(k))
		var versions []store.Version
		if err := r.History(k, func(v *store.Version) bool { versions = append(versions, *v); return true }); err != nil {
			out = append(out, err.Error())
		}
		slices.Reverse(versions)
		check("history", versions, m.records[k].versions)
	}
	for _, s := range w.scopes {
		got, err := r.Scope(s)
		want := m.scope(s)
		check("scope error", err, nil)
		// the newest entry may have moved on, but Last is not taken back
		check("last", got.Last >= want.Last && got.Last <= h.Commit, true)
		got.Last = want.Last
		check("scope "+string(s), got, want)
		check("changes "+string(s), changes(r, s, 0, h.Commit), m.changes(s, 0, h.Commit))
		mid := h.Commit - int64(w.rnd.IntN(20))
		check("changes to "+string(s), changes(r, s, 0, mid), m.changes(s, 0, mid))
		check("changes from "+string(s), changes(r, s, mid, h.Commit), m.changes(s, mid, h.Commit))
		for _, typ := range append([]string{""}, w.types...) {
			check("members "+typ, members(r, s, typ), m.members(s, typ))
		}
	}
	out = append(out, sideDifferences(r, w, m)...)
	return out
}

func changes(r store.Reader, s syncproto.Scope, after, upto int64) (list []store.Entry) {
	err := r.Changes(s, after, upto, func(e *store.Entry) bool {
		c := *e
		c.Doc = bytes.Clone(e.Doc)
		list = append(list, c)
		return true
	})
	if err != nil {
		return []store.Entry{{Key: store.Key{Type: err.Error()}}}
	}
	return list
}

func members(r store.Reader, s syncproto.Scope, typ string) (list []store.Key) {
	err := r.Members(s, typ, func(rec *store.Record) bool {
		list = append(list, rec.Key)
		return true
	})
	if err != nil {
		return []store.Key{{Type: err.Error()}}
	}
	return list
}

func (m *model) members(s syncproto.Scope, typ string) (list []store.Key) {
	for _, e := range m.changes(s, 0, m.seq) {
		if e.Op == syncproto.ChangePut && (typ == "" || typ == e.Type) {
			list = append(list, e.Key)
		}
	}
	return list
}

func sideDifferences(r store.Reader, w *world, m *model) (out []string) {
	check := func(what string, got, want any) { out = check(out, what, got, want) }
	for _, p := range w.people {
		for _, fp := range w.fps {
			v, err := r.Verdict(p, fp)
			want, ok := m.verdicts[[2]string{string(p), fp.String()}]
			check("verdict known", err == nil, ok)
			check("verdict", v, want)
		}
		for _, c := range w.clients {
			got, err := r.Client(p, c)
			check("client error", err, nil)
			check("client", got, m.clients[[2]string{string(p), string(c)}])
		}
	}
	for _, fp := range w.fps {
		raw, err := r.Raw(fp)
		want, ok := m.raws[fp]
		check("raw known", err == nil, ok)
		check("raw", string(raw), want)
	}
	for _, k := range w.keys {
		got, err := r.Waiters(k)
		check("waiters error", err, nil)
		check("waiters", got, m.waiters[k])
	}
	check("decisions", decisions(r), m.decisions)
	for _, kind := range []string{"ka", "kab"} {
		for _, prefix := range []string{"", "i"} {
			got := map[[2]string]string{}
			check("credentials", r.Credentials(kind, prefix, func(id string, doc jsontext.Value) bool {
				got[[2]string{kind, id}] = string(doc)
				return true
			}), nil)
			want := maps.Clone(m.creds)
			maps.DeleteFunc(want, func(k [2]string, _ string) bool { return k[0] != kind || !strings.HasPrefix(k[1], prefix) })
			check("credentials", got, want)
		}
		got := map[[2]string]bool{}
		check("due", r.Due(kind, func(k string) bool { got[[2]string{kind, k}] = true; return true }), nil)
		want := maps.Clone(m.due)
		maps.DeleteFunc(want, func(k [2]string, _ bool) bool { return k[0] != kind })
		check("due", got, want)
	}
	for _, prefix := range []string{"", "c/1", "zzz"} {
		got := map[string]int64{}
		check("counters", r.Counters(prefix, func(k string, n int64) bool { got[k] = n; return true }), nil)
		want := maps.Clone(m.counters)
		maps.DeleteFunc(want, func(k string, _ int64) bool { return !strings.HasPrefix(k, prefix) })
		check("counters", got, want)
	}
	return out
}

// decisions also recomputes the chain, from its description alone.
func decisions(r store.Reader) (list []store.Decision) {
	var prev [32]byte
	err := r.Decisions(1, func(d *store.Decision) bool {
		c := *d
		c.Body = bytes.Clone(d.Body)
		head := fmt.Sprintf(`{"at":%d,"key":%q,"kind":%q,"n":%d}`, d.AtMs, d.Key, d.Kind, d.N)
		if d.Prev != prev || d.Hash != sha256.Sum256(append(append(prev[:], head...), d.Body...)) {
			c.Kind = "broken chain"
		}
		prev = d.Hash
		list = append(list, c)
		return true
	})
	if err != nil {
		return []store.Decision{{Kind: err.Error()}}
	}
	if last, err := r.LastDecision(); len(list) == 0 && !errors.Is(err, store.ErrNotFound) || len(list) > 0 && last.Hash != prev {
		return []store.Decision{{Kind: "another last decision"}}
	}
	return list
}
