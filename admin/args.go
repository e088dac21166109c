package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/banso/banso/syncproto"
)

// dashedIDs makes ids that begin with a dash readable as arguments: one in 64
// does, and the flag parser would take it for shorthand flags. The arguments of
// such a line move behind "--", in their order.
func dashedIDs(root *cobra.Command, args []string) []string {
	if slices.Contains(args, "--") || !slices.ContainsFunc(args, isDashedID) {
		return args
	}
	cmd, rest, err := root.Find(args)
	if err != nil {
		return args
	}
	var flags, plain []string
	for i := 0; i < len(rest); i++ {
		a := rest[i]
		if isDashedID(a) || !strings.HasPrefix(a, "-") || a == "-" {
			plain = append(plain, a)
			continue
		}
		flags = append(flags, a)
		if takesNext(cmd, a) && i+1 < len(rest) {
			i++
			flags = append(flags, rest[i])
		}
	}
	path := strings.Fields(cmd.CommandPath())[1:]
	return slices.Concat(path, flags, []string{"--"}, plain)
}

func isDashedID(s string) bool {
	_, err := syncproto.ParseID(s)
	return err == nil && s[0] == '-'
}

// takesNext tells whether flag a ("-o", "--format") has its value in the next
// argument.
func takesNext(cmd *cobra.Command, a string) bool {
	if strings.Contains(a, "=") {
		return false
	}
	f := cmd.Flag(strings.TrimLeft(a, "-"))
	if f == nil && len(a) == 2 {
		f = cmd.Flags().ShorthandLookup(a[1:])
	}
	return f != nil && f.NoOptDefVal == ""
}
