package policy_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/banso/banso/deploy/data"
	"github.com/banso/banso/server/internal/policy"
)

// shipped reads every policy file of the product, examples included, by path.
func shipped(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(data.Files, "policies", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") || strings.HasSuffix(path, ".schema.json") {
			return err
		}
		files[path], err = data.Files.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestShipped_Parse(t *testing.T) {
	for path, raw := range shipped(t) {
		p, err := policy.Parse(raw)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if name := path[strings.LastIndex(path, "/")+1:]; !strings.HasPrefix(path, "policies/examples/") && name != p.ID+".json" {
			t.Errorf("%s holds the policy %s", path, p.ID)
		}
		plain := p.Plain()
		if len(plain.Amount) == 0 {
			t.Errorf("%s: nothing says how the amount is found", path)
		}
		for _, s := range plain.Amount {
			if s.Vi == "" || s.En == "" || s.Vi == s.En {
				t.Errorf("%s: sentence %q / %q", path, s.Vi, s.En)
			}
		}
	}
}
