package review

import (
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestRisk_PhonesTruth: the phone orders its queue offline by the same weights
// and thresholds; only what it can't see, pictures of other teams, is left out.
func TestRisk_PhonesTruth(t *testing.T) {
	b, err := os.ReadFile("../phone/src/core/risks.ts")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)(risk_\w+|burstCount|lateDays|outlierTimes|outlierSample|outlierFloor)(?:: | = )(\d+)`).FindAllStringSubmatch(string(b), -1) {
		if have[m[1]], err = strconv.Atoi(m[2]); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]int{"burstCount": burstCount, "lateDays": lateDays, "outlierTimes": outlierTimes, "outlierSample": outlierSample, "outlierFloor": outlierFloor}
	for _, r := range RiskTexts {
		if r.Risk != RiskSamePhoto {
			want[string(r.Risk)] = r.weight
		}
	}
	for name, n := range want {
		if got, ok := have[name]; !ok || got != n {
			t.Errorf("%s is %d on the phone (%t), %d here", name, got, ok, n)
		}
	}
	if len(have) != len(want) {
		t.Errorf("%d figures on the phone, %d here", len(have), len(want))
	}
}
