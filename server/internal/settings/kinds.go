package settings

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// own begins the codes of a province's kinds: the product's may grow.
const own = "T_"

// Other is the kind for what no other names; it is always there.
const Other = "KHAC"

// Bounds of a kind.
const (
	maxKinds    = 200 // with the retired ones
	maxMeasures = 6
	maxName     = 160 // characters
	maxUnit     = 20
	maxAhead    = 400 // days
)

// Kind is the document of record type "category", in ref: a kind of activity.
type Kind struct {
	Code     string      `json:"code"`
	Name     string      `json:"name"`
	NameEn   string      `json:"name_en,omitzero"`
	Group    string      `json:"group"`
	Measures []Measure   `json:"measures"`
	Evidence string      `json:"evidence"`
	Source   string      `json:"source"`
	From     domain.Date `json:"from,omitzero"`  // the day from which phones offer it
	Until    domain.Date `json:"until,omitzero"` // the last day of which entries are taken
	By       domain.ID   `json:"by,omitzero"`    // who of the province added it
}

// Measure is one count of a kind, with its unit: people, visits and households
// are never added to one another.
type Measure struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	NameEn string `json:"name_en,omitzero"`
	Unit   string `json:"unit,omitzero"`
}

// NewKind is a kind that is to be added; Replaces is one that it takes the
// place of.
type NewKind struct {
	Name, NameEn, Group, Evidence, Source string
	Measures                              []Measure // without keys
	From                                  domain.Date
	Replaces                              string
}

// Service opens a transaction for each call and reads the caller's rights in it.
type Service struct {
	Store store.Store
	Now   func() time.Time
}

// Kinds lists the catalogue, to anybody with a grant.
func (s *Service) Kinds(ctx context.Context, who domain.Caller) (out []Kind, err error) {
	err = s.Store.View(ctx, func(r store.Reader) error {
		gs, err := roster.GrantsOf(r, who.Person)
		if err != nil {
			return err
		}
		if who.PushOnly || !gs.Active(domain.DateOf(s.Now())) {
			return forbidden()
		}
		out, err = kinds(r)
		return err
	})
	slices.SortStableFunc(out, func(a, b Kind) int { return strings.Compare(a.Group+"/"+a.Code, b.Group+"/"+b.Code) })
	return out, err
}

func kinds(r store.Reader) ([]Kind, error) {
	out := []Kind{}
	var bad error
	err := r.Members(syncproto.ScopeRef, syncproto.TypeCategory, func(rec *store.Record) bool {
		var k Kind
		bad = json.Unmarshal(rec.Doc, &k)
		out = append(out, k)
		return bad == nil
	})
	return out, errors.Join(err, bad)
}

// AddKind adds a kind of activity from a day on, and retires the one it
// replaces on the day before.
func (s *Service) AddKind(ctx context.Context, who domain.Caller, in NewKind) (out Kind, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		if err := mayWrite(tx, who, domain.DateOf(tx.Now())); err != nil {
			return err
		}
		all, err := kinds(tx)
		if err != nil {
			return err
		}
		if out, err = in.kind(all, domain.DateOf(tx.Now())); err != nil {
			return err
		}
		out.By = who.Person
		if in.Replaces != "" {
			if _, err := retire(tx, all, in.Replaces, out.From.Add(-1), who.Person); err != nil {
				return err
			}
		}
		return put(tx, out, who.Person)
	})
	return out, err
}

// RetireKind names the last day of which entries of a kind are taken; an empty
// one brings it back.
func (s *Service) RetireKind(ctx context.Context, who domain.Caller, code string, until domain.Date) (out Kind, err error) {
	err = s.Store.Update(ctx, func(tx store.Tx) error {
		if err := mayWrite(tx, who, domain.DateOf(tx.Now())); err != nil {
			return err
		}
		all, err := kinds(tx)
		if err != nil {
			return err
		}
		out, err = retire(tx, all, code, until, who.Person)
		return err
	})
	return out, err
}

// retire: never for a day that is over, for somebody may have written down work
// of it that has not arrived.
func retire(tx store.Tx, all []Kind, code string, until domain.Date, by domain.ID) (k Kind, err error) {
	i := slices.IndexFunc(all, func(k Kind) bool { return k.Code == code })
	if i < 0 {
		return k, domain.E(domain.NotFound, "There is no such kind of activity.", "Không có loại hoạt động này.")
	}
	k = all[i]
	today := domain.DateOf(tx.Now())
	_, bad := domain.ParseDate(string(until))
	switch {
	case code == Other:
		return k, domain.E(domain.Unprocessable, "“Other” stays: there must be a kind for everything.", "Không thể thôi dùng “Hoạt động khác”: việc gì cũng phải có chỗ ghi.")
	case until == "":
	case bad != nil, until > today.Add(maxAhead):
		return k, invalid("until", "Write the day as yyyy-mm-dd, at most 400 days ahead.", "Ghi ngày dạng năm-tháng-ngày, không quá 400 ngày nữa.")
	case until < today:
		return k, invalid("until", "The last day is today at the earliest: phones may hold entries of earlier days.",
			"Ngày cuối sớm nhất là hôm nay: điện thoại có thể đang giữ việc của những ngày trước.")
	}
	k.Until = until
	return k, put(tx, k, by)
}

