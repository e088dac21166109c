package oracle

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
	typ, _ := cutType(k)
	if e.waived == "conflict_material" {
		return
	}
	for _, field := range materialFields[typ] {
		v, ok := e.m.Set[field]
		if !ok {
			continue
		}
		next, _ := canon(v)
		was, _ := canon(e.m.Was[field])
		if cur := f.doc[field]; cur != next && cur != was && !(e.waived == "deleted") {
			o.fail(MergeRules, "%s: %s went from %s to %s by somebody who had seen %s", k, field, cur, next, was)
		}
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
	what := text(e.m.Args["decision"])
	own := e.m.By == f.reviewer
	switch {
	case f.state == "pending_review" && what != "revoke":
	case f.state == "approved" && (what == "revoke" || own && what != "approve"):
	case f.state == "returned" && own && f.reviewedC == c && what != "revoke":
	default:
		o.fail(ReviewSeen, "%s: %s at rev %d of something that was %s", k, what, e.rev, f.state)
	}
}

// lawfulMonth: nothing moves into or out of a closed team-month.
func (o *Oracle) lawfulMonth(k string, f *folded, e effect) {
	typ, _ := cutType(k)
	place := func(doc map[string]string) string {
		day := doc["done_on"]
		if typ == "report" {
			day = doc["month"]
		}
		if len(day) < 8 {
			return ""
		}
		return unquote(doc["team"]) + "/" + day[1:8]
	}
	after := *f
	after.doc = map[string]string{}
	for field, v := range f.doc {
		after.doc[field] = v
	}
	after.apply(e)
	for _, at := range []string{place(f.doc), place(after.doc)} {
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
