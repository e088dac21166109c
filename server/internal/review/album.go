package review

import (
	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// maxLooks bounds how many pictures of a commune are compared, the newest
// months first: more than a commune's teams send in three months.
const maxLooks = 6000

// album is what a commune's activities show, to find the same picture twice.
type album struct {
	of    map[shot]domain.ID // the activity that shows it first
	names map[string]int     // activities by the photo's name
	looks []look
}

// shot is a photo of a team.
type shot struct {
	team domain.ID
	name string
}

// look is how a photo looks, and the activity that shows it.
type look struct {
	hash     uint64
	activity domain.ID
}

func newAlbum() album { return album{of: map[shot]domain.ID{}, names: map[string]int{}} }

// add notes the photos of an activity.
func (b *album) add(id domain.ID, a *domain.Activity) {
	for _, name := range blob.Named(a.Evidence) {
		b.names[name]++
		if _, ok := b.of[shot{a.Team, name}]; !ok && len(b.of) < maxLooks {
			b.of[shot{a.Team, name}] = id
		}
	}
}

// develop reads how the noted photos look, of those that the server holds.
func (b *album) develop(r store.Reader) error {
	for s, id := range b.of {
		p, _, ok, err := blob.Of(r, s.team, s.name)
		if err != nil {
			return err
		}
		if ok {
			b.looks = append(b.looks, look{p.Hash(), id})
		}
	}
	return nil
}

// twice reports whether another activity shows a photo of this one: the same
// bytes, or a picture that looks the same.
func (b *album) twice(id domain.ID, a *domain.Activity) bool {
	for _, name := range blob.Named(a.Evidence) {
		if b.names[name] > 1 {
			return true
		}
	}
	for _, l := range b.looks {
		if l.activity != id {
			continue
		}
		for _, o := range b.looks {
			if o.activity != id && blob.Alike(l.hash, o.hash) {
				return true
			}
		}
	}
	return false
}
