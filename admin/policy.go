package main

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// policy is about policy files.
func (d *desk) policy() *cobra.Command {
	cmd := &cobra.Command{Use: "policy", Short: "check, publish and try policy files"}
	check := d.signed("check FILE", "say what a file would publish, or where it is wrong", 1, d.checkPolicy)
	publish := d.signed("publish FILE", "publish a policy file while the server is set up; later: propose, approve", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		file, err := os.ReadFile(args[0])
		if err == nil {
			_, err = c.PublishPolicy(cmd.Context(), file)
		}
		return err
	})
	cmd.AddCommand(check, publish, d.whatIf())
	cmd.AddCommand(d.proposePolicy()...)
	return cmd
}

// proposePolicy are the verbs by which two people publish.
func (d *desk) proposePolicy() []*cobra.Command {
	say := func(cmd *cobra.Command, p client.PolicyProposal, err error) error {
		if err != nil {
			return err
		}
		return d.tell(cmd, p, func() { d.proposed(p) })
	}
	propose := d.signed("propose FILE", "propose to publish a policy file", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		file, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		p, err := c.ProposePolicy(cmd.Context(), syncproto.NewRandomID(rand.Reader), file)
		return say(cmd, p, err)
	})
	var note string
	decide := func(verb, what string) *cobra.Command {
		cmd := d.signed(verb+" PROPOSAL", what, 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
			p, err := c.DecidePolicy(cmd.Context(), client.ID(args[0]), verb, note)
			return say(cmd, p, err)
		})
		cmd.Flags().StringVar(&note, "note", "", "a word on it; refuse needs one")
		return cmd
	}
	list := d.signed("proposals", "list proposed policy files", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		all, err := c.PolicyProposals(cmd.Context())
		if err != nil {
			return err
		}
		return d.tell(cmd, all, func() {
			for _, p := range all {
				d.proposed(p)
			}
		})
	})
	return []*cobra.Command{propose, list, decide("approve", "publish what another person proposed"),
		decide("refuse", "refuse what another person proposed"), decide("withdraw", "take one's own proposal back")}
}

func (d *desk) proposed(p client.PolicyProposal) {
	fmt.Fprintf(d.out, "%s  %s %s  %s  %s\n", p.ID, p.Policy, p.Version, p.State, p.Note)
}

func (d *desk) checkPolicy(cmd *cobra.Command, c *client.Client, args []string) error {
	file, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	p, err := c.CheckPolicy(cmd.Context(), file)
	if err != nil {
		return err
	}
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		return d.print(p)
	}
	fmt.Fprintf(d.out, "%s %s (%s)\n%s\n%s\n", p.Policy, p.Version, p.Status, p.Title.Vi, p.Title.En)
	for _, s := range p.Amount {
		fmt.Fprintf(d.out, "  %s / %s\n", s.Vi, s.En)
	}
	for _, a := range p.Assumed {
		fmt.Fprintf(d.out, "  A %s: %s / %s\n", a.Field, a.Vi, a.En)
	}
	for _, r := range p.Rules {
		fmt.Fprintf(d.out, "  %s%s %s: %s / %s\n", r.Origin, r.Also, r.Rule, r.Vi, r.En)
	}
	return nil
}

func (d *desk) whatIf() *cobra.Command {
	var ask client.WhatIfAsk
	change := client.PolicyChange{}
	commune, asJob := "", false
	cmd := d.signed("what-if [FILE]", "try a policy file, or a change of a published one, beside what was decided", 0,
		func(cmd *cobra.Command, c *client.Client, args []string) (err error) {
			if len(args) > 0 {
				if ask.File, err = os.ReadFile(args[0]); err != nil {
					return err
				}
			}
			if change.Base != "" {
				ask.Change = &change
			}
			ask.Commune = client.ID(commune)
			if asJob {
				return d.started(cmd, c)(c.StartWhatIf(cmd.Context(), ask))
			}
			out, err := c.WhatIf(cmd.Context(), ask)
			if err != nil {
				return err
			}
			if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
				return d.print(out)
			}
			showWhatIf(d.out, out)
			return nil
		})
	f := cmd.Flags()
	f.StringVar(&ask.From, "from", "", "first month, yyyy-mm")
	f.StringVar(&ask.To, "to", "", "last month, yyyy-mm")
	f.StringVar(&commune, "commune", "", "only the teams of this commune (id)")
	f.IntVar(&ask.Changes, "changes", 20, "most changed team-months to list")
	f.StringVar(&change.Base, "base", "", "id of a published policy to change")
	f.Int64Var(&change.Rate, "rate", 0, "another rate, đồng")
	f.StringVar(&change.Preset, "preset", "", "another preset")
	f.StringSliceVar(&change.Without, "without", nil, "rules to leave out: R9,R10")
	f.BoolVar(&asJob, "job", false, "as a job: as long as it takes")
	return waits(cmd)
}

// print writes a value as JSON.
func (d *desk) print(v any) error {
	if err := json.MarshalWrite(d.out, v, jsontext.WithIndent("  "), json.Deterministic(true)); err != nil {
		return err
	}
	_, err := io.WriteString(d.out, "\n")
	return err
}

func showWhatIf(out io.Writer, w *client.WhatIf) {
	fmt.Fprintf(out, "%s %s, %s – %s\n", w.Policy, w.Version, w.From, w.To)
	fmt.Fprintln(out, "Tính thử, không ghi gì; không xét quyết định kinh phí. / A trial: nothing is written, funding decisions are left out.")
	fmt.Fprintf(out, "%-24s %8s %18s %18s %14s %14s\n", "", "tổ-tháng", "đã tính/was", "tính thử/would", "tăng/gain", "giảm/lose")
	row := func(name string, s client.WhatIfSum) {
		fmt.Fprintf(out, "%-24s %8d %18s %18s %14s %14s\n", name, s.Teams, figures(s.Was), figures(s.Would),
			fmt.Sprintf("%d: %s", s.Gain, figures(s.GainVND)), fmt.Sprintf("%d: %s", s.Lose, figures(s.LoseVND)))
	}
	for _, m := range w.Months {
		row(m.Month, m)
	}
	for _, u := range w.Communes {
		row(u.Name, u)
	}
	row("TỔNG / TOTAL", w.Total)
	for _, c := range w.Changes {
		fmt.Fprintf(out, "%s %s, %s: %s -> %s\n", c.Month, c.Unit, c.Name, figures(c.Was.Amount), figures(c.Would.Amount))
		fmt.Fprintf(out, "    %s -> %s\n    %s -> %s\n", c.Was.ReasonVi, c.Would.ReasonVi, c.Was.ReasonEn, c.Would.ReasonEn)
	}
	if w.Left > 0 {
		fmt.Fprintf(out, "… %d tổ-tháng khác / more changed team-months\n", w.Left)
	}
}

// figures writes đồng as documents do: 2.698.500.000.
func figures(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	var b strings.Builder
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(c)
	}
	return sign + b.String()
}
