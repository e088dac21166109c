package client

import (
	"context"
	"net/http"
)

// Job is long work beside the requests.
type Job struct {
	ID      ID     `json:"id"`
	Kind    string `json:"kind"`  // "import" | "undo" | "close" | "finalise" | "what_if" | "export"
	State   string `json:"state"` // "waiting" | "running" | "done" | "failed" | "cancelled"
	By      ID     `json:"by"`
	Name    string `json:"name,omitzero"` // of who started it
	MadeMs  int64  `json:"made_ms"`
	EndMs   int64  `json:"end_ms,omitzero"`
	Rows    int    `json:"rows,omitzero"` // done so far
	Of      int    `json:"of,omitzero"`
	What    string `json:"what"` // kind of the file, month, months or kind of export
	File    string `json:"file,omitzero"`
	SkipBad bool   `json:"skip_bad,omitzero"`
	Report  struct {
		Read      string      `json:"read"`
		Created   int         `json:"created"`
		Updated   int         `json:"updated"`
		Unchanged int         `json:"unchanged"`
		Bad       int         `json:"bad"`
		Rows      []ImportRow `json:"rows"` // bad ones and those worth a look
	} `json:"report,omitzero"`
	Result JobResult  `json:"result,omitzero"` // what it made, to be fetched
	Msg    string     `json:"msg,omitzero"`
	MsgVi  string     `json:"msg_vi,omitzero"`
	Stands []Obstacle `json:"stands,omitzero"` // why an import can't be taken back
	Undoes ID         `json:"undoes,omitzero"`
	Undone ID         `json:"undone,omitzero"`
}

// JobResult is a file that a job made.
type JobResult struct {
	Name    string `json:"name"`
	MIME    string `json:"mime"`
	Bytes   int    `json:"bytes"`
	UntilMs int64  `json:"until_ms"`
	Parts   int    `json:"parts"`
}

// WalkedTeams is the result of a job that closes or ends a month.
type WalkedTeams struct {
	Results []Walked `json:"results"`
}

// Walked is what became of one team-month, with its names.
type Walked struct {
	CloseResult
	Name    string `json:"name"`
	Commune ID     `json:"commune"`
	Unit    string `json:"commune_name"`
}

// Over reports whether a job has ended.
func (j *Job) Over() bool { return j.State != "waiting" && j.State != "running" }

// asJob asks for a job instead of an answer.
func asJob() map[string]string { return map[string]string{"Prefer": "respond-async"} }

// StartImport sends a file and gets the job that takes it in.
func (c *Client) StartImport(ctx context.Context, kind, name string, file []byte, skipBad bool) (Job, error) {
	var out Job
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/imports/" + esc(kind), query: values("skip_bad", flag(skipBad), "name", name),
		header: asJob(), body: file, mime: tableMime(file), out: &out})
	return out, err
}

// Jobs lists the newest jobs.
func (c *Client) Jobs(ctx context.Context) ([]Job, error) {
	var out struct {
		Jobs []Job `json:"jobs"`
	}
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/jobs", out: &out})
	return out.Jobs, err
}

// Job reads how one stands.
func (c *Client) Job(ctx context.Context, id ID) (Job, error) {
	var out Job
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/jobs/" + esc(string(id)), out: &out})
	return out, err
}

// CancelJob ends one that is not done.
func (c *Client) CancelJob(ctx context.Context, id ID) (Job, error) {
	var out Job
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/jobs/" + esc(string(id)) + "/cancel", out: &out})
	return out, err
}

// UndoImport starts the taking back of an import.
func (c *Client) UndoImport(ctx context.Context, id ID) (Job, error) {
	var out Job
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/jobs/" + esc(string(id)) + "/undo", out: &out})
	return out, err
}

// Obstacle is why something can't be done: what it is about, and what stands in
// the way.
type Obstacle struct {
	Ref   string `json:"ref"`
	Msg   string `json:"msg"`
	MsgVi string `json:"msg_vi"`
}

// JobResult fetches the file that a job made.
func (c *Client) JobResult(ctx context.Context, id ID) (File, error) {
	return c.paper(ctx, "/v1/jobs/"+esc(id)+"/result")
}

// StartClose is CloseCommuneMonth as a job.
func (c *Client) StartClose(ctx context.Context, unit ID, month string, teams []CloseItem) (out Job, err error) {
	in := struct {
		Teams []CloseItem `json:"teams"`
	}{teams}
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/communes/" + esc(unit) + "/months/" + esc(month) + "/close",
		header: asJob(), in: in, out: &out})
	return out, err
}

// StartFinalise is Finalise as a job.
func (c *Client) StartFinalise(ctx context.Context, month string) (out Job, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/months/" + esc(month) + "/finalise", header: asJob(), out: &out})
	return out, err
}

// Export is what a large export is asked for.
type Export struct {
	Kind   string `json:"kind"` // "activities" | "lists" | "province"
	Unit   ID     `json:"unit,omitzero"`
	From   string `json:"from"`
	To     string `json:"to"`
	Policy string `json:"policy,omitzero"`
	Format string `json:"format"` // "xlsx" | "csv" | "pdf"
}

// StartExport starts the job that makes a large table or archive.
func (c *Client) StartExport(ctx context.Context, e Export) (out Job, err error) {
	_, err = c.do(ctx, call{method: http.MethodPost, path: "/v1/exports", in: e, out: &out})
	return out, err
}
