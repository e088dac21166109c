// Command tally reads the events of `go test -json` on standard input, prints
// a line for each package, the output of what failed and the reason of what
// was skipped, and adds "passed failed skipped" to the file named by -to. It
// exits 1 if anything failed.
//
// Only tests without subtests of their own are counted, so that a number
// stands for something that was looked at.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

type count struct{ passed, failed, skipped int }

func main() {
	to := flag.String("to", "", "file to which a line of counts is added")
	flag.Parse()
	t := tally{output: map[string][]string{}, parents: map[string]bool{}, pkg: map[string]*count{}}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if err := json.Unmarshal(in.Bytes(), &e); err != nil || e.Action == "" {
			fmt.Println(in.Text()) // the build's own words
			continue
		}
		t.take(e)
	}
	if err := in.Err(); err != nil {
		fmt.Println("tally:", err)
		t.all.failed++
	}
	fmt.Printf("   %d passed, %d failed, %d skipped in this step\n", t.all.passed, t.all.failed, t.all.skipped)
	if *to != "" {
		add(*to, t.all)
	}
	if t.all.failed > 0 {
		os.Exit(1)
	}
}

type tally struct {
	all     count
	output  map[string][]string // by package and test, while it runs
	parents map[string]bool     // tests that have subtests
	pkg     map[string]*count
}

func (t *tally) take(e event) {
	key := e.Package + "\t" + e.Test
	c := t.pkg[e.Package]
	if c == nil {
		c = &count{}
		t.pkg[e.Package] = c
	}
	switch e.Action {
	case "run":
		if i := strings.LastIndex(e.Test, "/"); i > 0 {
			t.parents[e.Package+"\t"+e.Test[:i]] = true
		}
	case "output", "build-output":
		t.output[key] = append(t.output[key], e.Output)
	case "build-fail":
		t.show(key)
		t.all.failed++
	case "pass", "fail", "skip":
		t.end(e, key, c)
	}
}

func (t *tally) end(e event, key string, c *count) {
	defer delete(t.output, key)
	if e.Test == "" {
		fmt.Printf("   %-4s %6.1fs %s (%d passed, %d failed, %d skipped)\n", e.Action, e.Elapsed, e.Package, c.passed, c.failed, c.skipped)
		if e.Action == "fail" {
			t.show(key)
			if c.failed == 0 { // a panic, a failed TestMain, a race at exit
				t.all.failed++
			}
		}
		return
	}
	if e.Action == "fail" {
		t.show(key)
	}
	if t.parents[key] && e.Action != "fail" {
		return
	}
	switch e.Action {
	case "pass":
		c.passed++
		t.all.passed++
	case "fail":
		c.failed++
		t.all.failed++
	case "skip":
		c.skipped++
		t.all.skipped++
		fmt.Printf("   skipped: %s %s: %s\n", e.Package, e.Test, reason(t.output[key]))
	}
}

func (t *tally) show(key string) {
	for _, line := range t.output[key] {
		fmt.Print("   | ", line)
		if !strings.HasSuffix(line, "\n") {
			fmt.Println()
		}
	}
}

// reason is the text of t.Skip: the last line that is not of the runner.
func reason(lines []string) string {
	for i := len(lines) - 1; i >= 0; i-- {
		s := strings.TrimSpace(lines[i])
		if s != "" && !strings.HasPrefix(s, "---") && !strings.HasPrefix(s, "===") {
			return s
		}
	}
	return "no reason given"
}

func add(file string, c count) {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = fmt.Fprintln(f, c.passed, c.failed, c.skipped)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
}
