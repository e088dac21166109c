package phone

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// scopes returns the scopes of a kind that this phone holds, "" for all.
func (t *terminal) scopes(kind string) (list []syncproto.ParsedScope, names []syncproto.Scope, err error) {
	st, err := t.Status()
	if err != nil {
		return nil, nil, err
	}
	for _, s := range st.Scopes {
		if p, ok := s.Scope.Parse(); ok && (kind == "" || p.Kind == kind) {
			list, names = append(list, p), append(names, s.Scope)
		}
	}
	return list, names, nil
}

// team is the team of this phone's person.
func (t *terminal) team() (syncproto.ID, error) {
	list, _, err := t.scopes(syncproto.KindTeam)
	if err != nil {
		return "", err
	}
	for _, p := range list {
		if p.Month == "" {
			return p.ID, nil
		}
	}
	return "", errors.New(tNoTeam.in(t.lang))
}

func (t *terminal) kinds() ([]client.Shown, error) {
	return t.List(syncproto.TypeCategory, syncproto.ScopeRef)
}

// work lists activities and reports of a month, "" for all that is held.
func (t *terminal) work(month string) (list []client.Shown, err error) {
	months, err := t.monthScopes(month)
	if err != nil {
		return nil, err
	}
	seen := map[client.Key]bool{}
	for _, scope := range months {
		for _, typ := range []string{syncproto.TypeActivity, syncproto.TypeReport} {
			part, err := t.List(typ, scope)
			if err != nil {
				return nil, err
			}
			for _, s := range part {
				if !seen[s.Key] {
					seen[s.Key] = true
					list = append(list, s)
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b client.Shown) int {
		return cmp.Or(cmp.Compare(day(a), day(b)), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// monthScopes are the months that this phone holds, and the newest ones of its
// teams, in which there may be work that only this phone knows.
func (t *terminal) monthScopes(month string) (list []syncproto.Scope, err error) {
	parsed, names, err := t.scopes("")
	if err != nil {
		return nil, err
	}
	now, err := t.ServerTime()
	if err != nil {
		return nil, err
	}
	add := func(m string, s syncproto.Scope) {
		if (month == "" || m == month) && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	for i, p := range parsed {
		switch {
		case p.Month != "":
			add(p.Month, names[i])
		case p.Kind == syncproto.KindTeam:
			first := time.Date(now.In(zone).Year(), now.In(zone).Month(), 1, 0, 0, 0, 0, zone)
			for back := range 3 {
				m := first.AddDate(0, -back, 0).Format("2006-01")
				add(m, syncproto.TeamMonthScope(p.ID, m))
			}
		}
	}
	return list, nil
}

func day(s client.Shown) string { return cmp.Or(s.Doc.Str("done_on"), s.Doc.Str("month")) }

// find resolves the beginning of an id among what is on this phone.
func (t *terminal) find(prefix string) (k client.Key, err error) {
	list, err := t.work("")
	if err != nil {
		return k, err
	}
	n := 0
	for _, s := range list {
		if strings.HasPrefix(string(s.ID), prefix) {
			k, n = s.Key, n+1
		}
	}
	switch n {
	case 1:
		return k, nil
	case 0:
		return k, fmt.Errorf(tUnknownID.in(t.lang), prefix)
	}
	return k, fmt.Errorf(tSeveral.in(t.lang), prefix)
}

func kindsCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "kinds", Args: cobra.NoArgs, Short: "Danh mục hoạt động (catalogue of activities)",
		RunE: func(c *cobra.Command, _ []string) error {
			return o.with(func(t *terminal) error {
				list, err := t.kinds()
				for _, s := range list {
					fmt.Fprintf(c.OutOrStdout(), "%-24s %s\n", s.Doc.Str("code"), cmp.Or(s.Doc.Str("name"), s.Doc.Str("vi")))
				}
				return err
			})
		},
	}
}

func listCommand(o *options) *cobra.Command {
	var month, only string
	c := &cobra.Command{
		Use: "list", Args: cobra.NoArgs, Short: "Hoạt động và báo cáo trên máy (activities and reports on this phone)",
		RunE: func(c *cobra.Command, _ []string) error {
			return o.with(func(t *terminal) error {
				list, err := t.work(month)
				if err != nil {
					return err
				}
				n := 0
				for _, s := range list {
					st := s.Doc.Str("state")
					if only != "" && st != only {
						continue
					}
					n++
					t.row(c.OutOrStdout(), s, st)
				}
				if n == 0 {
					fmt.Fprint(c.OutOrStdout(), tNothing.in(t.lang))
				}
				return nil
			})
		},
	}
	c.Flags().StringVar(&month, "month", "", "yyyy-mm")
	c.Flags().StringVar(&only, "state", "", "received | pending_review | approved | returned | rejected | withdrawn")
	return c
}

func (t *terminal) row(w io.Writer, s client.Shown, st string) {
	mark := " "
	if s.Pending > 0 {
		mark = "↑" // something of it is still to be sent
	}
	what := cmp.Or(s.Doc.Str("category"), s.Type)
	fmt.Fprintf(w, "%s %s  %-10s  %-24s %s", mark, s.ID, day(s), what, state(st, t.lang))
	if r := s.Doc.Str("reason"); r != "" {
		fmt.Fprintf(w, ": %s", r)
	}
	fmt.Fprintln(w)
}

func monthCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "month [yyyy-mm]", Args: cobra.MaximumNArgs(1), Short: "Tháng này được gì, còn thiếu gì (what counts, what is missing)",
		RunE: func(c *cobra.Command, args []string) error {
			return o.with(func(t *terminal) error {
				today, err := t.today()
				if err != nil {
					return err
				}
				month := today[:7]
				if len(args) == 1 {
					month = args[0]
				}
				return t.month(c.OutOrStdout(), month)
			})
		},
	}
}

func (t *terminal) month(w io.Writer, month string) error {
	team, err := t.team()
	if err != nil {
		return err
	}
	s, err := t.View(client.Key{Type: syncproto.TypeProgress, ID: syncproto.DerivedID(syncproto.TypeProgress, team, month)})
	if errors.Is(err, client.ErrNotFound) {
		fmt.Fprintf(w, tNoProgress.in(t.lang), month)
		return nil
	}
	if err != nil {
		return err
	}
	var p api.Progress
	if err := json.Unmarshal(s.Doc.AppendCanonical(nil), &p); err != nil {
		return err
	}
	st, err := t.Status()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s: %s\n", month, text{p.ReasonVi, p.ReasonEn}.in(t.lang))
	fmt.Fprintf(w, tCounts.in(t.lang), p.Received, p.Pending, p.Approved, p.Returned, st.Unsent)
	for _, r := range p.Rules {
		mark := "✗"
		if r.Pass {
			mark = "✓"
		}
		fmt.Fprintf(w, " %s %-4s [%s] %s (%s / %s)\n", mark, r.Rule, r.Origin, text{r.Vi, r.En}.in(t.lang),
			text{r.Have, cmp.Or(r.HaveEn, r.Have)}.in(t.lang), text{r.Need, cmp.Or(r.NeedEn, r.Need)}.in(t.lang))
		if todo := (text{r.TodoVi, r.TodoEn}).in(t.lang); !r.Pass && todo != "" {
			fmt.Fprintf(w, "        → %s%s\n", todo, t.until(r.By))
		}
	}
	return nil
}

// until is the last day to do something, as people read it.
func (t *terminal) until(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(tUntil.in(t.lang), d.Format("02/01/2006"))
}

// status is the quiet line after a sync: it says that all is sent only when
// counts and sums agree with the server.
func (t *terminal) status(w io.Writer, out client.Outcome) error {
	st, err := t.Status()
	if err != nil {
		return err
	}
	for _, p := range st.Problems {
		if p.Kind == client.ProblemDiffers {
			fmt.Fprintf(w, tDiffers.in(t.lang), p.Scope)
		}
	}
	if st.Unsent == 0 && st.Agree && out.Kind == client.OK {
		fmt.Fprintf(w, tAllSent.in(t.lang), st.LastSuccess.In(zone).Format("15:04"))
		return nil
	}
	why := string(out.Kind)
	if k, ok := kinds[why]; ok {
		why = k.in(t.lang)
	}
	fmt.Fprintf(w, tWaiting.in(t.lang), st.Unsent, why)
	return nil
}
