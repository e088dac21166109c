package e2e

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/deploy/data"
)

var update = flag.Bool("update", false, "write golden files anew")

// TestAdmin_MoneyInTheTerminal types what a province, a chair and an
// accountant type in a month, and compares all that the terminal answers.
func TestAdmin_MoneyInTheTerminal(t *testing.T) {
	w := newTerminal(t)
	units := w.imports("units", "level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref",
		"province,15,tinh,Tỉnh Yên Bái,,,2020-01-01,,thử,", "commune,A1,xa,Xã A,,15,2020-01-01,,thử,")
	teams := w.imports("teams", "ref,name,level,commune_code,village,decision,established_on,dissolved_on",
		"T1,Tổ Một,village,A1,Thôn Một,01/QĐ-UBND,2022-01-01,", "T2,Tổ Hai,village,A1,Thôn Hai,01/QĐ-UBND,2022-01-01,")
	leader := w.imports("members", "ref,name,role,team_ref,from,to", "L1,Tổ Trưởng (thử),leader,T1,2022-01-01,")[0]
	officers := w.imports("officers", "ref,name,role,unit_level,unit_code,from,to",
		"chair,Chủ Tịch A (thử),commune_chair,commune,A1,2022-01-01,", "accountant,Kế Toán A (thử),commune_accountant,commune,A1,2022-01-01,",
		"province,Quản Trị Tỉnh (thử),province_admin,province,15,2022-01-01,", "second,Quản Trị Hai (thử),province_admin,province,15,2022-01-01,")
	w.imports("registrations", "commune_code,year,standard,decision,decided_on,origin", "A1,2023,standard,894/QĐ-UBND,2023-06-01,S")
	w.policies()
	w.rosters()
	phone := w.account(leader, "")
	chair := w.account(officers[0], "chair")
	for i, login := range []string{"accountant", "province", "second"} {
		w.account(officers[i+1], login)
	}
	w.worked(phone, chair, leader, teams[0], units[1])
	w.turn("2023-07-08")
	a, t1, t2 := string(units[1]), string(teams[0]), string(teams[1])
	w.facts(a, t1)
	w.month(a, t1, t2)
	w.lists(a, t1)
	w.officers()
	w.twoPublish()
	w.run("province", "", "verify")
	for _, what := range [][]string{{"verify"}, {"totals", "2023"}, {"policy", "check", "yb-nq60-team.json"}, {"budget", "yb-nq60-team", "2023"}} {
		w.answersJSON(what...)
	}
	w.run("chair", "", "contact", "set", a, "0216 000 000", "Văn phòng UBND xã A (thử)")
	w.run("chair", "", "contact", "show", a)
	w.run("accountant", "", "contact", "set", a, "không", "Văn phòng")
	w.tokens()
	w.persons(t2)
	w.jobs()
	w.run("chair", "", "list", "show")
	w.run("nobody", "", "list", "all")
	w.run("chair", "", "nonsense")

	golden := filepath.Join("testdata", "admin_money.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(w.told()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), w.told()); d != "" {
		t.Error(d)
	}
}

// policies checks and publishes policy files, also one that is wrong.
func (w *terminal) policies() {
	for _, name := range []string{"yb-nq60-team", "yb-nq60-officer", "yb-nq60-award"} {
		raw, err := data.Files.ReadFile("policies/" + name + ".json")
		if err != nil {
			w.t.Fatal(err)
		}
		w.file(name+".json", string(raw))
		w.run("admin", "", "policy", "publish", name+".json")
		w.file("wrong.json", strings.Replace(string(raw), `"subject"`, `"subjekt"`, 1))
	}
	w.run("admin", "", "policy", "check", "yb-nq60-officer.json")
	w.run("admin", "", "policy", "check", "wrong.json")
}

