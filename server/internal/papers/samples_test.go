package papers

import (
	"fmt"

	"github.com/banso/banso/server/internal/domain"
)

// Invented people and places of the samples; real numbers of the resolution
// and of the decision.

func head(symbol string) Head {
	return Head{Superior: "UBND TỈNH YÊN BÁI", District: "UBND HUYỆN YÊN BÌNH", Issuer: "ỦY BAN NHÂN DÂN XÃ CẢM ÂN",
		Number: "05", Symbol: symbol, Place: "Cảm Ân", On: "2023-12-05",
		Signers: []Signer{{Role: "Người lập", Name: "Hoàng Thị Ỷ"}, {Role: "Kế toán", Name: "Lý Văn Đạt"},
			{For: "TM. ỦY BAN NHÂN DÂN", By: "KT. CHỦ TỊCH", Role: "PHÓ CHỦ TỊCH", Name: "Nguyễn Hữu Phước"}},
		Copies: []string{"UBND huyện Yên Bình (báo cáo)", "Kho bạc Nhà nước huyện", "Các tổ trưởng", "Lưu: VT, KT"}, Invented: true}
}

var nq60 = Policy{Name: "Hỗ trợ tổ chuyển đổi số cộng đồng thôn, bản, tổ dân phố", Instrument: "60/2022/NQ-HĐND", Issued: "2022-12-09",
	Rate: 500_000, Per: "tổ/tháng", Origin: domain.Sourced, Decision: Ref{"1845/QĐ-UBND", "2023-10-12"}}

var villages = []string{"Ngòi Bang", "Tân Lập", "Làng Đát", "Khe Giầy", "Đồng Tâm", "Suối Ỷ Nhì – Phiêng Vằng Thượng", "Quyết Thắng", "Mường Ẳng"}

var leaders = []string{"Vàng A Sử", "Nguyễn Thị Bích Phượng", "Đặng Văn Ngữ", "Hà Thị Ẵm", "Lò Văn Ợt", "Triệu Quý Khách"}

func team(i int) Team {
	v := villages[i%len(villages)]
	if i >= len(villages) {
		v = fmt.Sprintf("%s %d", v, i/len(villages)+1)
	}
	return Team{Name: "Tổ CĐSCĐ thôn " + v, Village: "Thôn " + v, Leader: leaders[i%len(leaders)]}
}

func months(from domain.Month, n int) []domain.Month {
	list := make([]domain.Month, n)
	for i := range list {
		list[i] = from.Add(i)
	}
	return list
}

func samplePayment(teams int) PaymentList {
	p := PaymentList{Head: head("DS-UBND"), Commune: "Xã Cảm Ân, huyện Yên Bình", Months: months("2023-06", 7), Policy: nq60}
	p.Head.Print = "7F3A-91C2-04DE"
	for i := range teams {
		p.Rows = append(p.Rows, PaymentRow{Team: team(i), Months: 7, Rate: 500_000, Amount: 3_500_000})
		p.Total += 3_500_000
	}
	if teams > 2 {
		p.Rows[2].Note = "Tổ trưởng ủy quyền cho tổ phó nhận"
	}
	return p
}

func sampleEligibility(teams int) EligibilityList {
	e := EligibilityList{Head: head("DS-UBND"), Commune: "Xã Cảm Ân, huyện Yên Bình", Month: "2023-06", Policy: nq60}
	e.Policy.Decision = Ref{}
	for i := range teams {
		r := EligibilityRow{Team: team(i), Result: domain.Eligible, Approved: int64(4 + i%9), Days: int64(2 + i%5), Members: int64(3 + i%4), Amount: 500_000}
		switch i % 7 {
		case 3:
			r.Result, r.Amount = domain.Incomplete, 0
			r.Reasons = []Reason{{"R9", "Báo cáo tháng chưa được Chủ tịch xã duyệt", domain.Assumed},
				{"R11", "Hai hoạt động chưa có minh chứng mà máy chủ đã nhận đủ ảnh; gửi ảnh khi có mạng trước hết ngày 15/07/2023", domain.Assumed}}
		case 5:
			r.Result, r.Amount = domain.Ineligible, 0
			r.Reasons = []Reason{{"R2", "Tổ chưa có quyết định thành lập có hiệu lực trong tháng", domain.Sourced}}
		}
		e.Rows = append(e.Rows, r)
	}
	return e
}

