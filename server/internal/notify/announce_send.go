package notify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// announceDue returns the first announcement whose time has come, "" if none.
func announceDue(r store.Reader, nowMs int64) (key string, err error) {
	err = r.Due(dueAnnounce, func(k string) bool {
		if k <= announceKey(nowMs, "~") {
			key = k
		}
		return false
	})
	return key, err
}

// announceSome tells the next teams of an announcement, or takes back what
// they were told.
func announceSome(tx store.Tx, key string) error {
	_, rest, _ := strings.Cut(key, "/")
	id := domain.ID(rest)
	a, ok, err := readAnnounced(tx, id)
	if err != nil || !ok {
		return errors.Join(err, tx.ClearDue(dueAnnounce, key))
	}
	on := domain.DateOf(tx.Now())
	for _, team := range a.List[a.Done:min(len(a.List), a.Done+announceBatch)] {
		people, err := peopleOf(tx, team, on, true)
		if err != nil {
			return err
		}
		for _, p := range people {
			if err := a.one(tx, id, team, p); err != nil {
				return err
			}
		}
		a.Done++
	}
	if a.Done < len(a.List) {
		return a.put(tx, id)
	}
	if a.State == "scheduled" {
		a.State = "sent"
		err = a.tellAuthor(tx, id)
	}
	return errors.Join(err, a.put(tx, id), tx.ClearDue(dueAnnounce, key))
}

// tellAuthor says that all teams were told.
func (a *announced) tellAuthor(tx store.Tx, id domain.ID) error {
	n := strconv.Itoa(len(a.List))
	return Tell(tx, Note{To: a.By, Kind: JobDone, Key: "announced/" + string(id), Cause: store.Cause{By: a.By}, Args: map[string]string{
		"what": "Đã gửi “" + a.Title + "” tới " + n + " tổ.", "what_en": "“" + a.Title + "” has gone out to " + n + " teams."}})
}

func (a *announced) one(tx store.Tx, id, team, person domain.ID) error {
	n := Note{To: person, Kind: a.Kind, Key: "announce/" + string(id), Tag: "announce/" + string(id), Team: team, UntilMs: a.UntilMs,
		Fields: map[string]string{"announcement": string(id)}, Cause: store.Cause{By: a.By},
		Args: map[string]string{"title": a.Title, "title_en": cmp.Or(a.TitleEn, a.Title), "text": a.Text, "text_en": cmp.Or(a.TextEn, a.Text)}}
	if a.State == "scheduled" {
		return Tell(tx, n)
	}
	_, err := tx.Delete(store.Key{Type: syncproto.TypeInbox, ID: n.ID()}, store.Cause{By: a.By, Op: "withdraw"})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// Cancel takes an announcement back: what was not told is told no more, and
// what was disappears from the inboxes.
func (s *Service) Cancel(ctx context.Context, who domain.Caller, id domain.ID) (out Announced, err error) {
	err = s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		a, err := announcedFor(tx, who, id, domain.DateOf(tx.Now()))
		if err != nil {
			return err
		}
		if a.State != "cancelled" {
			var keys []string
			if err := tx.Due(dueAnnounce, func(k string) bool {
				if strings.HasSuffix(k, "/"+string(id)) {
					keys = append(keys, k)
				}
				return true
			}); err != nil {
				return err
			}
			for _, k := range keys {
				if err := tx.ClearDue(dueAnnounce, k); err != nil {
					return err
				}
			}
			a.State, a.Done = "cancelled", 0
			if err := errors.Join(a.put(tx, id), tx.MarkDue(dueAnnounce, announceKey(tx.Now().UnixMilli(), id))); err != nil {
				return err
			}
		}
		out = a.view(id)
		return nil
	})
	return out, err
}

// announcedFor is an announcement that the caller may write himself.
func announcedFor(r store.Reader, who domain.Caller, id domain.ID, on domain.Date) (announced, error) {
	a, ok, err := readAnnounced(r, id)
	if err != nil {
		return a, err
	}
	if err := mayAnnounce(r, who, a.Units, on); err != nil {
		return a, err
	}
	if !ok {
		return a, domain.E(domain.NotFound, "No such announcement.", "Không có thông báo này.")
	}
	return a, nil
}

// Unread are the teams of an announcement where nobody has read it, by
// commune and name. Teams only: who of a team reads is the team's business.
type Unread struct {
	Teams []UnreadTeam `json:"teams"`
	More  int64        `json:"more,omitzero"` // beyond what is listed
}

// UnreadTeam is a team whose members have not read.
type UnreadTeam struct {
	Team    domain.ID `json:"team"`
	Name    string    `json:"name"`
	Commune domain.ID `json:"commune"`
}

// maxUnread is how many teams are named; who wrote to more has other means.
const maxUnread = 500

// Unread names the teams that have not read an announcement of the caller.
func (s *Service) Unread(ctx context.Context, who domain.Caller, id domain.ID) (out Unread, err error) {
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		a, err := announcedFor(r, who, id, domain.DateOf(s.cfg.Now()))
		if err != nil {
			return err
		}
		read := map[string]bool{}
		if err := r.Counters(seenKey(id, ""), func(key string, _ int64) bool {
			read[strings.TrimPrefix(key, seenKey(id, ""))] = true
			return true
		}); err != nil {
			return err
		}
		out.Teams = []UnreadTeam{}
		for _, team := range a.List {
			if read[string(team)] {
				continue
			}
			t, err := roster.Team(r, team)
			if err != nil {
				return err
			}
			out.Teams = append(out.Teams, UnreadTeam{Team: team, Name: t.Name, Commune: t.Commune})
		}
		return nil
	})
	slices.SortFunc(out.Teams, func(a, b UnreadTeam) int {
		return cmp.Or(cmp.Compare(a.Commune, b.Commune), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Team, b.Team))
	})
	if n := len(out.Teams) - maxUnread; n > 0 {
		out.Teams, out.More = out.Teams[:maxUnread], int64(n)
	}
	return out, err
}

// Announcements lists those that the caller may write himself, newest first,
// with how many have seen them.
func (s *Service) Announcements(ctx context.Context, who domain.Caller) (list []Announced, err error) {
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		list = []Announced{}
		on := domain.DateOf(s.cfg.Now())
		gs, err := roster.GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !gs.Anywhere(on, domain.RoleProvince, domain.RoleChair, domain.RoleViceChair) {
			return forbidden()
		}
		var bad error
		err = r.Members(scopeAnnounced, typeAnnouncement, func(rec *store.Record) bool {
			var a announced
			if bad = json.Unmarshal(rec.Doc, &a); bad != nil {
				return false
			}
			if mayAnnounce(r, who, a.Units, on) == nil {
				list = append(list, a.view(rec.ID))
			}
			return true
		})
		for i := range list {
			bad = errors.Join(bad, list[i].seen(r))
		}
		return errors.Join(err, bad)
	})
	slices.SortFunc(list, func(a, b Announced) int {
		return cmp.Or(cmp.Compare(b.CreatedMs, a.CreatedMs), cmp.Compare(a.ID, b.ID))
	})
	return list, err
}

func (a *Announced) seen(r store.Reader) error {
	return r.Counters(seenKey(a.ID, ""), func(_ string, n int64) bool {
		a.TeamsSeen++
		a.PeopleSeen += n
		return true
	})
}

func seenKey(id domain.ID, team string) string { return "seen/" + string(id) + "/" + team }
