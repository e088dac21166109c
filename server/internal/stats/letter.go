package stats

import (
	"context"
	"fmt"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

// Letter writes the dashboard's figures as a person sees them: of a week
// ("2026-W16") the month under way, of a month ("2026-04") the one before it,
// and the year so far beside last year's. It is Board's own answer in words.
func (s *Service) Letter(ctx context.Context, person domain.ID, period, origin string) (subject, text string, err error) {
	today := domain.DateOf(s.Now())
	month, name := today.Month(), "tuần "+strings.TrimPrefix(period[min(len(period), 5):], "W")
	if !strings.Contains(period, "W") {
		month = month.Add(-1)
		name = month.Vi()
	}
	who, short := domain.Caller{Person: person}, strings.TrimPrefix(month.Vi(), "tháng ")
	all := func(string) bool { return false }
	now, err := s.Board(ctx, who, Query{From: month, To: month}, all)
	if err != nil {
		return "", "", err
	}
	year, err := s.Board(ctx, who, Query{From: domain.Month(string(month)[:4] + "-01"), To: month}, all)
	if err != nil {
		return "", "", err
	}
	var b strings.Builder
	for _, w := range []letterWords{vietnamese, english} {
		w.figures(&b, fmt.Sprintf(w.month, short), &now.Total, nil)
		w.figures(&b, fmt.Sprintf(w.year, string(month)[:4]), &year.Total, &year.Before)
		w.watch(&b, &now)
		if origin != "" {
			fmt.Fprintf(&b, "%s: %s/console/#/dashboard\n", w.more, strings.TrimSuffix(origin, "/"))
		}
		b.WriteString(w.stop + "\n\n")
	}
	return "Bản Số: số liệu " + name, b.String(), nil
}

// letterWords are a letter's lines in one language.
type letterWords struct {
	month, year                            string
	logged, approved, waiting, closed      string
	due, decided, listed, paid, before     string
	teams, silent, goals, goal, more, stop string
}

var vietnamese = letterWords{
	month: "Tháng %s", year: "Từ đầu năm %s đến nay", before: "cùng kỳ năm trước",
	logged: "Hoạt động đã ghi nhận", approved: "Đã duyệt", waiting: "Chờ duyệt, trong đó quá hạn %d", closed: "Tháng của tổ đã chốt, trên %d",
	due: "Đủ điều kiện hỗ trợ", decided: "Đã quyết định kinh phí", listed: "Đã lập danh sách chi trả", paid: "Đã chi trả",
	teams: "Tổ đang có", silent: "Tổ im lặng quá %d ngày", goals: "Chỉ tiêu", goal: "%d trên %d, hạn %s",
	more: "Xem đầy đủ", stop: "Bạn nhận thư này vì đã chọn trong trang Tài khoản; bỏ chọn ở đó để thôi nhận.",
}

var english = letterWords{
	month: "Month %s", year: "The year %s so far", before: "a year earlier",
	logged: "Activities logged", approved: "Approved", waiting: "Waiting for review, %d of them overdue", closed: "Team-months closed, of %d",
	due: "Eligible for support", decided: "Covered by a funding decision", listed: "On a payment list", paid: "Paid",
	teams: "Teams there are", silent: "Teams silent for more than %d days", goals: "Indicators", goal: "%d of %d, by %s",
	more: "All of it", stop: "You get this letter because you chose it in your account; take it back there to get none.",
}

// line is a figure, with the one of a year earlier where there is any.
func (w *letterWords) line(b *strings.Builder, name, now, before string) {
	fmt.Fprintf(b, "- %s: %s", name, now)
	if before != "" {
		fmt.Fprintf(b, " (%s: %s)", w.before, before)
	}
	b.WriteString("\n")
}

func (w *letterWords) figures(b *strings.Builder, head string, f, before *Figures) {
	fmt.Fprintf(b, "%s\n", head)
	m := &f.TeamMonths
	was := func(of func(*Figures) string) string {
		if before == nil || len(before.States)+len(before.TeamMonths.Stages) == 0 { // nothing to compare with
			return ""
		}
		return of(before)
	}
	number := func(name string, of func(*Figures) int64) {
		text := func(f *Figures) string { return fmt.Sprint(of(f)) }
		w.line(b, name, text(f), was(text))
	}
	money := func(name string, of func(*Figures) domain.Money) {
		text := func(f *Figures) string { return of(f).String() }
		w.line(b, name, text(f), was(text))
	}
	number(w.logged, (*Figures).logged)
	number(w.approved, func(f *Figures) int64 { return f.States[domain.Approved] })
	w.line(b, fmt.Sprintf(w.waiting, m.Overdue), fmt.Sprint(f.States[domain.Pending]), "")
	closed := m.Stages[domain.StageClosed] + m.Stages[domain.StageFinalised]
	w.line(b, fmt.Sprintf(w.closed, closed+m.Stages[domain.StageOpen]+m.Stages[domain.StageGrace]), fmt.Sprint(closed), "")
	money(w.due, func(f *Figures) domain.Money { return f.TeamMonths.Due })
	money(w.decided, func(f *Figures) domain.Money { return f.TeamMonths.Decided })
	money(w.listed, func(f *Figures) domain.Money { return f.TeamMonths.Listed })
	money(w.paid, func(f *Figures) domain.Money { return f.TeamMonths.Paid })
	b.WriteString("\n")
}

// logged are all activities but those that were withdrawn, as on the dashboard.
func (f *Figures) logged() (n int64) {
	for _, s := range []domain.State{domain.Received, domain.Pending, domain.Approved, domain.Returned, domain.Rejected} {
		n += f.States[s]
	}
	return n
}

func (w *letterWords) watch(b *strings.Builder, now *Board) {
	w.line(b, w.teams, fmt.Sprint(now.Watch.Teams), "")
	w.line(b, fmt.Sprintf(w.silent, now.Watch.Days), fmt.Sprint(len(now.Watch.Silent)), "")
	b.WriteString("\n")
	if len(now.Targets) == 0 {
		return
	}
	b.WriteString(w.goals + "\n")
	for i := range now.Targets {
		p := &now.Targets[i]
		w.line(b, p.Name, fmt.Sprintf(w.goal, p.Have, p.Target, p.Until.Vi()), "")
	}
	b.WriteString("\n")
}
