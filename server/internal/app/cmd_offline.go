package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/backup"
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/durable"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
	"github.com/banso/banso/syncproto"
)

// offline are the commands that work on the file of a stopped server.
func (f *flags) offline(out io.Writer) []*cobra.Command {
	with := func(do func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
		return func(cmd *cobra.Command, args []string) error {
			if err := f.fromElsewhere(cmd); err != nil {
				return usageError{err}
			}
			return do(cmd, args)
		}
	}
	var opt roster.ImportOptions
	var asJSON bool
	imp := &cobra.Command{Use: "import KIND FILE", Args: cobra.ExactArgs(2),
		Short: "take in a CSV file of units, unit_events, teams, members, officers, registrations, support_officers, recognitions, villages, orders or called_up",
		RunE: with(func(cmd *cobra.Command, args []string) error {
			return importFile(cmd.Context(), f.data, args[0], args[1], opt, asJSON, out)
		})}
	imp.Flags().BoolVar(&opt.DryRun, "dry-run", false, "only say what would happen")
	imp.Flags().BoolVar(&opt.SkipBad, "skip-bad", false, "take the good rows although others are bad")
	imp.Flags().BoolVar(&asJSON, "json", false, "print the whole report, each row with its result, as one JSON object")
	var look bool
	take := &cobra.Command{Use: "take-in FILE", Args: cobra.ExactArgs(1),
		Short: "hand in what a phone that can't reach the server saved as a file",
		RunE: with(func(cmd *cobra.Command, args []string) error {
			return takeIn(cmd.Context(), f.data, args[0], look, out)
		})}
	take.Flags().BoolVar(&look, "dry-run", false, "only say whose file it is and how much is in it")
	keys := &cobra.Command{Use: "keys", Short: "the keys that sign access tokens", Args: cobra.NoArgs,
		RunE: with(func(*cobra.Command, []string) error { return listKeys(f.data, out) })}
	keys.AddCommand(
		&cobra.Command{Use: "list", Short: "list them", Args: cobra.NoArgs,
			RunE: with(func(*cobra.Command, []string) error { return listKeys(f.data, out) })},
		&cobra.Command{Use: "rotate", Short: "sign with a new key; the old one verifies until its tokens expire", Args: cobra.NoArgs,
			RunE: with(func(*cobra.Command, []string) error { return rotateKeys(f.data, out) })})
	var held papersToProve
	ver := &cobra.Command{Use: "verify", Short: "prove every decision again: chain, closes, signatures, sums", Args: cobra.NoArgs,
		RunE: with(func(cmd *cobra.Command, _ []string) error { return held.prove(cmd.Context(), f.data, out) })}
	held.flags(ver)
	return []*cobra.Command{imp, take, keys, policyCommand(out), f.backupCommand(with, out),
		f.onVault(with, out, "restore [ID]", "fill a data folder without a store from a backup; the same as backup restore", 1, (*vault).restore),
		f.onVault(with, out, "rehearse", "try the upgrade that a start would make, on a copy, and say what it does", 0, (*vault).rehearse),
		{Use: "code [PERSON]", Short: "make an activation code: for the administrator who is locked out, or for a person", Args: cobra.MaximumNArgs(1),
			RunE: with(func(cmd *cobra.Command, args []string) error {
				return makeCode(cmd.Context(), f.data, domain.ID(strings.Join(args, "")), out)
			})},
		{Use: "check", Short: "verify everything that the file claims", Args: cobra.NoArgs,
			RunE: with(func(*cobra.Command, []string) error { return checkFile(f.data, out) })},
		ver,
		{Use: "compact", Short: "rewrite the file without its free pages", Args: cobra.NoArgs,
			RunE: with(func(*cobra.Command, []string) error { return compact(f.data, out) })},
	}
}

func checkFile(data string, out io.Writer) error {
	if _, err := auth.LoadKeys(KeysPath(data)); err != nil {
		return fmt.Errorf("%s: %w", KeysPath(data), err)
	}
	rep, err := boltstore.Check(StorePath(data))
	if err != nil {
		return sentence(data, err)
	}
	fmt.Fprintf(out, "%s: %d records, %d verdicts, %d decisions, commit %d, epoch %s, %d bytes\n",
		StorePath(data), rep.Records, rep.Verdicts, rep.Decisions, rep.Commit, rep.Epoch, rep.Bytes)
	for _, p := range rep.Problems {
		fmt.Fprintln(out, "  "+p)
	}
	lost, err := checkPhotos(data, out)
	if err != nil {
		return err
	}
	wrong, err := checkMoney(data, out)
	if err != nil {
		return err
	}
	off, err := checkFigures(data, out)
	if err != nil {
		return err
	}
	if n := len(rep.Problems) + lost + wrong + off; n > 0 {
		return fmt.Errorf("%d problems found", n)
	}
	fmt.Fprintln(out, "no problems")
	return nil
}

