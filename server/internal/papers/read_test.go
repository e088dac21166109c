package papers

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func written(t testing.TB, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRead_FindsEachChangedCell changes cells of each paper, one at a time:
// some of them here, every one with CHECK=full.
func TestRead_FindsEachChangedCell(t *testing.T) {
	for name, d := range samples() {
		file := written(t, func(b *bytes.Buffer) error { return XLSX(b, d) })
		want, err := Read(file)
		if err != nil || len(want) == 0 {
			t.Fatalf("%s: %d cells, %v", name, len(want), err)
		}
		if list := Differences(want, want); len(list) > 0 {
			t.Fatalf("%s differs from itself: %+v", name, list)
		}
		step := 1
		if c := os.Getenv("CHECK"); c != "full" && c != "soak" {
			step += len(want) / 3
		}
		for i := 0; i < len(want); i += step {
			f, err := excelize.OpenReader(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			sheet, at, _ := strings.Cut(want[i].At, "!")
			if err := f.SetCellValue(sheet, at, "9"+want[i].Value); err != nil {
				t.Fatal(err)
			}
			changed := written(t, func(b *bytes.Buffer) error { return f.Write(b) })
			got, err := Read(changed)
			if err != nil {
				t.Fatal(err)
			}
			if list := Differences(want, got); len(list) != 1 || list[0].At != want[i].At {
				t.Fatalf("%s, cell %s: %+v", name, want[i].At, list)
			}
		}
	}
}

// TestRead_CSV finds changed, missing and added fields, and reads what a
// spreadsheet of this country saves.
func TestRead_CSV(t *testing.T) {
	file := string(written(t, func(b *bytes.Buffer) error { return CSV(b, samples()["payment"]) }))
	want, err := Read([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimPrefix(file, "\ufeff"), "\r\n")
	for what, c := range map[string]struct {
		file string
		n    int
	}{
		"the same":      {file, 0},
		"without BOM":   {strings.TrimPrefix(file, "\ufeff"), 0},
		"changed":       {strings.Replace(file, "500000", "600000", 1), 1},
		"an added row":  {file + "9,Tổ,,,,,,,\r\n", 2},
		"a lost column": {strings.Replace(file, rows[1], strings.Join(strings.Split(rows[1], ",")[:5], ","), 1), 2},
	} {
		got, err := Read([]byte(c.file))
		if list := Differences(want, got); err != nil || len(list) != c.n {
			t.Errorf("%s: %+v, %v", what, list, err)
		}
	}
	semi, err := Read([]byte("a;b,c;d\n1;2;3\n"))
	if err != nil || len(semi) != 6 || semi[1].Value != "b,c" {
		t.Errorf("%+v, %v", semi, err)
	}
}

// FuzzRead: whatever comes, no panic, and nothing is read without an end.
func FuzzRead(f *testing.F) {
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("a;b\n\"x\n"))
	f.Add(written(f, func(b *bytes.Buffer) error { return CSV(b, samples()["payment"]) }))
	f.Add(written(f, func(b *bytes.Buffer) error { return XLSX(b, samples()["awards"]) }))
	f.Fuzz(func(t *testing.T, file []byte) {
		cells, err := Read(file)
		if err == nil && len(Differences(cells, nil)) != len(cells) {
			t.Errorf("%d cells differ from none in %d", len(cells), len(Differences(cells, nil)))
		}
	})
}
