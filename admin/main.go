// Command banso-admin is the operator's command line: it works over HTTP on a
// running server. For a stopped server's file see banso.
//
// A session is kept in a file that only its owner can read, so that the
// password is typed once. Secrets come from standard input, never from the
// command line, where others on the machine could see them.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/admin/phone"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	began := false
	root := commands(&desk{in: in, out: out})
	root.PersistentPreRun = func(*cobra.Command, []string) { began = true }
	root.SetArgs(dashedIDs(root, args))
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(errOut, "banso-admin: %s\n", said(err))
		return exitCode(err, began)
	}
	return 0
}

// said is an error for whoever typed: what the server answered in both
// languages.
func said(err error) string {
	p := client.AsProblem(err)
	if p == nil {
		return err.Error()
	}
	vi := p.DetailVi
	if vi == "" {
		vi = p.TitleVi
	}
	return vi + "\n" + err.Error()
}

func commands(d *desk) *cobra.Command {
	root := &cobra.Command{Use: "banso-admin", Short: "operate a running Bản Số server", Long: "Operates a running Bản Số server.\n\n" + exitCodes,
		SilenceUsage: true, SilenceErrors: true}
	root.PersistentFlags().StringVar(&d.base, "server", "http://127.0.0.1:8080", "where the server is")
	root.PersistentFlags().StringVar(&d.file, "session", defaultSession(), "file that keeps the session")
	root.PersistentFlags().Bool("json", false, "what the server answers, for programs")
	root.AddCommand(d.setup(), d.login(), d.logout(), d.me(), d.imports(), d.job(), d.export(), d.codes(), d.device(), d.token(), d.contact(), d.totals(), d.national(), d.month(), d.adjust(), d.extension(), d.topUp(), d.village(), d.unit(), d.registration(),
		d.dispute(), d.policy(), d.funding(), d.list(), d.payment(), d.spending(), d.budget(), d.settlement(), d.support(), d.paper(), d.verify(), d.backup(), d.persons(),
		phone.Command())
	return root
}
