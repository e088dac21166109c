package prototest

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/syncproto"
)

// Target is a server and what the checks may use on it. They write some dozen
// activities on Day for Team, so give them a place of their own.
type Target struct {
	Server   Server
	Person   syncproto.ID // signed in; a member of Team on Day and today
	Team     syncproto.ID
	Day      string    // yyyy-mm-dd in an open month
	Category string    // of the server's catalogue
	Rand     io.Reader // nil: crypto/rand

	// Busy makes the server answer busy, or stop doing so. Without it the
	// check of state busy is left out.
	Busy func(on bool)

	clock int64
}

func (tg *Target) month() syncproto.Scope { return syncproto.TeamMonthScope(tg.Team, tg.Day[:7]) }

// Conformance runs every check of the exchange as a subtest.
func Conformance(t *testing.T, target Target) {
	tg := &target
	if tg.Rand == nil {
		tg.Rand = rand.Reader
	}
	tg.clock = 1_000
	for _, c := range []struct {
		name string
		run  func(*Target, *testing.T)
	}{
		{"FirstContact", (*Target).firstContact},
		{"PushAndPull", (*Target).pushAndPull},
		{"DuplicatePushReplays", (*Target).duplicatePush},
		{"OverlapReplaysAndGoesOn", (*Target).overlap},
		{"GapRotates", (*Target).gap},
		{"WrongChainRotates", (*Target).wrongChain},
		{"LowTopRotates", (*Target).lowTop},
		{"ForkRotates", (*Target).fork},
		{"RotationKeepsVerdicts", (*Target).rotation},
		{"BrokenMutationsStandAside", (*Target).broken},
		{"ForeignAuthorStandsAside", (*Target).foreign},
		{"Paging", (*Target).paging},
		{"PagesJoin", (*Target).pagesJoin},
		{"BadResets", (*Target).bad},
		{"CursorAheadResets", (*Target).ahead},
		{"LostHistory", (*Target).lost},
		{"ForeignScope", (*Target).foreignScope},
		{"AckNamesTheDocument", (*Target).ack},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(tg, t) })
	}
	if tg.Busy != nil {
		t.Run("Busy", tg.busy)
	}
}

func (tg *Target) firstContact(t *testing.T) {
	p := tg.phone(t)
	r := p.sync(syncproto.Pull{Scope: syncproto.ScopeRef})
	if page := pageOf(r, syncproto.ScopeRef); page == nil || !page.Reset || page.From != 0 {
		t.Errorf("the first reading of a scope is a reset from 0: %+v", page)
	}
	p.sync() // an empty push goes on from ack + 1
	p.read(syncproto.ScopeRef, 0)
}

func (tg *Target) pushAndPull(t *testing.T) {
	p := tg.phone(t)
	id := p.create()
	r := p.sync()
	if v := r.Verdicts[0]; v.V != syncproto.Applied || v.ID != id || v.Rev == 0 || v.Rev > r.Commit {
		t.Fatalf("verdict %+v at commit %d", v, r.Commit)
	}
	c, ok := tg.phone(t).read(tg.month(), 0)[id]
	if !ok || c.Rev != r.Verdicts[0].Rev {
		t.Errorf("the record is not in its month, or of another rev: %+v", c)
	}
}

func (tg *Target) duplicatePush(t *testing.T) {
	p := tg.phone(t)
	p.create()
	p.create()
	first := p.sync()
	before := p.records()
	again := p.call(p.request(0))
	if d := cmp.Diff(first.Verdicts, again.Verdicts); d != "" || again.Ack != 2 || again.State != syncproto.StateOK {
		t.Errorf("state %s, ack %d, verdicts (-first +again):\n%s", again.State, again.Ack, d)
	}
	if d := cmp.Diff(before, p.records()); d != "" {
		t.Errorf("a duplicate had an effect:\n%s", d)
	}
}

func (tg *Target) overlap(t *testing.T) {
	p := tg.phone(t)
	p.create()
	first := p.sync()
	p.create()
	r := p.call(p.request(0))
	if len(r.Verdicts) != 2 || r.Ack != 2 || r.Verdicts[1].V != syncproto.Applied {
		t.Fatalf("ack %d, verdicts %+v", r.Ack, r.Verdicts)
	}
	if d := cmp.Diff(first.Verdicts[0], r.Verdicts[0]); d != "" {
		t.Error(d)
	}
}

