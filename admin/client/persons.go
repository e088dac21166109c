package client

import (
	"context"
	"net/http"
	"net/url"
)

// PersonRequest is somebody's request about their own data.
type PersonRequest struct {
	ID         ID     `json:"id"`
	Person     ID     `json:"person"`
	Name       string `json:"name"` // the alias once de-identified
	Veiled     bool   `json:"veiled,omitzero"`
	Kind       string `json:"kind"` // "export", "correct" or "deidentify"
	Received   string `json:"received"`
	Due        string `json:"due"`
	DueMs      int64  `json:"due_ms"`
	Overdue    bool   `json:"overdue,omitzero"`
	LeftDays   int    `json:"left_days"` // working days after today
	Note       string `json:"note,omitzero"`
	State      string `json:"state"` // "open", "proposed", "done" or "refused"
	By         ID     `json:"by"`
	ByName     string `json:"by_name"`
	AtMs       int64  `json:"at_ms"`
	ExportedMs int64  `json:"exported_ms,omitzero"`
	ProposedBy ID     `json:"proposed_by,omitzero"`
	Proposer   string `json:"proposer,omitzero"`
	ProposedMs int64  `json:"proposed_ms,omitzero"`
	DoneBy     ID     `json:"done_by,omitzero"`
	Doer       string `json:"doer,omitzero"`
	DoneMs     int64  `json:"done_ms,omitzero"`
	AnsweredOn string `json:"answered_on,omitzero"`
	Answer     string `json:"answer,omitzero"`
	KeptUntil  string `json:"kept_until,omitzero"` // papers of money show the name until then
}

// PersonRole is a role that somebody holds or held.
type PersonRole struct {
	Role  string `json:"role"`
	Place string `json:"place"`
	From  string `json:"from,omitzero"`
	To    string `json:"to,omitzero"`
}

// PersonDetail is a request with what stands in its way.
type PersonDetail struct {
	PersonRequest
	Roles     []PersonRole `json:"roles"`
	Unpaid    []string     `json:"unpaid"`
	Named     bool         `json:"named"`
	KeepUntil string       `json:"keep_until,omitzero"`
}

// PersonMention is a record whose free text holds a name of the person.
type PersonMention struct {
	Type  string `json:"type"`
	ID    ID     `json:"id"`
	Team  ID     `json:"team,omitzero"`
	Month string `json:"month,omitzero"`
	Past  bool   `json:"past,omitzero"`
}

// FoundPerson is one that a search finds.
type FoundPerson struct {
	ID     ID           `json:"id"`
	Name   string       `json:"name"`
	Veiled bool         `json:"veiled,omitzero"`
	Roles  []PersonRole `json:"roles"`
}

// NewPersonRequest is what is entered. Key is made by the caller and kept for a
// repeat.
type NewPersonRequest struct {
	Key      ID     `json:"key"`
	Person   ID     `json:"person"`
	Kind     string `json:"kind"`
	Received string `json:"received"`
	Note     string `json:"note,omitzero"`
}

// FindPeople looks for people by a part of the name.
func (c *Client) FindPeople(ctx context.Context, text string) ([]FoundPerson, error) {
	var out struct {
		People []FoundPerson `json:"people"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/people/search", query: url.Values{"q": {text}}, out: &out})
	return out.People, err
}

// PersonRequests lists all requests, those that wait first.
func (c *Client) PersonRequests(ctx context.Context) ([]PersonRequest, error) {
	var out struct {
		Requests []PersonRequest `json:"requests"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/person-requests", out: &out})
	return out.Requests, err
}

// PersonRequest gives a request with what stands in its way.
func (c *Client) PersonRequest(ctx context.Context, id ID) (out PersonDetail, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: personPath(id, ""), out: &out})
	return out, err
}

// EnterPersonRequest writes a request down.
func (c *Client) EnterPersonRequest(ctx context.Context, in NewPersonRequest) (out PersonRequest, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/person-requests", in: in, out: &out})
	return out, err
}

// PersonMentions lists the records whose free text holds the name.
func (c *Client) PersonMentions(ctx context.Context, id ID) ([]PersonMention, error) {
	var out struct {
		Mentions []PersonMention `json:"mentions"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: personPath(id, "/mentions"), out: &out})
	return out.Mentions, err
}

// ExportPerson makes a copy of all that is kept about the person: a ZIP.
func (c *Client) ExportPerson(ctx context.Context, id ID) (f File, err error) {
	f.Name = "banso-du-lieu-ca-nhan.zip"
	_, err = c.do(ctx, call{method: http.MethodPost, path: personPath(id, "/export"), out: &f.Bytes})
	return f, err
}

// CorrectPerson sets the name right, which answers the request.
func (c *Client) CorrectPerson(ctx context.Context, id ID, name string) (PersonRequest, error) {
	return c.onPerson(ctx, id, "/correct", struct {
		Name string `json:"name"`
	}{name})
}

// DeidentifyPerson proposes it, confirms it as a second person, or withdraws
// the proposal.
func (c *Client) DeidentifyPerson(ctx context.Context, id ID, decision string) (PersonRequest, error) {
	return c.onPerson(ctx, id, "/deidentify", struct {
		Decision string `json:"decision"`
	}{decision})
}

// AnswerPersonRequest closes a request, or refuses it with a reason.
func (c *Client) AnswerPersonRequest(ctx context.Context, id ID, done bool, answer string) (PersonRequest, error) {
	return c.onPerson(ctx, id, "/answer", struct {
		Done   bool   `json:"done"`
		Answer string `json:"answer,omitzero"`
	}{done, answer})
}

func (c *Client) onPerson(ctx context.Context, id ID, what string, in any) (out PersonRequest, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: personPath(id, what), in: in, out: &out})
	return out, err
}

func personPath(id ID, what string) string { return "/v1/person-requests/" + esc(id) + what }
