package app

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/jobs"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/months"
)

// makers are the kinds of jobs of which other rooms know how to do them.
func (a *App) makers() map[jobs.Kind]jobs.Maker {
	return map[jobs.Kind]jobs.Maker{
		jobs.Close: maker(func(ctx context.Context, who domain.Caller, ask months.CloseAsk) (string, error) {
			return string(ask.Month), a.months.MayClose(ctx, who, ask.Commune, ask.Month, len(ask.Teams))
		}, a.makeClose),
		jobs.Finalise: maker(func(ctx context.Context, who domain.Caller, ask months.FinaliseAsk) (string, error) {
			return string(ask.Month), a.months.MayFinalise(ctx, who, ask.Month)
		}, a.makeFinalise),
		jobs.WhatIf: maker(func(ctx context.Context, who domain.Caller, ask months.WhatIfAsk) (string, error) {
			return string(ask.From) + "/" + string(ask.To), a.months.MayTry(ctx, who, ask)
		}, a.makeWhatIf),
		jobs.Export: maker(func(ctx context.Context, who domain.Caller, ask ledger.ExportAsk) (string, error) {
			return string(ask.Kind), a.ledger.MayExport(ctx, who, ask)
		}, func(ctx context.Context, who domain.Caller, ask ledger.ExportAsk, tick func(done, of int) error) (jobs.Made, error) {
			p, err := a.ledger.Export(ctx, who, ask, tick)
			return jobs.Made{Name: p.Name, MIME: p.MIME, Bytes: p.Bytes}, err
		}),
	}
}

// maker reads what a job is asked.
func maker[Ask any](check func(context.Context, domain.Caller, Ask) (string, error),
	do func(context.Context, domain.Caller, Ask, func(done, of int) error) (jobs.Made, error)) jobs.Maker {
	return jobs.Maker{
		Check: func(ctx context.Context, who domain.Caller, raw []byte) (string, error) {
			var ask Ask
			if err := json.Unmarshal(raw, &ask); err != nil {
				return "", err
			}
			return check(ctx, who, ask)
		},
		Make: func(ctx context.Context, who domain.Caller, raw []byte, tick func(done, of int) error) (jobs.Made, error) {
			var ask Ask
			if err := json.Unmarshal(raw, &ask); err != nil {
				return jobs.Made{}, err
			}
			return do(ctx, who, ask, tick)
		},
	}
}

func (a *App) makeClose(ctx context.Context, who domain.Caller, ask months.CloseAsk, tick func(done, of int) error) (jobs.Made, error) {
	list, err := a.months.CloseEach(ctx, who, ask.Commune, ask.Month, ask.Teams, tick)
	return walked(list, len(ask.Teams), "chot-"+string(ask.Month), err)
}

func (a *App) makeFinalise(ctx context.Context, who domain.Caller, ask months.FinaliseAsk, tick func(done, of int) error) (jobs.Made, error) {
	list, err := a.months.FinaliseEach(ctx, who, ask.Month, tick)
	return walked(list, len(list), "khoa-so-"+string(ask.Month), err)
}

// walked says of each team what happened, also where it was stopped.
func walked(list []months.Walked, of int, name string, err error) (jobs.Made, error) {
	if len(list) == 0 {
		return jobs.Made{}, err
	}
	closed := 0
	for _, w := range list {
		if w.Closed {
			closed++
		}
	}
	b, bad := json.Marshal(struct {
		Results []months.Walked `json:"results"`
	}{list}, json.Deterministic(true))
	if bad != nil {
		return jobs.Made{}, bad
	}
	return jobs.Made{Name: name + ".json", MIME: "application/json", Bytes: b,
		En: fmt.Sprintf("%d of %d team-months are closed.", closed, of),
		Vi: fmt.Sprintf("%d trong %d tổ đã chốt.", closed, of)}, err
}

func (a *App) makeWhatIf(ctx context.Context, who domain.Caller, ask months.WhatIfAsk, tick func(done, of int) error) (jobs.Made, error) {
	out, err := a.months.WhatIfEach(ctx, who, ask, tick)
	if err != nil {
		return jobs.Made{}, err
	}
	b, err := json.Marshal(out, json.Deterministic(true))
	return jobs.Made{Name: "tinh-thu-" + string(ask.From) + "-" + string(ask.To) + ".json", MIME: "application/json", Bytes: b}, err
}
