package demo

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	api "github.com/banso/banso/admin/client"
	plan "github.com/banso/banso/deploy/demo"
	"github.com/banso/banso/server/internal/domain"
)

// printer writes for a person at a terminal, Vietnamese first.
type printer struct {
	w     io.Writer
	wall  func() time.Time
	began time.Time
}

func (p *printer) say(vi, en string) {
	fmt.Fprintf(p.w, "%5.1f s  %s\n         %s\n", p.wall().Sub(p.began).Seconds(), vi, en)
}

func (p *printer) month(m api.MonthTotals) {
	fmt.Fprintf(p.w, "%5.1f s  Chốt %s / closed: %d tổ; đủ điều kiện / eligible: %d\n",
		p.wall().Sub(p.began).Seconds(), domain.Month(m.Month).Vi(), m.Closed, m.Eligible)
}

// result prints the table and, if the server goes on, the ways in.
func (p *printer) result(r *plan.Result, base string, serving bool) {
	fmt.Fprintf(p.w, "\nTỉnh Yên Bái 2023: %d xã, %d tổ cấp thôn, %d tổ thuộc xã đăng ký (danh sách xã do demo giả định)\n", r.Communes, r.VillageTeams, r.RegisteredTeams)
	fmt.Fprintf(p.w, "Yên Bái 2023: %d communes, %d village teams, %d of them in registered communes (which ones is invented)\n\n", r.Communes, r.VillageTeams, r.RegisteredTeams)
	fmt.Fprintf(p.w, "%-14s %7s %9s %13s %13s %9s %18s\n", "Tháng", "Tổ", "Đã chốt", "Đủ điều kiện", "Không đủ", "Cấp KP", "Kinh phí (đồng)")
	fmt.Fprintf(p.w, "%-14s %7s %9s %13s %13s %9s %18s\n", "Month", "Teams", "Closed", "Eligible", "Ineligible", "Funded", "Funded (VND)")
	for _, m := range r.Months {
		if m.Month < plan.FirstMonth || m.Month > plan.LastMonth {
			continue
		}
		fmt.Fprintf(p.w, "%-14s %7d %9d %13d %13d %9d %18s\n", domain.Month(m.Month).Vi(), m.Teams, m.Closed, m.Eligible,
			m.Ineligible+m.Incomplete+m.OutOfWindow, m.Funded, domain.Money(m.FundedVND).Figures())
	}
	fmt.Fprintf(p.w, "\nTổng / total: %d tháng-tổ (team-months), %s\nBằng chữ: %s\n", r.TeamMonths, domain.Money(r.TotalVND), domain.Money(r.TotalVND).Words())
	p.money(&r.Money)
	p.pushes(r.Push)
	fmt.Fprintf(p.w, "\n%d hoạt động / activities; %d thao tác đã đồng bộ / mutations synced in %d lượt / visits; mất %d trả lời / answers lost; %d để riêng / set aside\n",
		r.Activities, r.SyncedMutations, r.Syncs, r.LostAnswers, r.SetAside)
	fmt.Fprintf(p.w, "Mất %.1f giây / seconds. Seed %d, scale %v.\n", r.ElapsedS, r.Seed, r.Scale)
	fmt.Fprintf(p.w, "\n%s, %s, %s: %s\n%s\n", domain.Month(r.Open.Month).Vi(), r.Open.Team, r.Open.Where, r.Open.ReasonVi, r.Open.ReasonEn)
	if serving {
		p.logins(r, base)
	}
}

// money tells what was listed, by what the ledger says, and where the papers are.
func (p *printer) money(m *plan.Money) {
	fmt.Fprintf(p.w, "\nDanh sách chi trả / payment lists: %d, tổng / total %s\nBằng chữ: %s\n", m.Lists, domain.Money(m.ListedVND), domain.Money(m.ListedVND).Words())
	fmt.Fprintf(p.w, "Đã chi (xã trình diễn) / paid (showcase commune): %s; còn lại của quyết định / left of the decision: %s\n",
		domain.Money(m.PaidVND), domain.Money(m.LeftVND))
	fmt.Fprintf(p.w, "%d quyết định đã kiểm lại, %d sai lệch; dấu niêm phong %s / decisions proved again, problems, fingerprint\n", m.Decisions, m.Problems, m.Fingerprint)
	fmt.Fprintf(p.w, "%d văn bản trong / papers in %s\n", m.Papers, m.Out)
}

