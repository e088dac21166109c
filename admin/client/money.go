package client

import (
	"context"
	"net/http"
	"strconv"
	"strings"
)

// ListWanted says what a draft is to hold. The same key twice is one draft.
type ListWanted struct {
	Key    ID       `json:"key"`
	Kind   string   `json:"kind"` // "payment" | "correction" | "officers" | "awards" | "people"
	Policy string   `json:"policy"`
	Units  []ID     `json:"units,omitzero"` // communes; empty: the province
	Months []string `json:"months,omitzero"`
	Split  bool     `json:"split,omitzero"` // a draft for each commune that has something to list
}

// PaymentList is a list, with its lines where one is read.
type PaymentList struct {
	ID     ID            `json:"id"`
	Kind   string        `json:"kind"`
	Policy string        `json:"policy"`
	Units  []ID          `json:"units"`
	Months []string      `json:"months"`
	State  string        `json:"state"` // "draft" | "issued" | "replaced" | "discarded"
	Commit int64         `json:"commit"`
	Count  int64         `json:"count"`
	Total  int64         `json:"total"`
	Reason string        `json:"reason,omitzero"`
	Renews ID            `json:"renews,omitzero"`
	By     ID            `json:"by"`
	AtMs   int64         `json:"at_ms"`
	Number string        `json:"number,omitzero"`
	On     string        `json:"on,omitzero"`
	Issuer ID            `json:"issuer,omitzero"`
	N      int64         `json:"n,omitzero"`     // of its decision in the chain
	Print  string        `json:"print,omitzero"` // fingerprint of the checkpoint it stands on
	Paid   int64         `json:"paid,omitzero"`
	PaidN  int64         `json:"paid_n,omitzero"`
	Next   string        `json:"next,omitzero"`
	Before string        `json:"before,omitzero"`
	Lines  []PaymentLine `json:"lines,omitzero"`
}

// PaymentLine is what one subject gets for one period.
type PaymentLine struct {
	Subject  ID      `json:"subject"`
	Period   string  `json:"period"`
	Commune  ID      `json:"commune,omitzero"`
	Kind     string  `json:"kind"` // "regular" | "back_payment" | "recovery"
	Amount   int64   `json:"amount"`
	Due      int64   `json:"due"`
	Close    int64   `json:"close"`
	Adjusts  []int64 `json:"adjusts,omitzero"`
	Funding  string  `json:"funding"`
	Name     string  `json:"name"`
	Voucher  string  `json:"voucher,omitzero"`
	PaidOn   string  `json:"paid_on,omitzero"`
	Received string  `json:"received_on,omitzero"`
}

// LineRef names a line of a list.
type LineRef struct {
	Subject ID     `json:"subject"`
	Period  string `json:"period"`
}

// IssueResult is what became of one draft.
type IssueResult struct {
	List     PaymentList  `json:"list"`
	Issued   bool         `json:"issued"`
	Code     string       `json:"code,omitzero"`
	Detail   string       `json:"detail,omitzero"`
	DetailVi string       `json:"detail_vi,omitzero"`
	Changed  []LineChange `json:"changed,omitzero"`
}

// LineChange is a line that is not any more what the draft says.
type LineChange struct {
	Subject ID     `json:"subject"`
	Period  string `json:"period"`
	Was     int64  `json:"was"`
	Now     int64  `json:"now"`
}

type manyLists struct {
	Lists []PaymentList `json:"lists"`
}

// DraftLists drafts what is payable now.
func (c *Client) DraftLists(ctx context.Context, w ListWanted) ([]PaymentList, error) {
	var out manyLists
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/lists", in: w, out: &out})
	return out.Lists, err
}

// IssueLists issues drafts, one result each.
func (c *Client) IssueLists(ctx context.Context, ids []ID) ([]IssueResult, error) {
	in := struct {
		Lists []ID `json:"lists"`
	}{ids}
	var out struct {
		Results []IssueResult `json:"results"`
	}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/lists/issue", in: in, out: &out})
	return out.Results, err
}

// Lists returns heads of lists, newest first; empty arguments do not narrow.
func (c *Client) Lists(ctx context.Context, unit ID, month, state, kind string) ([]PaymentList, error) {
	var out manyLists
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/lists",
		query: values("unit", string(unit), "month", month, "state", state, "kind", kind), out: &out})
	return out.Lists, err
}

// List returns a list with its lines.
func (c *Client) List(ctx context.Context, id ID) (l PaymentList, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/lists/" + esc(id), out: &l})
	return l, err
}

// ReplaceList drafts the successor of an issued list.
func (c *Client) ReplaceList(ctx context.Context, id, key ID, reason string) (l PaymentList, err error) {
	in := struct {
		Key    ID     `json:"key"`
		Reason string `json:"reason"`
	}{key, reason}
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/lists/" + esc(id) + "/replace", in: in, out: &l})
	return l, err
}

// DiscardList ends a draft.
func (c *Client) DiscardList(ctx context.Context, id ID) (l PaymentList, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/lists/" + esc(id) + "/discard", out: &l})
	return l, err
}

