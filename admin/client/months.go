package client

import (
	"context"
	"net/http"
	"strconv"
)

// RuleResult is one rule of a verdict.
type RuleResult struct {
	Rule     string `json:"rule"`
	Have     string `json:"have"`
	Need     string `json:"need"`
	HaveEn   string `json:"have_en,omitzero"` // where English differs
	NeedEn   string `json:"need_en,omitzero"`
	Pass     bool   `json:"pass"`
	Advisory bool   `json:"advisory,omitzero"`
	Funding  bool   `json:"funding,omitzero"`
	Origin   string `json:"origin"`        // "S" | "I" | "A"
	Also     string `json:"also,omitzero"` // badge of a part of the rule
	Source   string `json:"source,omitzero"`
	Vi       string `json:"vi,omitzero"`
	En       string `json:"en,omitzero"`
	TodoVi   string `json:"todo_vi,omitzero"`
	TodoEn   string `json:"todo_en,omitzero"`
	By       string `json:"by,omitzero"`
}

// Counted says whether an activity counts for a month and why not.
type Counted struct {
	ID     ID     `json:"id"`
	C      string `json:"c"`
	Counts bool   `json:"counts"`
	Why    string `json:"why,omitzero"`
}

// Verdict is what a policy says about a team's month.
type Verdict struct {
	Team       ID           `json:"team"`
	Month      string       `json:"month"`
	Policy     string       `json:"policy"`
	Version    string       `json:"policy_version"`
	Result     string       `json:"result"` // "eligible" | "incomplete" | "ineligible" | "out_of_window"
	ReasonVi   string       `json:"reason_vi"`
	ReasonEn   string       `json:"reason_en"`
	Rate       int64        `json:"rate"`
	Amount     int64        `json:"amount"`
	Period     string       `json:"period,omitzero"`
	How        *Breakdown   `json:"how,omitzero"`
	Assumed    []Assumption `json:"assumed,omitzero"`
	Rules      []RuleResult `json:"rules"`
	Activities []Counted    `json:"activities"`
}

// Progress is a verdict and where the month and its money are.
type Progress struct {
	Verdict
	Unit     ID     `json:"unit,omitzero"` // commune of the team on the month's last day
	Stage    string `json:"stage"`         // "open" | "grace" | "closed" | "finalised"
	Money    string `json:"money"`         // "projected" | "eligible" | "funded" | "listed" | "paid" | "settled" | "withheld" | "adjusted" | "recovered" | "none"
	Funding  string `json:"funding,omitzero"`
	Received int64  `json:"received"`
	Approved int64  `json:"approved"`
	Pending  int64  `json:"pending"`
	Returned int64  `json:"returned"`
	SubmitBy string `json:"submit_by"`
	ReviewBy string `json:"review_by"`
	LockOn   string `json:"lock_on"`
	Reopened bool   `json:"reopened,omitzero"`
	Amounts
	Others  []PolicyMonth `json:"others,omitzero"`
	Overdue bool          `json:"overdue,omitzero"` // the lock day passed with a submission undecided
	AsOf    int64         `json:"as_of"`
}

// TeamMonth is a team's month as its chair sees it. Csum is what a close
// names as precondition.
type TeamMonth struct {
	Team     ID       `json:"team"`
	Name     string   `json:"name"`
	Month    string   `json:"month"`
	Csum     string   `json:"csum"`
	Closed   bool     `json:"closed"`
	Progress Progress `json:"progress"`
	Hoped    []Hoped  `json:"if_approved,omitzero"` // while something waits for a decision; the main policy first
}

// Hoped is what a policy would give if everything that waits were approved.
type Hoped struct {
	Policy   string `json:"policy"`
	Result   string `json:"result"`
	Amount   int64  `json:"amount"`
	ReasonVi string `json:"reason_vi"`
	ReasonEn string `json:"reason_en"`
}

// CommuneMonth is a month of all teams of a commune.
type CommuneMonth struct {
	Unit  ID          `json:"unit"`
	Month string      `json:"month"`
	Teams []TeamMonth `json:"teams"`
}

