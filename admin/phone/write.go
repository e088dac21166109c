package phone

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// zone is Vietnam's; a day of work is a day there.
var zone = time.FixedZone("UTC+7", 7*3600)

func logCommand(o *options) *cobra.Command {
	var day, note, place string
	var measures, papers, with []string
	var draft bool
	c := &cobra.Command{
		Use: "log KIND", Args: cobra.ExactArgs(1), Short: "Ghi nhận một hoạt động (log an activity)",
		Example: `  phone log DVC_NOP_HO_SO -m so_ho_so=2 -m so_nguoi=2 --paper "Sổ tiếp dân, trang 14"`,
		RunE: func(c *cobra.Command, args []string) error {
			return o.with(func(t *terminal) error {
				set, err := t.activity(args[0], day, place, note, measures)
				if err != nil {
					return err
				}
				add := syncproto.Sets{}
				for _, p := range papers {
					add["evidence"] = append(add["evidence"], "paper:"+p)
				}
				add["participants"] = append(with, string(t.Person()))
				s, err := t.Create(syncproto.TypeActivity, "", set, add)
				if err == nil && !draft {
					_, err = t.Submit(client.Key{Type: syncproto.TypeActivity, ID: s.ID})
				}
				return t.saved(c.OutOrStdout(), s, err)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&day, "day", "", "yyyy-mm-dd; hôm nay nếu bỏ trống (today if empty)")
	f.StringArrayVarP(&measures, "measure", "m", nil, "so_ho_so=2")
	f.StringArrayVar(&papers, "paper", nil, "giấy tờ xã đang giữ (a paper that the commune keeps)")
	f.StringArrayVar(&with, "with", nil, "mã người cùng làm (id of who took part)")
	f.StringVar(&place, "place", "", "địa điểm (place)")
	f.StringVar(&note, "note", "", "ghi chú (note)")
	f.BoolVar(&draft, "draft", false, "chưa nộp để duyệt (do not submit yet)")
	return c
}

// activity makes the fields of a new activity; the day is the server's today
// as far as this phone can tell.
func (t *terminal) activity(kind, day, place, note string, measures []string) (syncproto.Doc, error) {
	known, err := t.kinds()
	if err != nil {
		return nil, err
	}
	if len(known) > 0 && !slices.ContainsFunc(known, func(s client.Shown) bool { return s.Doc.Str("code") == kind }) {
		return nil, fmt.Errorf(tNoKind.in(t.lang), kind)
	}
	team, err := t.team()
	if err != nil {
		return nil, err
	}
	if day == "" {
		if day, err = t.today(); err != nil {
			return nil, err
		}
	}
	set := syncproto.Doc{"team": syncproto.Str(string(team)), "done_on": syncproto.Str(day), "category": syncproto.Str(kind)}
	if len(measures) > 0 {
		counts := syncproto.Doc{}
		for _, m := range measures {
			name, number, _ := strings.Cut(m, "=")
			n, err := strconv.ParseInt(number, 10, 32)
			if err != nil || n < 0 || name == "" {
				return nil, fmt.Errorf(tBadMeasure.in(t.lang), m)
			}
			counts[name] = syncproto.Int(n)
		}
		set["measures"] = counts.AppendCanonical(nil)
	}
	if place != "" {
		set["place"] = syncproto.Str(place)
	}
	if note != "" {
		set["note"] = syncproto.Str(note)
	}
	return set, nil
}

func reportCommand(o *options) *cobra.Command {
	var month string
	c := &cobra.Command{
		Use: "report TEXT", Args: cobra.ExactArgs(1), Short: "Viết và nộp báo cáo tháng của tổ (write and submit the month's report)",
		RunE: func(c *cobra.Command, args []string) error {
			return o.with(func(t *terminal) error {
				team, err := t.team()
				if err != nil {
					return err
				}
				if month == "" {
					day, err := t.today()
					if err != nil {
						return err
					}
					month = day[:7]
				}
				k := client.Key{Type: syncproto.TypeReport, ID: syncproto.DerivedID(syncproto.TypeReport, team, month)}
				fields := syncproto.Doc{"summary": syncproto.Str(args[0])}
				var s client.Saved
				if _, err = t.View(k); errors.Is(err, client.ErrNotFound) {
					fields["team"], fields["month"] = syncproto.Str(string(team)), syncproto.Str(month)
					s, err = t.Create(k.Type, k.ID, fields, nil)
				} else if err == nil {
					s, err = t.Edit(k, fields, nil, nil)
				}
				if err == nil {
					_, err = t.Submit(k)
				}
				return t.saved(c.OutOrStdout(), s, err)
			})
		},
	}
	c.Flags().StringVar(&month, "month", "", "yyyy-mm; tháng này nếu bỏ trống (this month if empty)")
	return c
}

func withdrawCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "withdraw ID", Args: cobra.ExactArgs(1), Short: "Rút lại một hoạt động chưa duyệt (withdraw an activity before review)",
		RunE: func(c *cobra.Command, args []string) error {
			return o.with(func(t *terminal) error {
				k, err := t.find(args[0])
				if err != nil {
					return err
				}
				s, err := t.Withdraw(k)
				return t.saved(c.OutOrStdout(), s, err)
			})
		},
	}
}

func reviewCommand(o *options) *cobra.Command {
	var reason string
	var waive bool
	c := &cobra.Command{
		Use: "review approve|return|reject|revoke ID…", Args: cobra.MinimumNArgs(2), Short: "Duyệt hoạt động, báo cáo, cũng khi không có mạng (review, offline too)",
		RunE: func(c *cobra.Command, args []string) error {
			if (args[0] != "approve" || waive) && reason == "" {
				return errors.New(tNeedReason.in(o.lang))
			}
			return o.with(func(t *terminal) error {
				for _, id := range args[1:] {
					k, err := t.find(id)
					if err != nil {
						return err
					}
					s, err := t.Review(k, args[0], reason, waive)
					if err = t.saved(c.OutOrStdout(), s, err); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "lý do (reason)")
	c.Flags().BoolVar(&waive, "waive", false, "miễn minh chứng, có lý do (waive evidence, with a reason)")
	return c
}

// saved tells that something lies safely on this phone, or why it doesn't.
func (t *terminal) saved(w io.Writer, s client.Saved, err error) error {
	var refused *client.RefusedError
	if errors.As(err, &refused) {
		return fmt.Errorf(tRefused.in(t.lang), refused.Code)
	}
	if err != nil {
		return err
	}
	st, err := t.Status()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, tSaved.in(t.lang), s.ID, st.Unsent)
	return nil
}

func (t *terminal) today() (string, error) {
	now, err := t.ServerTime()
	return now.In(zone).Format(time.DateOnly), err
}
