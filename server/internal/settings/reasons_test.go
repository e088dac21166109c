package settings_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/settings"
)

// TestReasons: a province words the reasons for returning, and goes back to
// those of the apps; what no reason is, and who may not, is refused.
func TestReasons(t *testing.T) {
	w := newWorld(t)
	mine := settings.Reasons{Of: "return", List: []settings.Bilingual{{Vi: "Ảnh chụp cả giấy tờ", En: "The photo shows papers"}, {Vi: "Thiếu số hộ"}}}
	look := func(want ...settings.Reasons) {
		t.Helper()
		got, err := w.Reasons(t.Context(), w.viewer)
		if err != nil || !slices.EqualFunc(got, want, func(a, b settings.Reasons) bool { return cmp.Equal(a, b) }) {
			t.Errorf("they are %+v, %v", got, err)
		}
	}
	look()
	if _, err := w.SetReasons(t.Context(), w.province, mine); err != nil {
		t.Fatal(err)
	}
	look(mine)
	for what, list := range map[string][]settings.Bilingual{
		"empty": {{En: "Only English"}}, "long": {{Vi: strings.Repeat("a", 121)}}, "placeholder": {{Vi: "Chào {name}"}},
		"twice": {{Vi: "Thiếu ảnh"}, {Vi: "thieu anh"}}, "many": slices.Repeat([]settings.Bilingual{{Vi: "x"}}, 9),
	} {
		if _, err := w.SetReasons(t.Context(), w.province, settings.Reasons{Of: "return", List: list}); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := w.SetReasons(t.Context(), w.province, settings.Reasons{Of: "pay"}); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("reasons for something else: %v", err)
	}
	if _, err := w.SetReasons(t.Context(), w.viewer, mine); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a viewer: %v", err)
	}
	look(mine)
	if _, err := w.SetReasons(t.Context(), w.province, settings.Reasons{Of: "return"}); err != nil {
		t.Fatal(err)
	}
	look()
}
