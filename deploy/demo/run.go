package demo

import (
	"context"
	crand "crypto/rand"
	"fmt"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// Login is a way in for a visitor.
type Login struct {
	Role     string `json:"role"` // "member" | "leader" | "chair" | "accountant" | "province_admin" | "province_viewer" | "system_admin"
	Name     string `json:"name"`
	Where    string `json:"where"`
	Code     string `json:"code,omitzero"` // activation code, good once: members
	Login    string `json:"login,omitzero"`
	Password string `json:"password,omitzero"`
}

// Result of a run. Everything about money and months was read from the server.
type Result struct {
	Communes        int               `json:"communes"`      // read from the server
	VillageTeams    int               `json:"village_teams"` // read from the server
	RegisteredTeams int               `json:"registered_teams"`
	TeamMonths      int64             `json:"team_months"` // funded
	TotalVND        int64             `json:"total_vnd"`   // funded
	Activities      int               `json:"activities"`
	SyncedMutations int               `json:"synced_mutations"` // with a verdict, from phones
	SetAside        int               `json:"set_aside"`        // of those, kept as cases
	Syncs           int               `json:"syncs"`            // visits to the network that succeeded
	RoundTrips      int               `json:"round_trips"`
	LostAnswers     int               `json:"lost_answers"`
	Waiting         int               `json:"waiting"` // in the queue of the showcase commune's chair
	Money           Money             `json:"money"`   // lists, papers and the proof of the record
	Push            *PushReport       `json:"push,omitzero"`
	Open            OpenSample        `json:"open"`
	Epoch           string            `json:"epoch"`
	Seed            uint64            `json:"seed"`
	Scale           float64           `json:"scale"`
	Months          []api.MonthTotals `json:"months"`
	Codes           map[string]int    `json:"codes,omitzero"` // of verdicts that were not plain
	Logins          []Login           `json:"logins"`
	ElapsedS        float64           `json:"elapsed_s"` // set by whoever prints it
}

// OpenSample is a team-month of the month that stays open in which all is
// done: what the server says of it.
type OpenSample struct {
	Team     string `json:"team"`
	Where    string `json:"where"`
	Month    string `json:"month"`
	Result   string `json:"result"`
	ReasonVi string `json:"reason_vi"`
	ReasonEn string `json:"reason_en"`
}

// Run plays June to December 2023 and leaves January 2024 open on the day after
// its end, with work and reports waiting in the showcase commune.
func Run(ctx context.Context, cfg Config) (*Result, error) {
	w, err := newWorld(cfg)
	if err != nil {
		return nil, err
	}
	if err := w.open(ctx); err != nil {
		return nil, err
	}
	for _, month := range Months {
		if err := w.playMonth(ctx, month); err != nil {
			return nil, fmt.Errorf("%s: %w", month, err)
		}
		if month == "2023-09" {
			if err := w.fundAndTell(ctx); err != nil {
				return nil, err
			}
		}
		if err := w.tell(ctx, month); err != nil {
			return nil, err
		}
	}
	money, err := w.payAndTell(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.newYear(ctx); err != nil {
		return nil, err
	}
	pushed, err := w.hear(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.drained(); err != nil {
		return nil, err
	}
	if err := w.verify(ctx, &money); err != nil {
		return nil, err
	}
	r, err := w.result(ctx)
	if err == nil {
		r.Money, r.Push = money, pushed
	}
	return r, err
}

// open sets the server up and signs everybody in.
func (w *world) open(ctx context.Context) error {
	w.say("Nạp đơn vị hành chính, tổ, thành viên, danh sách đăng ký", "Importing units, teams, members, registrations")
	if err := w.found(ctx); err != nil {
		return err
	}
	w.say("Cấp mã kích hoạt cho cán bộ và điện thoại", "Activating officers and phones")
	if err := w.staff(ctx); err != nil {
		return err
	}
	return w.equip(ctx)
}

func (w *world) fundAndTell(ctx context.Context) error {
	if err := w.fund(ctx); err != nil {
		return fmt.Errorf("enter the funding decision: %w", err)
	}
	w.say("12/10/2023: tỉnh ban hành Quyết định 1845/QĐ-UBND, cấp kinh phí tháng 6 đến tháng 12",
		"12/10/2023: the province enters decision 1845/QĐ-UBND, which funds June to December")
	return nil
}

func (w *world) payAndTell(ctx context.Context) (Money, error) {
	w.say("14/1/2024: lập, sao lưu, phát hành và in danh sách chi trả của từng xã đăng ký",
		"14/1/2024: drafting, backing up, issuing and printing the payment list of each registered commune")
	m, err := w.pay(ctx, listDay)
	if err == nil {
		err = w.print(ctx, &m)
	}
	return m, err
}

// tell passes on what the server says about a month.
func (w *world) tell(ctx context.Context, month string) error {
	t, err := w.viewer.api.Totals(ctx, 2023)
	if err != nil {
		return fmt.Errorf("read the totals: %w", err)
	}
	for _, m := range t.Months {
		if m.Month == month && w.cfg.Month != nil {
			w.cfg.Month(m)
		}
	}
	return nil
}

// waitingActivities wait for the chair of the showcase commune at the end.
const waitingActivities = 300

// newYear registers the communes anew and fills one chair's desk.
func (w *world) newYear(ctx context.Context) error {
	w.say("Tháng 1/2024: đăng ký năm mới (giả định), việc mới chờ duyệt", "January 2024: new registrations (assumed), new work to review")
	w.jump("2024-01-15", 8)
	_, err := w.importFile(ctx, "registrations", w.cfg.Province.RegistrationsCSV("2024", "01/QĐ-UBND (mẫu)", "2024-01-08"))
	if err != nil {
		return err
	}
	if err := w.finishOne(ctx); err != nil {
		return err
	}
	teams := w.cfg.Province.Showcase().Teams
	w.jump("2024-01-20", 8)
	err = w.each(ctx, len(teams), func(ctx context.Context, i int) error {
		n := waitingActivities / len(teams)
		if len(teams) < maxTeams {
			n = 2 // small scales
		} else if i < waitingActivities%len(teams) {
			n++
		}
		return w.leave(ctx, teams[i], w.works.Waiting(teams[i], OpenMonth, n, 20))
	})
	if err != nil {
		return err
	}
	return w.endJanuary(ctx, teams)
}

// endJanuary lets the month be over and its reports come in, so that a visitor
// can clear the desk and confirm the month.
func (w *world) endJanuary(ctx context.Context, teams []*Team) error {
	w.jump("2024-02-01", 8)
	return w.each(ctx, len(teams)-1, func(ctx context.Context, i int) error { // the last is the sample: it has reported
		ph := w.phones[teams[i].N][0]
		ph.clock = w.cfg.Clock.Now()
		if err := ph.report(OpenMonth, Approve); err != nil {
			return err
		}
		return ph.sync(ctx)
	})
}

// leave logs activities on both phones of a team and syncs them.
func (w *world) leave(ctx context.Context, t *Team, list []Activity) error {
	for _, ph := range w.phones[t.N] {
		if err := ph.log(list, func(*Activity) bool { return true }); err != nil {
			return err
		}
		if err := ph.sync(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sampleTeam is the last team of the showcase commune: its January is done
// before the others begin.
func (w *world) sampleTeam() *Team {
	teams := w.cfg.Province.Showcase().Teams
	return teams[len(teams)-1]
}

// finishOne lets the sample team log one activity and report, and the chair
// approve both, so that a visitor sees where an open month can end.
func (w *world) finishOne(ctx context.Context) error {
	w.jump("2024-01-17", 8)
	t := w.sampleTeam()
	ph := w.phones[t.N][0]
	ph.clock = w.cfg.Clock.Now()
	if err := ph.report(OpenMonth, Approve); err != nil {
		return err
	}
	if err := w.leave(ctx, t, w.works.Waiting(t, OpenMonth, 1, 15)); err != nil {
		return err
	}
	back, err := w.review(ctx, w.showcase(), OpenMonth)
	if err == nil {
		err = need("submissions sent back", len(back), 0)
	}
	return err
}

// result reads the outcome from the server.
func (w *world) result(ctx context.Context) (*Result, error) {
	p := w.cfg.Province
	r := &Result{RegisteredTeams: p.RegisteredTeams(), Activities: w.plans.activities(), SyncedMutations: w.tally.acked, SetAside: w.tally.aside, Syncs: w.tally.visits,
		RoundTrips: w.tally.trips, LostAnswers: w.tally.lost, Seed: p.Seed, Scale: p.Scale, Codes: map[string]int{}}
	for c, n := range w.tally.codes {
		r.Codes[string(c)] = n
	}
	communes, err := w.viewer.api.Units(ctx, api.UnitQuery{Level: "commune"})
	if err != nil {
		return nil, fmt.Errorf("read the units: %w", err)
	}
	teams, err := w.viewer.api.Teams(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read the teams: %w", err)
	}
	totals, err := w.viewer.api.Totals(ctx, 2023)
	if err != nil {
		return nil, fmt.Errorf("read the totals: %w", err)
	}
	show := w.showcase()
	queue, err := w.chairs[show].api.ReviewQueue(ctx, w.units[show], OpenMonth, "", 1)
	if err != nil {
		return nil, fmt.Errorf("read the review queue: %w", err)
	}
	sample := w.sampleTeam()
	tm, _, err := w.chairs[show].api.TeamMonth(ctx, w.teams[sample.N], OpenMonth, "")
	if err != nil {
		return nil, fmt.Errorf("read the open month: %w", err)
	}
	r.Open = OpenSample{Team: sample.Name, Where: sample.Commune.Name, Month: OpenMonth, Result: tm.Progress.Result,
		ReasonVi: tm.Progress.ReasonVi, ReasonEn: tm.Progress.ReasonEn}
	r.Communes, r.VillageTeams, r.Waiting = len(communes), len(teams), int(queue.Total)
	r.Months, r.TeamMonths, r.TotalVND = totals.Months, totals.TeamMonths, totals.TotalVND
	if st, err := w.phones[0][0].eng.Status(); err == nil && st.Seen != nil {
		r.Epoch = st.Seen.Epoch
	}
	r.Logins, err = w.logins(ctx, show)
	return r, err
}

func (w *world) showcase() int {
	for i, c := range w.cfg.Province.Communes {
		if c.Showcase {
			return i
		}
	}
	return 0
}

// logins makes ways in for visitors, random in each run.
func (w *world) logins(ctx context.Context, show int) ([]Login, error) {
	c := w.cfg.Province.Communes[show]
	t := c.Teams[0]
	codes, err := w.codes(ctx, []string{t.Members[2].Ref, t.Members[0].Ref})
	if err != nil {
		return nil, err
	}
	d := w.chairs[show]
	return []Login{
		{Role: "member", Name: t.Members[2].Name, Where: t.Name + ", " + c.Name, Code: codes[0]},
		{Role: "leader", Name: t.Members[0].Name, Where: t.Name + ", " + c.Name, Code: codes[1]},
		{Role: "chair", Name: chairName(c), Where: c.Name, Login: d.login, Password: d.password},
		{Role: "accountant", Name: "Kế toán xã" + NameMark, Where: c.Name, Login: w.accountant.login, Password: w.accountant.password},
		{Role: "province_admin", Name: "Người phát hành danh sách" + NameMark, Where: "Tỉnh Yên Bái", Login: w.signer.login, Password: w.signer.password},
		{Role: "province_viewer", Name: "Cán bộ tỉnh xem số liệu" + NameMark, Where: "Tỉnh Yên Bái", Login: w.viewer.login, Password: w.viewer.password},
		{Role: "system_admin", Name: "Quản trị hệ thống" + NameMark, Where: "Tỉnh Yên Bái", Login: w.admin.login, Password: w.admin.password},
	}, nil
}

// activities counts what phones logged.
func (p *plans) activities() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, v := range p.m {
		if !v.report {
			n++
		}
	}
	return n
}

func newKey() syncproto.ID { return syncproto.NewRandomID(crand.Reader) }
