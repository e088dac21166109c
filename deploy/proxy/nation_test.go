package proxy

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/deploy/load"
)

// TestNation_ThreeShards: the national view asks three provinces' servers on
// this machine with API tokens that read figures alone; the sum is theirs, and
// one that is away is said so without stopping the others.
func TestNation_ThreeShards(t *testing.T) {
	dir := t.TempDir()
	bin, err := load.Build("../..", dir)
	if err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "run", "-exec", "cp -t "+dir, "./admin")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var shards []map[string]string
	var last *load.Server
	for i, name := range []string{"Lào Cai", "Đồng Nai", "Hà Nội"} {
		addr := freeAddr(t)
		s, err := load.Start(addr, bin, "serve", "--addr", addr, "--data", filepath.Join(dir, fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Kill)
		admin, phones, err := load.Accounts(t.Context(), s, 1)
		if err != nil {
			t.Fatal(err)
		}
		phones[0].Prepare(i+1, time.Now().UTC().Add(7*time.Hour).Format(time.DateOnly))
		if _, _, err := phones[0].Sync(true); err != nil {
			t.Fatal(err)
		}
		token, err := admin.NewToken(t.Context(), "quốc gia", "")
		if err != nil {
			t.Fatal(err)
		}
		shards, last = append(shards, map[string]string{"name": name, "url": "http://" + addr, "token": token.Token}), s
	}
	b, err := json.Marshal(shards)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "shards.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func() (total int64, away int) {
		t.Helper()
		out, err := exec.Command(filepath.Join(dir, "admin"), "national", file, "--json").CombinedOutput()
		var rows []struct {
			Name, Away string
			States     map[string]int64
		}
		if err == nil {
			err = json.Unmarshal(out, &rows, json.MatchCaseInsensitiveNames(true), json.RejectUnknownMembers(false))
		}
		if err != nil || len(rows) != 4 {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, r := range rows {
			if r.Away != "" {
				away++
			}
		}
		for _, n := range rows[3].States {
			total += n
		}
		return total, away
	}
	if total, away := ask(); total != 1+2+3 || away != 0 {
		t.Errorf("%d activities, %d away", total, away)
	}
	last.Kill()
	if total, away := ask(); total != 1+2 || away != 1 {
		t.Errorf("with one away: %d activities, %d away", total, away)
	}
	shards[0]["token"] = "bịa"
	b, _ = json.Marshal(shards)
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(filepath.Join(dir, "admin"), "national", file).CombinedOutput(); err != nil || !strings.Contains(string(out), "401") {
		t.Errorf("a wrong token: %v\n%s", err, out)
	}
}
