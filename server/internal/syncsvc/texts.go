package syncsvc

import (
	"context"

	"github.com/banso/banso/server/internal/review"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// codeText is what people read about a code: what happened, and what to do.
type codeText struct {
	code  syncproto.Code
	title bilingual
	next  bilingual
}

// codeTexts are the texts of all codes. SeedRef writes them into ref.
var codeTexts = [...]codeText{
	{syncproto.CodeMonthClosed,
		bilingual{"Tháng này đã chốt", "This month is closed"},
		bilingual{"Báo Chủ tịch UBND xã. Việc của tháng đã chốt chỉ được tính bằng điều chỉnh.", "Tell the commune's chair. Work of a closed month only counts through an adjustment."}},
	{syncproto.CodeLockedReview,
		bilingual{"Đã có quyết định duyệt nên không sửa được", "It is decided already and can't be changed"},
		bilingual{"Nhờ Chủ tịch UBND xã nhận bản sửa này để duyệt lại, hoặc trả lại cho bạn sửa.", "Ask the commune's chair to accept this change for another review, or to return it to you."}},
	{syncproto.CodeConflictMaterial,
		bilingual{"Số liệu đã được người khác sửa", "Somebody else changed these figures"},
		bilingual{"Tổ trưởng xem hai bản và chọn bản đúng.", "The team leader compares both versions and chooses the right one."}},
	{syncproto.CodeDeleted,
		bilingual{"Bản ghi đã bị xóa hoặc đã thay đổi trước khi xóa", "The record was deleted, or changed before you deleted it"},
		bilingual{"Nếu vẫn cần, tổ trưởng có thể nhận lại thành một bản ghi mới.", "If it is still needed, the team leader can bring it back as a new record."}},
	{syncproto.CodeNotMember,
		bilingual{"Bạn chưa có tên trong tổ vào ngày thực hiện", "You were not in the team on the day it was done"},
		bilingual{"Báo Chủ tịch UBND xã bổ sung ngày vào tổ; khi có, hệ thống tự xét lại.", "Ask the commune's chair to enter when you joined; it is then decided again by itself."}},
	{syncproto.CodeInvalid,
		bilingual{"Nội dung chưa hợp lệ", "Something in it is not valid"},
		bilingual{"Mở ra, sửa chỗ chưa đúng rồi gửi lại.", "Open it, correct what is wrong and send it again."}},
	{syncproto.CodeTooLarge,
		bilingual{"Nội dung quá dài", "It is too long"},
		bilingual{"Rút ngắn ghi chú hoặc tách thành hai hoạt động rồi gửi lại.", "Shorten the note or split it into two activities, then send it again."}},
	{syncproto.CodeFutureDate,
		bilingual{"Ngày thực hiện ở tương lai", "The day is in the future"},
		bilingual{"Kiểm tra ngày trên điện thoại, sửa ngày thực hiện rồi gửi lại.", "Check the phone's date, correct the day and send it again."}},
	{syncproto.CodeUnknownOp,
		bilingual{"Máy chủ chưa hiểu thao tác này", "The server doesn't know this action"},
		bilingual{"Cập nhật ứng dụng. Nội dung vẫn được giữ nguyên trên máy chủ.", "Update the app. What you wrote is kept on the server."}},
	{syncproto.CodeInternal,
		bilingual{"Máy chủ gặp lỗi khi xử lý", "The server failed on this"},
		bilingual{"Nội dung đã được giữ. Tổ trưởng có thể thử nhận lại sau.", "It is kept. The team leader can try to accept it later."}},
	{syncproto.CodeForbidden,
		bilingual{"Bạn không có quyền làm việc này", "You have no right to do this"},
		bilingual{"Nếu thấy chưa đúng, hãy hỏi tổ trưởng hoặc Chủ tịch UBND xã.", "If you think this is wrong, ask the team leader or the commune's chair."}},
	{syncproto.CodeParentUnknown,
		bilingual{"Đang chờ bản ghi gốc", "Waiting for the record it belongs to"},
		bilingual{"Không cần làm gì: khi bản ghi gốc đến máy chủ, hệ thống tự xử lý.", "Nothing to do: it goes on by itself when that record reaches the server."}},
	{syncproto.CodeParentAside,
		bilingual{"Đang chờ việc để riêng trước đó", "Waiting for earlier work that was set aside"},
		bilingual{"Giải quyết việc để riêng trước; sau đó hệ thống tự xử lý tiếp.", "Settle what was set aside first; this then goes on by itself."}},
	{syncproto.CodeOverwroteNewer,
		bilingual{"Đã ghi đè nội dung mới hơn của người khác", "It overwrote something newer"},
		bilingual{"Bản bị ghi đè vẫn có trong lịch sử; xem lại nếu cần.", "What was overwritten is in the history; look at it if need be."}},
	{syncproto.CodeDuplicateOf,
		bilingual{"Có thể trùng với một hoạt động khác", "It may repeat another activity"},
		bilingual{"Nếu hai người cùng ghi một việc, hãy xóa bớt một bản.", "If two people logged the same work, delete one of them."}},
	{syncproto.CodeStaleReview,
		bilingual{"Nội dung đã thay đổi sau khi bạn xem", "It changed since you looked"},
		bilingual{"Xem lại bản mới rồi quyết định.", "Look at the new version, then decide."}},
}

// textOf returns the text of a code.
func textOf(c syncproto.Code) codeText {
	for _, t := range codeTexts {
		if t.code == c {
			return t
		}
	}
	return codeText{code: c, title: bilingual{string(c), string(c)}}
}

// CodeID is the id of the record with the text of a code.
func CodeID(c syncproto.Code) syncproto.ID {
	return syncproto.DerivedID(syncproto.TypeCodeText, syncproto.ID(c), "")
}

// refDocs are the texts of all codes and of the risks of the review queue.
func refDocs() []syncproto.Doc {
	var out []syncproto.Doc
	for _, t := range codeTexts {
		out = append(out, t.doc())
	}
	for _, t := range review.RiskTexts {
		out = append(out, syncproto.Doc{
			"code": syncproto.Str(string(t.Risk)), "vi": syncproto.Str(t.Vi), "en": syncproto.Str(t.En),
		})
	}
	return out
}

func refKey(d syncproto.Doc) store.Key {
	return store.Key{Type: syncproto.TypeCodeText, ID: CodeID(syncproto.Code(d.Str("code")))}
}

// SeedRef writes the texts of all codes and risks into ref. It changes nothing where
// they are there already, so every start may call it.
func (s *Service) SeedRef(ctx context.Context) error {
	stale := false
	err := s.cfg.Store.View(ctx, func(r store.Reader) error {
		st := newState(r, s.cfg.Now(), nil)
		for _, d := range refDocs() {
			rec := st.record(refKey(d))
			stale = stale || rec == nil || rec.H != syncproto.HashDoc(d)
		}
		return st.err
	})
	if err != nil || !stale {
		return problem(err)
	}
	return problem(s.update(ctx, func(tx store.Tx) error {
		for _, d := range refDocs() {
			if _, err := tx.Put(store.Put{
				Key: refKey(d), Doc: d,
				Scopes: []syncproto.Scope{syncproto.ScopeRef}, Cause: store.Cause{Op: "seed"},
			}); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (t *codeText) doc() syncproto.Doc {
	return syncproto.Doc{
		"code":  syncproto.Str(string(t.code)),
		"vi":    syncproto.Str(t.title.vi),
		"en":    syncproto.Str(t.title.en),
		"do_vi": syncproto.Str(t.next.vi),
		"do_en": syncproto.Str(t.next.en),
		"adopt": syncproto.Str(string(syncproto.AdopterOf(t.code))),
	}
}
