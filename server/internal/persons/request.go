package persons

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Kind is what a person asks for.
type Kind string

const (
	Export     Kind = "export"
	Correct    Kind = "correct"
	Deidentify Kind = "deidentify"
)

// State of a request.
type State string

const (
	Open     State = "open"
	Proposed State = "proposed" // de-identifying waits for a second person
	Done     State = "done"
	Refused  State = "refused"
)

// AnswerDays is how many working days there are to answer.
const AnswerDays = 2

// KeepYears is for how long papers of money show the name of who was
// de-identified: that of accounting vouchers (Luật Kế toán 88/2015/QH13, Điều
// 41; NĐ 174/2016/NĐ-CP, Điều 13), counted from the day of de-identifying.
const KeepYears = 10

const (
	typeRequest                   = "person_request"
	scopeRequests syncproto.Scope = "sys:person_requests"
	maxNote                       = 500 // characters
	maxBack                       = 366 // days between the receipt on paper and its entry here
)

// Request is the document of record type "person_request".
type Request struct {
	Person     domain.ID   `json:"person"`
	Kind       Kind        `json:"kind"`
	Received   domain.Date `json:"received"` // day on which it came in, on paper or otherwise
	Due        domain.Date `json:"due"`      // last day for the answer
	Note       string      `json:"note,omitzero"`
	State      State       `json:"state"`
	By         domain.ID   `json:"by"` // who entered it
	AtMs       int64       `json:"at_ms"`
	ExportedMs int64       `json:"exported_ms,omitzero"` // when a copy was last made
	ProposedBy domain.ID   `json:"proposed_by,omitzero"`
	ProposedMs int64       `json:"proposed_ms,omitzero"`
	DoneBy     domain.ID   `json:"done_by,omitzero"`
	DoneMs     int64       `json:"done_ms,omitzero"`
	Answer     string      `json:"answer,omitzero"`
	KeptUntil  domain.Date `json:"kept_until,omitzero"` // papers of money show the name until then
}

func (q *Request) pending() bool { return q.State == Open || q.State == Proposed }

func key(id domain.ID) store.Key { return store.Key{Type: typeRequest, ID: id} }

func load(r store.Reader, id domain.ID) (q Request, err error) {
	rec, err := r.Record(key(id))
	if errors.Is(err, store.ErrNotFound) || err == nil && rec.Deleted {
		return q, domain.E(domain.NotFound, "There is no such request.", "Không tìm thấy yêu cầu này.")
	}
	if err != nil {
		return q, err
	}
	return q, json.Unmarshal(rec.Doc, &q)
}

func (q *Request) put(tx store.Tx, id, by domain.ID, op string) error {
	doc, err := syncproto.DocOf(q)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Put{Key: key(id), Doc: doc, Scopes: []syncproto.Scope{scopeRequests}, Cause: store.Cause{By: by, Op: op}})
	return err
}

func each(r store.Reader, yield func(id domain.ID, q Request) bool) error {
	var bad error
	err := r.Members(scopeRequests, typeRequest, func(rec *store.Record) bool {
		var q Request
		if bad = json.Unmarshal(rec.Doc, &q); bad != nil {
			return false
		}
		return yield(rec.ID, q)
	})
	return errors.Join(err, bad)
}

// NewRequest is what is entered of a request.
type NewRequest struct {
	Key      domain.ID   `json:"key"` // made by the client: sent again it is the same request
	Person   domain.ID   `json:"person"`
	Kind     Kind        `json:"kind"`
	Received domain.Date `json:"received"`
	Note     string      `json:"note"`
}

func (in *NewRequest) check(today domain.Date) error {
	if _, err := syncproto.ParseID(string(in.Key)); err != nil {
		return invalid("key", "The key is no id.", "Mã yêu cầu không hợp lệ.")
	}
	if in.Kind != Export && in.Kind != Correct && in.Kind != Deidentify {
		return invalid("kind", "A request is for export, correct or deidentify.", "Yêu cầu là export (sao dữ liệu), correct (sửa) hoặc deidentify (khử định danh).")
	}
	if _, err := domain.ParseDate(string(in.Received)); err != nil || in.Received > today || in.Received < today.Add(-maxBack) {
		return invalid("received", "Give the day on which the request came in, at most a year ago.", "Ghi ngày nhận yêu cầu, trong vòng một năm qua.")
	}
	return checkText("note", in.Note, true)
}

func checkText(field, s string, empty bool) error {
	if s == "" && empty {
		return nil
	}
	if strings.TrimSpace(s) == "" || utf8.RuneCountInString(s) > maxNote || !syncproto.IsNFC(s) {
		return invalid(field, "Write 1 to 500 characters.", "Hãy ghi từ 1 đến 500 ký tự.")
	}
	return nil
}

func invalid(field, msg, vi string) error {
	return &domain.Error{Code: domain.Invalid, Field: field, Msg: msg, Vi: vi}
}
