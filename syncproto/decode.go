package syncproto

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
)

// Errors of the envelope.
var (
	// ErrEnvelope is wrapped by every refusal of a message as a whole.
	ErrEnvelope = errors.New("bad envelope")
	// ErrProto says that the envelope is of a protocol this code doesn't speak.
	ErrProto = errors.New("protocol version is not spoken here")
)

// maxLabel bounds the strings of an envelope (epoch, app, scope), in bytes.
const maxLabel = 128

// DecodeRequest reads the envelope of a sync strictly: unknown members,
// duplicate names, invalid UTF-8, null and trailing data are refused. The
// mutations only have to be JSON; what else is wrong with one of them is found
// by DecodeMutation and is no error of the request. They are parts of body,
// which must not change as long as the request is in use.
func DecodeRequest(body []byte) (*Request, error) {
	p := &parser{in: body} // out is only scratch here
	r := new(Request)
	err := p.request(r)
	if err == nil {
		err = p.end()
	}
	if err == nil {
		err = r.check()
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEnvelope, err)
	}
	return r, nil
}

// memberSet remembers which members of an object were read, one bit each.
type memberSet uint16

// add refuses the second of a name; i is the member's place in its object.
func (m *memberSet) add(i int) error {
	if *m&(1<<i) != 0 {
		return errDuplicate
	}
	*m |= 1 << i
	return nil
}

// membersOf reads an object whose members are known by name; read gets the
// index in names. Unknown and repeated names are refused.
func (p *parser) membersOf(names []string, read func(i int) error) error {
	var had memberSet
	return p.each('{', func() error {
		name, err := p.name()
		if err != nil {
			return err
		}
		for i, n := range names {
			if n != name {
				continue
			}
			if err := had.add(i); err != nil {
				return fmt.Errorf("%s: %w", n, err)
			}
			if err := read(i); err != nil {
				return fmt.Errorf("%s: %w", n, err)
			}
			return nil
		}
		return fmt.Errorf("%.40q: %w", name, errUnknown)
	})
}

var requestMembers = []string{"proto", "schema", "app", "client", "seen", "top", "push", "pull", "clock", "limit", "tag"}

func (p *parser) request(r *Request) error {
	return p.membersOf(requestMembers, func(i int) (err error) {
		switch i {
		case 0:
			r.Proto, err = p.small()
		case 1:
			r.Schema, err = p.small()
		case 2:
			r.App, err = p.label()
		case 3:
			r.Client, err = p.id()
		case 4:
			r.Seen = new(Seen)
			err = p.seen(r.Seen)
		case 5:
			r.Top, err = p.int()
		case 6:
			err = p.push(&r.Push)
		case 7:
			err = p.each('[', func() error { return p.pull(r) })
		case 8:
			r.Clock, err = p.int()
		case 9:
			r.Limit, err = p.small()
		case 10:
			r.Tag, err = p.label()
		}
		return err
	})
}

func (p *parser) seen(s *Seen) error {
	return p.membersOf([]string{"epoch", "commit"}, func(i int) (err error) {
		if i == 0 {
			s.Epoch, err = p.label()
		} else {
			s.Commit, err = p.int()
		}
		return err
	})
}

func (p *parser) push(u *Push) error {
	return p.membersOf([]string{"first", "prev", "list"}, func(i int) (err error) {
		switch i {
		case 0:
			u.First, err = p.int()
		case 1:
			u.Prev, err = p.bytes16()
		case 2:
			u.List = make([]RawMutation, 0, 16)
			err = p.each('[', func() error { return p.element(u) })
		}
		return err
	})
}

// element takes the bytes of one mutation as they are.
func (p *parser) element(u *Push) error {
	if len(u.List) == MaxMutationsPerPush {
		return errors.New("too many mutations")
	}
	p.peek()
	end, err := skipValue(p.in, p.i)
	if err == nil {
		u.List = append(u.List, p.in[p.i:end:end])
		p.i = end
	}
	return err
}

func (p *parser) pull(r *Request) error {
	if len(r.Pull) == MaxScopesPerRequest {
		return errors.New("too many scopes")
	}
	var u Pull
	err := p.membersOf([]string{"scope", "cur", "since", "bad"}, func(i int) (err error) {
		switch i {
		case 0:
			var s string
			s, err = p.label()
			u.Scope = Scope(s)
		case 1:
			u.Cur, err = p.int()
		case 2:
			u.Since, err = p.int()
		case 3:
			u.Bad, err = p.bool()
		}
		return err
	})
	r.Pull = append(r.Pull, u)
	return err
}

// check looks at what types alone don't say.
func (r *Request) check() error {
	switch {
	case r.Proto < ProtoMin || r.Proto > ProtoCurrent:
		return ErrProto
	case r.Schema < 0:
		return errors.New("schema is negative")
	case r.Client == "":
		return errors.New("client is missing")
	case r.Top < 0 || r.Push.First < 1 || r.Limit < 0:
		return errors.New("top, first and limit count from 0, 1 and 0")
	case len(r.Push.List) > 0 && r.Top < r.Push.First+int64(len(r.Push.List))-1:
		return errors.New("top is below the last mutation")
	case r.Tag != "" && len(r.Pull) > 0:
		return errors.New("a tag stands for the list that it is sent with")
	case r.Seen != nil && (r.Seen.Epoch == "" || r.Seen.Commit < 0):
		return errors.New("seen names an epoch and a commit")
	}
	for _, u := range r.Pull {
		if u.Scope == "" || u.Cur < 0 || u.Since < 0 {
			return errors.New("pull names a scope; cur and since are not negative")
		}
	}
	return nil
}

// DecodeResponse reads the answer of a sync. Unknown members are ignored, for
// a phone may be older than its server; what is known must be whole.
func DecodeResponse(body []byte) (*Response, error) {
	var r Response
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEnvelope, err)
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrEnvelope, err)
	}
	r.Hint.Blobs = cmp.Or(r.Hint.Blobs, usualBlobs)
	r.Hint.Upgrade = cmp.Or(r.Hint.Upgrade, usualUpgrade)
	return &r, nil
}

func (r *Response) check() error {
	switch r.State {
	case StateOK, StateRotate, StateLost, StateBusy:
	default:
		return errors.New("state is missing or unknown")
	}
	if r.Epoch == "" || r.Commit < 0 || r.Durable < 0 || r.Ack < 0 {
		return errors.New("epoch, commit, durable or ack is missing or negative")
	}
	for i := range r.Scopes {
		s := &r.Scopes[i]
		if s.Scope == "" || s.From < 0 || s.To < s.From || s.Count < 0 {
			return errors.New("a page has no scope, or runs backwards")
		}
		for j := range s.Changes {
			if err := s.Changes[j].check(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Change) check() error {
	if _, err := ParseID(string(c.ID)); err != nil {
		return err
	}
	switch {
	case c.Type == "" || c.Rev < 0:
		return errors.New("a change has no type or rev")
	case c.Op == ChangePut && c.Doc.Kind() != '{':
		return errors.New("a put without its document")
	case c.Op == ChangeAck && len(c.Srv) > 0 && c.Srv.Kind() != '{':
		return errors.New("srv is not an object")
	}
	switch c.Op {
	case ChangePut, ChangeAck, ChangeDel, ChangeLeave:
		return nil
	}
	return errors.New("unknown kind of change")
}
