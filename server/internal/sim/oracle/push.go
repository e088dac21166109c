package oracle

import (
	"errors"
	"fmt"
	"slices"
)

const noChain = "AAAAAAAAAAAAAAAAAAAAAA"

// Parse reads an exchange that was answered with 200.
func Parse(reqBody, respBody []byte) (q *Request, r *Response, err error) {
	q, r = &Request{}, &Response{}
	return q, r, errors.Join(decode(reqBody, q), decode(respBody, r))
}

// Delivered judges one exchange as the server saw it, whether or not the
// answer will reach the phone: to say "ok" is the promise. Calls come in the
// order of commits.
func (o *Oracle) Delivered(person string, q *Request, r *Response) {
	o.stats.Syncs++
	if r.Durable > o.line.backup {
		o.fail(DurableTrue, "durable %d, but the second-newest backup holds %d", r.Durable, o.line.backup)
	}
	if o.wantLost(q) != (r.State == "lost") {
		o.fail(LossSeen, "phone has seen %v, state %q, runs %v", *q.Seen, r.State, o.line.runs)
		return
	}
	if r.Epoch != o.line.epoch {
		o.fail(Envelope, "epoch %q, the server runs under %q", r.Epoch, o.line.epoch)
	}
	o.line.runs[r.Epoch] = max(o.line.runs[r.Epoch], r.Commit)
	if r.Commit > o.line.commit {
		o.line.before, o.line.commit = o.line.commit, r.Commit
	}
	if r.State == "lost" {
		o.stats.Lost++
		return
	}
	o.push(person, q, r)
	o.pull(person, q, r)
}

// wantLost tells whether the phone holds a commit that this branch doesn't.
func (o *Oracle) wantLost(q *Request) bool {
	if q.Seen == nil || q.Seen.Epoch == "" {
		return false
	}
	last, known := o.line.runs[q.Seen.Epoch]
	return !known || q.Seen.Commit > last
}

func (o *Oracle) push(person string, q *Request, r *Response) {
	key := person + "/" + q.Client
	c, ok := o.line.clients[key]
	if !ok {
		c.chain = noChain
	}
	got := map[int64]Verdict{}
	for _, v := range r.Verdicts {
		if _, twice := got[v.N]; twice {
			o.fail(AckDense, "n %d has two verdicts in one answer", v.N)
		}
		got[v.N] = v
	}
	forked := q.Push.First > c.last+1 || q.Top < c.last || q.Push.First == c.last+1 && prevOf(q) != c.chain
	for i, raw := range q.Push.List {
		if forked {
			break
		}
		n := q.Push.First + int64(i)
		fp := FP(raw)
		old, known := o.line.verdicts[person+"/"+fp]
		if !known && n <= c.last {
			forked = true
			break
		}
		if r.State == "busy" && n > r.Ack {
			break
		}
		v, told := got[n]
		if !told {
			o.fail(AckDense, "no verdict for n %d (ack %d, state %s)", n, r.Ack, r.State)
			continue
		}
		delete(got, n)
		o.verdict(person, fp, raw, old, known, v, r)
		if n == c.last+1 {
			c.last, c.chain = n, chainNext(c.chain, fp)
		}
	}
	o.line.clients[key] = c
	switch {
	case forked != (r.State == "rotate"):
		o.fail(ForkSeen, "state %q, but first %d top %d against last %d: rotate wanted: %v",
			r.State, q.Push.First, q.Top, c.last, forked)
		return
	case forked:
		o.stats.Rotates++
	case r.Ack != c.last:
		o.fail(AckDense, "ack %d, but the first %d have verdicts", r.Ack, c.last)
	}
	for n := range got {
		o.fail(AckDense, "a verdict for n %d, which was not pushed or not decided", n)
	}
}

func prevOf(q *Request) string {
	if q.Push.Prev == "" {
		return noChain
	}
	return q.Push.Prev
}

func (o *Oracle) verdict(person, fp string, raw []byte, old Verdict, known bool, v Verdict, r *Response) {
	k := person + "/" + fp
	if o.typed[k] == nil {
		o.fail(TypedKept, "the server got bytes that nobody typed: %.80s", raw)
	}
	v.N = 0
	o.count(v, known)
	if known && !mayBecome(old, v) {
		o.fail(SameVerdict, "was %+v, now %+v for %.200s", old, v, raw)
	}
	if v.V == "aside" || v.V == "waiting" {
		if v.Case == "" {
			o.fail(AsideCase, "%s without a case for %.120s", v.V, raw)
		}
		if v.Code == "" {
			o.fail(AsideCase, "%s without a code", v.V)
		}
	}
	if v.Code == "internal" {
		o.fail(Justified, "internal for %.300s", raw)
	}
	if v.Rev > r.Commit {
		o.fail(AckDense, "rev %d is above the commit %d", v.Rev, r.Commit)
	}
	o.line.verdicts[k] = v
	if !known {
		at := moment{hi: r.Commit, v: v, day: o.Today(), grants: o.line.grants}
		if r.Commit == o.line.commit {
			at.lo = o.line.before
		}
		o.line.moments[k] = at
	}
}

func (o *Oracle) count(v Verdict, known bool) {
	if known {
		o.stats.Replayed++
		return
	}
	o.stats.Verdicts++
	if v.Code != "" {
		o.stats.Codes[v.Code]++
	}
	switch v.V {
	case "aside":
		o.stats.Aside++
	case "waiting":
		o.stats.Waiting++
	case "merged":
		o.stats.Merged++
	case "noop":
		o.stats.Noop++
	}
}

// mayBecome tells whether a stored verdict may be answered as v: the same, or
// a waiting one that was decided again.
func mayBecome(old, v Verdict) bool {
	if old.V == "waiting" || old.V == "aside" && old.Code == "not_member" {
		return old.Case == v.Case || v.Case == ""
	}
	return old.V == v.V && old.ID == v.ID && old.Rev == v.Rev && old.Code == v.Code && old.Case == v.Case &&
		slices.Equal(old.Lost, v.Lost)
}

// Received notes that an answer reached a phone which took it.
func (o *Oracle) Received(person string, list [][]byte, first, ack int64) {
	for i, raw := range list {
		if first+int64(i) <= ack {
			o.told[person+"/"+FP(raw)] = true
		}
	}
}

// String is a verdict for the trace.
func (v Verdict) String() string {
	return fmt.Sprintf("%s %s rev %d", v.V, v.Code, v.Rev)
}
