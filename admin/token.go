package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
)

// token manages what programs read figures with.
func (d *desk) token() *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: "what programs read figures with / mã truy cập API"}
	var unit string
	fresh := d.signed("new NAME", "make a token that reads the figures of the province or of one unit; it is shown once", 1,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			t, err := c.NewToken(cmd.Context(), args[0], client.ID(unit))
			if err != nil {
				return err
			}
			return d.tell(cmd, t, func() { fmt.Fprintf(d.out, "%s\n%s\n", t.ID, t.Token) })
		})
	fresh.Flags().StringVar(&unit, "unit", "", "id of the unit whose figures it reads (empty: all)")
	cmd.AddCommand(fresh,
		d.signed("list", "the tokens, revoked ones too", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
			list, err := c.Tokens(cmd.Context())
			return errors.Join(err, d.tell(cmd, list, func() {
				for _, t := range list {
					state := "good"
					if t.EndedMs != 0 {
						state = "revoked " + time.UnixMilli(t.EndedMs).UTC().Format(time.RFC3339)
					}
					fmt.Fprintf(d.out, "%s  %s  %s  %s\n", t.ID, t.Name, t.Scope, state)
				}
			}))
		}),
		d.signed("revoke ID", "end a token at once", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
			return c.RevokeToken(cmd.Context(), client.ID(args[0]))
		}))
	return cmd
}
