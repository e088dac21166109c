package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
)

// topUp is what a commune adds from its own budget.
func (d *desk) topUp() *cobra.Command {
	var x client.TopUp
	var teams []string
	add := d.signed("add COMMUNE VND FROM TO", "record a commune's decision to add money of its own, per team and month", 4,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			var err error
			if x.VND, err = strconv.ParseInt(args[1], 10, 64); err != nil {
				return fmt.Errorf("%q is no amount in đồng", args[1])
			}
			x.From, x.To = args[2], args[3]
			for _, t := range teams {
				x.Teams = append(x.Teams, client.ID(t))
			}
			out, err := c.TopUp(cmd.Context(), client.ID(args[0]), x)
			if err != nil {
				return err
			}
			return d.tell(cmd, out, func() { d.added(out) })
		})
	add.Flags().StringVar(&x.Policy, "policy", "", "id of the policy that lets it")
	add.Flags().StringVar(&x.Decision, "decision", "", "number of the commune's decision")
	add.Flags().StringVar(&x.On, "on", "", "its day, yyyy-mm-dd")
	add.Flags().StringSliceVar(&teams, "team", nil, "only these teams; default all of the commune")
	list := d.signed("list COMMUNE", "list a commune's decisions", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		all, err := c.TopUps(cmd.Context(), client.ID(args[0]))
		if err != nil {
			return err
		}
		return d.tell(cmd, all, func() {
			for _, x := range all {
				d.added(x)
			}
		})
	})
	return group("top-up", "what a commune adds from its own budget / xã hỗ trợ thêm", add, list)
}

func (d *desk) added(x client.TopUp) {
	of := "mọi tổ / all teams"
	if len(x.Teams) > 0 {
		of = fmt.Sprintf("%d tổ / teams", len(x.Teams))
	}
	fmt.Fprintf(d.out, "%s (%s)  %s  %s…%s  %s đồng  %s\n", x.Decision, x.On, x.Policy, x.From, x.To, figures(x.VND), of)
}

// village is what a team covers.
func (d *desk) village() *cobra.Command {
	var v client.Village
	set := d.signed("set TEAM FROM HOUSEHOLDS KIND", "say what a team's village is from a day on (thon, ban, xom, khoi, to_dan_pho, ap, khu_pho)", 4,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			n, err := strconv.ParseInt(args[2], 10, 64)
			if err != nil {
				return fmt.Errorf("%q is no number of households", args[2])
			}
			v.From, v.Households, v.Kind = args[1], n, args[3]
			out, err := c.SetVillage(cmd.Context(), client.ID(args[0]), v)
			if err != nil {
				return err
			}
			return d.tell(cmd, out, func() { d.covered(out) })
		})
	set.Flags().BoolVar(&v.Key, "key", false, "of a key area (trọng điểm)")
	set.Flags().BoolVar(&v.Border, "border", false, "at the border")
	set.Flags().StringVar(&v.Source, "source", "", "the paper that says so")
	show := d.signed("show TEAM", "what was said of a team's village", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		all, err := c.Villages(cmd.Context(), client.ID(args[0]))
		if err != nil {
			return err
		}
		return d.tell(cmd, all, func() {
			for _, v := range all {
				d.covered(v)
			}
		})
	})
	return group("village", "households and kind of what a team covers / số hộ, loại thôn", set, show)
}

func (d *desk) covered(v client.Village) {
	marks := ""
	if v.Key {
		marks += "  trọng điểm / key area"
	}
	if v.Border {
		marks += "  biên giới / border"
	}
	fmt.Fprintf(d.out, "%s  %s  %d hộ / households%s  %s\n", v.From, v.Kind, v.Households, marks, v.Source)
}
