package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
)

// device shows where a person is signed in, and ends it.
func (d *desk) device() *cobra.Command {
	cmd := &cobra.Command{Use: "device", Short: "where people are signed in / thiết bị"}
	cmd.AddCommand(
		d.signed("list PERSON", "devices of a person", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
			list, err := c.Devices(cmd.Context(), client.ID(args[0]))
			return errors.Join(err, d.tell(cmd, list, func() {
				for _, dev := range list {
					state := "signed in"
					if dev.RevokedMs != 0 {
						state = "ended: " + dev.Reason
					}
					fmt.Fprintf(d.out, "%s  %s  last seen %s  %s\n", dev.ID, dev.Name, time.UnixMilli(dev.LastSeenMs).UTC().Format(time.RFC3339), state)
				}
			}))
		}),
		d.signed("revoke DEVICE", "end the session of a device; it may still hand over its queue once", 1,
			func(cmd *cobra.Command, c *client.Client, args []string) error {
				return c.RevokeDevice(cmd.Context(), client.ID(args[0]))
			}))
	return cmd
}