// compact puts the copy in place of the file by one rename.
func compact(data string, out io.Writer) error {
	path, tmp := StorePath(data), StorePath(data)+".compact"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	before, err := os.Stat(path)
	if err != nil {
		return sentence(data, store.ErrMissing)
	}
	rep, err := boltstore.Compact(path, tmp)
	if err != nil {
		return sentence(data, err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d bytes, before %d\n", path, rep.Bytes, before.Size())
	return durable.SyncDir(data)
}

// open opens a stopped server's folder for an offline command.
func open(ctx context.Context, data string) (*App, error) {
	return New(ctx, Config{Data: data, Handful: true, LogLevel: "warn"})
}

// existing refuses to make a new store where a command expects one.
func existing(data string) error {
	for _, path := range []string{StorePath(data), KeysPath(data)} {
		ok, err := exists(path)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("%s does not exist: start the server once, or restore a backup", path)
		}
	}
	return nil
}

func importFile(ctx context.Context, data, kind, path string, opt roster.ImportOptions, asJSON bool, out io.Writer) (err error) {
	if err := existing(data); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	a, err := open(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	who, err := a.administrator(ctx)
	if err != nil {
		return err
	}
	svc := &roster.Service{Store: a.store, Now: a.cfg.Now, Rand: a.cfg.Rand}
	rep, err := svc.Import(ctx, domain.Caller{Person: who}, roster.Kind(kind), file, opt)
	if err != nil {
		return err
	}
	if err := tellImport(rep, asJSON, out); err != nil {
		return err
	}
	if rep.Bad > 0 && !opt.SkipBad {
		return errors.New("nothing was taken in: correct the bad rows, or leave them out with --skip-bad")
	}
	return nil
}

// tellImport prints what somebody has to mend or to look at, or all of it as JSON.
func tellImport(rep *roster.ImportReport, asJSON bool, out io.Writer) error {
	if asJSON {
		b, err := json.Marshal(rep)
		if err == nil {
			_, err = fmt.Fprintf(out, "%s\n", b)
		}
		return err
	}
	for _, r := range rep.Rows {
		if r.Status == roster.Bad {
			fmt.Fprintf(out, "dòng / line %d, %s: %s / %s\n", r.Line, r.Field, r.MsgVi, r.Msg)
		} else if r.Note != "" {
			fmt.Fprintf(out, "dòng / line %d: %s / %s\n", r.Line, r.NoteVi, r.Note)
		}
	}
	fmt.Fprintf(out, "%s: %d created, %d updated, %d unchanged, %d bad; written: %t\n",
		rep.Kind, rep.Created, rep.Updated, rep.Unchanged, rep.Bad, rep.Applied)
	return nil
}

// administrator finds in whose name an offline import is written.
func (a *App) administrator(ctx context.Context) (who domain.ID, err error) {
	today := domain.DateOf(a.cfg.Now())
	err = a.store.View(ctx, func(r store.Reader) error {
		var bad error
		err := r.Members(roster.ScopeOfficers, syncproto.TypeGrant, func(rec *store.Record) bool {
			var g domain.Grant
			bad = json.Unmarshal(rec.Doc, &g)
			if g.Role == domain.RoleSystem && g.Has(today) {
				who = g.Person
			}
			return who == "" && bad == nil
		})
		return errors.Join(err, bad)
	})
	if err == nil && who == "" {
		err = errors.New("nobody administers this server yet: start it and use the setup code first")
	}
	return who, err
}

func listKeys(data string, out io.Writer) error {
	ring, err := auth.LoadKeys(KeysPath(data))
	if err != nil {
		return fmt.Errorf("%s: %w", KeysPath(data), err)
	}
	for _, k := range ring.Keys() {
		state := "signs"
		if k.RetiredMs != 0 {
			state = "retired " + time.UnixMilli(k.RetiredMs).UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(out, "%s  made %s  %s\n", k.ID, time.UnixMilli(k.CreatedMs).UTC().Format(time.RFC3339), state)
	}
	fmt.Fprintf(out, "backups are signed by %s: note it beside the identity that opens them\n", backup.Fingerprint(ring.Sealer()))
	return nil
}

func rotateKeys(data string, out io.Writer) error {
	if err := existing(data); err != nil {
		return err
	}
	cfg := Config{Data: data}
	if err := cfg.fill(); err != nil {
		return err
	}
	st, err := boltstore.Open(StorePath(data), boltstore.Options{ReadOnly: true}) // a running server would not read the new key
	if err != nil {
		return sentence(data, err)
	}
	ring, err := auth.LoadKeys(KeysPath(data))
	if err == nil {
		err = ring.Rotate(cfg.Rand, cfg.Now())
	}
	if err == nil {
		err = ring.Save(KeysPath(data))
	}
	if err := errors.Join(err, st.Close()); err != nil {
		return err
	}
	return listKeys(data, out)
}
