package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
)

// backup asks a running server about its backups, or for one.
func (d *desk) backup() *cobra.Command {
	cmd := d.signed("backup", "what the places of backups hold; fails if one is late", 0,
		func(cmd *cobra.Command, c *client.Client, _ []string) error {
			rep, err := c.Backups(cmd.Context())
			if err != nil {
				return err
			}
			for _, b := range rep.Backups {
				fmt.Fprintf(d.out, "%s  %s  %d records  %d photos  %d bytes  encrypted %t\n", b.ID, b.Place, b.Records, b.Photos, b.Snap.Bytes, b.Sealed)
			}
			late := false
			for _, p := range rep.Places {
				fmt.Fprintf(d.out, "%s: holds everything until %s, late %t, on the data's own disk %t\n", p.Place, moment(p.AtMs), p.Late, p.Inside)
				late = late || p.Late
			}
			fmt.Fprintf(d.out, "last good restore drill: %s\n", moment(rep.DrillMs))
			if late || rep.DrillBad {
				return errors.New("a place is late or the last drill failed: the server's log says why")
			}
			return nil
		})
	cmd.AddCommand(d.signed("now", "make a backup now and wait until every place holds it", 0,
		func(cmd *cobra.Command, c *client.Client, _ []string) error {
			b, err := c.MakeBackup(cmd.Context())
			if err == nil {
				fmt.Fprintf(d.out, "%s: %d records up to commit %d, %d bytes, %d photos, checked\n", b.ID, b.Records, b.Commit, b.Snap.Bytes, b.Photos)
			}
			return err
		}))
	return cmd
}

func moment(ms int64) string {
	if ms == 0 {
		return "never"
	}
	return time.UnixMilli(ms).UTC().Format(time.RFC3339)
}
