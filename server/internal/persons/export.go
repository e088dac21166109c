package persons

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/blob"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Copy is all that the system keeps about a person. It holds no secret and no
// key, and of others nothing but that a record of theirs names the person.
type Copy struct {
	Person    domain.ID      `json:"person"`
	Name      string         `json:"name"`
	Lang      string         `json:"lang,omitzero"`
	MadeMs    int64          `json:"made_ms"`
	Request   Request        `json:"request"`
	Roles     []Role         `json:"roles"`
	Account   auth.Account   `json:"account"`
	Notices   notify.Prefs   `json:"notifications"`
	Own       []Own          `json:"records"`
	Named     []Naming       `json:"named_in"`
	Log       []Logged       `json:"log"`
	Decisions []Decided      `json:"decisions"`
	Photos    []ExportedFile `json:"photos"`

	stored []string // of Photos: names of their files
}

// Own is a record of the person's own, with how it came about.
type Own struct {
	Type    string         `json:"type"`
	ID      domain.ID      `json:"id"`
	Doc     jsontext.Value `json:"content,omitzero"`
	Deleted bool           `json:"deleted,omitzero"`
	History []Change       `json:"history"` // newest first
}

// Change is what a change of a record replaced.
type Change struct {
	AtMs   int64          `json:"at_ms"`
	By     string         `json:"by"` // "you", "other" or "system"
	Op     string         `json:"op"`
	Before jsontext.Value `json:"before,omitzero"`
}

// Naming is a record of somebody else's that names the person.
type Naming struct {
	Type string       `json:"type"`
	ID   domain.ID    `json:"id"`
	As   []string     `json:"as"` // its fields
	On   domain.Date  `json:"on,omitzero"`
	Team domain.ID    `json:"team,omitzero"`
	Mon  domain.Month `json:"month,omitzero"`
}

// Logged is a line of the log of officers' doings, by or about the person.
type Logged struct {
	AtMs int64  `json:"at_ms"`
	By   string `json:"by"` // "you" or "other"
	Kind string `json:"kind"`
	Read bool   `json:"read,omitzero"`
}

// Decided is a decision that names the person.
type Decided struct {
	N    int64  `json:"n"`
	Kind string `json:"kind"`
	AtMs int64  `json:"at_ms"`
}

// ExportedFile is a photo that the person sent.
type ExportedFile struct {
	File       string    `json:"file"`
	Team       domain.ID `json:"team"`
	ReceivedMs int64     `json:"received_ms"`
	Bytes      int64     `json:"bytes"`
}

// typeAudit is a line of the audit log, which has a part of its own.
const typeAudit = "audit_entry"

// Copy gathers it, for who handles the request.
func (s *Service) Copy(ctx context.Context, who domain.Caller, id domain.ID) (out Copy, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		q, err := s.ask(r, who, id)
		if err != nil {
			return err
		}
		out, err = s.gather(r, q)
		return err
	})
	if err != nil {
		return out, err
	}
	return out, s.Store.Update(ctx, func(tx store.Tx) error {
		q, err := load(tx, id)
		if err != nil || !q.pending() {
			return err
		}
		q.ExportedMs = tx.Now().UnixMilli()
		return q.put(tx, id, who.Person, "export_person")
	})
}

func (s *Service) gather(r store.Reader, q Request) (c Copy, err error) {
	p, err := roster.Person(r, q.Person)
	if err != nil {
		return c, err
	}
	c = Copy{Person: q.Person, Name: p.Name, Lang: p.Lang, MadeMs: s.Now().UnixMilli(), Request: q,
		Own: []Own{}, Named: []Naming{}, Log: []Logged{}, Decisions: []Decided{}, Photos: []ExportedFile{}}
	if c.Roles, err = rolesOf(r, q.Person, ""); err != nil {
		return c, err
	}
	if c.Account, err = auth.AccountOf(r, q.Person); err != nil {
		return c, err
	}
	if c.Notices, err = notify.PrefsOf(r, q.Person); err != nil {
		return c, err
	}
	var keys []store.Key
	if err := r.Mentions([]string{string(q.Person)}, func(k store.Key) bool { keys = append(keys, k); return true }); err != nil {
		return c, err
	}
	keys = append(keys, store.Key{Type: syncproto.TypePerson, ID: q.Person})
	for _, k := range keys {
		if err := c.take(r, k); err != nil {
			return c, err
		}
	}
	slices.SortFunc(c.Log, func(a, b Logged) int { return cmp.Or(cmp.Compare(b.AtMs, a.AtMs), cmp.Compare(a.Kind, b.Kind)) })
	return c, c.decisions(r)
}

