package review

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// typeComment is a remark of the commune's office on a submission. No phone
// reads it: what the team must know goes with the decision, as its reason.
const typeComment = "comment"

// Limits of comments.
const (
	maxComment  = 500 // characters
	maxComments = 100 // on one submission
)

// Comment is one remark. It is never changed or taken away.
type Comment struct {
	ID   domain.ID `json:"id"`
	By   domain.ID `json:"by"`
	Name string    `json:"name"`
	AtMs int64     `json:"at_ms"`
	Text string    `json:"text"`
}

// commentDoc is the document of a comment.
type commentDoc struct {
	About domain.ID `json:"about"`
	By    domain.ID `json:"by"`
	AtMs  int64     `json:"at_ms"`
	Text  string    `json:"text"`
}

// scopeAbout holds the comments on one submission, scopeRemarks those of a
// commune's month.
func scopeAbout(id domain.ID) syncproto.Scope { return syncproto.SysScope("comments/" + string(id)) }

func scopeRemarks(commune domain.ID, m domain.Month) syncproto.Scope {
	return syncproto.SysScope("comments/" + string(commune) + "/" + string(m))
}

// Comments lists the remarks on an activity, oldest first, for the office of
// its commune. Who may not is told the same whether it exists or not.
func (s *Service) Comments(ctx context.Context, c domain.Caller, id domain.ID) (out []Comment, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		if _, err := s.about(r, c, id); err != nil {
			return err
		}
		out, err = comments(r, id)
		return err
	})
	return out, err
}

// Comment adds a remark. The same key is the same remark, however often sent.
func (s *Service) Comment(ctx context.Context, c domain.Caller, id, key domain.ID, text string) (out []Comment, err error) {
	if _, err := syncproto.ParseID(string(key)); err != nil {
		return nil, &domain.Error{Code: domain.Invalid, Field: "key", Msg: "The key is no id.", Vi: "Khóa không hợp lệ.", Err: err}
	}
	if strings.TrimSpace(text) != text || text == "" || utf8.RuneCountInString(text) > maxComment || !syncproto.IsNFC(text) {
		return nil, &domain.Error{Code: domain.Invalid, Field: "text", Msg: "A comment has 1 to 500 characters.", Vi: "Ý kiến gồm 1 đến 500 ký tự."}
	}
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		a, err := s.about(tx, c, id)
		if err != nil {
			return err
		}
		if out, err = comments(tx, id); err != nil {
			return err
		}
		at := store.Key{Type: typeComment, ID: syncproto.DerivedID(typeComment, c.Person, string(id)+"/"+string(key))}
		for _, x := range out {
			if x.ID == at.ID {
				return nil
			}
		}
		if len(out) >= maxComments {
			return domain.E(domain.Conflict, "There are 100 comments on this already.", "Đã có 100 ý kiến về việc này.")
		}
		d := commentDoc{About: id, By: c.Person, AtMs: tx.Now().UnixMilli(), Text: text}
		doc, err := syncproto.DocOf(d)
		if err != nil {
			return err
		}
		if _, err := tx.Put(store.Put{Key: at, Doc: doc, Scopes: []syncproto.Scope{scopeAbout(id), scopeRemarks(a.Unit, a.Month)},
			Cause: store.Cause{By: c.Person, Op: "comment"}}); err != nil {
			return err
		}
		out, err = comments(tx, id)
		return err
	})
	return out, err
}

// about is the activity, if the caller is of its commune's office today.
func (s *Service) about(r store.Reader, c domain.Caller, id domain.ID) (a domain.Activity, err error) {
	rec, err := r.Record(store.Key{Type: syncproto.TypeActivity, ID: id})
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted:
	case err != nil:
		return a, err
	default:
		if err := json.Unmarshal(rec.Doc, &a); err != nil {
			return a, err
		}
	}
	return a, s.mayLook(r, c, a.Unit)
}

func comments(r store.Reader, id domain.ID) ([]Comment, error) {
	out := []Comment{}
	var bad error
	if err := r.Members(scopeAbout(id), typeComment, func(rec *store.Record) bool {
		var d commentDoc
		if bad = json.Unmarshal(rec.Doc, &d); bad == nil {
			out = append(out, Comment{ID: rec.ID, By: d.By, AtMs: d.AtMs, Text: d.Text})
		}
		return bad == nil
	}); err != nil || bad != nil {
		return nil, errors.Join(err, bad)
	}
	for i := range out {
		p, err := roster.Person(r, out[i].By)
		if err != nil && domain.CodeOf(err) != domain.NotFound {
			return nil, err
		}
		out[i].Name = p.Name
	}
	return out, nil
}

// remarked counts the comments on each activity of a commune's month.
func remarked(r store.Reader, commune domain.ID, m domain.Month) (map[domain.ID]int, error) {
	n := map[domain.ID]int{}
	var bad error
	err := r.Members(scopeRemarks(commune, m), typeComment, func(rec *store.Record) bool {
		var d commentDoc
		if bad = json.Unmarshal(rec.Doc, &d); bad == nil {
			n[d.About]++
		}
		return bad == nil
	})
	return n, errors.Join(err, bad)
}
