package main

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// persons is about people who ask for their own data.
func (d *desk) persons() *cobra.Command {
	find := d.signed("find NAME", "people by a part of the name / tìm người theo tên", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		list, err := c.FindPeople(cmd.Context(), strings.Join(args, " "))
		if err != nil {
			return err
		}
		return d.tell(cmd, list, func() {
			for _, p := range list {
				var at []string
				for _, r := range p.Roles {
					at = append(at, r.Role+" "+r.Place)
				}
				fmt.Fprintf(d.out, "%s  %s  %s\n", p.ID, p.Name, strings.Join(at, ", "))
			}
		})
	})
	list := d.signed("list", "all requests, those that wait first / các yêu cầu", 0, func(cmd *cobra.Command, c *client.Client, _ []string) error {
		all, err := c.PersonRequests(cmd.Context())
		if err != nil {
			return err
		}
		return d.tell(cmd, all, func() {
			for _, q := range all {
				d.personLine(q)
			}
		})
	})
	texts := d.signed("texts REQUEST", "records whose free text holds the name / bản ghi có nhắc tên", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		all, err := c.PersonMentions(cmd.Context(), client.ID(args[0]))
		if err != nil {
			return err
		}
		return d.tell(cmd, all, func() {
			for _, m := range all {
				fmt.Fprintf(d.out, "%s  %s  %s  %s\n", m.ID, m.Type, m.Team, m.Month)
			}
			if len(all) == 0 {
				fmt.Fprintln(d.out, "không có / none")
			}
		})
	})
	var out string
	export := d.signed("export REQUEST", "make a copy of all that is kept about the person (ZIP) / sao dữ liệu", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		f, err := c.ExportPerson(cmd.Context(), client.ID(args[0]))
		if err != nil {
			return err
		}
		return d.write(cmd, f, out)
	})
	export.Flags().StringVarP(&out, "output", "o", "", "file (default: the server's name for it)")
	return group("persons", "people who ask for their own data / yêu cầu về dữ liệu cá nhân", find, d.personRequest(), list, d.personShow(), texts, export,
		d.personDo("correct REQUEST NAME", "set the name right, which answers the request / sửa họ tên", 2, func(cmd *cobra.Command, c *client.Client, id client.ID, rest []string) (client.PersonRequest, error) {
			return c.CorrectPerson(cmd.Context(), id, strings.Join(rest, " "))
		}),
		d.personDo("deidentify REQUEST propose|confirm|withdraw", "two people: one proposes, another confirms; it can't be undone / khử định danh", 2, func(cmd *cobra.Command, c *client.Client, id client.ID, rest []string) (client.PersonRequest, error) {
			return c.DeidentifyPerson(cmd.Context(), id, rest[0])
		}),
		d.personDo("done REQUEST [WORDS]", "the copy was handed over, or something else was set right / đã trả lời", 1, func(cmd *cobra.Command, c *client.Client, id client.ID, rest []string) (client.PersonRequest, error) {
			return c.AnswerPersonRequest(cmd.Context(), id, true, strings.Join(rest, " "))
		}),
		d.personDo("refuse REQUEST REASON", "refuse it with a reason / từ chối", 2, func(cmd *cobra.Command, c *client.Client, id client.ID, rest []string) (client.PersonRequest, error) {
			return c.AnswerPersonRequest(cmd.Context(), id, false, strings.Join(rest, " "))
		}))
}

func (d *desk) personRequest() *cobra.Command {
	var in client.NewPersonRequest
	cmd := d.signed("request export|correct|deidentify PERSON", "write down that a person asks / ghi yêu cầu", 2, func(cmd *cobra.Command, c *client.Client, args []string) error {
		in.Key, in.Kind, in.Person = syncproto.NewRandomID(rand.Reader), args[0], client.ID(args[1])
		if in.Received == "" {
			me, err := c.Me(cmd.Context())
			if err != nil {
				return err
			}
			in.Received = cmp.Or(me.Today, time.Now().Format(time.DateOnly))
		}
		q, err := c.EnterPersonRequest(cmd.Context(), in)
		return d.personSay(cmd, q, err)
	})
	cmd.Flags().StringVar(&in.Received, "received", "", "day on which it came in, yyyy-mm-dd (default today)")
	cmd.Flags().StringVar(&in.Note, "note", "", "what was asked for, and how")
	return cmd
}

// personDo is a command that changes a request.
func (d *desk) personDo(use, short string, n int, do func(*cobra.Command, *client.Client, client.ID, []string) (client.PersonRequest, error)) *cobra.Command {
	return d.signed(use, short, n, func(cmd *cobra.Command, c *client.Client, args []string) error {
		q, err := do(cmd, c, client.ID(args[0]), args[1:])
		return d.personSay(cmd, q, err)
	})
}

func (d *desk) personSay(cmd *cobra.Command, q client.PersonRequest, err error) error {
	if err != nil {
		return err
	}
	return d.tell(cmd, q, func() { d.personLine(q) })
}

func (d *desk) personLine(q client.PersonRequest) {
	left := fmt.Sprintf("hạn %s, còn %d ngày làm việc / due %s", q.Due, q.LeftDays, q.Due)
	if q.LeftDays == 0 {
		left = "hạn hôm nay / due today"
	}
	switch {
	case q.DoneMs != 0:
		left = "ngày / on " + q.AnsweredOn
	case q.Overdue:
		left = "QUÁ HẠN từ " + q.Due + " / OVERDUE"
	}
	fmt.Fprintf(d.out, "%s  %s  %s  %s  %s\n", q.ID, q.Kind, q.Name, q.State, left)
}

func (d *desk) personShow() *cobra.Command {
	return d.signed("show REQUEST", "a request with what stands in its way / xem yêu cầu", 1, func(cmd *cobra.Command, c *client.Client, args []string) error {
		q, err := c.PersonRequest(cmd.Context(), client.ID(args[0]))
		if err != nil {
			return err
		}
		return d.tell(cmd, q, func() {
			d.personLine(q.PersonRequest)
			for _, r := range q.Roles {
				fmt.Fprintf(d.out, "  còn giữ vai trò / still holds: %s, %s\n", r.Role, r.Place)
			}
			for _, u := range q.Unpaid {
				fmt.Fprintf(d.out, "  còn phải chi / still to be paid: %s\n", u)
			}
			if q.Named {
				fmt.Fprintf(d.out, "  chứng từ chi tiền giữ tên đến / papers of money keep the name until: %s\n", q.KeepUntil)
			}
		})
	})
}
