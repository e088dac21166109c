package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
)

// errJob ends a command whose job did not come to a good end.
var errJob = errors.New("việc không hoàn thành / the job was not done")

// waitEvery is how often a job is looked at that one waits for.
const waitEvery = 500 * time.Millisecond

// job is about long work that the server does beside the requests.
func (d *desk) job() *cobra.Command {
	list := d.signed("list", "the newest jobs / các việc gần đây", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		all, err := c.Jobs(cmd.Context())
		if err != nil {
			return err
		}
		return d.tell(cmd, all, func() {
			for _, j := range all {
				d.jobLine(j)
			}
		})
	})
	show := d.signed("show JOB", "how a job stands / một việc", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		return d.onJob(cmd)(c.Job(cmd.Context(), client.ID(args[0])))
	})
	wait := d.signed("wait JOB", "wait until a job has ended; exit code 7 if it was not done / chờ xong", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		return d.awaited(cmd, c, client.ID(args[0]))
	})
	cancel := d.signed("cancel JOB", "end a job that is not done / dừng", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		return d.onJob(cmd)(c.CancelJob(cmd.Context(), client.ID(args[0])))
	})
	out := ""
	result := d.signed("result JOB", "fetch the file that a job made / tải kết quả", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		f, err := c.JobResult(cmd.Context(), client.ID(args[0]))
		if err != nil {
			return err
		}
		return d.write(cmd, f, out)
	})
	result.Flags().StringVarP(&out, "out", "o", "", "file to write; default: a name of the server's")
	undo := d.signed("undo JOB", "take an import back as a whole / hoàn tác một lần nhập", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		return d.started(cmd, c)(c.UndoImport(cmd.Context(), client.ID(args[0])))
	})
	for _, cmd := range []*cobra.Command{show, wait, cancel, result, undo} {
		cmd.ValidArgsFunction = d.jobIDs
	}
	return group("job", "long work on the server: imports, closings, trials, exports / việc chạy nền", list, show, wait, cancel, result, waits(undo))
}

// jobIDs completes the ids of jobs, each with what it is.
func (d *desk) jobIDs(cmd *cobra.Command, args []string, _ string) (out []string, _ cobra.ShellCompDirective) {
	c, _, err := d.open()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	all, err := c.Jobs(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, j := range all {
		out = append(out, fmt.Sprintf("%s\t%s %s %s", j.ID, j.Kind, j.What, j.State))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// export starts the making of a large table or archive.
func (d *desk) export() *cobra.Command {
	var e client.Export
	unit := ""
	cmd := d.signed("export KIND FROM [TO]", "make a large table or archive: activities, lists or province / xuất dữ liệu", 2,
		func(cmd *cobra.Command, c *client.Client, args []string) error {
			e.Kind, e.From, e.To, e.Unit = args[0], args[1], args[1], client.ID(unit)
			if len(args) > 2 {
				e.To = args[2]
			}
			return d.started(cmd, c)(c.StartExport(cmd.Context(), e))
		})
	cmd.ValidArgs = []string{"activities", "lists", "province"}
	cmd.Flags().StringVar(&unit, "unit", "", "only this commune (id), with names for its own office")
	cmd.Flags().StringVar(&e.Policy, "policy", "", "policy of the province's summary")
	cmd.Flags().StringVar(&e.Format, "format", "xlsx", "xlsx, csv or pdf")
	return waits(cmd)
}

// waits gives a command that starts a job the choice to wait for its end.
func waits(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().Bool("wait", false, "wait until the job has ended")
	return cmd
}

// started tells of a job that was asked for, and waits for it if it is to.
func (d *desk) started(cmd *cobra.Command, c *client.Client) func(client.Job, error) error {
	return func(j client.Job, err error) error {
		if wait, _ := cmd.Flags().GetBool("wait"); err != nil || !wait {
			return d.onJob(cmd)(j, err)
		}
		return d.awaited(cmd, c, j.ID)
	}
}

func (d *desk) awaited(cmd *cobra.Command, c *client.Client, id client.ID) error {
	for {
		j, err := c.Job(cmd.Context(), id)
		if err != nil || j.Over() {
			err = d.onJob(cmd)(j, err)
			if err == nil && j.State != "done" {
				err = errJob
			}
			return err
		}
		select {
		case <-cmd.Context().Done():
			return cmd.Context().Err()
		case <-time.After(waitEvery):
		}
	}
}

func (d *desk) onJob(cmd *cobra.Command) func(client.Job, error) error {
	return func(j client.Job, err error) error {
		if err != nil {
			return err
		}
		return d.tell(cmd, j, func() { d.jobLine(j) })
	}
}

func (d *desk) jobLine(j client.Job) {
	fmt.Fprintf(d.out, "%s  %s %s %s  %s", j.ID, j.Kind, j.What, j.File, j.State)
	if j.Of > 0 && !j.Over() {
		fmt.Fprintf(d.out, " %d/%d", j.Rows, j.Of)
	}
	fmt.Fprintln(d.out)
	if r := j.Report; r.Read != "" {
		fmt.Fprintf(d.out, "    %d mới, %d sửa, %d giữ nguyên, %d sai / created, updated, unchanged, bad\n", r.Created, r.Updated, r.Unchanged, r.Bad)
	}
	if j.MsgVi != "" {
		fmt.Fprintf(d.out, "    %s / %s\n", j.MsgVi, j.Msg)
	}
	for _, s := range j.Stands {
		fmt.Fprintf(d.out, "    %s: %s / %s\n", s.Ref, s.MsgVi, s.Msg)
	}
	if j.Result.Name != "" {
		fmt.Fprintf(d.out, "    %s, %d B\n", j.Result.Name, j.Result.Bytes)
	}
}
