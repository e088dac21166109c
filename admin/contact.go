package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
)

// contact is how a commune is reached: its teams' phones show it.
func (d *desk) contact() *cobra.Command {
	say := func(cmd *cobra.Command, v client.Contact, err error) error {
		if err != nil {
			return err
		}
		return d.tell(cmd, v, func() { fmt.Fprintf(d.out, "%s: %s\n", v.Office, v.Phone) })
	}
	set := d.signed("set COMMUNE PHONE OFFICE", "say how a commune's office is reached", 3, func(cmd *cobra.Command, c *client.Client, args []string) error {
		if len(args) != 3 {
			return errors.New("put the office's name in quotes")
		}
		v, err := c.SetContact(cmd.Context(), client.ID(args[0]), args[2], args[1])
		return say(cmd, v, err)
	})
	show := d.signed("show COMMUNE", "how a commune's office is reached", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		v, err := c.Contact(cmd.Context(), client.ID(args[0]))
		return say(cmd, v, err)
	})
	return group("contact", "the number that teams call / số liên hệ của xã", set, show)
}