func sampleFigures() []Figure {
	return []Figure{
		{"Hướng dẫn dịch vụ công trực tuyến", 9, 5, "Số người được hướng dẫn", "người", 42},
		{"Hướng dẫn dịch vụ công trực tuyến", 9, 5, "Số hồ sơ nộp trực tuyến", "hồ sơ", 31},
		{"Hướng dẫn thanh toán không dùng tiền mặt", 4, 3, "Số hộ được hướng dẫn", "hộ", 18},
		{"Tuyên truyền phòng, chống lừa đảo trên mạng", 2, 2, "Số lượt người nghe", "lượt", 1250},
		{"Đưa nông sản lên sàn thương mại điện tử", 1, 1, "", "", 0}}
}

func sampleReport() TeamReport {
	h := head("BC-TCĐS")
	h.Superior, h.Issuer, h.Number = "UBND XÃ CẢM ÂN", "TỔ CHUYỂN ĐỔI SỐ CỘNG ĐỒNG THÔN NGÒI BANG", "06"
	h.District = ""
	h.Signers = []Signer{{Role: "TỔ TRƯỞNG", Name: "Vàng A Sử"}}
	h.Copies = []string{"UBND xã Cảm Ân", "Lưu: Tổ"}
	return TeamReport{Head: h, Team: team(0), Commune: "xã Cảm Ân, huyện Yên Bình", Month: "2023-06", Members: 7, Active: 5, Activities: 16, Days: 9,
		Photos: 23, Figures: sampleFigures(),
		Summary:      "Tổ đến từng nhà hướng dẫn bà con cài ứng dụng, nộp hồ sơ trực tuyến và thanh toán tiền điện qua điện thoại.\nMười tám hộ đã tự làm được, các hộ còn lại tổ hẹn quay lại trong tháng 7.",
		Difficulties: "Sóng yếu ở cuối thôn; nhiều người lớn tuổi dùng điện thoại phím bấm.",
		Proposals:    "Đề nghị xã hỗ trợ một bộ phát sóng cho nhà văn hóa thôn.",
		ApprovedBy:   "Nguyễn Hữu Phước", ApprovedOn: "2023-07-08"}
}

func sampleSummary(teams int) CommuneSummary {
	c := CommuneSummary{Head: head("BC-UBND"), Commune: "Xã Cảm Ân, huyện Yên Bình", Months: months("2023-06", 1)}
	for i := range teams {
		c.Rows = append(c.Rows, SummaryRow{Team: team(i), Members: 7, Received: int64(6 + i%5), Approved: int64(4 + i%5), Waiting: 2, Days: 5, Reports: 1, Eligible: 1})
	}
	c.Figures = sampleFigures()
	return c
}

func sampleAdjustment(kind AdjustmentKind) AdjustmentList {
	a := AdjustmentList{Head: head("DS-UBND"), Kind: kind, Commune: "Xã Cảm Ân, huyện Yên Bình", Month: "2023-11", Policy: nq60}
	was, now := domain.Money(0), domain.Money(500_000)
	why := "Hoạt động ghi nhận trong tháng nhưng máy chủ mất kết nối 9 giờ ngày 04/09/2023; giờ làm được chứng minh bằng khoảng thời gian tin cậy"
	if kind == Recovery {
		was, now, why = now, was, "Một hoạt động được tính hai lần; bỏ đi thì tháng không còn hoạt động nào"
	}
	for i := range 3 {
		a.Rows = append(a.Rows, AdjustmentRow{Team: team(i), Month: "2023-08", Was: was, Now: now, Amount: 500_000, Reason: why,
			Proposed: "Lý Văn Đạt", Approved: "Nguyễn Hữu Phước", Ref: Ref{"17/QĐ-UBND", "2023-11-20"}})
		a.Total += 500_000
	}
	return a
}

