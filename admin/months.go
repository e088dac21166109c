package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// monthShow lists the teams of a commune's month.
func (d *desk) monthShow() *cobra.Command {
	return d.signed("show COMMUNE MONTH", "teams of a commune's month, as its chair sees them", 2,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			m, _, err := c.CommuneMonth(cmd.Context(), client.ID(args[0]), args[1], "")
			if err != nil {
				return err
			}
			return d.tell(cmd, m, func() {
				for _, t := range m.Teams {
					fmt.Fprintf(d.out, "%s  %-28s %s  %d đồng  %s\n    %s / %s\n", t.Team, t.Name, t.Progress.Result, t.Progress.Amount,
						t.Progress.Money, t.Progress.ReasonVi, t.Progress.ReasonEn)
				}
			})
		})
}

// monthClose closes what a chair has looked at: all teams that stand open, or
// those named.
func (d *desk) monthClose() *cobra.Command {
	accept, asJob := "", false
	cmd := d.signed("close COMMUNE MONTH [TEAM…]", "confirm a commune's month; all open teams if none is named", 2,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			items, err := openTeams(cmd, c, args, accept)
			if err != nil {
				return err
			}
			if asJob {
				return d.started(cmd, c)(c.StartClose(cmd.Context(), client.ID(args[0]), args[1], items))
			}
			res, err := c.CloseCommuneMonth(cmd.Context(), client.ID(args[0]), args[1], items)
			if err != nil {
				return err
			}
			refused := 0
			for _, r := range res {
				if !r.Closed {
					refused++
				}
			}
			if err := d.tell(cmd, res, func() { d.closes(res) }); err != nil {
				return err
			}
			if refused > 0 {
				return fmt.Errorf("%d of %d teams were not closed", refused, len(res))
			}
			return nil
		})
	cmd.Flags().StringVar(&accept, "accept", "", "reason to take months that fail only assumed rules (A) as eligible")
	cmd.Flags().BoolVar(&asJob, "job", false, "as a job, team by team")
	return waits(cmd)
}

// openTeams are the teams to close, each with the content that was read.
func openTeams(cmd *cobra.Command, c *client.Client, args []string, accept string) (items []client.CloseItem, err error) {
	m, _, err := c.CommuneMonth(cmd.Context(), client.ID(args[0]), args[1], "")
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, t := range args[2:] {
		named[t] = true
	}
	for _, t := range m.Teams {
		if t.Closed && !named[string(t.Team)] || len(named) > 0 && !named[string(t.Team)] {
			continue
		}
		delete(named, string(t.Team))
		it := client.CloseItem{Team: t.Team, Csum: t.Csum}
		if accept != "" && t.Progress.Result == "incomplete" {
			it.Accept, it.Reason = true, accept
		}
		items = append(items, it)
	}
	for t := range named {
		return nil, fmt.Errorf("%s is no team of this commune", t)
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("every team of this month is closed")
	}
	return items, nil
}

func (d *desk) closes(res []client.CloseResult) {
	for _, r := range res {
		if !r.Closed {
			fmt.Fprintf(d.out, "%s  %s / %s\n", r.Team, r.DetailVi, r.Detail)
			continue
		}
		fmt.Fprintf(d.out, "%s  chốt số / close %d  %s  %d đồng  %s / %s\n", r.Team, r.Decision, r.Verdict.Result, r.Verdict.Amount,
			r.Verdict.ReasonVi, r.Verdict.ReasonEn)
	}
}

func (d *desk) monthFinalise() *cobra.Command {
	asJob := false
	cmd := d.signed("finalise MONTH", "end a month for the whole province", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		if asJob {
			return d.started(cmd, c)(c.StartFinalise(cmd.Context(), args[0]))
		}
		return c.Finalise(cmd.Context(), args[0])
	})
	cmd.Flags().BoolVar(&asJob, "job", false, "as a job, which says of each team that is open why")
	return waits(cmd)
}

