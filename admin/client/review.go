package client

import (
	"context"
	"net/http"
	"strconv"

	"github.com/banso/banso/syncproto"
	"github.com/go-json-experiment/json/jsontext"
)

// QueueItem is a submission that waits for the chair.
type QueueItem struct {
	Type        string         `json:"type"` // "activity" | "report"
	ID          ID             `json:"id"`
	Rev         int64          `json:"rev"`
	C           string         `json:"c"` // what a decision names as seen
	Doc         jsontext.Value `json:"doc"`
	Risks       []string       `json:"risks"`            // codes of what is odd about it, riskiest first in the queue
	Changed     bool           `json:"changed,omitzero"` // changed since somebody looked
	SubmittedMs int64          `json:"submitted_ms,omitzero"`
	Comments    int            `json:"comments,omitzero"`
}

// Queue is a page of the review queue; Next is "" on the last one.
type Queue struct {
	Items []QueueItem   `json:"items"`
	Next  string        `json:"next,omitzero"`
	Total int64         `json:"total"`
	Names map[ID]string `json:"names"` // of the page's authors
	Texts []RiskText    `json:"risk_texts"`
}

// RiskText is what a risk says.
type RiskText struct {
	Risk string `json:"risk"`
	Vi   string `json:"vi"`
	En   string `json:"en"`
}

// ReviewQueue lists what waits for a commune's decision. limit 0 is the
// server's choice.
func (c *Client) ReviewQueue(ctx context.Context, commune ID, month, cursor string, limit int) (Queue, error) {
	return c.Reviewed(ctx, commune, month, "", cursor, limit)
}

// Reviewed lists what stands in a state: "approved", "returned", "rejected";
// "" is what waits.
func (c *Client) Reviewed(ctx context.Context, commune ID, month, state, cursor string, limit int) (Queue, error) {
	l := ""
	if limit > 0 {
		l = strconv.Itoa(limit)
	}
	var q Queue
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/review/queue",
		query: values("commune", string(commune), "month", month, "state", state, "cursor", cursor, "limit", l), out: &q})
	return q, err
}

// Decision is one review. Key is made by the client and kept for a repeat.
type Decision struct {
	Key      ID     `json:"key"`
	Type     string `json:"type"`
	ID       ID     `json:"id"`
	Seen     string `json:"seen"`            // the c that was looked at
	Decision string `json:"decision"`        // "approve" | "return" | "reject" | "revoke"
	Reason   string `json:"reason,omitzero"` // required unless approving
	Waive    bool   `json:"waive,omitzero"`  // waive the evidence; needs a reason
}

// Review decides a list; the verdicts come in its order. At most
// syncproto.MaxMutationsPerPush a call.
func (c *Client) Review(ctx context.Context, list []Decision) ([]syncproto.Verdict, error) {
	in := struct {
		Decisions []Decision `json:"decisions"`
	}{list}
	var out struct {
		Verdicts []syncproto.Verdict `json:"verdicts"`
	}
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/review/decisions", in: in, out: &out})
	return out.Verdicts, err
}

// Activity is a record of type activity with its history.
type Activity struct {
	ID      ID             `json:"id"`
	Rev     int64          `json:"rev"`
	H       string         `json:"h"`
	C       string         `json:"c"`
	Deleted bool           `json:"deleted,omitzero"`
	Doc     jsontext.Value `json:"doc,omitzero"`
	History []Version      `json:"history"` // newest first
	Names   map[ID]string  `json:"names"`   // of the people who made the changes
}

// Version is one change of a record: Before has the values it replaced.
type Version struct {
	Rev    int64          `json:"rev"`
	AtMs   int64          `json:"at_ms"`
	By     ID             `json:"by,omitzero"`
	Op     string         `json:"op"`
	Before jsontext.Value `json:"before,omitzero"`
	Added  []string       `json:"added,omitzero"`
	Lost   jsontext.Value `json:"lost,omitzero"` // values that lost a merge
}

// Activity returns an activity and how it came to be what it is.
func (c *Client) Activity(ctx context.Context, id ID) (Activity, error) {
	var a Activity
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/activities/" + esc(id), out: &a})
	return a, err
}

// Comment is a remark of the commune's office on an activity.
type Comment struct {
	ID   ID     `json:"id"`
	By   ID     `json:"by"`
	Name string `json:"name"`
	AtMs int64  `json:"at_ms"`
	Text string `json:"text"`
}

type comments struct {
	Comments []Comment `json:"comments"`
}

// Comments lists the remarks on an activity, oldest first.
func (c *Client) Comments(ctx context.Context, id ID) ([]Comment, error) {
	var out comments
	_, err := c.do(ctx, call{method: http.MethodGet, path: "/v1/activities/" + esc(id) + "/comments", out: &out})
	return out.Comments, err
}

// Comment adds a remark and returns all. Key is made by the caller and kept
// for a repeat.
func (c *Client) Comment(ctx context.Context, id, key ID, text string) ([]Comment, error) {
	in := struct {
		Key  ID     `json:"key"`
		Text string `json:"text"`
	}{key, text}
	var out comments
	_, err := c.do(ctx, call{method: http.MethodPost, path: "/v1/activities/" + esc(id) + "/comments", in: in, out: &out})
	return out.Comments, err
}