func (tg *Target) gap(t *testing.T) {
	p := tg.phone(t)
	p.create()
	p.create()
	p.refused(p.request(1), syncproto.StateRotate)
	p.made = nil // nothing to push, but a number that was never acknowledged
	req := p.request(0)
	req.Push.First, req.Top = 3, 2
	p.refused(req, syncproto.StateRotate)
}

func (tg *Target) wrongChain(t *testing.T) {
	p := tg.phone(t)
	p.create()
	p.sync()
	p.create()
	for _, list := range [][]syncproto.RawMutation{p.made[1:], {}} {
		req := p.request(1)
		req.Push.Prev[0] ^= 1
		req.Push.List = list
		p.refused(req, syncproto.StateRotate)
	}
	if r := p.sync(); r.Verdicts[0].V != syncproto.Applied {
		t.Errorf("afterwards: %+v", r.Verdicts)
	}
}

func (tg *Target) lowTop(t *testing.T) {
	p := tg.phone(t)
	p.create()
	p.create()
	p.sync()
	req := p.request(0)
	req.Top, req.Push.List = 1, req.Push.List[:1]
	p.refused(req, syncproto.StateRotate)
}

// fork: two phones with one client id, as after a clone or a restored backup.
func (tg *Target) fork(t *testing.T) {
	p := tg.phone(t)
	p.create()
	p.sync()
	clone := *p
	clone.made = append([]syncproto.RawMutation{}, p.made...)
	p.create()
	p.sync()
	clone.create()
	clone.refused(clone.request(1), syncproto.StateRotate)
	clone.refused(clone.request(0), syncproto.StateRotate)

	clone.client, clone.acked = syncproto.NewRandomID(tg.Rand), 0
	if r := clone.sync(); len(r.Verdicts) != 2 || r.Verdicts[1].V != syncproto.Applied {
		t.Errorf("after rotating: %+v", r.Verdicts)
	}
}

func (tg *Target) rotation(t *testing.T) {
	p := tg.phone(t)
	p.create()
	p.make(&syncproto.Mutation{Op: "paint", Type: syncproto.TypeActivity, ID: syncproto.NewRandomID(tg.Rand), By: tg.Person})
	p.create()
	first := p.sync()
	before := p.records()
	p.client, p.acked = syncproto.NewRandomID(tg.Rand), 0
	p.made = p.made[1:] // the first was durable and is not kept any more
	again := p.sync()
	want := append([]syncproto.Verdict{}, first.Verdicts[1:]...)
	for i := range want {
		want[i].N = int64(i + 1)
	}
	if d := cmp.Diff(want, again.Verdicts); d != "" {
		t.Errorf("the same bytes got another verdict:\n%s", d)
	}
	if d := cmp.Diff(before, p.records()); d != "" {
		t.Errorf("a rotation had an effect:\n%s", d)
	}
}

func (tg *Target) broken(t *testing.T) {
	p := tg.phone(t)
	p.create()
	good := string(p.made[0])
	p.made = nil
	insert := func(member string) string { return good[:len(good)-1] + `,` + member + `}` }
	want := []syncproto.Code{}
	for _, c := range []struct {
		raw  string
		code syncproto.Code
	}{
		{`null`, syncproto.CodeInvalid},
		{`{}`, syncproto.CodeInvalid},
		{`"text"`, syncproto.CodeInvalid},
		{insert(`"op":"edit"`), syncproto.CodeInvalid},
		{insert(`"newer":1`), syncproto.CodeInvalid},
		{insert(`"args":{"a":null}`), syncproto.CodeInvalid},
		{insert(`"args":{"a":1.5}`), syncproto.CodeInvalid},
		{insert(`"args":{"a":"a` + "\u0306" + `"}`), syncproto.CodeInvalid},
		{insert("\"args\":{\"a\":\"\xff\"}"), syncproto.CodeInvalid},
		{insert(`"args":{"a":` + strings.Repeat("[", 3000) + strings.Repeat("]", 3000) + `}`), syncproto.CodeInvalid},
		{insert(`"args":{"a":"` + strings.Repeat("a", syncproto.MaxMutationBytes) + `"}`), syncproto.CodeTooLarge},
		{strings.Replace(good, `"op":"create"`, `"op":"paint"`, 1), syncproto.CodeUnknownOp},
	} {
		p.made = append(p.made, syncproto.RawMutation(c.raw))
		want = append(want, c.code)
	}
	id := p.create()
	r := p.sync()
	for i, code := range want {
		if v := r.Verdicts[i]; v.V != syncproto.Aside || v.Code != code {
			t.Errorf("%.60s…: %+v, want aside %s", p.made[i], v, code)
		}
	}
	if v := r.Verdicts[len(want)]; v.V != syncproto.Applied || v.ID != id {
		t.Errorf("the good one behind them: %+v", v)
	}
}