// funding is about decisions that fund months.
func (d *desk) funding() *cobra.Command {
	var f client.Funding
	enter := d.signed("enter POLICY DECISION DAY FROM TO TOTAL TEAM…", "enter a decision that funds months of teams", 7,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			total, err := strconv.ParseInt(args[5], 10, 64)
			if err != nil {
				return fmt.Errorf("%q is no amount in đồng", args[5])
			}
			list, err := monthArgs([]string{args[3] + ".." + args[4]})
			if err != nil {
				return err
			}
			f.Policy, f.Decision, f.On, f.From, f.To, f.Total, f.Months = args[0], args[1], args[2], args[3], args[4], total, int64(len(list))
			for _, t := range args[6:] {
				f.Teams = append(f.Teams, client.ID(t))
			}
			out, err := c.Fund(cmd.Context(), f)
			if err != nil {
				return err
			}
			return d.tell(cmd, out, func() { d.funded(out) })
		})
	enter.Flags().StringVar(&f.Origin, "origin", "S", "S: published, I: inferred, A: assumed")
	list := d.signed("list", "funding decisions", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		all, err := c.Fundings(cmd.Context())
		if err != nil {
			return err
		}
		return d.tell(cmd, all, func() {
			for _, f := range all {
				d.funded(f)
			}
		})
	})
	return group("funding", "decisions that fund months / quyết định kinh phí", enter, list)
}

func (d *desk) funded(f client.Funding) {
	fmt.Fprintf(d.out, "%s (%s, %s)  %s  %s…%s  %d tổ / teams  %d đồng\n", f.Decision, f.On, f.Origin, f.Policy, f.From, f.To, len(f.Teams), f.Total)
}

// paper writes what is printed and filed.
func (d *desk) paper() *cobra.Command {
	var format, file, commune string
	one := func(use, short string, n int, get func(cmd *cobra.Command, c *client.Client, args []string) (client.File, error)) *cobra.Command {
		cmd := d.signed(use, short, n, func(cmd *cobra.Command, c *client.Client, args []string) error {
			f, err := get(cmd, c, args)
			if err != nil {
				return err
			}
			return d.write(cmd, f, file)
		})
		cmd.Flags().StringVar(&format, "format", "pdf", "pdf, xlsx or csv")
		cmd.Flags().StringVarP(&file, "out", "o", "", "file to write; default: a name of the server's")
		return cmd
	}
	settle := one("settlement POLICY QUARTER", "settlement of a quarter (2023-Q3) / quyết toán", 2, func(cmd *cobra.Command, c *client.Client, args []string) (client.File, error) {
		return c.SettlementPaper(cmd.Context(), args[0], client.ID(commune), args[1], format)
	})
	settle.Flags().StringVar(&commune, "commune", "", "a commune; none: the province")
	return group("paper", "reports, summaries, settlements as PDF, XLSX or CSV / văn bản",
		one("commune eligibility|summary|activities COMMUNE MONTH", "teams with reasons, figures or every activity of a commune's month", 3, func(cmd *cobra.Command, c *client.Client, args []string) (client.File, error) {
			return c.CommunePaper(cmd.Context(), client.ID(args[1]), args[2], args[0], format)
		}),
		one("team report|explanation TEAM MONTH", "a team's monthly report, or why its month stands as it does", 3, func(cmd *cobra.Command, c *client.Client, args []string) (client.File, error) {
			return c.TeamPaper(cmd.Context(), client.ID(args[1]), args[2], args[0], format)
		}),
		one("province POLICY FROM TO", "summary of a province's months", 3, func(cmd *cobra.Command, c *client.Client, args []string) (client.File, error) {
			return c.ProvincePaper(cmd.Context(), args[0], args[1], args[2], format)
		}), settle)
}

// write keeps a paper in a file that only its owner reads.
func (d *desk) write(cmd *cobra.Command, f client.File, file string) error {
	if file == "" {
		file = f.Name
	}
	if err := os.WriteFile(file, f.Bytes, 0o600); err != nil {
		return err
	}
	return d.tell(cmd, map[string]any{"file": file, "bytes": len(f.Bytes)}, func() { fmt.Fprintln(d.out, file) })
}

// spending enters what a team bought.
func (d *desk) spending() *cobra.Command {
	var note string
	add := d.signed("add TEAM POLICY CATEGORY AMOUNT DAY EVIDENCE…", "enter what a team spent, with its papers (paper:HĐ 0012)", 6,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			amount, err := strconv.ParseInt(args[3], 10, 64)
			if err != nil {
				return fmt.Errorf("%q is no amount in đồng", args[3])
			}
			v, err := c.Spend(cmd.Context(), client.Spent{Key: syncproto.NewRandomID(rand.Reader), Team: client.ID(args[0]), Policy: args[1],
				Category: args[2], Amount: amount, On: args[4], Evidence: args[5:], Note: note})
			if err != nil {
				return err
			}
			if v.V != syncproto.Applied {
				return fmt.Errorf("the server refused it: %s", v.Code)
			}
			return d.tell(cmd, v, func() { fmt.Fprintln(d.out, "đã ghi / entered") })
		})
	add.Flags().StringVar(&note, "note", "", "a word on it")
	return group("spending", "what teams spent of their support / chi tiêu", add)
}
