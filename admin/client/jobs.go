package client

import (
	"context"
	"net/http"
)

// Job is long work beside the requests.
type Job struct {
	ID      ID     `json:"id"`
	Kind    string `json:"kind"`  // "import" | "undo"
	State   string `json:"state"` // "waiting" | "running" | "done" | "failed" | "cancelled"
	By      ID     `json:"by"`
	Name    string `json:"name,omitzero"` // of who started it
	MadeMs  int64  `json:"made_ms"`
	EndMs   int64  `json:"end_ms,omitzero"`
	Rows    int    `json:"rows,omitzero"` // done so far
	Of      int    `json:"of,omitzero"`
	What    string `json:"what"` // kind of the file
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
	Msg    string     `json:"msg,omitzero"`
	MsgVi  string     `json:"msg_vi,omitzero"`
	Stands []Obstacle `json:"stands,omitzero"` // why an import can't be taken back
	Undoes ID         `json:"undoes,omitzero"`
	Undone ID         `json:"undone,omitzero"`
}

// StartImport sends a file and gets the job that takes it in.
func (c *Client) StartImport(ctx context.Context, kind, name string, file []byte, skipBad bool) (Job, error) {
	var out Job
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/imports/" + esc(kind), query: values("skip_bad", flag(skipBad), "name", name),
		header: map[string]string{"Prefer": "respond-async"}, body: file, mime: tableMime(file), out: &out})
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
