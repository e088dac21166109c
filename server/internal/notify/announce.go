package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Announcements are records in scopeAnnounced; dueAnnounce marks those that go
// out, or are taken back, at "<ms>/<id>".
const (
	typeAnnouncement                 = "announcement"
	scopeAnnounced   syncproto.Scope = "sys:announcements"
	dueAnnounce                      = "announce"

	announceBatch = 32 // teams of one transaction
	maxTitle      = 120
	maxText       = 1000
)

// Whom an announcement goes to, among the teams of its units.
const (
	ToAll     = "all"
	ToSilent  = "silent"  // nothing of theirs has reached the server in the month
	ToMissing = "missing" // the month lacks something that can still be mended
)

// Announce is what a commune or the province writes to teams.
type Announce struct {
	Key     domain.ID    `json:"key"`
	Kind    Kind         `json:"kind"` // announcement | task
	Title   string       `json:"title"`
	Text    string       `json:"text"`
	TitleEn string       `json:"title_en,omitzero"` // for who reads English; empty: the Vietnamese
	TextEn  string       `json:"text_en,omitzero"`
	Units   []domain.ID  `json:"units,omitzero"` // communes; the province may name none: all
	To      string       `json:"to"`
	Month   domain.Month `json:"month,omitzero"`    // silent, missing
	AtMs    int64        `json:"at_ms,omitzero"`    // not before
	UntilMs int64        `json:"until_ms,omitzero"` // of no use after that
	DryRun  bool         `json:"dry_run,omitzero"`  // only say whom it would reach
}

// Announced is an announcement and how far it has come.
type Announced struct {
	ID         domain.ID `json:"id"`
	By         domain.ID `json:"by"`
	CreatedMs  int64     `json:"created_ms"`
	State      string    `json:"state"` // preview | scheduled | sent | cancelled
	Teams      int64     `json:"teams"`
	People     int64     `json:"people"`
	TeamsSeen  int64     `json:"teams_seen"` // where one member or more has read it
	PeopleSeen int64     `json:"people_seen"`
	Announce   `json:",embed"`
}

// announced is the document of an announcement.
type announced struct {
	Announce  `json:",embed"`
	By        domain.ID   `json:"by"`
	CreatedMs int64       `json:"created_ms"`
	State     string      `json:"state"`
	List      []domain.ID `json:"teams"`
	People    int64       `json:"people"`
	Done      int         `json:"done,omitzero"` // teams that were told, or told no more
}

// Announce sends a message to the teams of some units, now or later. The same
// key twice is once.
func (s *Service) Announce(ctx context.Context, who domain.Caller, in Announce) (out Announced, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	id := syncproto.DerivedID(typeAnnouncement, who.Person, string(in.Key))
	work := func(tx store.Tx, r store.Reader) error {
		out = Announced{}
		if old, ok, err := readAnnounced(r, id); err != nil || ok {
			out = old.view(id)
			return err
		}
		now := s.cfg.Now()
		if err := mayAnnounce(r, who, in.Units, domain.DateOf(now)); err != nil {
			return err
		}
		a := announced{Announce: in, By: who.Person, CreatedMs: now.UnixMilli(), State: "preview"}
		if err := s.address(r, &a); err != nil {
			return err
		}
		if tx != nil {
			a.State = "scheduled"
			if err := errors.Join(a.put(tx, id), tx.MarkDue(dueAnnounce, announceKey(max(a.AtMs, a.CreatedMs), id))); err != nil {
				return err
			}
		}
		out = a.view(id)
		return nil
	}
	if in.DryRun {
		err = s.cfg.Store.View(ctx, func(r store.Reader) error { return work(nil, r) })
	} else {
		err = s.cfg.Store.Update(ctx, func(tx store.Tx) error { return work(tx, tx) })
	}
	return out, err
}

func announceKey(atMs int64, id domain.ID) string { return fmt.Sprintf("%013d/%s", atMs, id) }