func sampleProvince(communes, n int) ProvinceSummary {
	p := ProvinceSummary{Head: head("BC-STTTT"), Months: months("2023-06", n), Policy: nq60}
	p.Head.Superior, p.Head.District, p.Head.Issuer, p.Head.Place = "UBND TỈNH YÊN BÁI", "", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG", "Yên Bái"
	p.Head.Signers = []Signer{{Role: "GIÁM ĐỐC", Name: "Trần Thị Hồng Ngọc"}}
	for i := range communes {
		r := ProvinceRow{District: []string{"Yên Bình", "Mù Cang Chải", "Trấn Yên"}[i*3/communes], Commune: fmt.Sprintf("Xã %s %d", villages[i%len(villages)], i+1), Teams: 8}
		if i == 0 {
			r.Commune = "Thị trấn Nông trường Nghĩa Lộ"
		}
		if i < communes*145/173 {
			r.Teams = 7 + int64(i%2)
		}
		for range n {
			r.ByMonth = append(r.ByMonth, r.Teams)
		}
		if i%5 < 3 {
			r.Registered = "Đạt chuẩn"
			r.Eligible = domain.Money(r.Teams*int64(n)) * 500_000
			r.Funded, r.Listed, r.Paid = r.Eligible, r.Eligible, r.Eligible
			r.Received = r.Paid - 500_000
		} else {
			clear(r.ByMonth)
		}
		p.Rows = append(p.Rows, r)
		p.Total += r.Funded
	}
	return p
}

func sampleSettlement() Settlement {
	q := Settlement{Head: head("BC-UBND"), Name: "Xã Cảm Ân, huyện Yên Bình", From: "2023-10", To: "2023-12", Policy: nq60}
	for i := range 5 {
		q.Rows = append(q.Rows, SettlementRow{Name: team(i).Name, Funded: 1_500_000, Listed: 1_500_000, Paid: 1_000_000, Received: 1_000_000,
			Recovered: domain.Money(i/4) * 500_000, Left: 500_000 + domain.Money(i/4)*500_000})
	}
	q.Spending = []Spending{{"Mua sắm, thuê trang thiết bị", 4, 4, 2_100_000, false}, {"Gói cước di động, dữ liệu", 11, 9, 1_080_000, false},
		{"Liên hoan tổng kết", 1, 0, 385_500, true}}
	return q
}

func sampleOfficers() OfficerList {
	o := OfficerList{Head: head("DS-STTTT"), Months: months("2023-01", 3), Policy: Policy{Name: "Hỗ trợ cán bộ chuyên trách công nghệ thông tin, an toàn thông tin, chuyển đổi số",
		Instrument: "60/2022/NQ-HĐND", Issued: "2022-12-09"}}
	o.Head.On = "2023-02-03"
	for i, r := range []OfficerRow{{Name: "Đỗ Thị Thùy Dương", Office: "Sở Thông tin và Truyền thông", Level: "Cấp tỉnh", Degree: "Thạc sĩ", Rate: 2_000_000},
		{Name: "Giàng A Chư", Office: "UBND huyện Mù Cang Chải", Level: "Cấp huyện", Degree: "Đại học", Rate: 1_500_000},
		{Name: "Hoàng Văn Quyền", Office: "UBND xã Cảm Ân", Level: "Cấp xã", Degree: "Đại học", Rate: 1_000_000}} {
		r.Months, r.From, r.Amount = 3, "2022-01-01", 3*r.Rate
		if i == 1 {
			r.To = "2023-12-31"
		}
		o.Rows, o.Total = append(o.Rows, r), o.Total+r.Amount
	}
	return o
}

// recovered is a list of what comes back of another.
func recovered(o OfficerList) OfficerList {
	o.Kind, o.Rows, o.Total = Recovery, o.Rows[2:], o.Rows[2].Amount
	return o
}

func samplePeople() PeopleList {
	p := PeopleList{Head: head("DS-STTTT"), Months: months("2024-03", 1), Policy: Policy{Name: "Chi cho người được huy động ban đêm",
		Instrument: "27/2023/NQ-HĐND", Issued: "2023-12-08"}}
	p.Head.On = "2024-04-05"
	for i, name := range []string{"Sùng Thị Dế", "Nguyễn Hữu Phước"} {
		r := PersonRow{Name: name, Kind: "Người được huy động", Order: "7/CT-UBND", Month: "2024-03", Times: int64(3 + i), Rate: 180_000}
		r.Amount = domain.Money(r.Times) * r.Rate
		p.Rows, p.Total = append(p.Rows, r), p.Total+r.Amount
	}
	return p
}

