package syncsvc

import (
	"bytes"

	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// merged is the outcome of an edit that may be written.
func merged(in *input, rec *store.Record, r syncproto.MergeResult, to place) outcome {
	out := outcome{v: syncproto.Applied, key: rec.Key, place: to, lost: r.Lost}
	if len(r.Lost) > 0 {
		out.v, out.code = syncproto.Merged, syncproto.CodeOverwroteNewer
	}
	out.writes = []write{in.put(rec.Key, r.Doc, to, rec)}
	return out
}

// put completes a document with the fields of the server and makes its write.
func (in *input) put(key store.Key, d syncproto.Doc, p place, before *store.Record) write {
	d["unit"] = syncproto.Str(string(p.commune))
	if key.Type == syncproto.TypeActivity {
		d["month"] = syncproto.Str(string(p.month))
	}
	d["c"] = syncproto.Str(syncproto.ContentHash(key.Type, d).String())
	return write{before: before, put: store.Put{Key: key, Doc: d, Scopes: p.scopes(), Cause: in.cause()}}
}

// attachForm: attach and detach touch evidence only.
func attachForm(m *syncproto.Mutation) bool {
	switch m.Op {
	case syncproto.OpAttach:
		return len(m.Set) == 0 && len(m.Del) == 0 && len(m.Add) == 1 && m.Add["evidence"] != nil
	case syncproto.OpDetach:
		return len(m.Set) == 0 && len(m.Add) == 0 && len(m.Del) == 1 && m.Del["evidence"] != nil
	}
	return true
}

// sameContent reports whether two documents agree in every field that a phone
// may set.
func sameContent(typ string, a, b syncproto.Doc) bool {
	return includes(typ, a, b) && includes(typ, b, a)
}

func includes(typ string, a, b syncproto.Doc) bool {
	for k, v := range b {
		if syncproto.ClassOf(typ, k) != syncproto.Server && !bytes.Equal(a[k], v) {
			return false
		}
	}
	return true
}
