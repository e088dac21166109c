package app

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/banso/banso/server/internal/policy"
)

// policyCommand needs no data: a file can be checked before there is a server.
func policyCommand(out io.Writer) *cobra.Command {
	cmd := &cobra.Command{Use: "policy", Short: "policy files", Args: cobra.NoArgs}
	cmd.AddCommand(&cobra.Command{Use: "check FILE...", Args: cobra.MinimumNArgs(1),
		Short: "say what policy files mean, or at which line and column they are wrong",
		RunE:  func(_ *cobra.Command, files []string) error { return checkPolicies(files, out) }})
	return cmd
}

// checkPolicies reads the files in turn, each beside those before it.
func checkPolicies(files []string, out io.Writer) error {
	var all []*policy.Policy
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		p, err := policy.Parse(raw)
		if err == nil {
			err = policy.CheckVersion(all, p)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, p)
		plain := p.Plain()
		fmt.Fprintf(out, "%s %s (%s)\n%s\n%s\n", p.ID, p.Version, p.Status, plain.Title.Vi, plain.Title.En)
		for _, s := range plain.Amount {
			fmt.Fprintf(out, "  %s / %s\n", s.Vi, s.En)
		}
		for _, a := range plain.Assumed {
			fmt.Fprintf(out, "  A %s: %s / %s\n", a.Field, a.Vi, a.En)
		}
		for _, r := range plain.Rules {
			fmt.Fprintf(out, "  %s%s %s: %s / %s\n", r.Origin, r.Also, r.Rule, r.Vi, r.En)
		}
	}
	return nil
}