// jobs are started, waited for, fetched, cancelled and taken back.
func (w *terminal) jobs() {
	w.t.Helper()
	start := func(as string, args ...string) string {
		said, _ := w.run(as, "", args...)
		id, _, _ := strings.Cut(said, " ")
		return id
	}
	follow := func() {
		if err := w.app.Follow(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
	w.file("them.csv", "ref,name,role,team_ref,from,to\nN1,Lò Văn Mới (thử),member,T2,2023-07-01,\n")
	in := start("province", "import", "members", "them.csv", "--job")
	stopped := start("province", "export", "lists", "2023-06")
	w.run("province", "", "job", "cancel", stopped)
	table := start("province", "export", "activities", "2023-06", "2023-07", "--format", "csv")
	trial := start("province", "policy", "what-if", "yb-nq60-team.json", "--from", "2023-06", "--to", "2023-06", "--job")
	end := start("province", "month", "finalise", "2023-05", "--job")
	follow()
	w.run("province", "", "job", "wait", in)
	w.run("province", "", "job", "wait", stopped)
	w.run("province", "", "job", "result", table)
	w.run("province", "", "job", "result", trial, "-o", "thu.json")
	w.run("province", "", "job", "wait", end)
	back := start("province", "job", "undo", in)
	follow()
	w.run("province", "", "job", "show", back)
	w.run("province", "", "job", "show", back, "--json")
	w.run("chair", "", "job", "list")
	w.run("chair", "", "job", "show", in)
	w.run("chair", "", "job", "result", table)
}

// tokens are made, listed and revoked; only administrators may.
func (w *terminal) tokens() {
	w.t.Helper()
	said, _ := w.run("province", "", "token", "new", "Power BI (thử)")
	words := strings.Fields(said)
	if len(words) != 2 || !strings.HasPrefix(words[1], "bst_"+words[0]) {
		w.t.Fatalf("a new token: %q", said)
	}
	w.ids[words[0]], w.ids[strings.TrimPrefix(words[1], "bst_"+words[0])] = "<token id>", "<secret>"
	w.run("province", "", "token", "revoke", words[0])
	w.run("province", "", "token", "list")
	w.run("chair", "", "token", "list")
}

// persons answers a member of a team who asks for a copy, a correction, and to
// be de-identified.
func (w *terminal) persons(team string) {
	w.t.Helper()
	member := string(w.imports("members", "ref,name,role,team_ref,from,to", "M1,Lò Thị Sai (thử),member,T2,2022-01-01,")[0])
	ask := func(kind string, more ...string) string {
		w.now.Add(1000) // requests of one millisecond have no order
		said, _ := w.run("province", "", append([]string{"persons", "request", kind, member}, more...)...)
		id, _, _ := strings.Cut(said, " ")
		return id
	}
	w.run("province", "", "persons", "find", "lo thi")
	w.run("chair", "", "persons", "list")
	a := ask("export", "--received", "2023-07-05", "--note", "Đơn ngày 5/7 (thử)")
	w.run("province", "", "persons", "list")
	w.run("province", "", "persons", "done", a)
	w.run("province", "", "persons", "export", a, "-o", "ban-sao.zip")
	w.run("province", "", "persons", "done", a, "Đã giao tận tay")
	w.run("province", "", "persons", "correct", ask("correct"), "Lò Thị Đúng (thử)")
	c := ask("deidentify")
	w.run("province", "", "persons", "deidentify", c, "propose")
	rows, err := w.sys.People(w.t.Context(), client.ID(team))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range rows {
		if string(r.Person) == member {
			if _, err := w.sys.EndGrant(w.t.Context(), r.Grant, "2023-07-07"); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	w.run("province", "", "persons", "show", c)
	w.run("province", "", "persons", "texts", c)
	w.run("province", "", "persons", "deidentify", c, "propose")
	w.run("province", "", "persons", "deidentify", c, "confirm")
	said, _ := w.run("second", "", "persons", "deidentify", c, "confirm")
	if _, alias, ok := strings.Cut(said, "Thành viên "); ok { // made from the id, which is random
		w.ids["Thành viên "+alias[:4]] = "Thành viên <alias>"
	}
	w.run("second", "", "persons", "refuse", c, "Không")
}

func (w *terminal) file(name, content string) {
	if err := os.WriteFile(filepath.Join(w.dir, name), []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// shown puts a file into the transcript.
func (w *terminal) shown(name string) {
	w.t.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.t.Fatal(err)
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(b), "\ufeff"), "\r\n", "\n")
	w.transcript.WriteString("$ cat " + name + "\n" + text + "\n")
}

// rosters takes in officers and recognised units: tried, refused, written, and
// written again without effect.
func (w *terminal) rosters() {
	const head = "ref,name,unit_level,unit_code,office,degree,decision,from,to\n"
	w.file("officers.csv", head+"o1,Cán Bộ Một (thử),province,15,Sở thử,university,1/QĐ,2023-01-01,\n"+
		"o2,Cán Bộ Hai (thử),commune,A1,UBND xã A,,2/QĐ,2023-01-01,\n")
	w.file("bad.csv", head+"o3,Cán Bộ Ba (thử),province,15,Sở thử,tiến sĩ,1/QĐ,2023-13-01,\n")
	w.file("units.csv", "ref,name,kind,standard,decision,recognised_on\nA1,Xã A,xa,advanced,9/QĐ-UBND,2023-05-20\n")
	w.run("admin", "", "import", "support_officers", "bad.csv")
	w.run("admin", "", "import", "--dry-run", "support_officers", "officers.csv")
	for range 2 {
		w.run("admin", "", "import", "support_officers", "officers.csv")
	}
	w.run("admin", "", "import", "recognitions", "units.csv")
}

// facts that no phone knows: a village, what the commune adds, an order.
func (w *terminal) facts(commune, t1 string) {
	w.run("chair", "", "village", "set", t1, "2023-01-01", "400", "xom", "--border", "--source", "Báo cáo 12/BC-UBND")
	w.run("accountant", "", "village", "set", t1, "2023-02-01", "1", "xom", "--source", "x")
	w.run("accountant", "", "village", "show", t1)
	w.run("chair", "", "top-up", "add", commune, "100000", "2023-06", "2023-06", "--policy", "yb-nq60-team", "--decision", "5/QĐ-UBND", "--on", "2023-05-02")
	w.run("chair", "", "top-up", "list", commune)
	w.file("orders.csv", "number,by,urgent,issued_on,rate_vnd\n7/CT-UBND,province_chair,yes,2023-06-01,180000\n")
	w.file("called.csv", "ref,name,kind,salaried,month,days,nights,order,team_ref,source\nh1,Người Huy Động (thử),mobilised,,2023-06,,3,7/CT-UBND,,Bảng chấm công 1\n")
	w.run("admin", "", "import", "orders", "orders.csv")
	w.run("admin", "", "import", "called_up", "called.csv")
}

// twoPublish: once money is decided two people publish a policy.
func (w *terminal) twoPublish() {
	raw, err := data.Files.ReadFile("policies/dn-nq26.json")
	if err != nil {
		w.t.Fatal(err)
	}
	w.file("dn-nq26.json", string(raw))
	w.run("admin", "", "policy", "publish", "dn-nq26.json")
	said, _ := w.run("province", "", "policy", "propose", "dn-nq26.json")
	w.ids[said[:22]] = "<policy proposal>"
	w.run("province", "", "policy", "approve", said[:22])
	w.run("second", "", "policy", "approve", said[:22])
	w.run("second", "", "policy", "proposals")
}

// month closes June and funds it.
func (w *terminal) month(commune, t1, t2 string) {
	w.run("chair", "", "month", "show", commune, "2023-06")
	w.run("chair", "", "month", "close", commune, "2023-06")
	w.run("chair", "", "month", "close", commune, "2023-06")
	w.run("province", "", "month", "finalise", "2023-06")
	w.run("province", "", "funding", "enter", "yb-nq60-team", "1/QĐ-UBND", "2023-07-08", "2023-06", "2023-06", "600000", t1)
	w.run("province", "", "funding", "enter", "yb-nq60-team", "1/QĐ-UBND", "2023-07-08", "2023-06", "2023-06", "500000", t1)
	w.run("chair", "", "month", "explain", t1, "2023-06")
	w.run("chair", "", "month", "explain", t2, "2023-06")
	w.run("province", "", "policy", "what-if", "--base", "yb-nq60-team", "--rate", "600000", "--from", "2023-06", "--to", "2023-06")
	w.run("province", "", "totals", "2023")
}

// drafted types a draft and returns the id of its list.
func (w *terminal) drafted(as string, args ...string) string {
	w.t.Helper()
	said, code := w.run(as, "", append([]string{"list", "draft", "--json"}, args...)...)
	var lists []client.PaymentList
	if err := json.Unmarshal([]byte(said), &lists); err != nil || code != 0 || len(lists) != 1 {
		w.t.Fatalf("%d, %v\n%s", code, err, said)
	}
	return string(lists[0].ID)
}

// lists drafts, issues, prints, pays and settles.
func (w *terminal) lists(commune, t1 string) {
	id := w.drafted("accountant", "--commune", commune, "2023-06")
	w.run("accountant", "", "list", "issue", id)
	w.run("chair", "", "list", "issue", id)
	w.run("accountant", "", "list", "show", id)
	for _, f := range []string{"pdf", "xlsx", "csv"} {
		w.run("accountant", "", "list", "paper", id, "--format", f)
	}
	w.shown("01-2023-DSCT-A1.csv")
	w.run("chair", "", "payment", "confirm", id, "PC 01", "2023-07-08")
	w.run("accountant", "", "payment", "confirm", id, "PC 01", "2023-07-08", t1+"/2023-06")
	w.run("accountant", "", "payment", "confirm", id, "PC 02", "2023-07-08")
	w.run("accountant", "", "spending", "add", t1, "yb-nq60-team", "equipment", "120000", "2023-07-08", "paper:HĐ 0012")
	w.run("accountant", "", "spending", "add", t1, "yb-nq60-team", "karaoke", "120000", "2023-07-08", "paper:HĐ 0012")
	w.run("province", "", "budget", "yb-nq60-team", "2023")
	w.run("accountant", "", "settlement", "--commune", commune, "yb-nq60-team", "2023-Q2")
	w.run("accountant", "", "paper", "settlement", "--commune", commune, "yb-nq60-team", "2023-Q3", "-o", "settlement.pdf")
	w.run("chair", "", "paper", "commune", "eligibility", commune, "2023-06", "-o", "eligibility.pdf")
	w.run("chair", "", "paper", "team", "report", t1, "2023-06", "-o", "report.pdf")
	w.run("province", "", "paper", "province", "yb-nq60-team", "2023-06", "2023-06", "--format", "xlsx", "-o", "province.xlsx")
	for _, f := range []string{"settlement.pdf", "eligibility.pdf", "report.pdf", "province.xlsx", "01-2023-DSCT-A1.pdf"} {
		if st, err := os.Stat(filepath.Join(w.dir, f)); err != nil || st.Size() < 1000 || st.Mode().Perm() != 0o600 {
			w.t.Errorf("%s: %+v, %v", f, st, err)
		}
	}
	w.run("chair", "", "list", "all", "--commune", commune, "--month", "2023-06")
	w.run("chair", "", "list", "all")
}

// officers decides the support of officers and an award, and lists them.
func (w *terminal) officers() {
	said, _ := w.run("province", "", "support", "propose", "yb-nq60-officer", "2023-05..2023-06")
	id := said[:22]
	w.run("province", "", "support", "confirm", id, "77/QĐ-UBND", "2023-07-07", "9000000")
	w.run("second", "", "support", "confirm", id, "77/QĐ-UBND", "2023-07-07", "9 triệu")
	w.run("second", "", "support", "confirm", id, "77/QĐ-UBND", "2023-07-07", "9000000")
	said, _ = w.run("province", "", "support", "propose", "yb-nq60-award", "2023-05")
	w.run("second", "", "support", "confirm", said[:22], "78/QĐ-UBND", "2023-07-07", "150000000")
	id = w.drafted("province", "--kind", "awards", "--policy", "yb-nq60-award")
	w.run("second", "", "list", "issue", id)
	w.run("second", "", "list", "show", id)
	w.run("second", "", "list", "paper", id, "--format", "csv", "-o", "list.csv")
	w.shown("list.csv")
	id = w.drafted("province", "--kind", "officers", "--policy", "yb-nq60-officer", "2023-05", "2023-06")
	w.run("second", "", "list", "issue", id)
	w.run("second", "", "list", "show", id)
	w.run("second", "", "list", "paper", id, "--format", "csv", "-o", "list.csv")
	w.shown("list.csv")
	w.run("second", "", "support", "all")
	w.run("province", "", "budget", "yb-nq60-officer", "2023")
}

// answersJSON: what a program asks for is one JSON value and nothing else.
func (w *terminal) answersJSON(args ...string) {
	w.t.Helper()
	kept := w.transcript.String()
	said, code := w.run("province", "", append(args, "--json")...)
	w.transcript.Reset()
	w.transcript.WriteString(kept)
	var v map[string]jsontext.Value
	if err := json.Unmarshal([]byte(said), &v); err != nil || code != 0 || len(v) < 3 {
		w.t.Errorf("%v: %d, %v\n%s", args, code, err, said)
	}
}
