package client

import (
	"context"
	"net/http"
)

// AuditLine is one line of who saw and changed what.
type AuditLine struct {
	ID     ID     `json:"id"`
	AtMs   int64  `json:"at_ms"`
	At     string `json:"at"` // in UTC+7
	By     ID     `json:"by"`
	Name   string `json:"name"`
	Kind   string `json:"kind"` // method and route
	Read   bool   `json:"read"` // looked at personal data; else changed something
	Unit   ID     `json:"unit"`
	Place  string `json:"place"`
	Team   ID     `json:"team"`
	Thing  ID     `json:"thing"`
	About  string `json:"about"`
	Month  string `json:"month"`
	Device ID     `json:"device"`
}

// AuditQuery narrows a search; what is empty does not.
type AuditQuery struct {
	Person, Unit     ID
	Kind, What, Text string // What: "read" | "change"
	From, To, Cursor string
}

// AuditLog returns a page of the log, newest first; next is "" on the last one.
func (c *Client) AuditLog(ctx context.Context, q AuditQuery) (lines []AuditLine, next string, err error) {
	var out struct {
		Lines []AuditLine `json:"lines"`
		Next  string      `json:"next,omitzero"`
	}
	_, err = c.do(ctx, call{method: http.MethodGet, path: "/v1/audit", query: values("person", string(q.Person), "unit", string(q.Unit), "kind", q.Kind,
		"what", q.What, "q", q.Text, "from", q.From, "to", q.To, "cursor", q.Cursor), out: &out})
	return out.Lines, out.Next, err
}
