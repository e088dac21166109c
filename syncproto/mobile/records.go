package mobile

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

type draft struct {
	Op   syncproto.Op   `json:"op"`
	Type string         `json:"type"`
	ID   syncproto.ID   `json:"id,omitzero"`
	Set  syncproto.Doc  `json:"set,omitzero"`
	Add  syncproto.Sets `json:"add,omitzero"`
	Del  syncproto.Sets `json:"del,omitzero"`
	Args syncproto.Doc  `json:"args,omitzero"`
	Seen syncproto.Hash `json:"seen,omitzero"`
}

type shown struct {
	Type    string        `json:"type"`
	ID      syncproto.ID  `json:"id"`
	Doc     syncproto.Doc `json:"doc"`
	Rev     int64         `json:"rev"`
	Pending int           `json:"pending"`
	Deleted bool          `json:"deleted,omitzero"`
}

func shownOf(s client.Shown) shown {
	return shown{s.Type, s.ID, s.Doc, s.Rev, s.Pending, s.Deleted}
}

type verdict struct {
	ServerMs int64          `json:"server_ms"`
	Op       syncproto.Op   `json:"op"`
	Type     string         `json:"type"`
	ID       syncproto.ID   `json:"id,omitzero"`
	V        syncproto.V    `json:"v"`
	Code     syncproto.Code `json:"code,omitzero"`
	Case     syncproto.ID   `json:"case,omitzero"`
	Lost     []string       `json:"lost,omitzero"`
}

// NewID makes an id for a record.
func (p *Phone) NewID() (string, error) {
	e, err := p.open()
	if err != nil {
		return "", err
	}
	return string(e.NewID()), nil
}

// Log saves what the person did and returns the id of its record. What it
// returns without an error is on the disk.
func (p *Phone) Log(draftJSON []byte) (string, error) {
	e, err := p.open()
	if err != nil {
		return "", err
	}
	var d draft
	if err := json.Unmarshal(draftJSON, &d, json.RejectUnknownMembers(true)); err != nil {
		return "", fmt.Errorf("mobile: draft: %w", err)
	}
	s, err := e.Do(client.Draft(d))
	return string(s.ID), err
}

// View returns one record as it is to be shown.
func (p *Phone) View(typ, id string) ([]byte, error) {
	e, err := p.open()
	if err != nil {
		return nil, err
	}
	s, err := e.View(client.Key{Type: typ, ID: syncproto.ID(id)})
	if err != nil {
		return nil, err
	}
	return syncproto.Encode(shownOf(s))
}

// List returns the records of a type in a scope as they are to be shown, an
// array by id.
func (p *Phone) List(typ, scope string) ([]byte, error) {
	e, err := p.open()
	if err != nil {
		return nil, err
	}
	list, err := e.List(typ, syncproto.Scope(scope))
	if err != nil {
		return nil, err
	}
	out := make([]shown, len(list))
	for i, s := range list {
		out[i] = shownOf(s)
	}
	return syncproto.Encode(out)
}

// Verdicts returns what the person should see of the server's decisions, an
// array, newest first.
func (p *Phone) Verdicts() ([]byte, error) {
	e, err := p.open()
	if err != nil {
		return nil, err
	}
	list, err := e.Log()
	if err != nil {
		return nil, err
	}
	out := make([]verdict, len(list))
	for i, l := range list {
		v := l.Verdict
		out[i] = verdict{l.ServerMs, l.Op, l.Type, v.ID, v.V, v.Code, v.Case, v.Lost}
	}
	return syncproto.Encode(out)
}

// Export returns everything of this phone that the server's backups may not
// hold, to be carried to another one.
func (p *Phone) Export() ([]byte, error) {
	e, err := p.open()
	if err != nil {
		return nil, err
	}
	return e.Export()
}

// Import takes over an exported file of the same person and returns how many
// mutations were new.
func (p *Phone) Import(file []byte) (int, error) {
	e, err := p.open()
	if err != nil {
		return 0, err
	}
	return e.Import(file)
}

// AddScope asks for an older month.
func (p *Phone) AddScope(scope string) error {
	e, err := p.open()
	if err != nil {
		return err
	}
	return e.AddScope(syncproto.Scope(scope))
}