// kind checks what is to be added against the kinds that there are.
func (in *NewKind) kind(all []Kind, today domain.Date) (Kind, error) {
	k := Kind{Name: in.Name, NameEn: in.NameEn, Group: in.Group, Evidence: in.Evidence, Source: in.Source, From: in.From, Measures: []Measure{}}
	if k.From == "" {
		k.From = today
	}
	_, bad := domain.ParseDate(string(k.From))
	k.Code = own + codeOf(in.Name)
	switch {
	case !words(k.Name, maxName) || k.Code == own:
		return k, invalid("name", "Write the name, at most 160 characters.", "Hãy ghi tên loại hoạt động, nhiều nhất 160 ký tự.")
	case k.NameEn != "" && !words(k.NameEn, maxName), k.Evidence != "" && !words(k.Evidence, maxName), k.Source != "" && !words(k.Source, maxName):
		return k, invalid("name_en", "Texts have at most 160 characters.", "Mỗi nội dung nhiều nhất 160 ký tự.")
	case !slices.ContainsFunc(all, func(o Kind) bool { return o.Group == k.Group }):
		return k, invalid("group", "Choose one of the groups.", "Hãy chọn một nhóm có sẵn.")
	case bad != nil || k.From < today || k.From > today.Add(maxAhead):
		return k, invalid("from", "It begins today or within 400 days.", "Bắt đầu từ hôm nay hoặc trong 400 ngày tới.")
	case len(all) >= maxKinds:
		return k, domain.E(domain.Unprocessable, "There are 200 kinds already.", "Đã có 200 loại hoạt động.")
	case len(in.Measures) < 1 || len(in.Measures) > maxMeasures:
		return k, invalid("measures", "Name one to six figures.", "Phải có từ một đến sáu số liệu.")
	case slices.ContainsFunc(all, func(o Kind) bool { return o.Code == k.Code }):
		return k, domain.E(domain.Conflict, "There is or was a kind of this name.", "Đã có loại hoạt động mang tên này.")
	}
	for _, m := range in.Measures {
		m.Key = strings.ToLower(own + codeOf(m.Name+" "+m.Unit))
		if !words(m.Name, maxName) || !words(m.Unit, maxUnit) || m.NameEn != "" && !words(m.NameEn, maxName) ||
			slices.ContainsFunc(k.Measures, func(o Measure) bool { return o.Key == m.Key }) {
			return k, invalid("measures", "Each figure has a name and a unit of its own.", "Mỗi số liệu phải có tên và đơn vị tính riêng.")
		}
		k.Measures = append(k.Measures, m)
	}
	return k, nil
}

// codeOf makes a code out of a name.
func codeOf(name string) string {
	code := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z':
			return c - 'a' + 'A'
		case c >= '0' && c <= '9':
			return c
		case c == ' ':
			return '_'
		}
		return -1
	}, domain.SearchKey(name))
	return strings.Trim(code[:min(len(code), 60)], "_")
}

// words: trimmed, NFC, not empty, without control characters.
func words(s string, most int) bool {
	return s != "" && utf8.RuneCountInString(s) <= most && syncproto.IsNFC(s) && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, unicode.IsControl)
}

func put(tx store.Tx, k Kind, by domain.ID) error {
	doc, err := syncproto.DocOf(k)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Put{Key: store.Key{Type: syncproto.TypeCategory, ID: syncproto.DerivedID(syncproto.TypeCategory, domain.ID(k.Code), "")}, Doc: doc,
		Scopes: []syncproto.Scope{syncproto.ScopeRef}, Cause: store.Cause{By: by, Op: "set_kind"}})
	return err
}

// mayWrite: the province's administrators.
func mayWrite(r store.Reader, who domain.Caller, today domain.Date) error {
	gs, err := roster.GrantsOf(r, who.Person)
	if err == nil && (who.PushOnly || !gs.Anywhere(today, domain.RoleProvince)) {
		err = forbidden()
	}
	return err
}

func forbidden() error {
	return domain.E(domain.Forbidden, "Only the province's administrators do this.", "Chỉ quản trị cấp tỉnh được làm việc này.")
}

func invalid(field, en, vi string) error {
	e := domain.E(domain.Invalid, en, vi)
	e.Field = field
	return e
}
