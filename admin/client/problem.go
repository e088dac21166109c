package client

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
)

// ErrNotModified says that what was asked for has not changed since the ETag
// that was sent.
var ErrNotModified = errors.New("not modified")

// Problem is an answer that is no success (RFC 9457). Code is stable and for
// programs; the titles are for people.
type Problem struct {
	Type     string        `json:"type"`
	Status   int           `json:"status"`
	Code     string        `json:"code"`
	Title    string        `json:"title"`
	TitleVi  string        `json:"title_vi"`
	Detail   string        `json:"detail,omitzero"`
	DetailVi string        `json:"detail_vi,omitzero"`
	Field    string        `json:"field,omitzero"`
	Instance string        `json:"instance,omitzero"` // id of the request, for whoever reads the log
	Retry    time.Duration `json:"-"`                 // from Retry-After; 0: not said
}

func (p *Problem) Error() string {
	s := fmt.Sprintf("server answered %d %s", p.Status, p.Code)
	if p.Detail != "" {
		return s + ": " + p.Detail
	}
	return s + ": " + p.Title
}

// AsProblem returns the problem in an error, nil if there is none.
func AsProblem(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return nil
}

func readProblem(res *http.Response, body []byte) error {
	p := &Problem{}
	if json.Unmarshal(body, p) != nil || p.Code == "" {
		p = &Problem{Code: "not_a_problem", Title: http.StatusText(res.StatusCode)}
	}
	p.Status = res.StatusCode
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		p.Retry = time.Duration(s) * time.Second
	}
	return p
}
