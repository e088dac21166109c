package syncproto

// IsNFC reports whether s is in Unicode normalisation form C.
func IsNFC(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xcc && s[i] <= 0xcd { // U+0300–U+037F, to be completed by tables
			return false
		}
	}
	return true
}
