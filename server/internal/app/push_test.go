package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPush_Examine: the doctor hears of what is set up and can't be used.
func TestPush_Examine(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "fcm.json")
	if err := os.WriteFile(broken, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		push Push
		bad  bool
	}{
		"off":              {Push{}, false},
		"web":              {Push{Contact: "mailto:quantri@example.vn"}, false},
		"nobody to reach":  {Push{Contact: "quantri"}, true},
		"no file":          {Push{FCM: broken + ".no"}, true},
		"no service's key": {Push{FCM: broken}, true},
	} {
		d := c.push.examine(t.Context(), time.Now)
		if (d.Bad != "") != c.bad || d.FCM != (c.push.FCM != "") || d.Web != (c.push.Contact != "") {
			t.Errorf("%s: %+v", name, d)
		}
		if strings.Contains(d.Bad, filepath.Dir(broken)) {
			t.Errorf("%s: names a folder of this machine: %s", name, d.Bad)
		}
	}
}
