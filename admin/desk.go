package main

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// desk is what the commands share.
type desk struct {
	base, file string
	in         io.Reader
	out        io.Writer
	lines      *bufio.Reader
}

// kept is the session file. Install names this machine to the server.
type kept struct {
	Install client.ID      `json:"install"`
	Session client.Session `json:"session"`
}

func defaultSession() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "banso-admin.json"
	}
	return filepath.Join(dir, "banso", "admin.json")
}

// open reads the session file; one that is not there is made at sign-in.
func (d *desk) open() (*client.Client, client.ID, error) {
	var k kept
	b, err := os.ReadFile(d.file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		k.Install = syncproto.NewRandomID(rand.Reader)
	case err != nil:
		return nil, "", err
	default:
		if err := json.Unmarshal(b, &k); err != nil {
			return nil, "", fmt.Errorf("%s is not a session file", d.file)
		}
	}
	return client.New(d.base, client.Options{Session: k.Session, OnSession: func(s client.Session) {
		if err := d.keep(kept{k.Install, s}); err != nil {
			fmt.Fprintf(os.Stderr, "banso-admin: the session can't be kept: %v\n", err)
		}
	}}), k.Install, nil
}

func (d *desk) keep(k kept) error {
	b, err := json.Marshal(k)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(d.file), 0o700); err != nil {
		return err
	}
	tmp := d.file + ".tmp"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, d.file)
}

// ask reads one line.
func (d *desk) ask(what string) (string, error) {
	if d.lines == nil {
		d.lines = bufio.NewReader(d.in)
	}
	fmt.Fprintf(d.out, "%s: ", what)
	s, err := d.lines.ReadString('\n')
	if s = strings.TrimRight(s, "\r\n"); s == "" && err != nil {
		return "", fmt.Errorf("%s is missing", what)
	}
	return s, nil
}

func (d *desk) setup() *cobra.Command {
	return &cobra.Command{Use: "setup NAME LOGIN", Short: "become the first administrator (code and password from standard input)", Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, install, err := d.open()
			if err != nil {
				return err
			}
			code, err := d.ask("setup code")
			if err != nil {
				return err
			}
			password, err := d.ask("password")
			if err != nil {
				return err
			}
			_, err = c.Setup(cmd.Context(), client.Setup{Code: code, Name: args[0], Login: args[1], Password: password, Install: install, DeviceName: "banso-admin"})
			return err
		}}
}

func (d *desk) login() *cobra.Command {
	return &cobra.Command{Use: "login LOGIN", Short: "sign in (password from standard input, then a code if there is a second factor)", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, install, err := d.open()
			if err != nil {
				return err
			}
			password, err := d.ask("password")
			if err != nil {
				return err
			}
			in := client.Login{Login: args[0], Password: password, Install: install, DeviceName: "banso-admin"}
			_, err = c.LoginAsking(cmd.Context(), in, func() (string, error) { return d.ask("authentication code") })
			return err
		}}
}

// signed makes a command for whoever is signed in.
func (d *desk) signed(use, short string, n int, do func(cmd *cobra.Command, c *client.Client, args []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: cobra.MinimumNArgs(n), RunE: func(cmd *cobra.Command, args []string) error {
		c, _, err := d.open()
		if err != nil {
			return err
		}
		return do(cmd, c, args)
	}}
}

func (d *desk) logout() *cobra.Command {
	return d.signed("logout", "end the session", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		return c.Logout(cmd.Context())
	})
}

func (d *desk) me() *cobra.Command {
	return d.signed("me", "tell who is signed in", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		me, err := c.Me(cmd.Context())
		if err != nil {
			return err
		}
		return d.tell(cmd, me, func() {
			fmt.Fprintf(d.out, "%s  %s\n", me.Person, me.Name)
			for _, g := range me.Grants {
				fmt.Fprintf(d.out, "  %s %s%s %s…%s\n", g.Role, g.Team, g.Unit, g.From, g.To)
			}
		})
	})
}

func (d *desk) imports() *cobra.Command {
	var dry, skip, asJob bool
	cmd := d.signed("import KIND FILE", "take in a CSV or XLSX file", 2, func(cmd *cobra.Command, c *client.Client, args []string) error {
		file, err := os.ReadFile(args[1])
		if err != nil {
			return err
		}
		if asJob && !dry {
			return d.started(cmd, c)(c.StartImport(cmd.Context(), args[0], filepath.Base(args[1]), file, skip))
		}
		rep, err := c.Import(cmd.Context(), args[0], file, dry, skip)
		if err != nil {
			return err
		}
		if err := d.tell(cmd, rep, func() {
			for _, r := range rep.Rows {
				if r.Status == "bad" {
					fmt.Fprintf(d.out, "line %d: %s %s\n", r.Line, r.Field, r.Msg)
				}
			}
			fmt.Fprintf(d.out, "%s: %d created, %d updated, %d unchanged, %d bad; written: %t\n", rep.Kind, rep.Created, rep.Updated, rep.Unchanged, rep.Bad, rep.Written)
		}); err != nil {
			return err
		}
		if rep.Bad > 0 && !skip {
			return errors.New("nothing was taken in: correct the bad rows, or leave them out with --skip-bad")
		}
		return nil
	})
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only say what would happen")
	cmd.Flags().BoolVar(&skip, "skip-bad", false, "take the good rows although others are bad")
	cmd.Flags().BoolVar(&asJob, "job", false, "as a job: up to 50,000 rows")
	return waits(cmd)
}

func (d *desk) codes() *cobra.Command {
	return d.signed("codes PERSON…", "make activation codes", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		people := make([]client.ID, len(args))
		for i, a := range args {
			people[i] = client.ID(a)
		}
		list, err := c.NewCodes(cmd.Context(), people)
		return errors.Join(err, d.tell(cmd, list, func() {
			for _, code := range list {
				fmt.Fprintf(d.out, "%s  %s%s\n", code.Person, code.Code, code.Error)
			}
		}))
	})
}

func (d *desk) totals() *cobra.Command {
	return d.signed("totals YEAR", "print what was decided for the months of a year", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		year, err := strconv.Atoi(args[0])
		if err != nil {
			return fmt.Errorf("%q is no year", args[0])
		}
		t, err := c.Totals(cmd.Context(), year)
		if err != nil {
			return err
		}
		return d.tell(cmd, t, func() {
			for _, m := range t.Months {
				fmt.Fprintf(d.out, "%s  teams %d, closed %d, eligible %d, funded %d: %d VND\n", m.Month, m.Teams, m.Closed, m.Eligible, m.Funded, m.FundedVND)
			}
			fmt.Fprintf(d.out, "%d team-months, %d VND\n", t.TeamMonths, t.TotalVND)
		})
	})
}