func (tg *Target) foreign(t *testing.T) {
	p := tg.phone(t)
	p.make(&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeActivity,
		ID: syncproto.NewRandomID(tg.Rand), By: syncproto.NewRandomID(tg.Rand),
		Set: syncproto.Doc{"team": syncproto.Str(string(tg.Team)), "done_on": syncproto.Str(tg.Day), "category": syncproto.Str(tg.Category)}})
	if v := p.sync().Verdicts[0]; v.V != syncproto.Aside {
		t.Errorf("a mutation in another's name: %+v", v)
	}
}

func (tg *Target) paging(t *testing.T) {
	p := tg.phone(t)
	for range 5 {
		p.create()
	}
	p.sync()
	whole := p.records()
	for _, limit := range []int{1, 2, 3} {
		if d := cmp.Diff(whole, tg.phone(t).read(tg.month(), limit)); d != "" {
			t.Errorf("pages of %d come to something else:\n%s", limit, d)
		}
	}
}

// pagesJoin: what is written while a phone pages is not missed.
func (tg *Target) pagesJoin(t *testing.T) {
	p, writer := tg.phone(t), tg.phone(t)
	for range 3 {
		writer.create()
	}
	writer.sync()
	base := map[syncproto.ID]syncproto.Change{}
	ask := syncproto.Pull{Scope: tg.month()}
	for i := 0; ; i++ {
		req := p.request(0, ask)
		req.Limit = 1
		page := pageOf(p.call(req), ask.Scope)
		if page == nil {
			t.Fatal("no page")
		}
		p.lay(base, page)
		if ask.Cur = page.To; !page.More {
			p.compare(base, page)
			break
		}
		if i < 2 {
			writer.create()
			writer.sync()
		}
	}
	if d := cmp.Diff(p.records(), base); d != "" {
		t.Errorf("held is not what the server holds:\n%s", d)
	}
}

func (tg *Target) bad(t *testing.T) {
	p := tg.phone(t)
	p.create()
	cur := p.sync().Commit
	page := pageOf(p.call(p.request(1, syncproto.Pull{Scope: tg.month(), Cur: cur, Bad: true})), tg.month())
	tg.wantReset(p, page)
}

func (tg *Target) ahead(t *testing.T) {
	p := tg.phone(t)
	p.create()
	cur := p.sync().Commit
	page := pageOf(p.call(p.request(1, syncproto.Pull{Scope: tg.month(), Cur: cur + 1_000_000})), tg.month())
	tg.wantReset(p, page)
}

func (tg *Target) wantReset(p *phone, page *syncproto.ScopePage) {
	p.t.Helper()
	if page == nil || !page.Reset || page.From != 0 || len(page.Changes) == 0 {
		p.t.Fatalf("no reset: %+v", page)
	}
	base := map[syncproto.ID]syncproto.Change{}
	p.lay(base, page)
	if !page.More {
		p.compare(base, page)
	}
}

func (tg *Target) lost(t *testing.T) {
	p := tg.phone(t)
	r := p.sync()
	p.create()
	for _, seen := range []syncproto.Seen{{Epoch: "never-was", Commit: 1}, {Epoch: r.Epoch, Commit: r.Commit + 1_000_000_000_000}} {
		req := p.request(0)
		req.Seen = &seen
		p.refused(req, syncproto.StateLost)
	}
	p.client, p.seen = syncproto.NewRandomID(tg.Rand), nil
	if r := p.sync(); r.Verdicts[0].V != syncproto.Applied {
		t.Errorf("after rotating: %+v", r.Verdicts[0])
	}
}

