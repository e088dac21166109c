package demo

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/banso/banso/deploy/data"
	plan "github.com/banso/banso/deploy/demo"
)

// gcPercent lets the heap grow more between collections than a server would:
// thousands of phones live in this process too.
const gcPercent = 300

// Options of a demo.
type Options struct {
	Addr   string // where to serve
	Data   string // folder, made fresh
	Exit   bool   // end after the table
	JSON   bool   // one object on out, progress elsewhere
	Broken bool   // the scripted run with broken months; it always ends
	Push   bool   // pushes leave, for services on this machine
	Scale  float64
	Seed   uint64

	Wall     func() time.Time // the world's clock
	Policies [][]byte         // nil: those of deploy/data
	LogTo    io.Writer        // of the server; nil: standard error
	LogLevel string           // of the server; empty: warn
	PushTo   io.Writer        // gets each push as it arrived, decrypted; nil: nobody
}

// Main runs the command with the arguments that follow its name and returns
// the exit code. wall is the world's clock.
func Main(ctx context.Context, args []string, out, errOut io.Writer, wall func() time.Time) int {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	o := Options{Wall: wall}
	fs := flag.NewFlagSet("demo", flag.ContinueOnError)
	fs.SetOutput(errOut)
	fs.StringVar(&o.Addr, "addr", "127.0.0.1:8080", "where to serve")
	fs.StringVar(&o.Data, "data", ".data/demo", "folder of the demo's data; emptied first")
	fs.BoolVar(&o.Exit, "exit", false, "end after the table")
	fs.BoolVar(&o.JSON, "json", false, "print one JSON object on standard output")
	fs.BoolVar(&o.Broken, "broken", false, "break known team-months and compare who loses what")
	fs.BoolVar(&o.Push, "push", false, "send push notifications to a Web Push service and an FCM on this machine, and check what arrives")
	fs.Float64Var(&o.Scale, "scale", 1, "size: above 0, at most 1 (the whole province)")
	fs.Uint64Var(&o.Seed, "seed", 2023, "luck: another seed, another province")
	switch err := fs.Parse(args); { // Parse has written what is wrong with a flag
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	case fs.NArg() > 0:
		fmt.Fprintln(errOut, "banso demo: flags only, see demo --help")
		return 2
	}
	debug.SetGCPercent(gcPercent)
	if err := Run(ctx, o, out, errOut); err != nil {
		fmt.Fprintf(errOut, "banso demo: %v\n", err)
		return 1
	}
	return 0
}

// Run plays a demo. Results go to out, progress to errOut with JSON and to out
// without.
func Run(ctx context.Context, o Options, out, errOut io.Writer) error {
	progress := out
	if o.JSON {
		progress = errOut
	}
	if o.Policies == nil {
		var err error
		if o.Policies, err = policies(); err != nil {
			return err
		}
	}
	began := o.Wall()
	province, err := plan.NewProvince(o.Seed, o.Scale) // refuses a bad scale before anything is touched
	if err != nil {
		return err
	}
	s, err := start(ctx, o)
	if err != nil {
		return err
	}
	err = s.play(ctx, o, province, &printer{w: progress, wall: o.Wall, began: began}, out)
	if err == nil && !o.Exit && !o.Broken {
		select {
		case <-ctx.Done():
		case err = <-s.failed:
		}
	}
	return errors.Join(err, s.stop())
}

// ours are the policies of the demo's province, and a proposal of another one
// that must pay nothing.
var ours = []string{"yb-nq60-team.json", "yb-nq60-officer.json", "yb-nq60-award.json", "dongnai-draft-team.json"}

// policies are the embedded policy files that the demo publishes.
func policies() (list [][]byte, err error) {
	for _, n := range ours {
		b, err := data.Files.ReadFile("policies/" + n)
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

// play runs the script that was asked for.
func (s *server) play(ctx context.Context, o Options, province *plan.Province, p *printer, out io.Writer) error {
	cfg := plan.Config{Province: province, Base: s.base, SetupCode: s.code, Clock: s.clock, Policies: o.Policies, Say: p.say, Month: p.month, Out: filepath.Join(o.Data, "out")}
	if s.push != nil {
		cfg.Push = s.push
		cfg.Clock = posting{s.clock, func() {
			if err := s.app.Post(ctx); err != nil { // what is left is due after the jump too
				p.say("Không gửi được thông báo đẩy: "+err.Error(), "Pushes did not leave: "+err.Error())
			}
		}}
	}
	if o.Broken {
		rep, err := plan.RunBroken(ctx, cfg, o.Seed)
		if err != nil {
			return err
		}
		rep.ElapsedS = o.Wall().Sub(p.began).Seconds()
		if o.JSON {
			err = writeJSON(out, rep)
		} else {
			p.comparison(rep)
		}
		if err == nil && rep.Differences > 0 {
			err = fmt.Errorf("%d team-months differ from the prediction", rep.Differences)
		}
		return err
	}
	res, err := plan.Run(ctx, cfg)
	if err != nil {
		return err
	}
	res.ElapsedS = o.Wall().Sub(p.began).Seconds()
	want := int64(res.RegisteredTeams) * int64(len(plan.Months))
	if res.TeamMonths != want || res.TotalVND != want*plan.Rate {
		err = fmt.Errorf("%d team-months and %d đồng were funded; %d teams in %d months make %d and %d", res.TeamMonths, res.TotalVND,
			res.RegisteredTeams, len(plan.Months), want, want*plan.Rate)
	}
	if res.Money.ListedVND != res.TotalVND {
		err = errors.Join(err, fmt.Errorf("%d đồng are decided, %d are listed", res.TotalVND, res.Money.ListedVND))
	}
	if s.push != nil {
		err = errors.Join(err, s.push.prove(res.Push))
	}
	if o.JSON {
		return errors.Join(err, writeJSON(out, res))
	}
	p.result(res, s.base, !o.Exit)
	return err
}