// CloseItem names a team and the csum that was looked at. Accept takes a month
// that fails only assumed rules as eligible, with a reason.
type CloseItem struct {
	Team   ID     `json:"team"`
	Csum   string `json:"csum"`
	Accept bool   `json:"accept,omitzero"`
	Reason string `json:"reason,omitzero"`
}

// CloseResult is what became of one team's close. Closing twice gives the
// first record again.
type CloseResult struct {
	Team     ID      `json:"team"`
	Closed   bool    `json:"closed"`
	Code     string  `json:"code,omitzero"` // why not: "precondition", "unprocessable", …
	Detail   string  `json:"detail,omitzero"`
	DetailVi string  `json:"detail_vi,omitzero"`
	Decision int64   `json:"decision,omitzero"` // number in the chain of decisions
	Hash     string  `json:"hash,omitzero"`
	Verdict  Verdict `json:"verdict,omitzero"`
}

// CommuneMonth lists the team-months of a commune. With the ETag of an earlier
// answer it returns ErrNotModified if nothing changed.
func (c *Client) CommuneMonth(ctx context.Context, unit ID, month, etag string) (m CommuneMonth, newETag string, err error) {
	h, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/communes/" + esc(unit) + "/months/" + esc(month),
		out: &m, header: ifNoneMatch(etag)})
	return m, h.Get("ETag"), err
}

// CloseCommuneMonth closes the months of teams, each with its precondition;
// the results come in the order of the list.
func (c *Client) CloseCommuneMonth(ctx context.Context, unit ID, month string, teams []CloseItem) ([]CloseResult, error) {
	in := struct {
		Teams []CloseItem `json:"teams"`
	}{teams}
	var out struct {
		Results []CloseResult `json:"results"`
	}
	_, err := c.do(ctx, call{method: http.MethodPost,
		path: "/v1/communes/" + esc(unit) + "/months/" + esc(month) + "/close", in: in, out: &out})
	return out.Results, err
}

// TeamMonth returns one team-month.
func (c *Client) TeamMonth(ctx context.Context, team ID, month, etag string) (m TeamMonth, newETag string, err error) {
	h, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/teams/" + esc(team) + "/months/" + esc(month),
		out: &m, header: ifNoneMatch(etag)})
	return m, h.Get("ETag"), err
}

// CloseTeamMonth closes one team-month as it was when its csum was read.
func (c *Client) CloseTeamMonth(ctx context.Context, team ID, month, csum string) (CloseResult, error) {
	var out CloseResult
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/teams/" + esc(team) + "/months/" + esc(month) + "/close",
		out: &out, header: map[string]string{"If-Match": `"` + csum + `"`}})
	return out, err
}

// Finalise ends a month for the whole province. It answers what still stands
// open, if that forbids it.
func (c *Client) Finalise(ctx context.Context, month string) error {
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/months/" + esc(month) + "/finalise"})
	return err
}

// MonthTotals are the figures of a month in a province: what was decided, not
// what was counted here.
type MonthTotals struct {
	Month       string `json:"month"`
	Teams       int64  `json:"teams"`
	Closed      int64  `json:"closed"`
	Eligible    int64  `json:"eligible"`
	Incomplete  int64  `json:"incomplete"`
	Ineligible  int64  `json:"ineligible"`
	OutOfWindow int64  `json:"out_of_window"`
	Funded      int64  `json:"funded"`
	Amount      int64  `json:"amount"`        // đồng, of the eligible
	FundedVND   int64  `json:"funded_amount"` // đồng, of the funded
}

// Totals of a year.
type Totals struct {
	Year       int           `json:"year"`
	Months     []MonthTotals `json:"months"`
	TeamMonths int64         `json:"team_months"` // funded
	TotalVND   int64         `json:"total_vnd"`   // funded
}

// Totals returns the months of a year.
func (c *Client) Totals(ctx context.Context, year int) (Totals, error) {
	var t Totals
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/months/totals",
		query: values("year", strconv.Itoa(year)), out: &t})
	return t, err
}

func ifNoneMatch(etag string) map[string]string {
	if etag == "" {
		return nil
	}
	return map[string]string{"If-None-Match": etag}
}
