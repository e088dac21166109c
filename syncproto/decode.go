package syncproto

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ErrEnvelope is wrapped by every refusal of a request's envelope.
var ErrEnvelope = errors.New("bad envelope")

// DecodeRequest reads the envelope of a sync strictly: unknown members,
// duplicate keys, invalid UTF-8, null and trailing data are refused. The
// mutations are not read.
func DecodeRequest(body []byte) (*Request, error) {
	var r Request
	if err := json.Unmarshal(body, &r, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEnvelope, err)
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEnvelope, err)
	}
	return &r, nil
}

func (r *Request) check() error {
	switch {
	case r.Proto < ProtoMin:
		return errors.New("proto is missing or too old")
	case r.Client == "":
		return errors.New("client is missing")
	case r.Top < 0 || r.Push.First < 1 || r.Limit < 0:
		return errors.New("top, first and limit count from 0, 1 and 0")
	case len(r.Push.List) > MaxMutationsPerPush:
		return errors.New("too many mutations")
	case len(r.Pull) > MaxScopesPerRequest:
		return errors.New("too many scopes")
	case len(r.Push.List) > 0 && r.Top < r.Push.First+int64(len(r.Push.List))-1:
		return errors.New("top is below the last mutation")
	}
	if _, err := ParseID(string(r.Client)); err != nil {
		return fmt.Errorf("client: %w", err)
	}
	for _, p := range r.Pull {
		if p.Cur < 0 || p.Since < 0 {
			return errors.New("cur and since are not negative")
		}
	}
	return nil
}

// DecodeMutation reads one mutation strictly and leaves the values of its
// documents canonical. An error means: set aside as invalid.
func DecodeMutation(raw RawMutation) (*Mutation, error) {
	var m Mutation
	if err := json.Unmarshal(raw, &m, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	for _, id := range []ID{m.ID, m.By} {
		if _, err := ParseID(string(id)); err != nil {
			return nil, err
		}
	}
	if m.Op == "" || m.Type == "" {
		return nil, fmt.Errorf("%w: op or type is missing", ErrProfile)
	}
	for _, d := range []Doc{m.Set, m.Was, m.Args} {
		if err := canonFields(d); err != nil {
			return nil, err
		}
	}
	for _, s := range []Sets{m.Add, m.Del} {
		for f, list := range s {
			for _, e := range list {
				if !asciiKey(f) || e == "" || !IsNFC(e) {
					return nil, fmt.Errorf("%w: element of a set", ErrProfile)
				}
			}
		}
	}
	return &m, nil
}

// canonFields makes the values of a mutation's document canonical; null means
// "remove this field" or "nothing was there" and stays.
func canonFields(d Doc) error {
	for k, v := range d {
		if !asciiKey(k) {
			return fmt.Errorf("%w: key is not printable ASCII", ErrProfile)
		}
		if v.Kind() == 'n' {
			continue
		}
		c, err := CanonicalValue(v, 2)
		if err != nil {
			return fmt.Errorf("%s: %w", k, err)
		}
		d[k] = c
	}
	return nil
}

// EncodeMutation makes the bytes of a mutation; they never change afterwards.
func EncodeMutation(m *Mutation) (RawMutation, error) {
	return json.Marshal(m, json.Deterministic(true))
}

// DecodeResponse reads the answer of a sync. Unknown members are ignored, for
// a phone may be older than its server.
func DecodeResponse(body []byte) (*Response, error) {
	var r Response
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEnvelope, err)
	}
	return &r, nil
}

// Encode writes a message; jsontext values are copied as they are.
func Encode(v any) (jsontext.Value, error) { return json.Marshal(v, json.Deterministic(true)) }
