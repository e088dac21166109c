package demo_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/banso/banso/deploy/demo"
)

func TestNewProvince_PublishedFigures(t *testing.T) {
	for seed := range uint64(20) {
		p, err := demo.NewProvince(seed, 1)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(len(p.Communes), len(p.Teams), p.RegisteredTeams(), len(p.Units))
		if want := fmt.Sprint(173, 1356, 771, 1+9+173); got != want {
			t.Errorf("seed %d: communes, teams, registered, units are %s, want %s", seed, got, want)
		}
		for _, c := range p.Communes {
			if n := len(c.Teams); n < 3 || n > 40 || c.Showcase && (n != 40 || !c.Registered) {
				t.Errorf("seed %d: %s has %d teams, registered %v", seed, c.Name, n, c.Registered)
			}
		}
	}
}

func TestNewProvince_SmallScales(t *testing.T) {
	for _, scale := range []float64{0.001, 0.01, 0.02, 0.1, 0.5} {
		p, err := demo.NewProvince(7, scale)
		if err != nil {
			t.Fatal(err)
		}
		if n := p.RegisteredTeams(); len(p.Communes) < 2 || n < 3 || n >= len(p.Teams) {
			t.Errorf("scale %v: %d communes, %d of %d teams registered", scale, len(p.Communes), n, len(p.Teams))
		}
	}
	for _, bad := range []float64{0, -1, 1.5} {
		if _, err := demo.NewProvince(7, bad); err == nil {
			t.Errorf("scale %v was taken", bad)
		}
	}
}

func TestNewProvince_SeedDecides(t *testing.T) {
	dump := func(seed uint64) string {
		p, err := demo.NewProvince(seed, 0.1)
		if err != nil {
			t.Fatal(err)
		}
		return string(bytes.Join([][]byte{p.UnitsCSV(), p.TeamsCSV(), p.MembersCSV(), p.OfficersCSV(),
			p.RegistrationsCSV("2023", "894/QĐ-UBND", "2023-06-01")}, nil))
	}
	if d := cmp.Diff(dump(3), dump(3)); d != "" {
		t.Errorf("one seed, two provinces:\n%s", d)
	}
	if dump(3) == dump(4) {
		t.Error("two seeds, one province")
	}
}

func TestNewProvince_InventedPeopleAreMarked(t *testing.T) {
	p, err := demo.NewProvince(1, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(p.MembersCSV()) + string(p.OfficersCSV())) {
		if !strings.Contains(line, demo.NameMark) && !strings.HasPrefix(line, "ref,") {
			t.Errorf("not marked as invented: %s", line)
		}
	}
}

func TestWorks_Shape(t *testing.T) {
	p, err := demo.NewProvince(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	w, err := demo.NewWorks(1)
	if err != nil {
		t.Fatal(err)
	}
	var months, activities, silent, late int
	for _, team := range p.Teams {
		for _, m := range demo.Months {
			tm := w.Plan(team, m, 30)
			n := len(tm.Activities)
			months, activities = months+1, activities+n
			counts := 0
			for _, a := range tm.Activities {
				if a.Fate != demo.Reject && !tm.TooLate[a.Phone] {
					counts++
				}
				if !strings.HasPrefix(a.DoneOn, m) || len(a.Measures) == 0 || (a.Paper == "") != (a.Fate == demo.Waive) {
					t.Fatalf("%s %s: %+v", team.Ref, m, a)
				}
			}
			if n < 2 || n > 6 || counts == 0 || tm.TooLate[tm.Reporter] {
				t.Fatalf("%s %s: %d activities, %d count, %+v", team.Ref, m, n, counts, tm)
			}
			for i := range 2 {
				if tm.Silent[i] {
					silent++
				}
				if tm.TooLate[i] {
					late++
				}
			}
		}
	}
	if share := float64(silent) / float64(2*months); share < 0.04 || share > 0.06 {
		t.Errorf("%.1f %% of the phones are silent, want 5", share*100)
	}
	if late == 0 || activities < 3*months || activities > 5*months {
		t.Errorf("%d team-months, %d activities, %d phones too late", months, activities, late)
	}
}