// toppedUp is a list with what the commune adds to all but the last team.
func toppedUp(p PaymentList) PaymentList {
	p.TopUp.By = []string{"QĐ 12/QĐ-UBND"}
	for i := range p.Rows[:len(p.Rows)-1] {
		p.Rows[i].TopUp = 450_000
		p.TopUp.Total += 450_000
	}
	return p
}

func sampleAwards() AwardList {
	a := AwardList{Head: head("DS-STTTT"), Year: 2025, Policy: Policy{Name: "Thưởng đơn vị được công nhận", Instrument: "60/2022/NQ-HĐND", Issued: "2022-12-09"}}
	a.Head.On, a.Head.Superior, a.Head.Issuer, a.Head.Place = "2025-12-22", "UBND TỈNH LÀO CAI", "SỞ KHOA HỌC VÀ CÔNG NGHỆ", "Lào Cai"
	for _, r := range []AwardRow{{Unit: "Sở Tư pháp", Kind: "Sở, ban, ngành", Standard: "Đạt chuẩn", Amount: 100_000_000},
		{Unit: "Huyện Văn Yên", Kind: "Huyện", Standard: "Nâng cao", Amount: 1_000_000_000}, {Unit: "Xã Yên Hợp", Kind: "Xã", Standard: "Nâng cao", Amount: 150_000_000}} {
		r.By = Ref{"2210/QĐ-UBND", "2025-05-30"}
		a.Rows, a.Total = append(a.Rows, r), a.Total+r.Amount
	}
	return a
}

func sampleExplanation() Explanation {
	v := domain.TeamMonth{Month: "2023-06", Policy: "yb-nq60-team", Version: "3", Result: domain.Incomplete,
		ReasonVi: "Chưa đủ điều kiện: gửi báo cáo tháng để Chủ tịch xã duyệt trước khi hết ngày 10/07/2023.", Rate: 500_000}
	rule := func(id, vi, have, need string, pass bool, o domain.Origin, source string) domain.RuleResult {
		return domain.RuleResult{Rule: id, Vi: vi, Have: have, Need: need, Pass: pass, Origin: o, Source: source}
	}
	v.Rules = []domain.RuleResult{
		rule("R1", "Tổ của thôn, bản, tổ dân phố", "Tổ thôn", "Tổ thôn", true, domain.Sourced, "Nghị quyết 60/2022/NQ-HĐND, Điều 2"),
		rule("R3", "Xã đăng ký đạt chuẩn chuyển đổi số trong năm; xã sáp nhập hưởng đến hết năm", "Đăng ký năm 2023", "Có đăng ký", true, domain.Sourced, "QĐ 894/QĐ-UBND ngày 01/06/2023; phần sáp nhập: quy định tạm"),
		rule("R9", "Báo cáo tháng được Chủ tịch xã duyệt", "Chưa có báo cáo", "1 báo cáo đã duyệt", false, domain.Assumed, "Quy định tạm"),
		rule("R10", "Có ít nhất 1 hoạt động được duyệt trong tháng", "16 hoạt động", "1 hoạt động", true, domain.Assumed, "Quy định tạm"),
		rule("R12", "Tổ có tổ trưởng và 3 thành viên", "2 thành viên", "3 thành viên", false, domain.Assumed, "Quy định tạm"),
		rule("R16", "Tổng chi không quá quyết định kinh phí", "0 đồng", "2.698.500.000 đồng", true, domain.Inferred, "QĐ 1845/QĐ-UBND ngày 12/10/2023")}
	v.Rules[1].Also, v.Rules[4].Advisory = domain.Assumed, true
	v.Rules[2].TodoVi, v.Rules[2].By = "gửi báo cáo tháng để Chủ tịch xã duyệt", "2023-07-10"
	v.Rules[2].TodoEn, v.ReasonEn = "submit the monthly report for approval", "Incomplete: submit the monthly report by 10/07/2023."
	for i, en := range [][3]string{{"A team of a village or residential quarter", "A village team", "A village team"},
		{"The commune is registered that year; a merged commune inherits to the year's end", "Registered in 2023", "Registered"},
		{"The chair approved the monthly report", "No report", "1 approved report"}, {"At least 1 approved activity in the month", "16 activities", "1 activity"},
		{"The team has a leader and 3 members", "2 members", "3 members"}, {"What is paid stays within the decision", "0 VND", "2,698,500,000 VND"}} {
		v.Rules[i].En, v.Rules[i].HaveEn, v.Rules[i].NeedEn = en[0], en[1], en[2]
	}
	h := head("GT-UBND")
	h.Signers, h.Number, h.Draft = h.Signers[2:], "", true
	return Explanation{Head: h, Team: team(0), Commune: "xã Cảm Ân", Policy: nq60, Verdict: v, Stage: domain.StageGrace, Money: domain.Projected,
		Closed: Ref{"9c41e07b…", "2023-07-15"}, Dispute: "đã gửi ngày 20/12/2023, chờ Chủ tịch xã trả lời",
		Activities: []ExplainedActivity{{"2023-06-03", "Hướng dẫn dịch vụ công trực tuyến", "Hà Thị Ẵm", true, "", ""},
			{"2023-06-09", "Tuyên truyền phòng, chống lừa đảo trên mạng", "Vàng A Sử", false, "Chưa được duyệt: Chủ tịch xã trả lại để bổ sung ảnh", "Not approved: returned for a photo"}}}
}

