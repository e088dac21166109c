package boltstore

import (
	"testing"

	"github.com/banso/banso/syncproto"
)

// TestDigest_IsSyncprotos: the fast walk gives what the protocol says.
func TestDigest_IsSyncprotos(t *testing.T) {
	var c canon
	odd := benchDoc(2)
	odd["quo\"te"] = syncproto.Int(1)
	back := syncproto.Doc{`back\slash`: syncproto.Str("x"), "category": syncproto.Str("y")}
	for i, d := range []syncproto.Doc{benchDoc(1), odd, back, {}, {"note": syncproto.Str("<ạ>")}, benchDoc(3)} {
		for _, typ := range []string{syncproto.TypeActivity, syncproto.TypeReport, syncproto.TypeTeam, "thing"} {
			doc, content, err := c.digest(typ, d)
			if err != nil {
				t.Fatal(err)
			}
			if string(doc) != string(d.AppendCanonical(nil)) || first16(doc) != syncproto.HashDoc(d) || content != syncproto.ContentHash(typ, d) {
				t.Errorf("doc %d as %s: %s", i, typ, doc)
			}
		}
	}
	for _, d := range []syncproto.Doc{{"a": nil}, {"a": []byte("null")}, {"": syncproto.Int(1)}} {
		if _, _, err := c.digest("thing", d); err == nil {
			t.Errorf("%v passed", d)
		}
	}
}
