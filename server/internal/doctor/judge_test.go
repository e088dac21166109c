package doctor

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// judged is every judgement with figures, and the level it must have.
func judged() map[string]struct {
	f    Finding
	want Level
} {
	day := 24 * time.Hour
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	super := func(features uint32) *bytes.Reader {
		b := make([]byte, 2048)
		binary.LittleEndian.PutUint32(b[1024+0x5c:], features)
		return bytes.NewReader(b)
	}
	server := func(text string) figures {
		f, err := parse(strings.NewReader(text))
		if err != nil {
			panic(err)
		}
		return f
	}
	return map[string]struct {
		f    Finding
		want Level
	}{
		"ext4":                {judgeFileSystem("ext4"), Fine},
		"memory as disk":      {judgeFileSystem("tmpfs"), Now},
		"network share":       {judgeFileSystem("nfs"), Now},
		"container's layer":   {judgeFileSystem("overlay"), Soon},
		"no fast_commit":      {judgeFastCommit(super(0x3c), "/dev/x"), Fine},
		"fast_commit":         {judgeFastCommit(super(0x3c|0x400), "/dev/x"), Now},
		"cut device":          {judgeFastCommit(bytes.NewReader(nil), "/dev/x"), Unknown},
		"a sync of an SSD":    {judgeSyncs(900 * time.Microsecond), Fine},
		"a sync that lies":    {judgeSyncs(4 * time.Microsecond), Soon},
		"a sync of a bad HDD": {judgeSyncs(90 * time.Millisecond), Soon},
		"much room":           {judgeRoom(40*gib, 100*gib, gib), Fine},
		"less than a backup":  {judgeRoom(7*gib, 100*gib, 4*gib), Soon},
		"full":                {judgeRoom(100*mib, 100*gib, gib), Now},
		"no inodes":           {judgeInodes(10, 1000000), Soon},
		"inodes":              {judgeInodes(900000, 1000000), Fine},
		"no count of inodes":  {judgeInodes(0, 0), Fine},
		"few descriptors":     {judgeDescriptors(1024, 4096), Soon},
		"soft limit":          {judgeDescriptors(1024, 65536), Fine},
		"small machine":       {judgeMemory(512 * mib), Soon},
		"memory":              {judgeMemory(2 * gib), Fine},
		"clock of 1970":       {judgeClock(time.Unix(0, 0), true, true), Now},
		"clock kept":          {judgeClock(now, true, true), Fine},
		"clock not kept":      {judgeClock(now, false, true), Soon},
		"clock not to ask":    {judgeClock(now, false, false), Unknown},
		"offset":              {judgeOffset(-3 * time.Second), Fine},
		"offset of a minute":  {judgeOffset(time.Minute), Soon},
		"offset of an hour":   {judgeOffset(-time.Hour), Now},
		"answer":              {judgeAnswer(200, true), Fine},
		"no HSTS":             {judgeAnswer(200, false), Soon},
		"bad gateway":         {judgeAnswer(502, true), Now},
		"certificate":         {judgeCertificate(60 * day), Fine},
		"certificate, a week": {judgeCertificate(7 * day), Soon},
		"certificate, over":   {judgeCertificate(-day), Now},
		"unknown proxy":       {judgeProxy(server("banso_http_callers_total{address=\"claimed\"} 50\n")), Soon},
		"silent proxy":        {judgeProxy(server("banso_http_callers_total{address=\"direct\"} 5000\n")), Soon},
		"proxy":               {judgeProxy(server("banso_http_callers_total{address=\"proxied\"} 50\nbanso_http_callers_total{address=\"claimed\"} 3\n")), Fine},
		"no word on backups":  {judgeBackups(server("")), Unknown},
		"backups":             {judgeBackups(server("banso_backup_late{place=\"a\"} 0\n")), Fine},
		"a late backup":       {judgeBackups(server("banso_backup_late{place=\"a\"} 0\nbanso_backup_late{place=\"b\"} 1\n")), Now},
		"a failed drill":      {judgeBackups(server("banso_backup_late{place=\"a\"} 0\nbanso_backup_drill_failed 1\n")), Now},
		"faults":              {judgeFaults(server("banso_http_requests_total{status=\"500\"} 2\n")), Soon},
		"no faults":           {judgeFaults(server("banso_http_requests_total{status=\"200\"} 2\n")), Fine},
		"no push":             {Patient{}.push(), Fine},
		"bad push":            {Patient{Push: Push{FCM: true, Bad: "the file of the account can't be read"}}.push(), Soon},
	}
}

// TestJudgements: each has its level, says what to do exactly if something is
// to be done, and says it in both languages.
func TestJudgements(t *testing.T) {
	for name, c := range judged() {
		f := c.f
		if f.Level != c.want {
			t.Errorf("%s: %s, want %s: %s", name, f.Level, c.want, f.En)
		}
		if needs := f.Level == Soon || f.Level == Now; needs != (f.DoEn != "") || needs != (f.DoVi != "") {
			t.Errorf("%s: level %s, to do: %q %q", name, f.Level, f.DoEn, f.DoVi)
		}
		for _, vi := range []string{f.Vi, f.DoVi} {
			accents := strings.ContainsFunc(vi, func(r rune) bool { return r > unicode.MaxASCII })
			if vi != norm.NFC.String(vi) || vi != "" && !accents && !strings.Contains(vi, "journalctl") {
				t.Errorf("%s: not Vietnamese: %q", name, vi)
			}
		}
		if f.Check == "" || f.En == "" || f.Vi == "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestWorst(t *testing.T) {
	if got := Worst([]Finding{{Level: Unknown}, {Level: Soon}, {Level: Fine}}); got != Soon {
		t.Error(got)
	}
	if got := Worst([]Finding{{Level: Unknown}}); got != Fine {
		t.Error(got)
	}
}
