package webbuild_test

import (
	"testing"

	"github.com/banso/banso/deploy/webbuild/texttest"
)

// TestKit_Texts: what the apps share is used by one of them.
func TestKit_Texts(t *testing.T) {
	texttest.Languages(t, "kit/strings")
	texttest.Used(t, "kit/strings", "kit", "../../server/internal/phone/src", "../../admin/console/src")
	texttest.OnlyInStrings(t, "kit")
}