// pushes tells what left the machine and what of it phones could read.
func (p *printer) pushes(r *plan.PushReport) {
	if r == nil {
		return
	}
	fmt.Fprintf(p.w, "\nThông báo đẩy / pushes: FCM %d, Web Push %d, bị từ chối / refused %d, tới %d điện thoại / phones\n", r.FCM, r.Web, r.Refused, r.Devices)
	fmt.Fprintf(p.w, "Đã kiểm / verified: %d chữ ký OAuth / OAuth grants, %d chữ ký VAPID / VAPID tokens, giải mã %d tin / messages decrypted\n", r.Grants, r.Signed, r.Opened)
	fmt.Fprintf(p.w, "Một tin chỉ có / a message says no more than: %s (tối đa / at most %d byte)\n", r.Sample, r.MaxBytes)
	fmt.Fprintf(p.w, "Điện thoại tự soạn tiếng Việt từ bản ghi của mình / phones composed from their own records: %d / %d\n", r.Composed, r.Hints)
	for _, k := range slices.Sorted(maps.Keys(r.Server)) {
		fmt.Fprintf(p.w, "  %-20s %d\n", k, r.Server[k])
	}
}

func (p *printer) logins(r *plan.Result, base string) {
	fmt.Fprintf(p.w, "\nMáy chủ tiếp tục chạy ở %s, đồng hồ từ ngày 01/02/2024; %d việc và báo cáo của tháng 1 chờ duyệt, rồi chốt được. Dừng bằng Ctrl+C.\n", base, r.Waiting)
	fmt.Fprintf(p.w, "The server goes on at %s, its clock on 1 February 2024; %d submissions of January wait for review, and then for the month to be confirmed. Stop with Ctrl+C.\n\n", base, r.Waiting)
	for _, l := range r.Logins {
		way := "mã kích hoạt / activation code " + l.Code
		if l.Login != "" {
			way = "đăng nhập / login " + l.Login + "  mật khẩu / password " + l.Password
		}
		fmt.Fprintf(p.w, "  %s\n      %s (%s): %s\n", roleNames[l.Role], l.Name, l.Where, way)
	}
}

var roleNames = map[string]string{
	"member": "Thành viên / member", "leader": "Tổ trưởng / leader", "chair": "Chủ tịch xã / commune chair",
	"accountant": "Kế toán xã / commune accountant", "province_admin": "Quản trị tỉnh / province administrator",
	"province_viewer": "Cán bộ tỉnh (xem) / province viewer", "system_admin": "Quản trị hệ thống / system administrator",
}

func writeJSON(w io.Writer, v any) error {
	b, err := json.Marshal(v, jsontext.WithIndent("  "), json.Deterministic(true))
	if err == nil {
		_, err = w.Write(append(b, '\n'))
	}
	return err
}

// comparison prints the broken run: who was predicted to lose, who did.
func (p *printer) comparison(r *plan.BrokenReport) {
	fmt.Fprintf(p.w, "\n%-12s %-14s %-14s %-22s %-24s %s\n", "Tổ / team", "Tháng / month", "Hỏng / broken", "Dự đoán / predicted", "Máy chủ / server", "Quy tắc / rules")
	for _, x := range r.Rows {
		mark := ""
		if !x.Agrees {
			mark = "  <-- KHÁC / DIFFERS"
		}
		fmt.Fprintf(p.w, "%-12s %-14s %-14s %-22s %-24s %v%s\n", x.Team, domain.Month(x.Month).Vi(), x.Break, paid(x.WantPaid)+" "+x.WantRule,
			paid(x.Paid)+" ("+x.Result+")", x.Failed, mark)
	}
	fmt.Fprintf(p.w, "\nDự đoán / predicted: %d tháng-tổ (team-months), %s\nMáy chủ / server:    %d tháng-tổ (team-months), %s\nKhác nhau / differences: %d. %.1f giây / seconds.\n",
		r.WantTeamMonths, domain.Money(r.WantVND), r.TeamMonths, domain.Money(r.TotalVND), r.Differences, r.ElapsedS)
}

func paid(yes bool) string {
	if yes {
		return "có / paid"
	}
	return "không / not paid"
}
