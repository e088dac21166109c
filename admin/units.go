package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// unit is about units and how they change.
func (d *desk) unit() *cobra.Command {
	events := d.signed("events", "how units changed, newest first", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		list, err := c.UnitEvents(cmd.Context())
		if err != nil {
			return err
		}
		return d.tell(cmd, list, func() {
			for _, e := range list {
				fmt.Fprintf(d.out, "%s  %-9s %d → %d  %s\n", e.On, e.Kind, len(e.From), len(e.To), e.Basis)
			}
		})
	})
	dry := false
	change := d.signed("change FILE", "record that units change on a day: a JSON file with kind, level, on, basis, from, to", 1,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			b, err := os.ReadFile(args[0])
			if err != nil {
				return err
			}
			var ch client.UnitChange
			if err := json.Unmarshal(b, &ch, json.RejectUnknownMembers(true)); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if ch.Key == "" {
				ch.Key = syncproto.NewRandomID(rand.Reader)
			}
			do := c.ChangeUnits
			if dry {
				do = c.CheckUnitChange
			}
			out, err := do(cmd.Context(), ch)
			if err != nil {
				return err
			}
			return d.tell(cmd, out, func() { d.changed(out) })
		})
	change.Flags().BoolVar(&dry, "dry-run", false, "only say what it would do")
	return group("unit", "administrative units over time / đơn vị hành chính theo thời gian", events, change)
}

func (d *desk) changed(x client.UnitImpact) {
	for _, u := range x.Units {
		fmt.Fprintf(d.out, "%-8s %s %s\n", u.Effect, u.Code, u.Name)
	}
	fmt.Fprintf(d.out, "%d tổ đổi xã / teams move, %d tháng chưa chốt / open months, %d vai trò ở xã kết thúc / roles on communes that end\n", len(x.Teams), x.OpenMonths, x.Officers)
	for _, p := range x.Problems {
		fmt.Fprintf(d.out, "! %s: %s / %s\n", p.Ref, p.MsgVi, p.Msg)
	}
	if x.Recorded {
		fmt.Fprintln(d.out, "đã ghi / recorded")
	}
}

// registration is about the communes that are registered in a year.
func (d *desk) registration() *cobra.Command {
	year := func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil {
			err = fmt.Errorf("%q is no year", s)
		}
		return n, err
	}
	list := d.signed("list YEAR", "list the communes registered in a year", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		y, err := year(args[0])
		if err != nil {
			return err
		}
		all, err := c.Registrations(cmd.Context(), y)
		if err != nil {
			return err
		}
		return d.tell(cmd, all, func() {
			for _, g := range all {
				fmt.Fprintf(d.out, "%s  %s  %s (%s)  %s\n", g.Commune, g.Standard, g.Decision, g.On, g.Origin)
			}
		})
	})
	var g client.Registration
	set := d.signed("set COMMUNE YEAR DECISION DAY", "register a commune for a year, or correct that", 4, func(cmd *cobra.Command, c *client.Client, args []string) error {
		var err error
		if g.Year, err = year(args[1]); err != nil {
			return err
		}
		g.Commune, g.Decision, g.On = client.ID(args[0]), args[2], args[3]
		_, err = c.Register(cmd.Context(), g)
		return err
	})
	set.Flags().StringVar(&g.Standard, "standard", "standard", "standard or advanced")
	set.Flags().StringVar(&g.Origin, "origin", "S", "S from a published source, I inferred, A assumed")
	take := d.signed("withdraw COMMUNE YEAR", "take a registration back that was a mistake", 2, func(cmd *cobra.Command, c *client.Client, args []string) error {
		y, err := year(args[1])
		if err != nil {
			return err
		}
		return c.Unregister(cmd.Context(), client.ID(args[0]), y)
	})
	return group("registration", "communes registered in a year / xã đăng ký theo năm", list, set, take)
}
