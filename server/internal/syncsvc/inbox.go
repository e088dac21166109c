package syncsvc

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/review"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// note is an inbox record to write: what happened to somebody's work, in both
// languages, with a link to the record. Delivery is another room's business;
// here it only appears in user:<person>.
type note struct {
	to      domain.ID
	kind    string // "returned", "rejected", "revoked", "aside", "adopted", "dismissed"
	about   store.Key
	place   place
	code    syncproto.Code
	reason  string
	caseID  syncproto.ID
	text    bilingual // title
	explain bilingual // body: what to do next
}

type bilingual struct{ vi, en string }

// inboxID is derived from the mutation that caused the note, so that a closure
// that runs twice writes one.
func inboxID(to domain.ID, fp syncproto.FP, kind string) syncproto.ID {
	return syncproto.DerivedID(syncproto.TypeInbox, to, kind+"/"+fp.String())
}

func (n *note) write(tx store.Tx, in *input) error {
	d := syncproto.Doc{
		"kind":     syncproto.Str(n.kind),
		"at":       syncproto.Int(in.now.UnixMilli()),
		"title_vi": syncproto.Str(n.text.vi), "title_en": syncproto.Str(n.text.en),
		"body_vi": syncproto.Str(n.explain.vi), "body_en": syncproto.Str(n.explain.en),
	}
	for f, v := range map[string]string{
		"type": n.about.Type, "id": string(n.about.ID), "team": string(n.place.team), "month": string(n.place.month),
		"code": string(n.code), "reason": n.reason, "case": string(n.caseID),
	} {
		if v != "" {
			d[f] = syncproto.Str(v)
		}
	}
	_, err := tx.Put(store.Put{
		Key: store.Key{Type: syncproto.TypeInbox, ID: inboxID(n.to, in.fp, n.kind)}, Doc: d,
		Scopes: []syncproto.Scope{syncproto.UserScope(n.to)}, Cause: store.Cause{FP: in.fp, Op: "notify", Bounds: in.bounds},
	})
	return err
}

func reviewNote(d syncproto.Doc, key store.Key, c review.Choice, reason string, p place) note {
	n := note{to: domain.ID(d.Str("author")), about: key, place: p, reason: reason}
	switch c {
	case review.Return:
		n.kind, n.text = "returned", bilingual{"Chủ tịch trả lại để bổ sung", "Returned to be completed"}
		n.explain = bilingual{"Đọc lý do, sửa rồi gửi duyệt lại.", "Read the reason, correct it and submit it again."}
	case review.Revoke:
		n.kind, n.text = "revoked", bilingual{"Đã hủy duyệt, trả lại để bổ sung", "The approval was taken back"}
		n.explain = bilingual{"Đọc lý do, sửa rồi gửi duyệt lại.", "Read the reason, correct it and submit it again."}
	default:
		n.kind, n.text = "rejected", bilingual{"Không được duyệt", "Rejected"}
		n.explain = bilingual{
			"Quyết định này là cuối cùng. Nếu thấy chưa đúng, hãy trao đổi với Chủ tịch UBND xã.",
			"This decision is final. If you think it is wrong, talk to the commune's chair.",
		}
	}
	return n
}

func asideNote(to domain.ID, about store.Key, p place, c syncproto.Code, id syncproto.ID) note {
	t := textOf(c)
	return note{to: to, kind: "aside", about: about, place: p, code: c, caseID: id, text: t.title, explain: t.next}
}

func closedNote(to domain.ID, about store.Key, p place, id syncproto.ID, adopted bool, reason string) note {
	n := note{to: to, about: about, place: p, caseID: id, reason: reason}
	if adopted {
		n.kind, n.text = "adopted", bilingual{"Việc để riêng đã được nhận", "Your set-aside work was accepted"}
		n.explain = bilingual{"Bạn không phải làm gì thêm.", "There is nothing more to do."}
		return n
	}
	n.kind, n.text = "dismissed", bilingual{"Việc để riêng không được nhận", "Your set-aside work was not accepted"}
	n.explain = bilingual{"Đọc lý do; nếu vẫn cần, hãy ghi nhận lại.", "Read the reason; if it is still needed, log it again."}
	return n
}

// decideInbox lets the owner mark his own notes as read, and nothing else.
func decideInbox(s *state, in *input) outcome {
	if in.m.Op != syncproto.OpEdit {
		return aside(syncproto.CodeUnknownOp, place{})
	}
	rec := s.record(in.key())
	if rec == nil {
		return missing(s, in)
	}
	if len(rec.Scopes) != 1 || rec.Scopes[0] != syncproto.UserScope(in.m.By) {
		return aside(syncproto.CodeForbidden, place{})
	}
	if rec.Deleted {
		return aside(syncproto.CodeDeleted, place{})
	}
	r := syncproto.Merge(in.m.Type, s.doc(rec), in.m)
	v, ok := r.Doc["read"]
	switch {
	case len(r.Refused) > 0, ok && v.Kind() != 't' && v.Kind() != 'f':
		return aside(syncproto.CodeInvalid, place{})
	case !r.Changed:
		return noop("", rec)
	}
	return outcome{v: syncproto.Applied, key: rec.Key, writes: []write{{
		before: rec, put: store.Put{Key: rec.Key, Doc: r.Doc, Scopes: rec.Scopes, Cause: in.cause()},
	}}}
}
