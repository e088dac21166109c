package review

import (
	"maps"
	"slices"
	"testing"

	"github.com/banso/banso/server/internal/domain"
)

func TestAlbum_SamePictureTwice(t *testing.T) {
	b := newAlbum()
	act := func(team domain.ID, names ...string) *domain.Activity {
		a := &domain.Activity{Team: team}
		for _, n := range names {
			a.Evidence = append(a.Evidence, domain.EvidencePhoto+n)
		}
		return a
	}
	all := map[domain.ID]*domain.Activity{
		"bytes1": act("t1", "aa"), "bytes2": act("t2", "aa"), "near1": act("t1", "bb"), "near2": act("t2", "cc"),
		"alone": act("t1", "dd"), "twoOfOwn": act("t1", "ee", "ff"), "paper": {Team: "t1", Evidence: []string{"paper:1"}},
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		b.add(id, all[id])
	}
	looks := map[string]uint64{"aa": 1, "bb": 0xff00, "cc": 0xff0f, "dd": 0xffff << 40, "ee": 0xabcd << 20, "ff": 0xabcd << 20}
	for s, id := range b.of {
		b.looks = append(b.looks, look{looks[s.name], id})
	}
	for id, want := range map[domain.ID]bool{"bytes1": true, "bytes2": true, "near1": true, "near2": true, "alone": false, "twoOfOwn": false, "paper": false} {
		if got := b.twice(id, all[id]); got != want {
			t.Errorf("%s: %t", id, got)
		}
	}
}