// PayList confirms that lines were paid by a voucher; all unpaid ones if none
// is named.
func (c *Client) PayList(ctx context.Context, id ID, voucher, on string, lines ...LineRef) (l PaymentList, err error) {
	in := struct {
		Voucher string    `json:"voucher"`
		On      string    `json:"on"`
		Lines   []LineRef `json:"lines,omitzero"`
	}{voucher, on, lines}
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/lists/" + esc(id) + "/payments", in: in, out: &l})
	return l, err
}

// Budget is how a policy's funding decisions of a year are used up, in đồng.
type Budget struct {
	Policy    string      `json:"policy"`
	Year      int         `json:"year"`
	Decisions []BudgetRow `json:"decisions"`
	Total     BudgetSums  `json:"total"`
}

// BudgetRow is one decision.
type BudgetRow struct {
	Decision string `json:"decision"`
	On       string `json:"on"`
	From     string `json:"from,omitzero"` // of a window; money for officers and units has none
	To       string `json:"to,omitzero"`
	Teams    int64  `json:"teams"`
	BudgetSums
}

// BudgetSums are running sums; Left is what may still be listed.
type BudgetSums struct {
	Granted   int64 `json:"granted"`
	Decided   int64 `json:"decided"`
	Listed    int64 `json:"listed"`
	Paid      int64 `json:"paid"`
	Recovered int64 `json:"recovered"`
	Received  int64 `json:"received"`
	Left      int64 `json:"left"`
}

// Budget returns it.
func (c *Client) Budget(ctx context.Context, policy string, year int) (b Budget, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/budget",
		query: values("policy", policy, "year", strconv.Itoa(year)), out: &b})
	return b, err
}

// Settlement of a quarter.
type Settlement struct {
	Policy   string          `json:"policy"`
	Unit     ID              `json:"unit,omitzero"`
	Quarter  string          `json:"quarter"`
	From     string          `json:"from"`
	To       string          `json:"to"`
	Rows     []SettlementRow `json:"rows"`
	Total    SettlementSums  `json:"total"`
	Spending []SpentSum      `json:"spending"`
}

// SettlementRow is one team or commune.
type SettlementRow struct {
	Subject ID     `json:"subject"`
	Name    string `json:"name"`
	SettlementSums
}

// SettlementSums are its figures in đồng.
type SettlementSums struct {
	Funded    int64 `json:"funded"`
	Listed    int64 `json:"listed"`
	Paid      int64 `json:"paid"`
	Received  int64 `json:"received"`
	Recovered int64 `json:"recovered"`
	Spent     int64 `json:"spent"`
	Left      int64 `json:"left"`
}

// SpentSum is what teams spent on one category.
type SpentSum struct {
	Category string `json:"category"`
	Vi       string `json:"vi"`
	En       string `json:"en"`
	Times    int64  `json:"times"`
	Evidence int64  `json:"evidence"`
	Amount   int64  `json:"amount"`
	Outside  bool   `json:"outside,omitzero"`
}

// Settlement returns the settlement of a commune, or of the province if unit
// is empty. quarter is "2023-Q3".
func (c *Client) Settlement(ctx context.Context, policy string, unit ID, quarter string) (s Settlement, err error) {
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/settlement",
		query: values("policy", policy, "unit", string(unit), "quarter", quarter), out: &s})
	return s, err
}

// File is a paper as it came.
type File struct {
	Name  string
	Bytes []byte
}

// ListPaper returns a list as "pdf", "xlsx" or "csv"; kind is for lists of
// corrections.
func (c *Client) ListPaper(ctx context.Context, id ID, format, kind string) (File, error) {
	return c.paper(ctx, "/v1/lists/"+esc(id)+"/paper", "format", format, "kind", kind)
}

// CommunePaper returns "eligibility", "summary" or "activities" of a commune's month.
func (c *Client) CommunePaper(ctx context.Context, unit ID, month, kind, format string) (File, error) {
	return c.paper(ctx, "/v1/communes/"+esc(unit)+"/months/"+esc(month)+"/paper", "kind", kind, "format", format)
}

// TeamPaper returns "report" or "explanation" of a team's month.
func (c *Client) TeamPaper(ctx context.Context, team ID, month, kind, format string) (File, error) {
	return c.paper(ctx, "/v1/teams/"+esc(team)+"/months/"+esc(month)+"/paper", "kind", kind, "format", format)
}

// ProvincePaper returns the summary of the months from the first to the last.
func (c *Client) ProvincePaper(ctx context.Context, policy, from, to, format string) (File, error) {
	return c.paper(ctx, "/v1/province/paper", "policy", policy, "from", from, "to", to, "format", format)
}

// SettlementPaper returns a settlement.
func (c *Client) SettlementPaper(ctx context.Context, policy string, unit ID, quarter, format string) (File, error) {
	return c.paper(ctx, "/v1/settlement/paper", "policy", policy, "unit", string(unit), "quarter", quarter, "format", format)
}

func (c *Client) paper(ctx context.Context, path string, query ...string) (f File, err error) {
	h, err := c.do(ctx, call{method: http.MethodGet, path: path, query: values(query...), out: &f.Bytes})
	if err != nil {
		return f, err
	}
	_, name, _ := strings.Cut(h.Get("Content-Disposition"), `filename="`)
	f.Name = strings.TrimSuffix(name, `"`)
	return f, nil
}
