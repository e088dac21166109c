package review

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Limits of a page of the queue.
const (
	defaultLimit = 50
	maxLimit     = 200
)

// Service is the chair's desk. All fields are required.
type Service struct {
	Store     store.Store
	Submitter Submitter
	Now       func() time.Time
}

// Item is one submission on the desk. C is what a decision names as seen.
type Item struct {
	Type        string         `json:"type"`
	ID          domain.ID      `json:"id"`
	Rev         int64          `json:"rev"`
	C           string         `json:"c"`
	Doc         jsontext.Value `json:"doc"`
	Risks       []Risk         `json:"risks"`
	Changed     bool           `json:"changed,omitzero"` // since the last decision, or since the caller's dropped one
	SubmittedMs int64          `json:"submitted_ms,omitzero"`
	Comments    int            `json:"comments,omitzero"` // of the commune's office
	score       int
	author      domain.ID
}

// Queue is a page, the riskiest first; Next is "" on the last one. Total is
// how many wait in all. Names are those of the page's authors, Texts what its
// risks say: a page needs no second request.
type Queue struct {
	Items []Item               `json:"items"`
	Next  string               `json:"next,omitzero"`
	Total int64                `json:"total"`
	Names map[domain.ID]string `json:"names"`
	Texts []RiskText           `json:"risk_texts"`
}

// Ask names a page of the desk. State "" means domain.Pending: what waits;
// another lists what was decided so. Limit 0 means 50; at most 200.
type Ask struct {
	Commune domain.ID
	Month   domain.Month
	State   domain.State
	Cursor  string
	Limit   int
}

// check gives the state its default.
func (a *Ask) check() error {
	if _, err := domain.ParseMonth(string(a.Month)); err != nil {
		return &domain.Error{Code: domain.Invalid, Field: "month", Msg: "month is not yyyy-mm.", Vi: "Tháng không hợp lệ.", Err: err}
	}
	switch a.State {
	case "":
		a.State = domain.Pending
	case domain.Pending, domain.Approved, domain.Returned, domain.Rejected:
	default:
		return &domain.Error{Code: domain.Invalid, Field: "state", Msg: "state is pending_review, approved, returned or rejected.", Vi: "Trạng thái không hợp lệ."}
	}
	return nil
}

// Queue lists what waits for a commune's decision in one month, or what was
// decided. Errors: domain.Forbidden without a role in the commune today,
// domain.Invalid for a cursor that no page gave.
func (s *Service) Queue(ctx context.Context, c domain.Caller, ask Ask) (Queue, error) {
	q := Queue{Names: map[domain.ID]string{}, Texts: RiskTexts[:]}
	var items []Item
	if err := ask.check(); err != nil {
		return q, err
	}
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		if err := s.mayLook(r, c, ask.Commune); err != nil {
			return err
		}
		if items, err = standing(r, ask, c.Person); err != nil {
			return err
		}
		if err := q.cut(items, ask.Cursor, ask.Limit); err != nil {
			return err
		}
		return q.name(r)
	})
	return q, err
}

// cut makes the page of the queue that follows a cursor.
func (q *Queue) cut(items []Item, cursor string, limit int) error {
	slices.SortFunc(items, inOrder)
	q.Total = int64(len(items))
	from, err := after(items, cursor)
	if err != nil {
		return err
	}
	if limit <= 0 {
		limit = defaultLimit
	}
	to := min(from+min(limit, maxLimit), len(items))
	q.Items = items[from:to:to]
	if q.Items == nil {
		q.Items = []Item{}
	}
	if to < len(items) {
		q.Next = items[to-1].cursor()
	}
	return nil
}

// name reads who the authors of the page are.
func (q *Queue) name(r store.Reader) error {
	for i := range q.Items {
		id := q.Items[i].author
		if _, known := q.Names[id]; known || id == "" {
			continue
		}
		p, err := roster.Person(r, id)
		if err != nil && domain.CodeOf(err) != domain.NotFound {
			return err
		}
		q.Names[id] = p.Name
	}
	return nil
}

