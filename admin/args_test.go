package main

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

// TestDashedIDs: an id that begins with a dash is an argument wherever it
// stands, and a flag's value stays with its flag.
func TestDashedIDs(t *testing.T) {
	const dashed, plain = "-vm_3RRQwc9M69D1bbiBrA", "AZvm_3RRQwc9M69D1bbiBg"
	for _, tc := range []struct {
		line string
		args []string
		out  string
		json bool
	}{
		{"list paper ID", []string{"ID"}, "", false},
		{"list paper " + dashed, []string{dashed}, "", false},
		{"list paper " + dashed + " --format csv -o x.csv", []string{dashed}, "x.csv", false},
		{"list paper -o x.csv " + dashed + " " + plain, []string{dashed, plain}, "x.csv", false},
		{"--json list paper " + plain + " " + dashed, []string{plain, dashed}, "", true},
		{"list paper -o=x.csv -- " + dashed, []string{dashed}, "x.csv", false},
		{"list paper -o " + dashed + " " + plain, []string{plain}, dashed, false},
		{"list paper - " + dashed, []string{"-", dashed}, "", false},
	} {
		var got []string
		var out, format string
		var asJSON bool
		root := &cobra.Command{Use: "banso-admin", SilenceErrors: true, SilenceUsage: true}
		root.PersistentFlags().BoolVar(&asJSON, "json", false, "")
		list := &cobra.Command{Use: "list"}
		paper := &cobra.Command{Use: "paper", RunE: func(_ *cobra.Command, args []string) error { got = args; return nil }}
		paper.Flags().StringVarP(&out, "out", "o", "", "")
		paper.Flags().StringVar(&format, "format", "pdf", "")
		list.AddCommand(paper)
		root.AddCommand(list)
		root.SetOut(io.Discard)
		root.SetArgs(dashedIDs(root, strings.Fields(tc.line)))
		if err := root.Execute(); err != nil {
			t.Errorf("%s: %v", tc.line, err)
			continue
		}
		if diff := cmp.Diff(tc.args, got); diff != "" || out != tc.out || asJSON != tc.json {
			t.Errorf("%s: out %q, json %v, arguments %s", tc.line, out, asJSON, diff)
		}
	}
}