func (tg *Target) foreignScope(t *testing.T) {
	p := tg.phone(t)
	for _, s := range []syncproto.Scope{syncproto.TeamScope(syncproto.NewRandomID(tg.Rand)), syncproto.UserScope(tg.Team), "sys:units", "nonsense", "team:x"} {
		r := p.call(p.request(0, syncproto.Pull{Scope: s}))
		if page := pageOf(r, s); page != nil && (len(page.Changes) > 0 || page.Count > 0) {
			t.Errorf("%s was delivered", s)
		}
		if r.State != syncproto.StateOK {
			t.Errorf("%s made the state %s", s, r.State)
		}
	}
}

// ack: an own write may come back without its body; laid over what the phone
// shows it must come to h.
func (tg *Target) ack(t *testing.T) {
	p := tg.phone(t)
	cur := p.sync().Commit
	id := p.create()
	m, err := syncproto.DecodeMutation(p.made[0])
	if err != nil {
		t.Fatal(err)
	}
	page := pageOf(p.sync(syncproto.Pull{Scope: tg.month(), Cur: cur}), tg.month())
	if page == nil {
		t.Fatal("no page for an own write")
	}
	for _, c := range page.Changes {
		if c.ID != id {
			continue
		}
		doc, err := syncproto.DecodeDoc(c.Doc)
		if c.Op == syncproto.ChangeAck {
			doc, err = syncproto.DecodeDoc(c.Srv)
			for f, v := range syncproto.Overlay(m.Type, syncproto.Doc{}, m) {
				doc[f] = v
			}
		}
		if err != nil || syncproto.HashDoc(doc) != c.H {
			t.Errorf("%s of the own write does not come to its h: %v", c.Op, err)
		}
		return
	}
	t.Error("the own write is not on the page")
}

func (tg *Target) busy(t *testing.T) {
	p := tg.phone(t)
	p.create()
	tg.Busy(true)
	r := p.call(p.request(0))
	tg.Busy(false)
	if r.State != syncproto.StateBusy || r.Ack > int64(len(r.Verdicts)) {
		t.Errorf("state %s, ack %d, %d verdicts", r.State, r.Ack, len(r.Verdicts))
	}
	if v := p.sync().Verdicts[0]; v.V != syncproto.Applied {
		t.Errorf("afterwards: %+v", v)
	}
}

// Envelope checks over HTTP that a request which is broken as a whole is a
// problem of status 400 or 413 and has no effect, and that a broken mutation
// inside a good one is not.
func Envelope(t *testing.T, server HTTP, target Target) {
	target.Server = server
	if target.Rand == nil {
		target.Rand = rand.Reader
	}
	tg := &target
	p := tg.phone(t)
	p.create()
	good := string(p.request(0).AppendJSON(nil))
	before := p.records()
	for name, body := range map[string]string{
		"empty": "", "not JSON": "<html>", "array": "[]", "null": "null", "trailing": good + "{}", "cut off": good[:len(good)-2],
		"unknown member": strings.Replace(good, `"top"`, `"tip":1,"top"`, 1),
		"duplicate":      strings.Replace(good, `"top"`, `"top":1,"top"`, 1),
		"null list":      strings.Replace(good, `"pull":[]`, `"pull":null`, 1),
		"wrong type":     strings.Replace(good, `"proto":1`, `"proto":"1"`, 1),
		"not UTF-8":      strings.Replace(good, "prototest", "\xff", 1),
		"no client":      strings.Replace(good, string(p.client), "", 1),
		"deep":           strings.Repeat("[", 100_000),
		"oversize":       strings.Replace(good, `"pull"`, strings.Repeat(" ", syncproto.MaxRequestBytesInflated)+`"pull"`, 1),
	} {
		status, answer, err := server.Post(context.Background(), []byte(body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if status != http.StatusBadRequest && status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: status %d %.100s", name, status, answer)
		}
	}
	if d := cmp.Diff(before, p.records()); d != "" {
		t.Errorf("a broken request had an effect:\n%s", d)
	}
	if r := p.sync(); r.Verdicts[0].V != syncproto.Applied {
		t.Errorf("the good one: %+v", r.Verdicts[0])
	}
}
