package load

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// Phone is the least that speaks the protocol: it keeps its chain and its
// cursors and makes activities of about RecordBytes. It is not the sync engine
// (which the demo and the tests use): that one would cost more than the server.
type Phone struct {
	Person, Team syncproto.ID
	Token        string
	Client       syncproto.ID
	N            int64 // acknowledged up to here
	Conn         *Conn
	Prepared     []syncproto.ID            // records of the push under way
	session      *client.Client            // signed in as the phone
	cursors      map[syncproto.Scope]int64 // asked for at each sync
	tag          string                    // of the cursors, as the server expects them
	BodyBytes    int                       // of the last request's body as sent

	t         int64
	form      form
	chain     syncproto.Chain
	next      []byte // list of the push under way
	nextN     int64
	nextChain syncproto.Chain
}

// Cursors are a copy of what the phone asks for.
func (p *Phone) Cursors() map[syncproto.Scope]int64 { return maps.Clone(p.cursors) }

// Rewind sets the cursors, by a full list in the next sync.
func (p *Phone) Rewind(to map[syncproto.Scope]int64) { p.cursors, p.tag = maps.Clone(to), "" }

// RecordBytes is about the size of an activity's mutation.
const RecordBytes = 760

// filler makes a record as long as the published load says.
var filler = strings.Repeat("Hướng dẫn bà con nộp hồ sơ trực tuyến tại nhà văn hoá. ", 8)

// form is an activity's mutation as bytes, cut where its id and its time go, so
// that the generator encodes once for a phone and a day.
type form struct {
	day   string
	parts [3][]byte
}

// Values that form looks for; t is one that no phone reaches.
const (
	formID syncproto.ID = "AAAAAAAAAAAAAAAAAAAAAA"
	formT  int64        = 987654321012345
)

func (p *Phone) formOf(day string) (f form) {
	raw, err := syncproto.EncodeMutation(&syncproto.Mutation{
		Op: syncproto.OpCreate, Type: syncproto.TypeActivity, ID: formID, By: p.Person, T: formT,
		Set: syncproto.Doc{
			"team": syncproto.Str(string(p.Team)), "done_on": syncproto.Str(day),
			"category": syncproto.Str("DVC_NOP_HO_SO"), "note": syncproto.Str(filler),
			"measures": []byte(`{"so_ho_so":3,"so_nguoi":2}`),
		},
	})
	if err != nil {
		panic(err) // a constant shape
	}
	f.day = day
	head, rest, okID := bytes.Cut(raw, []byte(formID))
	mid, tail, okT := bytes.Cut(rest, strconv.AppendInt(nil, formT, 10))
	if !okID || !okT {
		panic("load: the id comes before the time in a mutation's bytes")
	}
	f.parts = [3][]byte{head, mid, tail}
	return f
}

// appendActivity appends the bytes of one new activity.
func (p *Phone) appendActivity(b []byte, day string) ([]byte, syncproto.ID) {
	if p.form.day != day {
		p.form = p.formOf(day)
	}
	p.t++
	id := syncproto.NewRecordID(rand.Reader, time.Now())
	b = append(append(b, p.form.parts[0]...), id...)
	b = append(strconv.AppendInt(append(b, p.form.parts[1]...), p.t, 10), p.form.parts[2]...)
	return b, id
}

// Prepare makes the list of the next push.
func (p *Phone) Prepare(perPush int, day string) {
	b := make([]byte, 0, perPush*(RecordBytes+40))
	p.nextN, p.nextChain, p.Prepared = p.N, p.chain, nil
	for i := range perPush {
		if i > 0 {
			b = append(b, ',')
		}
		at := len(b)
		var id syncproto.ID
		b, id = p.appendActivity(b, day)
		p.Prepared = append(p.Prepared, id)
		p.nextN++
		p.nextChain = syncproto.NextChain(p.nextChain, syncproto.Fingerprint(b[at:]))
	}
	p.next = b
}

// PreparedBytes is the length of the prepared mutations as JSON.
func (p *Phone) PreparedBytes() int { return len(p.next) }

// body is the request that carries the prepared list (or none).
func (p *Phone) body() []byte {
	b := make([]byte, 0, len(p.next)+600)
	b = fmt.Appendf(b, `{"proto":1,"schema":1,"app":"load","client":%q,"top":%d,"push":{"first":%d,"prev":%q,"list":[`,
		string(p.Client), max(p.N, p.nextN), p.N+1, p.chain.String())
	b = append(b, p.next...)
	if p.tag != "" {
		return fmt.Appendf(b, `]},"tag":%q,"clock":%d}`, p.tag, time.Now().UnixMilli())
	}
	b = append(b, `]},"pull":[`...)
	first := true
	for s, cur := range p.cursors {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = fmt.Appendf(b, `{"scope":%q,"cur":%d}`, string(s), cur)
	}
	return fmt.Appendf(b, `],"clock":%d}`, time.Now().UnixMilli())
}

// Sync sends what is prepared and takes in the answer.
func (p *Phone) Sync(zip bool) (a Answer, r *syncproto.Response, err error) {
	q := Request{Method: "POST", Path: "/v1/sync", Token: p.Token, Body: p.body()}
	if zip {
		q.Extra = "Accept-Encoding: gzip\r\n"
	}
	if zip && len(q.Body) >= syncproto.GzipFrom {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		w.Write(q.Body)
		w.Close()
		q.Body, q.Extra = z.Bytes(), q.Extra+"Content-Encoding: gzip\r\n"
	}
	p.BodyBytes = len(q.Body)
	if a, err = p.Conn.Do(q); err != nil || a.Status != 200 {
		return a, nil, err
	}
	if a.Header.Get("Content-Encoding") == "gzip" {
		if a.Body, err = inflate(a.Body); err != nil {
			return a, nil, err
		}
	}
	if r, err = syncproto.DecodeResponse(a.Body); err != nil {
		return a, nil, err
	}
	if len(p.next) > 0 && (r.State != syncproto.StateOK || r.Ack != p.nextN) {
		return a, r, fmt.Errorf("load: pushed up to %d, state %s, ack %d", p.nextN, r.State, r.Ack)
	}
	for _, v := range r.Verdicts {
		if v.V != syncproto.Applied {
			return a, r, fmt.Errorf("load: verdict %s %s", v.V, v.Code)
		}
	}
	for _, s := range r.Scopes {
		p.cursors[s.Scope] = s.To
	}
	if r.Tag != "" || len(r.Scopes) > 0 {
		p.tag = p.expected(r.Tag)
	}
	if len(p.next) > 0 {
		p.N, p.chain, p.next = p.nextN, p.nextChain, nil
	}
	return a, r, nil
}

// expected is the server's tag if it is that of the phone's own cursors.
func (p *Phone) expected(tag string) string {
	var list []syncproto.Pull
	for s, cur := range p.cursors {
		list = append(list, syncproto.Pull{Scope: s, Cur: cur})
	}
	if tag == "" || tag != syncproto.PullTag(list) {
		return ""
	}
	return tag
}

// Drain syncs until no page is left to fetch.
func (p *Phone) Drain() error {
	for {
		a, r, err := p.Sync(true)
		if err != nil {
			return err
		}
		if a.Status != 200 {
			return fmt.Errorf("load: status %d: %.200s", a.Status, a.Body)
		}
		more := false
		for _, s := range r.Scopes {
			more = more || s.More
		}
		more = more || r.Tag == syncproto.NoTag
		if !more {
			return nil
		}
	}
}

func inflate(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	_, err = out.ReadFrom(z)
	return out.Bytes(), err
}
