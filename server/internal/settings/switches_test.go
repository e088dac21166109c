package settings_test

import (
	"testing"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/settings"
	"github.com/banso/banso/server/internal/store"
)

// TestSwitches: something is switched off from a day to come, that is taken
// back, and it is switched off and on at once; what there is not, a day that is
// over and who may not are refused.
func TestSwitches(t *testing.T) {
	w := newWorld(t)
	off := func(on domain.Date) (is bool) {
		t.Helper()
		if err := w.Store.View(t.Context(), func(r store.Reader) (err error) {
			is, err = settings.Off(r, settings.Letters, on)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return is
	}
	turn := func(x settings.Switch) {
		t.Helper()
		x.Name = settings.Letters
		if _, err := w.Turn(t.Context(), w.province, x); err != nil {
			t.Fatal(err)
		}
	}
	if off("2026-03-10") {
		t.Error("off before anybody said so")
	}
	turn(settings.Switch{Off: true, From: "2026-04-01"})
	if off("2026-03-31") || !off("2026-04-01") {
		t.Error("it is not off from the day on")
	}
	turn(settings.Switch{})
	if off("2026-03-10") || off("2026-04-02") {
		t.Error("what was to come was not taken back")
	}
	turn(settings.Switch{Off: true})
	turn(settings.Switch{From: "2026-03-20"})
	if !off("2026-03-10") || !off("2026-03-19") || off("2026-03-20") {
		t.Error("it does not come back on its day")
	}
	for what, tc := range map[string]struct {
		who  domain.Caller
		x    settings.Switch
		want domain.Code
	}{
		"sync":      {w.province, settings.Switch{Name: "sync", Off: true}, domain.NotFound},
		"yesterday": {w.province, settings.Switch{Name: settings.Tokens, Off: true, From: "2026-03-09"}, domain.Invalid},
		"a viewer":  {w.viewer, settings.Switch{Name: settings.Tokens, Off: true}, domain.Forbidden},
	} {
		if _, err := w.Turn(t.Context(), tc.who, tc.x); domain.CodeOf(err) != tc.want {
			t.Errorf("%s: %v", what, err)
		}
	}
	if list, err := w.Switches(t.Context(), w.viewer); err != nil || len(list) != 3 || list[0] != (settings.Switch{Name: settings.Letters, From: "2026-03-20"}) {
		t.Errorf("they are %+v, %v", list, err)
	}
}
