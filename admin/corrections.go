package main

import (
	"crypto/rand"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// tell prints an answer: as JSON with --json, else line by line.
func (d *desk) tell(cmd *cobra.Command, v any, lines func()) error {
	if asJSON, _ := cmd.Flags().GetBool("json"); !asJSON {
		lines()
		return nil
	}
	b, err := json.Marshal(v, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(d.out, "%s\n", b)
	return err
}

// group makes a command of commands.
func group(use, short string, subs ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short}
	cmd.AddCommand(subs...)
	return cmd
}

// month is about months of teams.
func (d *desk) month() *cobra.Command {
	explain := d.signed("explain TEAM MONTH", "why a team's month stands as it does", 2, d.explain)
	overdue := d.signed("overdue MONTH", "communes whose reviews are overdue / xã duyệt quá hạn", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		list, err := c.OverdueReviews(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		return d.tell(cmd, list, func() {
			for _, o := range list {
				fmt.Fprintf(d.out, "%s  %d mục của %d tổ từ ngày %s / %d submissions of %d teams since %s\n", o.Unit, o.Submissions, o.Teams, o.Since, o.Submissions, o.Teams, o.Since)
			}
		})
	})
	var ask client.Ask
	reopen := d.signed("reopen TEAM MONTH", "propose to reopen a closed month (another person approves)", 2, func(cmd *cobra.Command, c *client.Client, args []string) error {
		ask.Kind, ask.Team, ask.Month = "reopen", client.ID(args[0]), args[1]
		return d.propose(cmd, c, ask)
	})
	askFlags(reopen, &ask)
	return group("month", "show, close, finalise and explain months, see what is overdue, reopen", d.monthShow(), d.monthClose(), d.monthFinalise(), explain, overdue, reopen)
}

func (d *desk) explain(cmd *cobra.Command, c *client.Client, args []string) error {
	raw, _, err := c.Explain(cmd.Context(), client.ID(args[0]), args[1], "")
	if err != nil {
		return err
	}
	var e struct {
		Name     string         `json:"name"`
		Month    string         `json:"month"`
		Stage    string         `json:"stage"`
		Reopened bool           `json:"reopened"`
		Verdict  client.Verdict `json:"verdict"`
		Acts     []struct {
			DoneOn string `json:"done_on"`
			Vi     string `json:"vi"`
			En     string `json:"en"`
		} `json:"activities"`
		Closes []struct {
			N      int64 `json:"n"`
			Amount int64 `json:"amount"`
		} `json:"closes"`
		Money struct {
			Vi string `json:"vi"`
			En string `json:"en"`
			client.Amounts
		} `json:"money"`
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		return err
	}
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		_, err := fmt.Fprintf(d.out, "%s\n", raw)
		return err
	}
	fmt.Fprintf(d.out, "%s, %s (%s)\n%s\n%s\n", e.Name, e.Month, e.Stage, e.Verdict.ReasonVi, e.Verdict.ReasonEn)
	for _, r := range e.Verdict.Rules {
		mark := "+"
		if !r.Pass {
			mark = "-"
		}
		fmt.Fprintf(d.out, "%s %s [%s] %s: %s (cần %s)\n    %s. %s\n", mark, r.Rule, r.Origin, r.Vi, r.Have, r.Need, r.En, r.Source)
	}
	for _, a := range e.Acts {
		fmt.Fprintf(d.out, "  %s  %s / %s\n", a.DoneOn, a.Vi, a.En)
	}
	for _, k := range e.Closes {
		fmt.Fprintf(d.out, "chốt số %d: %d đồng / close %d\n", k.N, k.Amount, k.N)
	}
	fmt.Fprintf(d.out, "%s / %s\n  được hưởng %d, đã lập danh sách %d, đã chi %d / due, listed, paid (VND)\n", e.Money.Vi, e.Money.En, e.Money.Due, e.Money.Listed, e.Money.Paid)
	return nil
}

func askFlags(cmd *cobra.Command, a *client.Ask) {
	cmd.Flags().StringVar(&a.Reason, "reason", "", "why, in Vietnamese")
	cmd.Flags().Int64Var(&a.Close, "close", 0, "number of the close that was looked at (month explain shows it)")
}

// propose sends a proposal under a key of its own.
func (d *desk) propose(cmd *cobra.Command, c *client.Client, a client.Ask) error {
	a.Key = syncproto.NewRandomID(rand.Reader)
	p, err := c.Propose(cmd.Context(), a)
	if err != nil {
		return err
	}
	return d.tell(cmd, p, func() { d.proposal(p) })
}

func (d *desk) proposal(p client.Proposal) {
	fmt.Fprintf(d.out, "%s  %s  %s %s  %d đồng  %s  %s\n", p.ID, p.State, p.Team, p.Month, p.Amount, p.Kind, p.Reason)
}

