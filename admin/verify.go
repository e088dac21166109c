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
			if err := d.tell(cmd, rep, func() { d.verified(rep) }); err != nil {
				return err
			}
			if rep.Found > 0 {
				return errors.New("the record does not hold: stop paying and look at the problems above")
			}
			return nil
		})
}

func (d *desk) verified(rep client.AuditReport) {
	fmt.Fprintf(d.out, "%d quyết định, niêm phong đến số %d, mã đối chiếu %s / decisions, sealed up to, fingerprint\n", rep.Decisions, rep.Sealed, rep.Fingerprint)
	for _, p := range rep.Problems {
		fmt.Fprintf(d.out, "  %d %s: %s\n", p.N, p.Kind, p.Text)
	}
	if rep.Found == 0 {
		fmt.Fprintln(d.out, "tất cả đều đúng / everything holds")
	}
}
