package demo

import "math/rand/v2"

// NameMark ends each invented name of a person, so that nobody takes a demo
// for a register.
const NameMark = " (mẫu)"

var (
	surnames = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Lò", "Hà", "Lường",
		"Giàng", "Vàng", "Thào", "Sùng", "Mùa", "Lý", "Triệu", "Bàn", "Đinh", "Cầm", "Lộc", "Nông"}
	middles = []string{"Văn", "Thị", "Đức", "Minh", "Ngọc", "Thanh", "Hữu", "Thu", "Quang", "Xuân", "A", "Kim"}
	given   = []string{"An", "Bình", "Chi", "Dung", "Đạt", "Giang", "Hà", "Hạnh", "Hiền", "Hòa", "Hùng", "Huy", "Khánh",
		"Lan", "Linh", "Long", "Mai", "Nam", "Nga", "Phúc", "Phương", "Quân", "Sơn", "Tâm", "Thảo", "Thắng", "Trang", "Tuấn", "Vinh", "Yến"}
	villageNames = []string{"Khe Mơ", "Nà Hỏa", "Suối Tiên", "Đồng Tâm", "Bản Lềnh", "Cây Đa", "Ngòi Bang", "Làng Dọc", "Đồng Bưởi",
		"Gốc Sấu", "Khe Ron", "Nà Lốc", "Đá Trắng", "Tân Lập", "Quyết Thắng", "Bến Phà", "Cầu Gỗ", "Đồi Chè", "Nà Khoang", "Thác Bạc"}
	chairNotes = []string{"Số liệu chưa khớp với biên bản, đề nghị kiểm tra lại.", "Đề nghị ghi rõ địa điểm và số người.",
		"Ghi nhầm số lượt với số người, đề nghị sửa."}
	places = []string{"Nhà văn hóa thôn", "Trụ sở UBND xã", "Chợ phiên", "Điểm trường", "Nhà trưởng thôn", "Bưu điện văn hóa xã"}
)

func personName(r *rand.Rand) string {
	return pick(r, surnames) + " " + pick(r, middles) + " " + pick(r, given) + NameMark
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }
