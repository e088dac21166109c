package main

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// payment is about vouchers.
func (d *desk) payment() *cobra.Command {
	confirm := d.signed("confirm LIST VOUCHER DAY [TEAM/PERIOD…]", "confirm that lines of a list were paid; all unpaid ones if none is named", 3,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			var lines []client.LineRef
			for _, a := range args[3:] {
				subject, period, ok := strings.Cut(a, "/")
				if !ok {
					return fmt.Errorf("%q is not TEAM/PERIOD", a)
				}
				lines = append(lines, client.LineRef{Subject: client.ID(subject), Period: period})
			}
			l, err := c.PayList(cmd.Context(), client.ID(args[0]), args[1], args[2], lines...)
			if err != nil {
				return err
			}
			return d.tell(cmd, l, func() { d.heads([]client.PaymentList{l}) })
		})
	return group("payment", "confirm payments / xác nhận chi trả", confirm)
}

func (d *desk) budget() *cobra.Command {
	cmd := d.signed("budget POLICY YEAR", "granted, decided, listed, paid and left of funding decisions / kinh phí", 2,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			year, err := strconv.Atoi(args[1])
			if err != nil {
				return fmt.Errorf("%q is no year", args[1])
			}
			b, err := c.Budget(cmd.Context(), args[0], year)
			if err != nil {
				return err
			}
			return d.tell(cmd, b, func() {
				for _, r := range b.Decisions {
					fmt.Fprintf(d.out, "%s (%s", r.Decision, r.On)
					if r.From != "" {
						fmt.Fprintf(d.out, ", %s…%s, %d tổ / teams", r.From, r.To, r.Teams)
					}
					fmt.Fprintln(d.out, ")")
					d.sums(r.BudgetSums)
				}
				fmt.Fprintln(d.out, "Tổng / total")
				d.sums(b.Total)
			})
		})
	return cmd
}

func (d *desk) sums(s client.BudgetSums) {
	fmt.Fprintf(d.out, "  cấp / granted %d; đã quyết / decided %d; lên danh sách / listed %d; đã chi / paid %d; thu hồi / recovered %d; đã nhận / received %d; còn / left %d\n",
		s.Granted, s.Decided, s.Listed, s.Paid, s.Recovered, s.Received, s.Left)
}

func (d *desk) settlement() *cobra.Command {
	var unit string
	cmd := d.signed("settlement POLICY QUARTER", "settlement of a quarter (2023-Q3) / quyết toán quý", 2,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			s, err := c.Settlement(cmd.Context(), args[0], client.ID(unit), args[1])
			if err != nil {
				return err
			}
			return d.tell(cmd, s, func() {
				for _, r := range append(s.Rows, client.SettlementRow{Name: "Tổng / total", SettlementSums: s.Total}) {
					fmt.Fprintf(d.out, "%-32s cấp / funded %d; danh sách / listed %d; chi / paid %d; nhận / received %d; thu hồi / recovered %d; chi tiêu / spent %d; còn / left %d\n",
						r.Name, r.Funded, r.Listed, r.Paid, r.Received, r.Recovered, r.Spent, r.Left)
				}
				for _, x := range s.Spending {
					fmt.Fprintf(d.out, "  %s / %s: %d đồng, %d lần / times\n", x.Vi, x.En, x.Amount, x.Times)
				}
			})
		})
	cmd.Flags().StringVar(&unit, "commune", "", "a commune; none: the province")
	return cmd
}

// support is about officers and recognised units.
func (d *desk) support() *cobra.Command {
	show := func(list ...client.SupportProposal) {
		for _, p := range list {
			fmt.Fprintf(d.out, "%s  %s  %s  %d mục / items  %d đồng  %s\n", p.ID, p.Policy, p.State, len(p.Items), p.Total, p.Grant)
			for _, it := range p.Items {
				fmt.Fprintf(d.out, "  %-32s %s  %12d  %s / %s\n", it.Name, it.Period, it.Amount, it.ReasonVi, it.ReasonEn)
				if len(it.Assumed) > 0 {
					fmt.Fprintf(d.out, "    %s  [A] %s  %s\n", it.Subject, strings.Join(it.Assumed, " "), it.Accepted)
				}
			}
		}
	}
	var accepted []string
	propose := d.signed("propose POLICY MONTH…", "work out what a policy grants; another person confirms", 2,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			list, err := monthArgs(args[1:])
			if err != nil {
				return err
			}
			var accept []client.Acceptance
			for _, a := range accepted {
				id, reason, _ := strings.Cut(a, "=")
				accept = append(accept, client.Acceptance{Subject: client.ID(id), Reason: reason})
			}
			p, err := c.ProposeSupport(cmd.Context(), syncproto.NewRandomID(rand.Reader), args[0], list, accept...)
			if err != nil {
				return err
			}
			return d.tell(cmd, p, func() { show(p) })
		})
	propose.Flags().StringArrayVar(&accepted, "accept", nil, "SUBJECT=REASON: take as eligible what fails only assumed rules [A]; may be repeated")
	confirm := d.signed("confirm ID DECISION DAY TOTAL", "decide a proposal under the decision that grants its money", 4,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			total, err := strconv.ParseInt(args[3], 10, 64)
			if err != nil {
				return fmt.Errorf("%q is no amount in đồng", args[3])
			}
			p, err := c.ConfirmSupport(cmd.Context(), client.ID(args[0]), args[1], args[2], total)
			if err != nil {
				return err
			}
			return d.tell(cmd, p, func() { show(p) })
		})
	all := d.signed("all", "proposals, newest first", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		list, err := c.Supports(cmd.Context(), "")
		if err != nil {
			return err
		}
		return d.tell(cmd, list, func() { show(list...) })
	})
	return group("support", "support of officers, awards to units / hỗ trợ cán bộ, thưởng đơn vị", propose, confirm, all)
}
