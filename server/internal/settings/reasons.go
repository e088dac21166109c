package settings

import (
	"context"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Bounds of reasons.
const (
	maxReasons = 8
	maxReason  = 120 // characters
)

// reasonKinds are the decisions whose reasons a province may word: what is
// offered beside own words to who returns or rejects.
var reasonKinds = []string{"return", "reject"}

// Reasons are the reasons offered with a decision: the document of record type
// "code" under code "reasons.<of>", in ref. Without one the apps offer
// theirs.
type Reasons struct {
	Of   string      `json:"of"` // "return", "reject"
	List []Bilingual `json:"list"`
}

// Bilingual is a text; an empty En falls back to Vi.
type Bilingual struct {
	Vi string `json:"vi"`
	En string `json:"en,omitzero"`
}

// Reasons lists those that the province words itself, to anybody with a grant.
func (s *Service) Reasons(ctx context.Context, who domain.Caller) (out []Reasons, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		gs, err := roster.GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !gs.Active(domain.DateOf(s.Now())) {
			return forbidden()
		}
		out = []Reasons{}
		for _, of := range reasonKinds {
			rec, err := r.Record(reasonsKey(of))
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			v := Reasons{Of: of}
			if err == nil {
				err = json.Unmarshal(rec.Doc, &v, json.RejectUnknownMembers(false))
			}
			if err != nil {
				return err
			}
			if len(v.List) > 0 {
				out = append(out, v)
			}
		}
		return nil
	})
	return out, err
}

// SetReasons words the reasons offered with a decision; none brings those of
// the apps back. Phones read them with their next sync.
func (s *Service) SetReasons(ctx context.Context, who domain.Caller, in Reasons) (Reasons, error) {
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		if err := mayWrite(tx, who, domain.DateOf(tx.Now())); err != nil {
			return err
		}
		if err := in.check(); err != nil {
			return err
		}
		doc, err := syncproto.DocOf(struct {
			Code string `json:"code"`
			Reasons
		}{reasonsCode(in.Of), in})
		if err != nil {
			return err
		}
		_, err = tx.Put(store.Put{Key: reasonsKey(in.Of), Doc: doc, Scopes: []syncproto.Scope{syncproto.ScopeRef},
			Cause: store.Cause{By: who.Person, Op: "set_reasons"}})
		return err
	})
	return in, err
}

func (in *Reasons) check() error {
	known := false
	for _, of := range reasonKinds {
		known = known || of == in.Of
	}
	if !known {
		return domain.E(domain.NotFound, "There are no such reasons.", "Không có loại lý do này.")
	}
	if len(in.List) > maxReasons {
		return invalid("list", "At most eight reasons.", "Nhiều nhất tám lý do.")
	}
	seen := map[string]bool{}
	for _, r := range in.List {
		switch {
		case !words(r.Vi, maxReason) || r.En != "" && !words(r.En, maxReason):
			return invalid("list", "A reason is a sentence of at most 120 characters; Vietnamese is needed.", "Mỗi lý do là một câu tiếng Việt, nhiều nhất 120 ký tự.")
		case strings.ContainsAny(r.Vi+r.En, "{}<>"):
			return invalid("list", "Reasons have no placeholders: {, }, < and > are not allowed.", "Lý do không có chỗ điền: không dùng {, }, <, >.")
		case seen[domain.SearchKey(r.Vi)]:
			return invalid("list", "A reason is there twice.", "Có lý do ghi hai lần.")
		}
		seen[domain.SearchKey(r.Vi)] = true
	}
	return nil
}

func reasonsCode(of string) string { return "reasons." + of }

func reasonsKey(of string) store.Key {
	return store.Key{Type: syncproto.TypeCodeText, ID: syncproto.DerivedID(syncproto.TypeCodeText, domain.ID(reasonsCode(of)), "")}
}
