package jobs

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// State of a job.
type State string

const (
	Waiting   State = "waiting"
	Running   State = "running" // never stored: it waits until it is done
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Kind of a job.
type Kind string

const (
	Import   Kind = "import"
	Undo     Kind = "undo"     // of an import
	Close    Kind = "close"    // of the months of teams that somebody confirms
	Finalise Kind = "finalise" // of a month of the province
	WhatIf   Kind = "what_if"  // of a policy
	Export   Kind = "export"   // of a table or of papers
)

// Job is the document of record type "job".
type Job struct {
	ID     domain.ID `json:"id"`
	Kind   Kind      `json:"kind"`
	State  State     `json:"state"`
	By     domain.ID `json:"by"`
	Name   string    `json:"name,omitzero"` // of who started it, when it is read
	MadeMs int64     `json:"made_ms"`
	EndMs  int64     `json:"end_ms,omitzero"`
	// How far it is; of nothing: not known yet.
	Rows int `json:"rows,omitzero"`
	Of   int `json:"of,omitzero"`

	What    string  `json:"what"`          // import: kind of the file; close, finalise: the month; export: of what; what_if: the policy
	File    string  `json:"file,omitzero"` // import: its name
	SkipBad bool    `json:"skip_bad,omitzero"`
	Report  *Report `json:"report,omitzero"`
	Result  *Result `json:"result,omitzero"` // what it made, to be fetched
	Msg     string  `json:"msg,omitzero"`    // what came of it, or why it failed; English
	MsgVi   string  `json:"msg_vi,omitzero"`
	// Stands are what was built on an import, for which it can't be taken back.
	Stands []roster.Obstacle `json:"stands,omitzero"`
	Undoes domain.ID         `json:"undoes,omitzero"` // undo: which import
	Undone domain.ID         `json:"undone,omitzero"` // import: by which job it was taken back
}

// Report is what an import did, with the rows that ask for a look.
type Report struct {
	Read      string             `json:"read"`
	Created   int                `json:"created"`
	Updated   int                `json:"updated"`
	Unchanged int                `json:"unchanged"`
	Bad       int                `json:"bad"`
	Rows      []roster.RowResult `json:"rows"` // bad or noted, at most maxReportRows
}

// Result is the file that a job made. Who asked for it may fetch it for a week.
type Result struct {
	Name    string `json:"name"`
	MIME    string `json:"mime"`
	Bytes   int    `json:"bytes"`
	UntilMs int64  `json:"until_ms"`
	Parts   int    `json:"parts"`
}

// maxReportRows are kept with a job.
const maxReportRows = 200

func reportOf(rep *roster.ImportReport) *Report {
	out := &Report{Read: rep.Read, Created: rep.Created, Updated: rep.Updated, Unchanged: rep.Unchanged, Bad: rep.Bad, Rows: []roster.RowResult{}}
	for _, r := range rep.Rows {
		if (r.Status == roster.Bad || r.Note != "") && len(out.Rows) < maxReportRows {
			out.Rows = append(out.Rows, r)
		}
	}
	return out
}

// Where jobs are.
const (
	typeJob    = "job"
	dueJob     = "job"
	kindInput  = "job_in"
	kindTrace  = "job_trace"
	kindOutput = "job_out"
	kindStand  = "job_stand"
	scopeJobs  = syncproto.Scope("sys:jobs")
	keepTraces = 90 * 24 * time.Hour // in which an import can be taken back
	keepOutput = 7 * 24 * time.Hour  // in which a result can be fetched
)

func key(id domain.ID) store.Key { return store.Key{Type: typeJob, ID: id} }

func (j *Job) put(tx store.Tx) error {
	doc, err := syncproto.DocOf(j)
	if err != nil {
		return err
	}
	_, err = tx.Put(store.Put{Key: key(j.ID), Doc: doc, Scopes: []syncproto.Scope{scopeJobs, scopeJobs + syncproto.Scope("/"+j.By)},
		Cause: store.Cause{By: j.By, Op: "job"}})
	return err
}

// end writes how a job ended; what it was given is not needed any more.
func (j *Job) end(tx store.Tx, s State) error {
	j.State, j.EndMs = s, tx.Now().UnixMilli()
	err := errors.Join(j.put(tx), tx.ClearDue(dueJob, string(j.ID)), tx.DeleteCredential(kindInput, string(j.ID)), drop(tx, kindStand, j.ID))
	if j.Result == nil {
		err = errors.Join(err, drop(tx, kindOutput, j.ID)) // parts of one that was stopped while it wrote
	}
	return err
}

func load(r store.Reader, id domain.ID) (*Job, error) {
	rec, err := r.Record(key(id))
	if errors.Is(err, store.ErrNotFound) {
		return nil, domain.E(domain.NotFound, "There is no such job.", "Không tìm thấy việc này.")
	}
	if err != nil {
		return nil, err
	}
	j := &Job{}
	return j, json.Unmarshal(rec.Doc, j)
}

// packed is a document kept small.
type packed struct {
	Gz []byte `json:"gz"`
}

func pack(b []byte) (packed, error) {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	_, err := z.Write(b)
	err = errors.Join(err, z.Close())
	return packed{buf.Bytes()}, err
}

func (p packed) open() ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(p.Gz))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	return io.ReadAll(z)
}
