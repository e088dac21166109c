package syncsvc

import "testing"

func TestOlderApp(t *testing.T) {
	for _, c := range []struct {
		app, than string
		want      bool
	}{
		{"1.0.0", "1.0.0", false}, {"1.0.0", "1.0.1", true}, {"1.9", "1.10", true}, {"2", "1.99.99", false},
		{"0.8.3", "1", true}, {"banso phone", "9.9.9", false}, {"", "1.0.0", false}, {"1.2.3.4", "9", false}, {"1.-2", "9", false},
	} {
		if got := olderApp(c.app, c.than); got != c.want {
			t.Errorf("%q older than %q: %v", c.app, c.than, got)
		}
	}
	for s, want := range map[string]bool{"": true, "1.2.3": true, "1.x": false, "soon": false} {
		if CheckMinApp(s) != want {
			t.Errorf("%q may stand: %v", s, !want)
		}
	}
}
