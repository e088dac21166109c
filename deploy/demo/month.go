package demo

import (
	"context"
	"fmt"
	"slices"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// playMonth lets one month happen: two visits of each phone, the report, the
// chair's review, what was sent back and mended, the close, and those phones
// that come back only then.
func (w *world) playMonth(ctx context.Context, month string) error {
	plan := make([]TeamMonth, len(w.phones))
	for i, t := range w.cfg.Province.Teams {
		plan[i] = w.works.Plan(t, month, lastDay(month))
	}
	for half, day := range []string{month + "-15", month + "-16"} {
		w.jump(day, 9)
		err := w.visits(ctx, half, func(ctx context.Context, i, p int) error { return w.midMonth(ctx, &plan[i], i, p) })
		if err != nil {
			return err
		}
	}
	for half, day := range []string{after(month, 2), after(month, 3)} {
		w.jump(day, 9)
		err := w.visits(ctx, half, func(ctx context.Context, i, p int) error { return w.monthEnd(ctx, &plan[i], i, p, month) })
		if err != nil {
			return err
		}
	}
	if err := w.reviewAll(ctx, month); err != nil {
		return err
	}
	w.jump(after(month, 11), 9)
	if err := w.closeAll(ctx, month); err != nil {
		return err
	}
	w.jump(after(month, 13), 9)
	return w.visits(ctx, -1, func(ctx context.Context, i, p int) error {
		if !plan[i].TooLate[p] {
			return nil
		}
		return w.phones[i][p].sync(ctx)
	})
}

// visits runs fn for the phones of one half of the teams (-1: of all). Phones
// are twice as many at a time as officers: a visit is mostly waiting for the
// disk, and the more come together the fewer commits they need. The server has
// a place for each of them.
func (w *world) visits(ctx context.Context, half int, fn func(ctx context.Context, team, phone int) error) error {
	return share(ctx, 2*w.cfg.Workers, 2*len(w.phones), func(ctx context.Context, n int) error {
		if half >= 0 && n/2%2 != half {
			return nil
		}
		return fn(ctx, n/2, n%2)
	})
}

func (w *world) midMonth(ctx context.Context, tm *TeamMonth, i, p int) error {
	ph := w.phones[i][p]
	if err := ph.log(tm.Activities, func(a *Activity) bool { return !a.Late }); err != nil || tm.Silent[p] {
		return err
	}
	return ph.sync(ctx)
}

func (w *world) monthEnd(ctx context.Context, tm *TeamMonth, i, p int, month string) error {
	ph := w.phones[i][p]
	if err := ph.log(tm.Activities, func(a *Activity) bool { return a.Late }); err != nil {
		return err
	}
	if tm.Reporter == p {
		fate := Approve
		if tm.ReportFix {
			fate = Fix
		}
		ph.clock = w.cfg.Clock.Now()
		if err := ph.report(month, fate); err != nil {
			return err
		}
	}
	if tm.TooLate[p] {
		return nil
	}
	return ph.sync(ctx)
}

// reviewAll lets the chairs decide, the phones mend, and the chairs decide again.
func (w *world) reviewAll(ctx context.Context, month string) error {
	w.jump(after(month, 6), 8)
	back := make([][]client.Key, len(w.chairs))
	err := w.each(ctx, len(w.chairs), func(ctx context.Context, i int) (err error) {
		back[i], err = w.review(ctx, i, month)
		return err
	})
	if err != nil {
		return err
	}
	mend := map[*phone][]client.Key{}
	var phones []*phone
	for _, k := range slices.Concat(back...) {
		ph := w.plans.get(k.ID).phone
		if mend[ph] == nil {
			phones = append(phones, ph)
		}
		mend[ph] = append(mend[ph], k)
	}
	w.jump(after(month, 8), 9)
	err = w.each(ctx, len(phones), func(ctx context.Context, i int) error { return phones[i].mendAll(ctx, mend[phones[i]]) })
	if err != nil {
		return err
	}
	w.jump(after(month, 9), 8)
	return w.each(ctx, len(w.chairs), func(ctx context.Context, i int) error {
		if len(back[i]) == 0 {
			return nil
		}
		again, err := w.review(ctx, i, month)
		if err == nil {
			err = need("submissions sent back twice", len(again), 0)
		}
		return err
	})
}

// mendAll pulls what the chair said, corrects and hands in again.
func (ph *phone) mendAll(ctx context.Context, keys []client.Key) error {
	if err := ph.sync(ctx); err != nil {
		return err
	}
	for _, k := range keys {
		if err := ph.mend(ctx, k); err != nil {
			return err
		}
	}
	return ph.sync(ctx)
}

// review empties a chair's queue of a month and returns what was sent back.
func (w *world) review(ctx context.Context, chair int, month string) (back []client.Key, err error) {
	d := w.chairs[chair]
	defer d.wire.hangUp()
	for {
		q, err := d.api.ReviewQueue(ctx, w.units[chair], month, "", syncproto.MaxMutationsPerPush)
		if err != nil {
			return nil, fmt.Errorf("read the review queue: %w", err)
		}
		if len(q.Items) == 0 {
			return back, nil
		}
		list := make([]api.Decision, len(q.Items))
		for i, it := range q.Items {
			list[i] = w.decide(it)
			if list[i].Decision == "return" {
				back = append(back, client.Key{Type: it.Type, ID: it.ID})
			}
		}
		vs, err := d.api.Review(ctx, list)
		if err != nil {
			return nil, fmt.Errorf("review: %w", err)
		}
		for i, v := range vs {
			if v.V != syncproto.Applied {
				return nil, fmt.Errorf("review of %s %s: %s %s", list[i].Type, list[i].Decision, v.V, v.Code)
			}
		}
	}
}

// decide is what the plan says about a submission.
func (w *world) decide(it api.QueueItem) api.Decision {
	d := api.Decision{Key: newKey(), Type: it.Type, ID: it.ID, Seen: it.C, Decision: "approve"}
	pl := w.plans.get(it.ID)
	switch {
	case pl.fate == Fix && !pl.seen:
		pl.seen = true
		w.plans.put(it.ID, pl)
		d.Decision, d.Reason = "return", chairNotes[int(it.ID[3])%len(chairNotes)]
	case pl.fate == Waive:
		d.Waive, d.Reason = true, "Xã đã kiểm tra tại chỗ, miễn minh chứng."
	case pl.fate == Reject:
		d.Decision, d.Reason = "reject", "Hoạt động trùng với việc của đoàn thể khác."
	}
	return d
}

// closeAll lets each chair close the month of his teams.
func (w *world) closeAll(ctx context.Context, month string) error {
	return w.each(ctx, len(w.chairs), func(ctx context.Context, i int) error {
		d := w.chairs[i]
		defer d.wire.hangUp()
		cm, _, err := d.api.CommuneMonth(ctx, w.units[i], month, "")
		if err != nil {
			return fmt.Errorf("read the commune's month: %w", err)
		}
		if err := need("teams of a commune's month", len(cm.Teams), len(w.cfg.Province.Communes[i].Teams)); err != nil {
			return err
		}
		var items []api.CloseItem
		for _, t := range cm.Teams {
			items = append(items, api.CloseItem{Team: t.Team, Csum: t.Csum})
		}
		res, err := d.api.CloseCommuneMonth(ctx, w.units[i], month, items)
		if err != nil {
			return fmt.Errorf("close the commune's month: %w", err)
		}
		for _, r := range res {
			if !r.Closed {
				return fmt.Errorf("close %s: %s %s", month, r.Code, r.Detail)
			}
		}
		return nil
	})
}

// fund enters the decision of 12/10/2023. Its beneficiaries are the teams of
// registered communes, its total what the decision's own arithmetic says.
func (w *world) fund(ctx context.Context) error {
	w.jump("2023-10-12", 14)
	var teams []syncproto.ID
	for i, t := range w.cfg.Province.Teams {
		if t.Commune.Registered {
			teams = append(teams, w.teams[i])
		}
	}
	slices.Sort(teams)
	n := int64(len(Months))
	_, err := w.province.api.Fund(ctx, api.Funding{Policy: policyID, Decision: "1845/QĐ-UBND", On: "2023-10-12",
		From: FirstMonth, To: LastMonth, Teams: teams, Months: n, Total: int64(len(teams)) * n * Rate, Origin: "S"})
	return err
}

// policyID is the policy of NQ 60/2022/NQ-HĐND.
const policyID = "yb-nq60-team"