// adjust is about corrections of closed months.
func (d *desk) adjust() *cobra.Command {
	var ask client.Ask
	propose := d.signed("propose KIND TEAM MONTH", "propose back_payment, recovery, withhold or release", 3, func(cmd *cobra.Command, c *client.Client, args []string) error {
		ask.Kind, ask.Team, ask.Month = args[0], client.ID(args[1]), args[2]
		return d.propose(cmd, c, ask)
	})
	askFlags(propose, &ask)
	propose.Flags().Int64Var(&ask.Amount, "amount", 0, "in đồng; 0: what the late work is worth")
	propose.Flags().StringVar(&ask.PayIn, "pay-in", "", "month whose list carries it; default the current one")
	propose.Flags().StringSliceVar(&ask.Basis, "basis", nil, "case:ID, activity:ID or dispute:ID")
	var note string
	decide := func(verb, what string) *cobra.Command {
		cmd := d.signed(verb+" PROPOSAL", what, 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
			p, err := c.DecideProposal(cmd.Context(), client.ID(args[0]), verb, note)
			if err != nil {
				return err
			}
			return d.tell(cmd, p, func() { d.proposal(p) })
		})
		cmd.Flags().StringVar(&note, "note", "", "a word on it; refuse needs one")
		return cmd
	}
	var commune, state string
	list := d.signed("list", "list proposals", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		ps, err := c.Proposals(cmd.Context(), client.ID(commune), "", state)
		if err != nil {
			return err
		}
		return d.tell(cmd, ps, func() {
			for _, p := range ps {
				d.proposal(p)
			}
		})
	})
	narrow(list, &commune, &state)
	return group("adjust", "correct closed months, by two people", propose, decide("approve", "approve what another person proposed"),
		decide("refuse", "refuse what another person proposed"), decide("withdraw", "take one's own proposal back"), list)
}

func narrow(cmd *cobra.Command, commune, state *string) {
	cmd.Flags().StringVar(commune, "commune", "", "id of a commune; default the province")
	cmd.Flags().StringVar(state, "state", "", "only those in this state")
}

// extension moves days later.
func (d *desk) extension() *cobra.Command {
	var x client.Extension
	add := d.signed("add KIND FROM TO DAYS", "move the days of months later (outage, storm, holiday, delegation)", 4, func(cmd *cobra.Command, c *client.Client, args []string) error {
		n, err := strconv.Atoi(args[3])
		if err != nil {
			return fmt.Errorf("%q is no number of days", args[3])
		}
		x.Kind, x.From, x.To, x.Days = args[0], args[1], args[2], n
		out, err := c.Extend(cmd.Context(), x)
		if err != nil {
			return err
		}
		return d.tell(cmd, out, func() { d.moved(out) })
	})
	add.Flags().StringVar((*string)(&x.Unit), "commune", "", "id of a commune; default the province")
	add.Flags().StringVar((*string)(&x.Team), "team", "", "id of a team")
	add.Flags().StringVar(&x.Reason, "reason", "", "why, in Vietnamese")
	list := d.signed("list", "list extensions", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		xs, err := c.Extensions(cmd.Context())
		if err != nil {
			return err
		}
		return d.tell(cmd, xs, func() {
			for _, x := range xs {
				d.moved(x)
			}
		})
	})
	return group("extension", "move the days of months later", add, list)
}

func (d *desk) moved(x client.Extension) {
	fmt.Fprintf(d.out, "%s  %s  %s…%s  +%d ngày / days  %s%s  %s\n", x.ID, x.Kind, x.From, x.To, x.Days, x.Unit, x.Team, x.Reason)
}

// dispute is about questions on months' money.
func (d *desk) dispute() *cobra.Command {
	var commune, state string
	list := d.signed("list", "list disputes", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		l, err := c.Disputes(cmd.Context(), client.ID(commune), state)
		if err != nil {
			return err
		}
		return d.tell(cmd, l, func() {
			for _, v := range l.Disputes {
				d.asked(v)
			}
			fmt.Fprintf(d.out, "%d đang mở, %d quá hạn / %d open, %d overdue\n", l.Open, l.Overdue, l.Open, l.Overdue)
		})
	})
	narrow(list, &commune, &state)
	var a client.Answer
	answer := d.signed("answer DISPUTE explained|upheld TEXT", "answer a dispute", 3, func(cmd *cobra.Command, c *client.Client, args []string) error {
		a.Decision, a.Text = args[1], args[2]
		v, err := c.AnswerDispute(cmd.Context(), client.ID(args[0]), a)
		if err != nil {
			return err
		}
		return d.tell(cmd, v, func() { d.asked(v) })
	})
	answer.Flags().Int64Var(&a.Amount, "amount", 0, "upheld: đồng to pay back")
	answer.Flags().Int64Var(&a.Close, "close", 0, "upheld: number of the close that was looked at")
	answer.Flags().StringVar(&a.Kind, "kind", "", "upheld: back_payment (default), recovery, withhold, release or reopen")
	return group("dispute", "questions about months' money", list, answer)
}

func (d *desk) asked(v client.Dispute) {
	late := ""
	if v.Overdue {
		late = "  quá hạn / overdue"
	}
	fmt.Fprintf(d.out, "%s  %s  %s %s  trước / by %s (A)%s  %s\n", v.ID, v.State, v.Team, v.Month, v.AnswerBy, late, v.Question)
}
