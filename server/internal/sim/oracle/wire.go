package oracle

import "encoding/json"

// Request and its parts are the wire form as the oracle reads it.
type Request struct {
	Client string
	Seen   *struct {
		Epoch  string
		Commit int64
	}
	Top  int64
	Push struct {
		First int64
		Prev  string
		List  []json.RawMessage
	}
	Pull []Pull
}

// Pull asks for one scope.
type Pull struct {
	Scope string
	Cur   int64
	Since int64
	Bad   bool
}

// Response is an answer of a sync.
type Response struct {
	Epoch    string
	Now      int64
	Commit   int64
	Durable  int64
	State    string
	Ack      int64
	Verdicts []Verdict
	Scopes   []Page
	Revoked  []struct{ Scope, Action string }
}

// Verdict is what became of mutation N.
type Verdict struct {
	N    int64    `json:"n"`
	V    string   `json:"v"`
	ID   string   `json:"id"`
	Rev  int64    `json:"rev"`
	Code string   `json:"code"`
	Lost []string `json:"lost"`
	Case string   `json:"case"`
}

// Page is one page of a scope.
type Page struct {
	Scope    string
	From, To int64
	More     bool
	Reset    bool
	Changes  []Change
	Count    int64
	Sum      string
}

// Change is one record's newest state in a scope.
type Change struct {
	Op, Type, ID string
	Rev          int64
	H            string
	Doc          json.RawMessage
	Srv          json.RawMessage
}

// Mutation is what the oracle understands of a mutation's bytes.
type Mutation struct {
	Op   string                     `json:"op"`
	Type string                     `json:"type"`
	ID   string                     `json:"id"`
	By   string                     `json:"by"`
	T    int64                      `json:"t"`
	At   string                     `json:"at"`
	Set  map[string]json.RawMessage `json:"set"`
	Was  map[string]json.RawMessage `json:"was"`
	Seen string                     `json:"seen"`
	Add  map[string][]string        `json:"add"`
	Del  map[string][]string        `json:"del"`
	Args map[string]json.RawMessage `json:"args"`
}

func decode(b []byte, into any) error { return json.Unmarshal(b, into) }

// ReadMutation reads a mutation; ok is false for bytes that are none.
func ReadMutation(raw []byte) (m Mutation, ok bool) {
	return m, decode(raw, &m) == nil
}

// text returns a JSON string's value, "" for anything else.
func text(v json.RawMessage) (s string) {
	_ = json.Unmarshal(v, &s)
	return s
}
