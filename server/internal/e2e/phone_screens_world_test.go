package e2e

import (
	"testing"
	"time"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// People of the pictures, all invented. Their commune and team are "mẫu",
// samples, so that nobody takes them for real ones.
const (
	sMember = "sm"
	sMate   = "sn"
	sLeader = "sl"
	sDeputy = "sd"
	sNext   = "so" // leader of the team beside
	sChair  = "sc"
)

// newScreenWorld is a commune in the middle of a month, with something of
// everything that the app shows.
func newScreenWorld(t *testing.T) *phoneWorld {
	t.Helper()
	w := newPhoneWorld(t)
	sys := w.as[pSys]
	w.unit["M"] = w.imports(sys, "units", "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref",
		"commune,M1,xa,Xã Bản Mẫu,,15,2020-01-01,,thử,")[0]
	teams := w.imports(sys, "teams", "ref,name,level,commune_code,village,decision,established_on,dissolved_on",
		"S1,Tổ CĐSCĐ thôn Suối Mẫu,village,M1,Thôn Suối Mẫu,01/QĐ-UBND,2022-01-01,",
		"S2,Tổ CĐSCĐ thôn Đồi Mẫu,village,M1,Thôn Đồi Mẫu,01/QĐ-UBND,2022-01-01,")
	w.team["S1"], w.team["S2"] = teams[0], teams[1]
	people := w.imports(sys, "members", "ref,name,role,team_ref,from,to",
		"sm,Giàng A Páo (giả định),member,S1,2022-01-01,", "sn,Lò Thị Mai (giả định),member,S1,2022-01-01,",
		"sl,Hà Văn Tân (giả định),leader,S1,2022-01-01,", "sd,Nông Thị Thu (giả định),deputy_leader,S1,2022-01-01,",
		"so,Vàng Thị Sua (giả định),leader,S2,2022-01-01,")
	for i, n := range []string{sMember, sMate, sLeader, sDeputy, sNext} {
		w.who[n] = people[i]
	}
	w.imports(sys, "registrations", "commune_code,year,standard,decision,decided_on,origin", "M1,2023,standard,1/QĐ,2023-01-01,S")
	for _, n := range []string{sMember, sMate, sLeader, sNext} {
		w.signIn(n)
	}
	w.officer(sChair, "Trần Văn Bình (giả định)", "commune_chair", "commune", "M1", "chutich.banmau")
	w.pastMonth()
	w.paid()
	w.thisMonth()
	w.announced()
	return w
}

// announced: the chair gives the teams something to do and lets them know.
func (w *phoneWorld) announced() {
	w.t.Helper()
	for kind, text := range map[string][2]string{
		"task":         {"Rà soát hộ chưa có VNeID", "Mỗi tổ lập danh sách số hộ theo xóm trước ngày 25/12."},
		"announcement": {"Tập huấn an toàn số", "8 giờ ngày 23/12 tại hội trường xã; mỗi tổ cử hai người."},
	} {
		_, err := w.as[sChair].Announce(w.t.Context(), client.Announce{Key: newID(), Kind: kind, Title: text[0], Text: text[1], Units: []client.ID{w.unit["M"]}, To: "all"})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// officer imports an officer and signs him in.
func (w *phoneWorld) officer(name, who, role, level, code, login string) {
	w.t.Helper()
	w.who[name] = w.imports(w.as[pSys], "officers", "ref,name,role,unit_level,unit_code,from,to", name+","+who+","+role+","+level+","+code+",2022-01-01,")[0]
	c := w.client(name)
	if _, err := c.Activate(w.t.Context(), client.Activate{Code: w.code(name), Install: newID(), DeviceName: "máy thử", Login: login, Password: attackPassword}); err != nil {
		w.t.Fatal(err)
	}
	w.as[name] = c
	w.phone[name] = &attackPhone{s: w.siege, c: c, person: w.who[name], client: newID()}
}

// done logs and hands in one activity; measures are JSON.
func (w *phoneWorld) done(name, team, day, kind, measures, place, note, paper string) syncproto.ID {
	w.t.Helper()
	p, id := w.phone[name], recordID()
	raw := p.do(syncproto.OpCreate, syncproto.TypeActivity, id, func(m *syncproto.Mutation) {
		m.Set = syncproto.Doc{"team": syncproto.Str(string(w.team[team])), "done_on": syncproto.Str(day), "category": syncproto.Str(kind), "measures": []byte(measures)}
		if place != "" {
			m.Set["place"] = syncproto.Str(place)
		}
		if note != "" {
			m.Set["note"] = syncproto.Str(note)
		}
		m.Add = syncproto.Sets{"participants": {string(w.who[name])}}
		if paper != "" {
			m.Add["evidence"] = []string{"paper:" + paper}
		}
	})
	for i, v := range p.push(raw, p.do(syncproto.OpSubmit, syncproto.TypeActivity, id, nil)) {
		if v.V != syncproto.Applied {
			w.t.Fatalf("mutation %d of %s: %+v", i, kind, v)
		}
	}
	return id
}

// report writes a team's report and hands it in.
func (w *phoneWorld) report(name, team, month, summary string) {
	w.t.Helper()
	p, id := w.phone[name], syncproto.DerivedID(syncproto.TypeReport, w.team[team], month)
	raw := p.do(syncproto.OpCreate, syncproto.TypeReport, id, func(m *syncproto.Mutation) {
		m.Set = syncproto.Doc{"team": syncproto.Str(string(w.team[team])), "month": syncproto.Str(month), "summary": syncproto.Str(summary)}
	})
	for _, v := range p.push(raw, p.do(syncproto.OpSubmit, syncproto.TypeReport, id, nil)) {
		if v.V != syncproto.Applied {
			w.t.Fatalf("report: %+v", v)
		}
	}
}

// decided lets the chair decide on everything of a month that waits.
func (w *phoneWorld) decided(month, decision, reason string) {
	w.t.Helper()
	q, err := w.as[sChair].ReviewQueue(w.t.Context(), w.unit["M"], month, "", 200)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, i := range q.Items {
		out, err := w.as[sChair].Review(w.t.Context(), []client.Decision{{Key: newID(), Type: i.Type, ID: i.ID, Seen: i.C, Decision: decision, Reason: reason}})
		if err != nil || out[0].V != syncproto.Applied {
			w.t.Fatalf("%s: %v %+v", decision, err, out)
		}
	}
}

// pass lets days go by; sessions are renewed after them.
func (w *phoneWorld) pass(d time.Duration) {
	w.t.Helper()
	w.mu.Lock()
	w.ahead += d
	w.mu.Unlock()
	for name, c := range w.as {
		if _, err := c.Refresh(w.t.Context()); err != nil {
			w.t.Fatalf("%s: %v", name, err)
		}
	}
}

// pastMonth is November: done, reported, approved and closed.
func (w *phoneWorld) pastMonth() {
	w.t.Helper()
	w.done(sMember, "S1", "2023-11-04", "DVC_NOP_HO_SO", `{"so_ho_so":6,"so_nguoi":5}`, "Nhà văn hóa thôn", "", "Sổ tiếp dân, trang 9")
	w.done(sMate, "S1", "2023-11-12", "AN_TOAN_SO", `{"so_nguoi":31}`, "", "", "Biên bản họp thôn 12/11")
	w.done(sLeader, "S1", "2023-11-19", "HOP_TO", `{"so_thanh_vien_du":4}`, "", "", "Sổ họp, trang 3")
	w.pass(13 * 24 * time.Hour) // the 3rd of December
	w.report(sLeader, "S1", "2023-11", "Tổ đã hướng dẫn bà con nộp hồ sơ trực tuyến và phòng tránh lừa đảo trên mạng.")
	w.decided("2023-11", "approve", "")
	m, _, err := w.as[pSys].TeamMonth(w.t.Context(), w.team["S1"], "2023-11", "")
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := w.as[sChair].CloseCommuneMonth(w.t.Context(), w.unit["M"], "2023-11", []client.CloseItem{{Team: w.team["S1"], Csum: m.Csum}})
	if err != nil || !res[0].Closed {
		w.t.Fatalf("close: %v %+v", err, res)
	}
}

// paid lets the province fund November and list it, and the commune's
// accountant pay it. The leader has not confirmed it yet.
func (w *phoneWorld) paid() {
	w.t.Helper()
	ctx := w.t.Context()
	w.officer("pa", "Sở (giả định)", "province_admin", "province", "15", "so.mot")
	w.officer("pb", "Sở hai (giả định)", "province_admin", "province", "15", "so.hai")
	w.officer("ka", "Kế toán (giả định)", "commune_accountant", "commune", "M1", "ketoan.banmau")
	_, err := w.as["pa"].Fund(ctx, client.Funding{Policy: "yb-nq60-team", Decision: "1845/QĐ-UBND", On: "2023-12-03", From: "2023-11", To: "2023-11",
		Teams: []client.ID{w.team["S1"]}, Months: 1, Total: 500_000, Origin: "S"})
	if err != nil {
		w.t.Fatalf("fund: %v", err)
	}
	drafts, err := w.as["pa"].DraftLists(ctx, client.ListWanted{Key: newID(), Kind: "payment", Policy: "yb-nq60-team", Months: []string{"2023-11"}, Split: true})
	if err != nil || len(drafts) != 1 {
		w.t.Fatalf("draft: %v %+v", err, drafts)
	}
	if _, err := w.app.Backup(ctx); err != nil {
		w.t.Fatal(err)
	}
	done, err := w.as["pb"].IssueLists(ctx, []client.ID{drafts[0].ID})
	if err != nil || !done[0].Issued {
		w.t.Fatalf("issue: %v %+v", err, done)
	}
	if _, err := w.as["ka"].PayList(ctx, done[0].List.ID, "PC-17", "2023-12-03"); err != nil {
		w.t.Fatalf("pay: %v", err)
	}
}

// thisMonth is December: some approved, one returned, one refused, some wait,
// and two that were set aside.
func (w *phoneWorld) thisMonth() {
	w.t.Helper()
	w.pass(15 * 24 * time.Hour) // the 18th
	approved := w.done(sMember, "S1", "2023-12-06", "DVC_NOP_HO_SO", `{"so_ho_so":4,"so_nguoi":4}`, "Nhà ông trưởng thôn", "", "Sổ tiếp dân, trang 14")
	w.done(sMate, "S1", "2023-12-08", "VNEID", `{"so_nguoi_kich_hoat":7}`, "", "", "Danh sách lưu ở xã, số 21")
	w.decided("2023-12", "approve", "")
	w.done(sMember, "S1", "2023-12-11", "THANH_TOAN_SO", `{}`, "", "", "")
	w.decided("2023-12", "return", "Thiếu minh chứng, hãy chụp thêm ảnh buổi hướng dẫn.")
	w.done(sMember, "S1", "2023-12-12", "KHAC", `{}`, "", "Đi chợ phiên", "")
	w.decided("2023-12", "reject", "Không phải việc của tổ.")
	w.done(sMember, "S1", "2023-12-15", "TUYEN_TRUYEN_TRUC_TIEP", `{}`, "Xóm trên", "Đi cùng trưởng thôn", "")
	w.done(sMate, "S1", "2023-12-16", "LOP_KY_NANG_SO", `{"so_hoc_vien":18,"so_buoi":1}`, "Nhà văn hóa thôn", "", "Danh sách lớp, số 4")
	w.done(sNext, "S2", "2023-12-16", "QR_HO_KINH_DOANH", `{"so_ho_kd":5}`, "Chợ xã", "", "")
	p := w.phone[sMember]
	late := p.do(syncproto.OpCreate, syncproto.TypeActivity, recordID(), func(m *syncproto.Mutation) {
		m.Set = syncproto.Doc{"team": syncproto.Str(string(w.team["S1"])), "done_on": syncproto.Str("2023-11-25"), "category": syncproto.Str("SO_SUC_KHOE"), "note": syncproto.Str("Ghi muộn vì mất sóng")}
	})
	edit := p.do(syncproto.OpEdit, syncproto.TypeActivity, approved, func(m *syncproto.Mutation) {
		m.Set = syncproto.Doc{"measures": []byte(`{"so_ho_so":40,"so_nguoi":4}`)}
		m.Was = syncproto.Doc{"measures": []byte(`{"so_ho_so":4,"so_nguoi":4}`)}
	})
	for _, v := range p.push(late, edit) {
		if v.V != syncproto.Aside {
			w.t.Fatalf("not set aside: %+v", v)
		}
	}
}
