package phone

// text is one sentence in both languages.
type text struct{ vi, en string }

// in picks a language: "en", or Vietnamese for anything else.
func (t text) in(lang string) string {
	if lang == "en" {
		return t.en
	}
	return t.vi
}

var (
	tActivated  = text{"Đã đăng nhập. Máy này thuộc về người có mã %s.\n", "Signed in. This phone belongs to person %s.\n"}
	tSaved      = text{"Đã lưu trên máy (%s). Còn %d việc chờ gửi.\n", "Saved on this phone (%s). %d to be sent.\n"}
	tNoTeam     = text{"Máy chưa biết tổ của bạn. Hãy chạy lệnh sync khi có mạng.", "This phone does not know your team yet. Run sync when there is a network."}
	tNotActive  = text{"Máy chưa kích hoạt. Hãy xin mã và chạy lệnh activate.", "This phone is not activated. Ask for a code and run activate."}
	tNoKind     = text{"Không có loại hoạt động %q. Chạy lệnh kinds để xem danh mục.", "There is no kind of activity %q. Run kinds for the catalogue."}
	tBadMeasure = text{"Số liệu %q phải viết dạng ten=so, ví dụ so_ho_so=2.", "The measure %q must be name=number, such as so_ho_so=2."}
	tAllSent    = text{"Đã gửi tất cả lúc %s.\n", "Everything was sent at %s.\n"}
	tWaiting    = text{"Còn %d việc chờ gửi (%s).\n", "%d to be sent (%s).\n"}
	tDiffers    = text{"Bản trên máy khác máy chủ ở %s; lần gửi sau sẽ tải lại.\n", "The copy on this phone differs from the server in %s; the next sync fetches it anew.\n"}
	tNoProgress = text{"Chưa có kết quả của %s. Hãy chạy lệnh sync khi có mạng.\n", "There is no result for %s yet. Run sync when there is a network.\n"}
	tRefused    = text{"Không lưu được: %s", "Cannot be saved: %s"}
	tCounts     = text{"đã ghi nhận %d · chờ duyệt %d · đã duyệt %d · bị trả lại %d · chờ gửi %d\n", "received %d · waiting for review %d · approved %d · returned %d · to be sent %d\n"}
	tUnknownID  = text{"Không tìm thấy %q trên máy này.", "%q is not on this phone."}
	tSeveral    = text{"%q chỉ nhiều mục; hãy viết thêm ký tự.", "%q means several; write more characters."}
	tNeedReason = text{"Hãy ghi lý do (--reason).", "Give a reason (--reason)."}
	tUntil      = text{" (đến hết ngày %s)", " (until the end of %s)"}
	tNothing    = text{"Không có mục nào.\n", "Nothing here.\n"}
)

var states = map[string]text{
	"":               {"chờ gửi", "to be sent"},
	"received":       {"đã nhận", "received"},
	"pending_review": {"chờ duyệt", "waiting for review"},
	"approved":       {"đã duyệt", "approved"},
	"returned":       {"trả lại", "returned"},
	"rejected":       {"từ chối", "rejected"},
	"withdrawn":      {"rút lại", "withdrawn"},
}

var kinds = map[string]text{
	"offline": {"chưa có mạng", "no network"},
	"busy":    {"máy chủ đang bận", "the server is busy"},
	"sign_in": {"cần kích hoạt lại", "activate again"},
	"refused": {"máy chủ không nhận, cần cập nhật ứng dụng", "the server does not take it, update the app"},
}

// state names a state for people.
func state(s, lang string) string {
	if t, ok := states[s]; ok {
		return t.in(lang)
	}
	return s
}
