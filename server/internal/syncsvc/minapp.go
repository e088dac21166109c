package syncsvc

import (
	"slices"
	"strconv"
	"strings"
)

// olderApp compares versions number by number; what is no version is not old:
// tools that sync have names of their own.
func olderApp(app, than string) bool {
	a, ok := versionOf(app)
	b, _ := versionOf(than)
	return ok && slices.Compare(a[:], b[:]) < 0
}

func versionOf(s string) (v [3]int, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) > len(v) {
		return v, false
	}
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 {
			return v, false
		}
		v[i] = n
	}
	return v, true
}

// CheckMinApp says whether a text may stand as Config.MinApp.
func CheckMinApp(s string) bool {
	_, ok := versionOf(s)
	return ok || s == ""
}