// take puts a record where it belongs.
func (c *Copy) take(r store.Reader, k store.Key) error {
	rec, err := r.Record(k)
	if err != nil {
		return err
	}
	d, err := syncproto.SplitCanonical(rec.Doc)
	if rec.Deleted || err != nil {
		d = syncproto.Doc{}
	}
	as := fieldsWith(d, c.Person)
	switch {
	case k.Type == typeAudit:
		at, _ := d.Int("at_ms")
		c.Log = append(c.Log, Logged{AtMs: at, By: map[bool]string{true: "you", false: "other"}[d.Str("by") == string(c.Person)], Kind: d.Str("kind"), Read: d.Bool("read")})
	case k.Type == blob.TypePhoto && slices.Contains(as, "by"):
		c.photo(rec.Doc)
	case k.ID == c.Person || slices.Contains(rec.Scopes, syncproto.UserScope(c.Person)) || owns(k.Type, as):
		o := Own{Type: k.Type, ID: k.ID, Deleted: rec.Deleted, History: []Change{}}
		if !rec.Deleted {
			o.Doc = rec.Doc
		}
		if o.History, err = c.history(r, k); err != nil {
			return err
		}
		c.Own = append(c.Own, o)
	default:
		c.Named = append(c.Named, Naming{Type: k.Type, ID: k.ID, As: as, On: domain.Date(d.Str("done_on")), Team: domain.ID(d.Str("team")), Mon: domain.Month(d.Str("month"))})
	}
	return nil
}

// written are the types whose records are their writer's own words and work.
// What else somebody did in an office ("by") is about others: lists, proposals,
// imports, requests of other people.
var written = map[string]bool{"comment": true, "announcement": true, syncproto.TypeCase: true}

// owns reports whether a record is the person's by the field that names them.
func owns(typ string, as []string) bool {
	return slices.ContainsFunc(as, func(f string) bool { return f == "author" || f == "person" || f == "to" || f == "by" && written[typ] })
}

// fieldsWith are the fields of a document that hold an id.
func fieldsWith(d syncproto.Doc, id domain.ID) (as []string) {
	as = []string{}
	for f, raw := range d {
		if string(raw) == `"`+string(id)+`"` || f != "by" && contains(raw, id) {
			as = append(as, f)
		}
	}
	slices.Sort(as)
	return as
}

func contains(raw jsontext.Value, id domain.ID) bool {
	var list []string
	return len(raw) > 0 && raw[0] == '[' && json.Unmarshal(raw, &list) == nil && slices.Contains(list, string(id))
}

func (c *Copy) history(r store.Reader, k store.Key) (out []Change, err error) {
	out = []Change{}
	err = r.History(k, func(v *store.Version) bool {
		ch := Change{AtMs: v.AtMs, By: "other", Op: v.Op}
		switch v.By {
		case c.Person:
			ch.By = "you"
		case "":
			ch.By = "system"
		}
		if len(v.Before) > 0 {
			ch.Before = v.Before.AppendCanonical(nil)
		}
		out = append(out, ch)
		return true
	})
	return out, err
}

func (c *Copy) photo(doc jsontext.Value) {
	var p blob.Photo
	if json.Unmarshal(doc, &p) != nil || p.State != blob.Held {
		return
	}
	on := time.UnixMilli(p.Received).In(domain.Zone).Format("2006-01-02")
	c.Photos = append(c.Photos, ExportedFile{File: "anh/" + on + "-" + p.Name[:12] + "." + strings.TrimPrefix(string(p.Kind), "image/"), Team: p.Team, ReceivedMs: p.Received, Bytes: p.Bytes})
	c.stored = append(c.stored, p.Stored)
}

func (c *Copy) decisions(r store.Reader) error {
	return r.Decisions(1, func(d *store.Decision) bool {
		if holds(string(d.Body), []string{string(c.Person)}) {
			c.Decisions = append(c.Decisions, Decided{d.N, d.Kind, d.AtMs})
		}
		return true
	})
}
