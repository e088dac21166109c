package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Letters are the officers' digest: each morning, to who chose an address, what
// their office hears and has not read. They say what the inbox records of an
// office say, which name no person.

// letter waits to be sent to a person.
type letter struct {
	Day    domain.Date `json:"day"`
	NextMs int64       `json:"next_ms"`
	Tries  int         `json:"tries,omitzero"`
	Period string      `json:"period,omitzero"` // of a summary, which is due once for it
}

// summaryMark at the end of a letter's id makes it a person's summary, which
// waits beside the letter of the morning.
const summaryMark = "/summary"

// stale: what was due that day is not sent any more. News of a morning are old
// the next day; a summary waits out a mail server that is away for days.
func (l *letter) stale(today domain.Date) bool {
	if l.Period != "" {
		return l.Day.Add(summaryLife) < today
	}
	return l.Day != today
}

const (
	letterSpan  = 2 * day // how far back a letter looks
	letterBatch = 20
	summaryLife = 5 // days
)

// letters notes for whom a letter is due today.
func (rd *round) letters() error {
	if rd.s.cfg.Mail == nil || rd.back.quiet(rd.today) {
		return nil
	}
	var people []string
	wishes := map[string]Summary{}
	if err := each(rd.tx, kindPrefs, "", func(id string, p Prefs) bool {
		if p.Mail != "" {
			people = append(people, id)
			wishes[id] = p.Summary
		}
		return true
	}); err != nil {
		return err
	}
	if err := rd.summaries(people, wishes); err != nil {
		return err
	}
	for _, p := range people {
		if err := store.SaveCredential(rd.tx, kindLetter, p, letter{Day: rd.today, NextMs: rd.tx.Now().UnixMilli()}); err != nil {
			return err
		}
	}
	return nil
}

// draft is a letter on its way.
type draft struct {
	id            string // of its note
	person        domain.ID
	to            string
	subject, text string // no text: there is nothing to say
	letter        letter
	state         State // once it has ended
}

// compose reads where a letter goes, and what an officer's says.
func (s *Service) compose(r store.Reader, d *draft, now time.Time) (err error) {
	if d.letter.Period != "" {
		p, err := prefsOf(r, d.person)
		if p.Summary != "" {
			d.to = p.Mail
		}
		return err
	}
	d.subject = "Bản Số: việc của ngày " + d.letter.Day.Vi()
	d.to, d.text, err = s.write(r, d.person, now)
	return err
}

// post sends one letter. A summary's figures are read here, outside of any
// snapshot, for they are the dashboard's own answer.
func (s *Service) post(ctx context.Context, d *draft, now time.Time) (err error) {
	if d.to != "" && d.letter.Period != "" && !d.letter.stale(domain.DateOf(now)) {
		if d.subject, d.text, err = s.cfg.Summary(ctx, d.person, d.letter.Period); err != nil && domain.CodeOf(err) != domain.Forbidden {
			return err
		}
	}
	if d.to == "" || d.text == "" || d.letter.stale(domain.DateOf(now)) {
		d.state = StateDropped
		return nil
	}
	id := string(syncproto.DerivedID("letter", d.person, string(d.letter.Day)+d.letter.Period)) + "@banso"
	err = s.cfg.Mail(ctx, d.to, d.subject, d.text, id)
	switch d.letter.Tries++; {
	case err == nil:
		d.state = StateSent
	case d.letter.Tries >= maxTries:
		d.state = StateFailed
		s.cfg.Log.Warn("a letter could not be sent", "tries", d.letter.Tries, "error", err)
	}
	return nil
}

// Letters sends some of the letters that are due and reports whether more are.
// A letter that was sent and not marked is sent again, under the same id.
func (s *Service) Letters(ctx context.Context) (more bool, err error) {
	if s.cfg.Mail == nil {
		return false, nil
	}
	list, now := []draft{}, s.cfg.Now()
	err = s.cfg.Store.View(ctx, func(r store.Reader) error {
		list = list[:0]
		err := each(r, kindLetter, "", func(id string, l letter) bool {
			if l.NextMs <= now.UnixMilli() {
				list = append(list, draft{id: id, person: domain.ID(strings.TrimSuffix(id, summaryMark)), letter: l})
			}
			return len(list) < letterBatch
		})
		for i := range list {
			if err == nil {
				err = s.compose(r, &list[i], now)
			}
		}
		return err
	})
	if err != nil || len(list) == 0 {
		return false, err
	}
	for i := range list {
		if err := s.post(ctx, &list[i], now); err != nil {
			return false, err
		}
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	return len(list) == letterBatch, s.cfg.Store.Update(ctx, func(tx store.Tx) error {
		for i := range list {
			d := list[i]
			if d.state == "" {
				d.letter.NextMs = now.Add(backOff(d.letter.Tries, 0)).UnixMilli()
				if err := store.SaveCredential(tx, kindLetter, d.id, d.letter); err != nil {
					return err
				}
				continue
			}
			if err := tx.DeleteCredential(kindLetter, d.id); err != nil {
				return err
			}
			if d.state != StateDropped {
				if err := count(tx, now.UnixMilli(), ChannelMail, d.state); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// write composes a letter from what an officer has not read of his office's
// news; no text if there is nothing, or the right is lost.
func (s *Service) write(r store.Reader, person domain.ID, now time.Time) (to, text string, err error) {
	p, err := prefsOf(r, person)
	if err != nil {
		return "", "", err
	}
	var docs []syncproto.Doc
	var bad error
	if err := r.Members(syncproto.UserScope(person), syncproto.TypeInbox, func(rec *store.Record) bool {
		d, err := syncproto.SplitCanonical(rec.Doc)
		if bad = err; bad != nil {
			return false
		}
		ev, ok := EventOf(Kind(d.Str("kind")))
		at, _ := d.Int("at")
		if !ok || ev.Group != Office && ev.Group != Operation || d.Bool("read") || at < now.Add(-letterSpan).UnixMilli() {
			return true
		}
		var may bool
		if may, bad = mayHear(r, person, d, domain.DateOf(now), ev); bad == nil && may {
			docs = append(docs, d)
		}
		return bad == nil
	}); err != nil || bad != nil {
		return "", "", errors.Join(err, bad)
	}
	if len(docs) == 0 {
		return p.Mail, "", nil
	}
	slices.SortFunc(docs, func(a, b syncproto.Doc) int {
		x, _ := a.Int("at")
		y, _ := b.Int("at")
		return int(y - x)
	})
	var b strings.Builder
	for _, lang := range []struct{ name, head, foot string }{
		{"vi", "Việc chưa xem của bạn trong Bản Số:", "Bạn nhận thư này vì đã ghi địa chỉ trong trang Tài khoản; xóa địa chỉ ở đó để thôi nhận."},
		{"en", "What you have not read yet in Bản Số:", "You get this letter because your address stands in your account; take it off there to get none."},
	} {
		b.WriteString(lang.head + "\n")
		for _, d := range docs {
			b.WriteString("\n- " + d.Str("title_"+lang.name) + "\n  " + d.Str("body_"+lang.name) + "\n")
		}
		if s.cfg.Origin != "" {
			b.WriteString("\n" + strings.TrimSuffix(s.cfg.Origin, "/") + "/console/\n")
		}
		b.WriteString("\n" + lang.foot + "\n\n")
	}
	return p.Mail, b.String(), nil
}
