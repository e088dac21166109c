package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
)

// verify proves every decision of the running server again.
func (d *desk) verify() *cobra.Command {
	return d.signed("verify", "prove every decision again: chain, closes, signatures, sums", 0,
		func(cmd *cobra.Command, c *client.Client, _ []string) error {
			rep, err := c.Verify(cmd.Context())
			if err != nil {
				return err
			}
			fmt.Fprintf(d.out, "%d decisions, sealed up to %d, fingerprint %s\n", rep.Decisions, rep.Sealed, rep.Fingerprint)
			for _, p := range rep.Problems {
				fmt.Fprintf(d.out, "  %d %s: %s\n", p.N, p.Kind, p.Text)
			}
			if rep.Found > 0 {
				return errors.New("the record does not hold: stop paying and look at the problems above")
			}
			fmt.Fprintln(d.out, "everything holds")
			return nil
		})
}
