package handbook

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	chapterHead = regexp.MustCompile(`(?m)^<a id="([a-z0-9-]+)"></a>\n## (.+)$`)
	block       = regexp.MustCompile("(?s)```sh\n(.*?)```")
)

// harm is what has happened before somebody opens the chapter; it leaves the
// server as the operator finds it.
var harm = map[string]string{
	"khong-tra-loi": `kill -9 $(cat $ROOT/run/pid); sleep 0.2; rm $ROOT/run/pid`,
	"mat-dia":       `kill -9 $(cat $ROOT/run/pid); sleep 0.2; rm $ROOT/run/pid; rm -rf /var/lib/banso; mkdir -m 700 /var/lib/banso`,
	"du-lieu-ca-nhan": `A="banso-admin --server http://127.0.0.1:8080 import"
printf '%s\n' level,code,kind,name,aliases,parent_code,valid_from,valid_to,legal_basis,unit_ref 'province,99,tinh,Tỉnh Thử,,,2020-01-01,,thử,' 'commune,99001,xa,Xã Thử,,99,2020-01-01,,thử,' >u.csv
printf '%s\n' ref,name,level,commune_code,village,decision,established_on,dissolved_on 'HB1,Tổ Thử,village,99001,Thôn Thử,01/QĐ,2022-01-01,' >t.csv
printf '%s\n' ref,name,role,team_ref,from,to 'HB1,Nguyễn Thị Hỏi (thử),member,HB1,2022-01-01,2023-12-31' >m.csv
$A units u.csv; $A teams t.csv; $A members m.csv`,
	"mat-khoa": `systemctl stop banso; rm /var/lib/banso/keys.json; ! systemctl start banso; rm -f $ROOT/run/pid`,
}

// wanted are the chapters that there must be.
var wanted = []string{"mat-dia", "mat-khoa", "mo-lai-thang", "khong-dong-bo", "sai-gio", "day-dia", "cham", "lo-tai-khoan",
	"du-lieu-ca-nhan", "sap-nhap", "xoay-khoa", "can-bo-bi-khoa", "chuyen-may", "ten-mien", "sao-luu", "khong-tra-loi", "nang-cap"}

// TestRunbook does the harm of each chapter and then what the chapter says;
// after each the server serves, and who was signed in still is.
func TestRunbook(t *testing.T) {
	b, err := os.ReadFile("../RUNBOOK.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	heads := chapterHead.FindAllStringSubmatchIndex(text, -1)
	intro := block.FindAllStringSubmatch(text[:heads[0][0]], -1)
	first := intro[0][1] + "banso-admin() { command banso-admin --server http://127.0.0.1:8080 \"$@\"; }\n"
	m := newMachine(t)
	m.setUp()
	for _, in := range intro[1:] {
		m.must(first + in[1])
	}
	seen := map[string]bool{}
	for i, h := range heads {
		end := len(text)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		anchor, body := text[h[2]:h[3]], text[h[1]:end]
		seen[anchor] = true
		t.Run(anchor, func(t *testing.T) {
			m.t = t
			if !strings.Contains(text[h[4]:h[5]], " / ") {
				t.Error("the heading is not in both languages")
			}
			if harm[anchor] != "" {
				m.must(harm[anchor])
			}
			script := first
			for _, cmd := range block.FindAllStringSubmatch(body, -1) {
				script += cmd[1]
			}
			out := m.must(script)
			t.Log(out)
			m.must(first + "curl -fsS http://127.0.0.1:8080/readyz; banso-admin me")
		})
	}
	for _, anchor := range wanted {
		if !seen[anchor] {
			t.Errorf("there is no chapter %s", anchor)
		}
	}
}
