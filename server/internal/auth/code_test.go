package auth

import (
	"crypto/rand"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCode_EverySlipIsFound(t *testing.T) {
	for range 200 {
		code, err := newCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := readCode(" " + strings.ToLower(ShowCode(code))); !ok || got != code {
			t.Fatalf("%s does not read back", code)
		}
		for i := range codeLen {
			for _, x := range []byte(codeAlphabet) {
				slip := code[:i] + string(x) + code[i+1:]
				// 0 and Z are 31 apart, the modulus: the one pair that slips through.
				if x == code[i] || i < codeRandom && strings.Contains("0Z", string(x)) && strings.Contains("0Z", code[i:i+1]) {
					continue
				}
				if _, ok := readCode(slip); ok {
					t.Fatalf("%s passes for %s", slip, code)
				}
			}
		}
	}
}

func TestCode_TypedAsPeopleDo(t *testing.T) {
	code := "0123456789"[:codeRandom]
	code += string(checkChar([]byte(code)))
	for _, typed := range []string{
		ShowCode(code), strings.ReplaceAll(code, "0", "o"), strings.ReplaceAll(code, "1", "l"), strings.ReplaceAll(code, "1", "I"),
		code[:3] + " " + code[3:7] + " " + code[7:],
	} {
		if got, ok := readCode(typed); !ok || got != code {
			t.Errorf("%q reads as %q, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{"", "UUUUU-UUUUU", code + "0", code[1:], "ĐƯỜNG-ĐƯỜNG", strings.Repeat("-", 1000)} {
		if _, ok := readCode(typed); ok {
			t.Errorf("%.20q passes", typed)
		}
	}
}

func FuzzReadCode(f *testing.F) {
	f.Add("K7Q2M-9X4TB")
	f.Add("oOiIlL  --")
	f.Fuzz(func(t *testing.T, s string) {
		code, ok := readCode(s)
		if !ok {
			return
		}
		if again, ok := readCode(ShowCode(code)); !ok || again != code || !utf8.ValidString(code) {
			t.Errorf("%q reads as %q, which does not read back", s, code)
		}
	})
}
