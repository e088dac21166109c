package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/banso/banso/server/internal/doctor"
)

// Exit codes of the doctor, for timers and scripts.
const (
	exitSoon = 3
	exitNow  = 4
)

// handNeeded is the end of a look that found something.
type handNeeded struct{ level doctor.Level }

func (e handNeeded) Error() string {
	if e.level == doctor.Now {
		return "cần xử lý ngay / something needs a hand now"
	}
	return "cần xem sớm / something needs a look"
}

// exitCode is what the process ends with after an error.
func exitCode(err error) int {
	var hand handNeeded
	switch {
	case err == nil:
		return 0
	case errors.As(err, &hand) && hand.level == doctor.Now:
		return exitNow
	case errors.As(err, &hand):
		return exitSoon
	case errors.As(err, new(usageError)):
		return 2
	}
	return 1
}

// bundleCommand packs what helps to understand a problem from afar.
func (f *flags) bundleCommand(out io.Writer) *cobra.Command {
	var socket string
	cmd := &cobra.Command{Use: "bundle FILE", Args: cobra.ExactArgs(1),
		Short: "write a support bundle (tar.gz): findings, figures, stacks and settings, nothing of people",
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if err := f.fromElsewhere(cmd); err != nil {
				return usageError{err}
			}
			settings, err := readSettings(f.file)
			if err != nil {
				return err
			}
			var cfg Config
			if err := cfg.fill(); err != nil {
				return err
			}
			file, err := os.OpenFile(args[0], os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, file.Close()) }()
			if err := doctor.Bundle(cmd.Context(), file, f.patient(cmd.Context(), socket, cfg.Now), Version(), settings); err != nil {
				return err
			}
			fmt.Fprintln(out, args[0])
			return nil
		}}
	f.registerPatient(cmd.Flags(), &socket)
	return cmd
}

// registerPatient are the flags of what is looked at.
func (f *flags) registerPatient(fs *pflag.FlagSet, socket *string) {
	fs.StringVar(&f.origin, "origin", "", "https address under which phones reach the server")
	fs.StringVar(socket, "debug-socket", "", "debug socket of the running server")
	fs.StringVar(&f.pushFCM, "push-fcm", "", "the server's setting of that name")
	fs.StringVar(&f.pushContact, "push-contact", "", "the server's setting of that name")
}

func (f *flags) patient(ctx context.Context, socket string, now func() time.Time) doctor.Patient {
	return doctor.Patient{Data: f.data, Socket: socket, Origin: f.origin, Now: now,
		Push: Push{FCM: f.pushFCM, Contact: f.pushContact}.examine(ctx, now)}
}

func (f *flags) doctorCommand(out io.Writer) *cobra.Command {
	var socket string
	var ears doctor.Ears
	var asJSON, tell bool
	cmd := &cobra.Command{Use: "doctor", Args: cobra.NoArgs,
		Short: "look at this machine and the running server, and say what to do (exit code 3: soon, 4: now)",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.fromElsewhere(cmd); err != nil {
				return usageError{err}
			}
			var cfg Config
			if err := cfg.fill(); err != nil {
				return err
			}
			found := doctor.Look(cmd.Context(), f.patient(cmd.Context(), socket, cfg.Now))
			if asJSON {
				if err := json.MarshalWrite(out, found, jsontext.WithIndent("  ")); err != nil {
					return err
				}
				fmt.Fprintln(out)
			} else {
				fmt.Fprint(out, doctor.Text(found))
			}
			var err error
			if tell {
				err = doctor.Tell(cmd.Context(), f.data, found, ears, cfg.Now())
			}
			if worst := doctor.Worst(found); worst == doctor.Soon || worst == doctor.Now {
				err = errors.Join(err, handNeeded{worst})
			}
			return err
		}}
	fs := cmd.Flags()
	f.registerPatient(fs, &socket)
	fs.StringVar(&ears.Webhook, "doctor-webhook", "", "address that is told what needs a hand, as JSON")
	fs.StringVar(&ears.Mail, "doctor-mail", "", "smtp[s]://user:password@host:port/?from=…&to=… that is told")
	fs.BoolVar(&asJSON, "json", false, "print JSON")
	fs.BoolVar(&tell, "tell", false, "tell webhook and mail when something needs a hand, and when all is well again")
	return cmd
}
