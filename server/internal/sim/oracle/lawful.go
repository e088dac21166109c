package oracle

import "slices"

// lawful checks one accepted mutation against what stood before it.
func (o *Oracle) lawful(k string, f *folded, e effect) {
	if f.deleted {
		o.fail(Tombstones, "%s: %s at rev %d after it was deleted", k, e.m.Op, e.rev)
		return
	}
	if !f.exists && e.m.Op != "create" && e.adopter == "" {
		o.fail(ExactlyOnce, "%s: %s at rev %d before it was made", k, e.m.Op, e.rev)
		return
	}
	typ, _ := cutType(k)
	if f.exists && e.m.Op == "create" && typ == "activity" {
		o.fail(ExactlyOnce, "%s was made twice, again at rev %d", k, e.rev)
	}
	o.lawfulMonth(k, f, e)
	switch e.m.Op {
	case "create", "edit", "attach", "detach":
		if f.exists {
			o.lawfulEdit(k, f, e)
		}
	case "delete":
		if f.decided() && e.waived != "locked_review" {
			o.fail(ReviewLock, "%s was deleted after its decision", k)
		}
		if e.m.Seen != contentHash(typ, f.doc) && e.waived != "deleted" {
			o.fail(ReviewSeen, "%s was deleted by somebody who had seen other content", k)
		}
	case "submit":
		if f.decided() {
			o.fail(ReviewLock, "%s was submitted after its decision", k)
		}
	case "withdraw":
		if f.decided() && e.waived != "locked_review" {
			o.fail(ReviewLock, "%s was withdrawn after its decision", k)
		}
	case "review":
		o.lawfulReview(k, typ, f, e)
	}
}

func (o *Oracle) lawfulEdit(k string, f *folded, e effect) {
	if f.decided() && e.waived != "locked_review" {
		o.fail(ReviewLock, "%s: %s at rev %d after the decision %s (waived %q)", k, e.m.Op, e.rev, f.state, e.waived)
	}
	if e.waived == "" {
		if fields := conflicts(e.m, *f); len(fields) > 0 {
			o.fail(MergeRules, "%s: %v changed at rev %d by somebody who had seen other values", k, fields, e.rev)
		}
	}
	if e.lost == nil {
		return
	}
	if want := losers(e.m, f); !slices.Equal(want, *e.lost) {
		o.fail(MergeRules, "%s: rev %d overwrote %v unseen and says %v", k, e.rev, want, *e.lost)
	}
}

func (o *Oracle) lawfulReview(k, typ string, f *folded, e effect) {
	c := contentHash(typ, f.doc)
	if e.m.Seen != c {
		o.fail(ReviewSeen, "%s: decided at rev %d on %s, the content was %s", k, e.rev, e.m.Seen, c)
	}
	if e.m.By == f.author {
		o.fail(ReviewSeen, "%s was decided by its author", k)
	}
	if !mayDecide(e.m, *f) {
		o.fail(ReviewSeen, "%s: %s at rev %d of something that was %s", k, text(e.m.Args["decision"]), e.rev, f.state)
	}
}

// lawfulMonth: nothing moves into or out of a closed team-month.
func (o *Oracle) lawfulMonth(k string, f *folded, e effect) {
	typ, _ := cutType(k)
	after := *f
	after.doc = map[string]string{}
	for field, v := range f.doc {
		after.doc[field] = v
	}
	after.apply(e)
	for _, at := range []string{placeOf(typ, f.doc), placeOf(typ, after.doc)} {
		for _, s := range o.line.spans[at] {
			if s.from < e.rev && e.rev <= s.to {
				o.fail(ClosedConst, "%s: %s at rev %d touches %s, which was closed from %d to %d", k, e.m.Op, e.rev, at, s.from, s.to)
			}
		}
		if c, ok := o.line.closes[at]; ok && e.rev > c.Commit {
			o.fail(ClosedConst, "%s: %s at rev %d touches %s, which was closed by %d", k, e.m.Op, e.rev, at, c.Commit)
		}
	}
}

func unquote(s string) string {
	if len(s) < 2 {
		return s
	}
	return s[1 : len(s)-1]
}
