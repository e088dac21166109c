package e2e

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/go-json-experiment/json"
)

const (
	lighthouseAt    = "../../../deploy/webbuild/lighthouse/node_modules/lighthouse/cli/index.js"
	lighthouseLeast = 95
)

// TestPhone_Lighthouse audits the entrance and the month on Lighthouse's mobile
// preset. It is installed in the louder tiers only.
func TestPhone_Lighthouse(t *testing.T) {
	if _, err := os.Stat(lighthouseAt); err != nil {
		t.Skip("no Lighthouse: npm ci in deploy/webbuild/lighthouse (CHECK=full does it)")
	}
	w := newPhoneWorld(t)
	port := freePort(t)
	b := phoneBrowser(t, w.base, t.TempDir(), chromedp.Flag("remote-debugging-port", port))
	b.Open("/")
	b.See("Chào anh, chị!")
	audit(t, w.base, port, "entrance")
	b.activate(w.code(pMember))
	b.See("đã ghi nhận")
	audit(t, w.base, port, "month")
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// audit runs Lighthouse in the browser that listens on a port. A busy machine
// makes pages slow: the better of two runs counts.
func audit(t *testing.T, page, port, what string) {
	t.Helper()
	best := map[string]int{}
	for range 2 {
		out := filepath.Join(t.TempDir(), "report.json")
		cmd := exec.CommandContext(t.Context(), "node", lighthouseAt, page+"/", "--port="+port, "--disable-storage-reset", "--quiet",
			"--only-categories=performance,accessibility,best-practices", "--output=json", "--output-path="+out)
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("lighthouse: %v\n%s", err, said)
		}
		raw, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var report struct {
			Categories map[string]struct {
				Score *float64 `json:"score"`
			} `json:"categories"`
		}
		if err := json.Unmarshal(raw, &report); err != nil || len(report.Categories) != 3 {
			t.Fatalf("report of %s: %v %+v", what, err, report)
		}
		for name, c := range report.Categories {
			if c.Score != nil {
				best[name] = max(best[name], int(*c.Score*100+0.5))
			}
		}
	}
	t.Logf("%s: %v", what, best)
	for _, name := range []string{"performance", "accessibility", "best-practices"} {
		if best[name] < lighthouseLeast {
			t.Errorf("%s: %s is %d, not %d", what, name, best[name], lighthouseLeast)
		}
	}
}
