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

// list is about payment lists.
func (d *desk) list() *cobra.Command {
	return group("list", "draft, issue, show, print and replace payment lists / danh sách chi trả",
		d.listDraft(), d.listIssue(), d.listAll(), d.listShow(), d.listPaper(), d.listReplace(), d.listDiscard())
}

func (d *desk) listDraft() *cobra.Command {
	var w client.ListWanted
	var units []string
	cmd := d.signed("draft MONTH…", "draft what is payable for some months (2023-06 or 2023-06..2023-12)", 0,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			w.Key = syncproto.NewRandomID(rand.Reader)
			for _, u := range units {
				w.Units = append(w.Units, client.ID(u))
			}
			var err error
			if w.Months, err = monthArgs(args); err != nil {
				return err
			}
			out, err := c.DraftLists(cmd.Context(), w)
			if err != nil {
				return err
			}
			return d.tell(cmd, out, func() { d.heads(out) })
		})
	cmd.Flags().StringVar(&w.Kind, "kind", "payment", "payment, correction, officers, awards or people")
	cmd.Flags().StringVar(&w.Policy, "policy", "yb-nq60-team", "id of the policy")
	cmd.Flags().StringSliceVar(&units, "commune", nil, "communes; none: the province")
	cmd.Flags().BoolVar(&w.Split, "split", false, "a draft for each commune")
	return cmd
}

// monthArgs reads months and ranges of months.
func monthArgs(args []string) (list []string, err error) {
	for _, a := range args {
		from, to, isRange := strings.Cut(a, "..")
		if !isRange {
			to = from
		}
		for m := from; m <= to; m = nextMonth(m) {
			if !syncproto.ValidMonth(m) || !syncproto.ValidMonth(to) || len(list) > 120 {
				return nil, fmt.Errorf("%q is no month and no range of months", a)
			}
			list = append(list, m)
		}
	}
	return list, nil
}

// nextMonth adds a month to a valid one; of anything else it returns "~", after
// which no month comes.
func nextMonth(m string) string {
	if !syncproto.ValidMonth(m) {
		return "~"
	}
	year, _ := strconv.Atoi(m[:4]) // digits, as it is valid
	n, _ := strconv.Atoi(m[5:])
	return fmt.Sprintf("%04d-%02d", year+n/12, n%12+1)
}

func (d *desk) heads(list []client.PaymentList) {
	for _, l := range list {
		name := l.Number
		if name == "" {
			name = "dự thảo / draft"
		}
		fmt.Fprintf(d.out, "%s  %s  %s  %d dòng / lines  %d đồng; đã chi / paid %d\n", l.ID, name, l.State, l.Count, l.Total, l.Paid)
	}
}

func (d *desk) listIssue() *cobra.Command {
	return d.signed("issue ID…", "issue drafts that somebody else made; a verified backup comes first", 1,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			ids := make([]client.ID, len(args))
			for i, a := range args {
				ids[i] = client.ID(a)
			}
			out, err := c.IssueLists(cmd.Context(), ids)
			if err != nil {
				return err
			}
			refused := 0
			if err := d.tell(cmd, out, func() {
				for _, r := range out {
					if r.Issued {
						fmt.Fprintf(d.out, "%s  %s  %d đồng  %s\n", r.List.ID, r.List.Number, r.List.Total, r.List.Print)
						continue
					}
					fmt.Fprintf(d.out, "%s  %s / %s\n", r.List.ID, r.DetailVi, r.Detail)
					for _, x := range r.Changed {
						fmt.Fprintf(d.out, "    %s %s: %d → %d\n", x.Subject, x.Period, x.Was, x.Now)
					}
				}
			}); err != nil {
				return err
			}
			for _, r := range out {
				if !r.Issued {
					refused++
				}
			}
			if refused > 0 {
				return fmt.Errorf("%d of %d lists were not issued", refused, len(out))
			}
			return nil
		})
}

func (d *desk) listAll() *cobra.Command {
	var unit, month, state, kind string
	cmd := d.signed("all", "heads of lists, newest first", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		out, err := c.Lists(cmd.Context(), client.ID(unit), month, state, kind)
		if err != nil {
			return err
		}
		return d.tell(cmd, out, func() { d.heads(out) })
	})
	cmd.Flags().StringVar(&unit, "commune", "", "only of this commune")
	cmd.Flags().StringVar(&month, "month", "", "only with this month")
	cmd.Flags().StringVar(&state, "state", "", "draft, issued, replaced or discarded")
	cmd.Flags().StringVar(&kind, "kind", "", "payment, correction, officers or awards")
	return cmd
}

func (d *desk) listShow() *cobra.Command {
	return d.signed("show ID", "a list with its lines", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		l, err := c.List(cmd.Context(), client.ID(args[0]))
		if err != nil {
			return err
		}
		return d.tell(cmd, l, func() {
			d.heads([]client.PaymentList{l})
			for _, x := range l.Lines {
				fmt.Fprintf(d.out, "  %-32s %s  %-12s %12d  %s %s\n", x.Name, x.Period, x.Kind, x.Amount, x.Voucher, x.PaidOn)
			}
		})
	})
}

func (d *desk) listPaper() *cobra.Command {
	var format, kind, file string
	cmd := d.signed("paper ID", "write a list as a PDF, a workbook or a CSV file", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		f, err := c.ListPaper(cmd.Context(), client.ID(args[0]), format, kind)
		if err != nil {
			return err
		}
		return d.write(cmd, f, file)
	})
	cmd.Flags().StringVar(&format, "format", "pdf", "pdf, xlsx or csv")
	cmd.Flags().StringVar(&kind, "kind", "", "of a list of corrections: back_payment or recovery; of officers: recovery")
	cmd.Flags().StringVarP(&file, "out", "o", "", "file to write; default: the list's number")
	return cmd
}

func (d *desk) listReplace() *cobra.Command {
	return d.signed("replace ID REASON", "draft the successor of an issued list of which nothing is paid", 2,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			l, err := c.ReplaceList(cmd.Context(), client.ID(args[0]), syncproto.NewRandomID(rand.Reader), args[1])
			if err != nil {
				return err
			}
			return d.tell(cmd, l, func() { d.heads([]client.PaymentList{l}) })
		})
}

func (d *desk) listDiscard() *cobra.Command {
	return d.signed("discard ID", "end a draft", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		l, err := c.DiscardList(cmd.Context(), client.ID(args[0]))
		if err != nil {
			return err
		}
		return d.tell(cmd, l, func() { d.heads([]client.PaymentList{l}) })
	})
}
