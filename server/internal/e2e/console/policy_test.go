package console

import (
	"strings"
	"testing"

	"github.com/banso/banso/deploy/data"
	web "github.com/banso/banso/server/internal/e2e/browser"
)

// TestPolicy_TwoPeoplePublish: the province reads a policy in plain words,
// drafts another rate, sees what would have come of it and proposes it; a
// second person publishes. Then a funding decision is entered, with the sum
// that must hold, and days are moved.
func TestPolicy_TwoPeoplePublish(t *testing.T) {
	w := newWorld(t)
	w.phone["m1"].plain("T1", 1)
	w.report("m1", "T1")
	w.approveAll()
	b := w.enter(province, web.Desk)
	b.JS(`location.hash = "#/policies"`, nil)
	b.See("60/2022/NQ-HĐND")
	looked(t, b, "policies")
	b.Tap("Xem nội dung, phiên bản 1")
	b.See("Mức hỗ trợ")
	b.See("500.000 đồng")
	looked(t, b, "policy")
	b.Tap("Soạn phiên bản mới")
	b.Write("Mức hỗ trợ (đồng)", "600000")
	b.JS(`(() => { const s = document.querySelectorAll("main select"), l = s[s.length - 1]; s[s.length - 2].value = "2023-10"; l.value = "2023-10"; for (const x of [s[s.length - 2], l]) x.dispatchEvent(new Event("change", { bubbles: true })); })()`, nil)
	b.Tap("Tính thử, không ghi gì")
	b.See("Tổng: 0 đồng → 0 đồng")
	looked(t, b, "draft")
	b.Tap("Đề nghị công bố")
	b.See("Chờ người khác duyệt")
	looked(t, b, "proposed")
	b.Silent()

	s := w.enter(second, web.Phone)
	s.JS(`location.hash = "#/policies"`, nil)
	s.See("Chờ bạn duyệt")
	looked(t, s, "waiting-phone")
	s.JS(`document.querySelector(".list .button").click()`, nil)
	s.See("Phê duyệt và công bố")
	s.See("600.000 đồng")
	looked(t, s, "approve-phone")
	s.Tap("Phê duyệt và công bố")
	s.See("Xem nội dung, phiên bản 2")
	s.Silent()
	if list, err := w.as[province].Policies(t.Context()); err != nil || len(list) != 2 {
		t.Errorf("%d policies, %v", len(list), err)
	}

	b.JS(`location.hash = "#/money"`, nil)
	b.See("Không có đề nghị nào đang chờ")
	looked(t, b, "money")
	b.Tap("Ghi quyết định kinh phí")
	b.Write("Số quyết định", "1845/QĐ-UBND")
	b.JS(`document.querySelector("dialog .choices input").click()`, nil)
	b.See("4 tổ × 1 tháng × 600.000 đồng = 2.400.000 đồng")
	b.Write("Tổng kinh phí (đồng)", "2000000")
	b.See("phải bằng tổng (R16)")
	looked(t, b, "fund")
	b.Write("Tổng kinh phí (đồng)", "2400000")
	b.JS(`document.querySelector("dialog .button.main").click()`, nil)
	b.See("Quyết định 1845/QĐ-UBND")
	b.Tap("Gia hạn")
	b.Write("Lùi số ngày", "3")
	b.Write("Lý do, văn bản", "Nghỉ Tết Dương lịch, văn bản 5/UBND")
	looked(t, b, "extend")
	b.JS(`document.querySelector("dialog .button.main").click()`, nil)
	b.See("Nghỉ lễ: lùi 3 ngày")
	b.Silent()
}

// TestMonth_CommuneFacts: where a policy lets the commune add money or pays by
// what a village is, the chair says both on the month's screen.
func TestMonth_CommuneFacts(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string][]string{
		"dn-nq26":       {`"from": "2026-01"`, `"from": "2023-01"`, `"to": "2027-12"`, `"to": "2023-12"`, `"name": "Đà Nẵng"`, `"name": "Yên Bái"`, `"overlap_group": "team-monthly-support"`, `"overlap_group": "with-top-up"`},
		"nghean-analog": {`"name": "Nghệ An"`, `"name": "Yên Bái"`},
	} {
		file, err := data.Files.ReadFile("policies/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.as[system].PublishPolicy(t.Context(), []byte(strings.NewReplacer(change...).Replace(string(file)))); err != nil {
			t.Fatal(err)
		}
	}
	b := w.enter(chair, web.Desk)
	b.JS(`location.hash = "#/month"`, nil)
	b.See("Xã chưa có quyết định hỗ trợ thêm")
	b.Tap("Ghi quyết định hỗ trợ thêm")
	b.Write("Số quyết định", "12/QĐ-UBND")
	b.Write("Số tiền mỗi tổ mỗi tháng", "450000")
	b.See("Nhiều nhất 600.000 đồng")
	looked(t, b, "topup")
	b.JS(`document.querySelector("dialog .button.main").click()`, nil)
	b.See("450.000 đồng mỗi tổ mỗi tháng")
	b.JS(`document.querySelector("summary").click()`, nil)
	b.Tap("Số hộ, loại thôn")
	b.Write("Số hộ", "400")
	b.Write("Văn bản làm căn cứ", "Báo cáo 12/BC-UBND")
	looked(t, b, "village")
	b.JS(`document.querySelector("dialog .button.main").click()`, nil)
	b.See("thôn, 400 hộ")
	b.Silent()
}