// samples is every paper at a size that fits a golden file.
func sampleActivities() ActivityTable {
	return ActivityTable{Head: head("BC-UBND"), Commune: "Xã Cảm Ân, huyện Yên Bình", Month: "2023-06",
		Names: map[string]string{"so_nguoi": "Số người", "so_ho_so": "Số hồ sơ"}, Rows: []ActivityRow{
			{ID: "0b1c", On: "2023-06-02", Team: team(0).Name, Author: leaders[0], Kind: "Nộp hồ sơ trực tuyến", Measures: map[string]int64{"so_ho_so": 3, "so_nguoi": 0},
				Papers: []string{"Sổ, trang 4", "BB 02"}, Photos: 2, Place: "Nhà văn hóa", State: domain.Approved, Reviewer: leaders[1], Waiver: "Mất điện"},
			{ID: "0b1d", On: "2023-06-03", Team: team(1).Name, Author: leaders[2], Kind: "Họp tổ", Measures: map[string]int64{"khac": 12},
				Note: "=HYPERLINK(1)", State: domain.Returned, Reason: "Thiếu minh chứng"}}}
}

func samples() map[string]Doc {
	awards := sampleAwards()
	awards.Head.Replaces = Ref{"04/DS-STTTT", "2025-12-01"}
	recovery := sampleAdjustment(Recovery)
	recovery.Head.Replaced, recovery.Head.Reprinted = Ref{"09/DS-UBND", "2023-12-20"}, "2023-12-21"
	draft := samplePayment(3)
	draft.Head.Draft, draft.Head.Number = true, ""
	return map[string]Doc{"team_report": sampleReport(), "commune_summary": sampleSummary(6), "eligibility": sampleEligibility(14),
		"payment": samplePayment(6), "payment_draft": draft, "back_payment": sampleAdjustment(BackPayment), "recovery": recovery,
		"officers_recovery": recovered(sampleOfficers()), "province": sampleProvince(6, 7), "settlement": sampleSettlement(), "officers": sampleOfficers(), "awards": awards,
		"payment_topup": toppedUp(samplePayment(6)), "people": samplePeople(), "explanation": sampleExplanation(), "activities": sampleActivities()}
}

// volumes is the papers at the size of a real commune and province.
func volumes() map[string]Doc {
	return map[string]Doc{"payment_40": samplePayment(40), "eligibility_40": sampleEligibility(40), "summary_40": sampleSummary(40),
		"province_173": sampleProvince(173, 7), "province_12": sampleProvince(173, 12), "payment_1356": samplePayment(1356)}
}
