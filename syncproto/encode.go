package syncproto

import (
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// EncodeMutation makes the bytes of a mutation; they never change afterwards.
func EncodeMutation(m *Mutation) (RawMutation, error) {
	return json.Marshal(m, json.Deterministic(true))
}

// Encode writes a message. Mutations and documents inside a Request or a
// Response are spliced in byte for byte: a general encoder would write them
// anew, and the fingerprint of a mutation is over the bytes as made.
func Encode(v any) (jsontext.Value, error) {
	switch v := v.(type) {
	case *Request:
		return v.AppendJSON(nil), nil
	case *Response:
		return v.AppendJSON(nil), nil
	}
	return json.Marshal(v, json.Deterministic(true))
}

// AppendJSON appends the message to b. The mutations must be JSON.
func (r *Request) AppendJSON(b []byte) []byte {
	n := 512
	for _, m := range r.Push.List {
		n += len(m) + 1
	}
	b = append(make([]byte, 0, len(b)+n), b...)
	b = appendInt(append(b, `{"proto":`...), int64(r.Proto))
	b = appendInt(append(b, `,"schema":`...), int64(r.Schema))
	b = appendString(append(b, `,"app":`...), r.App)
	b = appendString(append(b, `,"client":`...), string(r.Client))
	if r.Seen != nil {
		b = appendString(append(b, `,"seen":{"epoch":`...), r.Seen.Epoch)
		b = append(appendInt(append(b, `,"commit":`...), r.Seen.Commit), '}')
	}
	b = appendInt(append(b, `,"top":`...), r.Top)
	b = appendInt(append(b, `,"push":{"first":`...), r.Push.First)
	b = appendBytes16(append(b, `,"prev":`...), r.Push.Prev)
	b = append(b, `,"list":[`...)
	for i, m := range r.Push.List {
		b = append(comma(b, i), m...)
	}
	if b = append(b, "]}"...); r.Tag != "" {
		b = appendString(append(b, `,"tag":`...), r.Tag)
	} else {
		b = append(b, `,"pull":[`...)
		for i, p := range r.Pull {
			b = p.appendJSON(comma(b, i))
		}
		b = append(b, ']')
	}
	b = appendInt(append(b, `,"clock":`...), r.Clock)
	if r.Limit != 0 {
		b = appendInt(append(b, `,"limit":`...), int64(r.Limit))
	}
	return append(b, '}')
}

func (p *Pull) appendJSON(b []byte) []byte {
	b = appendString(append(b, `{"scope":`...), string(p.Scope))
	b = appendInt(append(b, `,"cur":`...), p.Cur)
	if p.Since != 0 {
		b = appendInt(append(b, `,"since":`...), p.Since)
	}
	if p.Bad {
		b = append(b, `,"bad":true`...)
	}
	return append(b, '}')
}

// AppendJSON appends the message to b. Lists that are nil are written as [],
// or left out of a brief one, as are hints that are what they always are.
func (r *Response) AppendJSON(b []byte) []byte {
	n := 512 + 160*len(r.Verdicts)
	for i := range r.Scopes {
		n += 256
		for j := range r.Scopes[i].Changes {
			n += 160 + len(r.Scopes[i].Changes[j].Doc) + len(r.Scopes[i].Changes[j].Srv)
		}
	}
	b = append(make([]byte, 0, len(b)+n), b...)
	b = appendString(append(b, `{"epoch":`...), r.Epoch)
	b = appendInt(append(b, `,"now":`...), r.Now)
	b = appendInt(append(b, `,"commit":`...), r.Commit)
	b = appendInt(append(b, `,"durable":`...), r.Durable)
	b = appendString(append(b, `,"state":`...), string(r.State))
	b = appendInt(append(b, `,"ack":`...), r.Ack)
	b = appendList(b, r.Brief, `,"verdicts":[`, r.Verdicts, (*Verdict).appendJSON)
	b = appendList(b, r.Brief, `,"scopes":[`, r.Scopes, (*ScopePage).appendJSON)
	b = appendList(b, r.Brief, `,"revoked":[`, r.Revoked, (*Revoked).appendJSON)
	b = appendInt(append(b, `,"hint":{"next_s":`...), int64(r.Hint.NextS))
	if !r.Brief || r.Hint.Blobs != usualBlobs {
		b = appendString(append(b, `,"blobs":`...), r.Hint.Blobs)
	}
	if !r.Brief || r.Hint.Upgrade != usualUpgrade {
		b = appendString(append(b, `,"upgrade":`...), r.Hint.Upgrade)
	}
	b = append(b, '}')
	if r.Tag != "" {
		b = appendString(append(b, `,"tag":`...), r.Tag)
	}
	return append(b, '}')
}

// What a brief answer doesn't say of its hint.
const (
	usualBlobs   = "wifi"
	usualUpgrade = "none"
)

func appendList[T any](b []byte, brief bool, name string, list []T, each func(*T, []byte) []byte) []byte {
	if brief && len(list) == 0 {
		return b
	}
	b = append(b, name...)
	for i := range list {
		b = each(&list[i], comma(b, i))
	}
	return append(b, ']')
}

func (v *Revoked) appendJSON(b []byte) []byte {
	b = appendString(append(b, `{"scope":`...), string(v.Scope))
	return append(appendString(append(b, `,"action":`...), v.Action), '}')
}

func (v *Verdict) appendJSON(b []byte) []byte {
	b = appendInt(append(b, `{"n":`...), v.N)
	b = appendString(append(b, `,"v":`...), string(v.V))
	if v.ID != "" {
		b = appendString(append(b, `,"id":`...), string(v.ID))
	}
	if v.Rev != 0 {
		b = appendInt(append(b, `,"rev":`...), v.Rev)
	}
	if v.Code != "" {
		b = appendString(append(b, `,"code":`...), string(v.Code))
	}
	if v.Lost != nil {
		b = append(b, `,"lost":[`...)
		for i, f := range v.Lost {
			b = appendString(comma(b, i), f)
		}
		b = append(b, ']')
	}
	if v.Case != "" {
		b = appendString(append(b, `,"case":`...), string(v.Case))
	}
	return append(b, '}')
}

func (s *ScopePage) appendJSON(b []byte) []byte {
	b = appendString(append(b, `{"scope":`...), string(s.Scope))
	b = appendInt(append(b, `,"from":`...), s.From)
	b = appendInt(append(b, `,"to":`...), s.To)
	b = strconv.AppendBool(append(b, `,"more":`...), s.More)
	b = strconv.AppendBool(append(b, `,"reset":`...), s.Reset)
	b = append(b, `,"changes":[`...)
	for i := range s.Changes {
		b = s.Changes[i].appendJSON(comma(b, i))
	}
	b = appendInt(append(b, `],"count":`...), s.Count)
	b = appendBytes16(append(b, `,"sum":`...), s.Sum)
	return append(b, '}')
}

func (c *Change) appendJSON(b []byte) []byte {
	b = appendString(append(b, `{"op":`...), string(c.Op))
	b = appendString(append(b, `,"type":`...), c.Type)
	b = appendString(append(b, `,"id":`...), string(c.ID))
	b = appendInt(append(b, `,"rev":`...), c.Rev)
	if !c.H.IsZero() {
		b = appendBytes16(append(b, `,"h":`...), c.H)
	}
	if len(c.Doc) > 0 {
		b = append(append(b, `,"doc":`...), c.Doc...)
	}
	if len(c.Srv) > 0 {
		b = append(append(b, `,"srv":`...), c.Srv...)
	}
	return append(b, '}')
}

func appendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

func appendBytes16(b []byte, v Bytes16) []byte {
	return append(b64.AppendEncode(append(b, '"'), v[:]), '"')
}

// comma appends the comma in front of every element but the first.
func comma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}
