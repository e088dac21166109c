package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// line is one measurement; it returns the rows of its part of the table.
type line struct {
	name string
	run  func(context.Context, *bench) ([]row, error)
}

// row is one row of the table. ok is nil where there is no line to pass.
type row struct {
	what, got, line string
	ok              *bool
}

var lines = []line{
	{"push64", func(ctx context.Context, b *bench) ([]row, error) { return b.push(ctx, 64) }},
	{"push512", func(ctx context.Context, b *bench) ([]row, error) { return b.push(ctx, 512) }},
	{"syncs", func(ctx context.Context, b *bench) ([]row, error) { return b.syncs(ctx) }},
	{"wire", func(ctx context.Context, b *bench) ([]row, error) { return b.wire(ctx) }},
	{"poll", func(ctx context.Context, b *bench) ([]row, error) { return b.poll(ctx) }},
	{"pull", func(ctx context.Context, b *bench) ([]row, error) { return b.pull(ctx) }},
	{"herd", func(ctx context.Context, b *bench) ([]row, error) { return b.herd(ctx) }},
	{"size", func(ctx context.Context, b *bench) ([]row, error) { return b.size(ctx) }},
	{"backup", func(ctx context.Context, b *bench) ([]row, error) { return b.backup(ctx) }},
}

// bench is what the lines share.
type bench struct {
	bin    string // the server
	self   string // this program, which also serves as the null server
	dir    string // scratch
	rounds int
	round  time.Duration
	phones int // of the herd
	fill   int // records of the size line
	log    io.Writer
}

func main() {
	var b bench
	only := flag.String("only", "", "comma-separated names of lines; empty: all")
	write := flag.Bool("write", false, "replace deploy/bench/RESULTS.md")
	null := flag.String("null", "", "serve as the null Echo server on this address (used by itself)")
	flag.IntVar(&b.rounds, "rounds", 5, "interleaved rounds")
	flag.DurationVar(&b.round, "round", 4*time.Second, "length of one side of a round")
	flag.IntVar(&b.phones, "phones", 5000, "phones of the herd")
	flag.IntVar(&b.fill, "records", 5_000_000, "records of the lines size and backup")
	flag.Parse()
	if *null != "" {
		serveNull(*null)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := b.main(ctx, *only, *write); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) main(ctx context.Context, only string, write bool) error {
	b.log = os.Stderr
	var err error
	if b.dir, err = os.MkdirTemp("", "banso-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if b.bin, err = buildServer(b.dir); err != nil {
		return err
	}
	var out strings.Builder
	canary, err := fdatasyncMedian(b.dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(&out, "Machine: %d cores, %s/%s, %s; one fdatasync of 8 KiB takes %v (median of 200).\n\n",
		runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), canary.Round(time.Microsecond))
	out.WriteString("| line | measure | got | to pass | |\n|---|---|---|---|---|\n")
	chosen := strings.Split(only, ",")
	for _, l := range lines {
		if only != "" && !slices.Contains(chosen, l.name) {
			continue
		}
		start := time.Now()
		rows, err := l.run(ctx, b)
		if err != nil {
			return fmt.Errorf("%s: %w", l.name, err)
		}
		fmt.Fprintf(b.log, "%s took %v\n", l.name, time.Since(start).Round(time.Second))
		for _, r := range rows {
			line := fmt.Sprintf("| %s | %s | %s | %s | %s |\n", l.name, r.what, r.got, r.line, r.mark())
			out.WriteString(line)
			fmt.Fprint(b.log, line) // what comes after may fail
		}
	}
	fmt.Print(out.String())
	if !write {
		return nil
	}
	return writeResults(out.String(), strings.Join(os.Args[1:], " "))
}

func (r row) mark() string {
	switch {
	case r.ok == nil:
		return ""
	case *r.ok:
		return "passes"
	}
	return "**fails**"
}

func judged(what, got, line string, ok bool) row { return row{what, got, line, &ok} }
func told(what, got string) row                  { return row{what: what, got: got} }

// scratch is a fresh folder below the bench's own.
func (b *bench) scratch(name string) (string, error) {
	return os.MkdirTemp(b.dir, name+"-")
}

func writeResults(table, args string) error {
	text := "# What it costs\n\nWritten by `go run ./deploy/bench " + args + "` (see `doc.go` there for what is compared with what). " +
		"Ratios are medians of interleaved rounds of one run; absolute numbers are of this machine on this day.\n\n" + table
	return os.WriteFile(filepath.Join("deploy", "bench", "RESULTS.md"), []byte(text), 0o644)
}