func (s *Service) mayLook(r store.Reader, c domain.Caller, commune domain.ID) error {
	gs, err := roster.GrantsOf(r, c.Person)
	if err != nil {
		return err
	}
	ps := syncproto.ParsedScope{Kind: syncproto.KindCommune, ID: commune}
	if c.PushOnly || !gs.MayRead(c.Person, ps, domain.DateOf(s.Now())) {
		return domain.E(domain.Forbidden, "You have no role in this commune.", "Bạn không có vai trò ở xã này.")
	}
	return nil
}

// standing reads what stands in a state in a month, and the months before it
// for the habit.
func standing(r store.Reader, ask Ask, reader domain.ID) ([]Item, error) {
	h, acts := newHabit(), map[domain.ID]*domain.Activity{}
	var items []Item
	for back := range habitMonths + 1 {
		var bad error
		err := r.Members(syncproto.CommuneMonthScope(ask.Commune, string(ask.Month.Add(-back))), "", func(rec *store.Record) bool {
			switch rec.Type {
			case syncproto.TypeActivity:
				a := &domain.Activity{}
				if bad = json.Unmarshal(rec.Doc, a); bad != nil {
					return false
				}
				h.add(rec.ID, a)
				if back == 0 && a.State == ask.State {
					acts[rec.ID] = a
					items = append(items, item(rec, a.Author, a.Submitted, a.ReviewedC))
				}
			case syncproto.TypeReport:
				var rep domain.Report
				if bad = json.Unmarshal(rec.Doc, &rep); bad == nil && back == 0 && rep.State == ask.State {
					it := item(rec, rep.Author, rep.Submitted, rep.ReviewedC)
					if rep.Author == reader {
						it.Risks = append(it.Risks, RiskOwn)
					}
					items = append(items, it)
				}
			}
			return bad == nil
		})
		if err = cmp.Or(err, bad); err != nil {
			return nil, fmt.Errorf("review queue: %w", err)
		}
		if len(items) == 0 {
			return nil, nil // nothing waits: nobody asks for habits
		}
	}
	if err := h.photos.develop(r); err != nil {
		return nil, fmt.Errorf("review queue: %w", err)
	}
	stale, err := StaleMarks(r, reader)
	if err != nil {
		return nil, err
	}
	remarks, err := remarked(r, ask.Commune, ask.Month)
	for i := range items {
		it := &items[i]
		it.Comments = remarks[it.ID]
		it.Changed = it.Changed || stale[it.Type+"/"+string(it.ID)]
		if a := acts[it.ID]; a != nil {
			it.Risks = h.risks(it.ID, a, reader)
			it.score = weight(it.Risks)
		}
	}
	return items, err
}

func item(rec *store.Record, author domain.ID, submitted int64, reviewed string) Item {
	c := rec.C.String()
	return Item{
		Type: rec.Type, ID: rec.ID, Rev: rec.Rev, C: c, Doc: rec.Doc.Clone(), Risks: []Risk{},
		Changed: reviewed != "" && reviewed != c, SubmittedMs: submitted, author: author,
	}
}

// inOrder: the riskiest first, then who has waited longest.
func inOrder(a, b Item) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.SubmittedMs, b.SubmittedMs), strings.Compare(string(a.ID), string(b.ID)))
}

// cursor names an item by its place, so that a page goes on at the right spot
// even if the item has been decided meanwhile.
func (i *Item) cursor() string { return fmt.Sprintf("%d.%d.%s", i.score, i.SubmittedMs, i.ID) }

func after(items []Item, cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	var last Item
	var id string
	if n, err := fmt.Sscanf(strings.ReplaceAll(cursor, ".", " "), "%d %d %s", &last.score, &last.SubmittedMs, &id); err != nil || n != 3 {
		return 0, &domain.Error{Code: domain.Invalid, Field: "cursor", Msg: "No page gave this cursor.", Vi: "Vị trí trang không hợp lệ.", Err: err}
	}
	last.ID = domain.ID(id)
	i, found := slices.BinarySearchFunc(items, last, inOrder)
	if found {
		i++
	}
	return i, nil
}
