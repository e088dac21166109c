package auth

import (
	"strings"
	"testing"
	"time"
)

// TestPassword_Guessable: what is guessed first is refused, words that belong
// together for one person only are taken, whatever characters they have.
func TestPassword_Guessable(t *testing.T) {
	for _, p := range []string{"password12", "1234567890", "qwertyuiop", "1q2w3e4r5t", "iloveyou12", "Password@123", "matkhau123",
		"banso12345", "abcdefghij", "chutich.xa1", "quantri2025", "aaaaaaaaab"} {
		if err := checkPassword("chutich.xa", p); err == nil {
			t.Errorf("%q is taken", p)
		}
	}
	long := strings.Repeat("một hai ba ", 11) + "bốn"
	for _, p := range []string{"mật khẩu dài của riêng tôi", "sai sai sai sai", "bò vàng qua cầu", "correct horse battery staple", long} {
		start := time.Now()
		if err := checkPassword("chutich.xa", p); err != nil {
			t.Errorf("%q: %v", p, err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("%q took %v", p, took)
		}
	}
}