func (in *Announce) check() error {
	bad := func(field, en, vi string) error {
		return &domain.Error{Code: domain.Invalid, Field: field, Msg: en, Vi: vi}
	}
	switch _, err := syncproto.ParseID(string(in.Key)); {
	case err != nil:
		return bad("key", "The key is 22 characters of base64url.", "Khóa không hợp lệ.")
	case in.Kind != Announcement && in.Kind != Task:
		return bad("kind", "Kind is announcement or task.", "Loại là thông báo hoặc giao việc.")
	case in.Title == "" || utf8.RuneCountInString(in.Title) > maxTitle || !syncproto.IsNFC(in.Title):
		return bad("title", "The title has 1 to 120 characters.", "Tiêu đề có từ 1 đến 120 ký tự.")
	case in.Text == "" || utf8.RuneCountInString(in.Text) > maxText || !syncproto.IsNFC(in.Text):
		return bad("text", "The text has 1 to 1000 characters.", "Nội dung có từ 1 đến 1000 ký tự.")
	case utf8.RuneCountInString(in.TitleEn) > maxTitle || !syncproto.IsNFC(in.TitleEn):
		return bad("title_en", "The English title has at most 120 characters.", "Tiêu đề tiếng Anh có nhiều nhất 120 ký tự.")
	case utf8.RuneCountInString(in.TextEn) > maxText || !syncproto.IsNFC(in.TextEn):
		return bad("text_en", "The English text has at most 1000 characters.", "Nội dung tiếng Anh có nhiều nhất 1000 ký tự.")
	case in.To != ToAll && in.To != ToSilent && in.To != ToMissing:
		return bad("to", "To is all, silent or missing.", "Người nhận là tất cả, chưa ghi nhận hoặc còn thiếu.")
	case in.To != ToAll && !syncproto.ValidMonth(string(in.Month)):
		return bad("month", "Name the month, yyyy-mm.", "Cần nêu tháng, dạng năm-tháng.")
	case in.UntilMs != 0 && in.UntilMs <= in.AtMs:
		return bad("until_ms", "It ends before it begins.", "Hết hạn trước khi gửi.")
	}
	return nil
}

// mayAnnounce lets a chair write to his commune and the province to all.
func mayAnnounce(r store.Reader, who domain.Caller, units []domain.ID, on domain.Date) error {
	if who.PushOnly {
		return forbidden()
	}
	gs, err := roster.GrantsOf(r, who.Person)
	if err != nil || gs.Anywhere(on, domain.RoleProvince) {
		return err
	}
	if len(units) == 0 || slices.ContainsFunc(units, func(u domain.ID) bool { return !gs.MayReview(u, on) }) {
		return forbidden()
	}
	return nil
}

// address picks the teams and counts the people.
func (s *Service) address(r store.Reader, a *announced) error {
	on := domain.DateOf(s.cfg.Now())
	var teams []domain.ID
	if err := roster.Teams(r, func(id domain.ID, t domain.Team) bool {
		if t.Active(on) && (len(a.Units) == 0 || slices.Contains(a.Units, t.Commune)) {
			teams = append(teams, id)
		}
		return true
	}); err != nil {
		return err
	}
	slices.Sort(teams)
	a.List, a.People = []domain.ID{}, 0
	for _, t := range teams {
		fits, err := s.fits(r, a, t)
		if err != nil {
			return err
		}
		if !fits {
			continue
		}
		people, err := peopleOf(r, t, on, true)
		if err != nil {
			return err
		}
		a.List, a.People = append(a.List, t), a.People+int64(len(people))
	}
	return nil
}

func (s *Service) fits(r store.Reader, a *announced, team domain.ID) (bool, error) {
	if a.To == ToAll {
		return true, nil
	}
	p, err := s.cfg.Months.Verdict(r, team, a.Month, s.cfg.Now())
	if skippable(err) {
		return false, nil
	}
	if a.To == ToSilent {
		return p.Received == 0, err
	}
	return (p.Stage == domain.StageOpen || p.Stage == domain.StageGrace) && len(lacking(&p)) > 0, err
}

func readAnnounced(r store.Reader, id domain.ID) (a announced, ok bool, err error) {
	rec, err := r.Record(store.Key{Type: typeAnnouncement, ID: id})
	if errors.Is(err, store.ErrNotFound) {
		return a, false, nil
	}
	if err != nil {
		return a, false, err
	}
	return a, true, json.Unmarshal(rec.Doc, &a)
}

func (a *announced) put(tx store.Tx, id domain.ID) error {
	doc, err := syncproto.DocOf(a)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Put{Key: store.Key{Type: typeAnnouncement, ID: id}, Doc: doc, Scopes: []syncproto.Scope{scopeAnnounced},
		Cause: store.Cause{By: a.By, Op: "announce"}})
	return err
}

func (a *announced) view(id domain.ID) Announced {
	return Announced{ID: id, By: a.By, CreatedMs: a.CreatedMs, State: a.State, Teams: int64(len(a.List)), People: a.People, Announce: a.Announce}
}
