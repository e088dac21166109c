package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	api "github.com/banso/banso/admin/client"
	"github.com/banso/banso/syncproto"
)

// Money is what became of the decided sums, as the server tells it.
type Money struct {
	Lists       int    `json:"lists"` // one for each registered commune
	Lines       int64  `json:"lines"`
	ListedVND   int64  `json:"listed_vnd"`
	PaidVND     int64  `json:"paid_vnd"` // of the showcase commune
	LeftVND     int64  `json:"left_vnd"` // of the funding decision
	Decisions   int64  `json:"decisions"`
	Problems    int64  `json:"problems"` // that the walk over all decisions found
	Fingerprint string `json:"fingerprint"`
	Papers      int    `json:"papers"`
	Out         string `json:"out"` // folder of the papers

	lists []api.PaymentList
}

// Days of the money: lists are issued once December is closed.
const (
	listDay = "2024-01-14"
	voucher = "PC 01/2024 (mẫu)"
)

// downloads is how many papers one person fetches at a time, like a browser;
// the server gives nobody more than 16 places.
const downloads = 6

// pay drafts, issues and prints the lists of all communes, and lets the
// showcase commune's accountant confirm his. The server finds the communes.
func (w *world) pay(ctx context.Context, day string) (m Money, err error) {
	w.jump(day, 9)
	drafts, err := w.province.api.DraftLists(ctx, api.ListWanted{Key: newKey(), Kind: "payment", Policy: policyID, Months: Months, Split: true})
	if err != nil {
		return m, fmt.Errorf("draft the payment lists: %w", err)
	}
	ids := make([]syncproto.ID, len(drafts))
	for i, d := range drafts {
		ids[i] = d.ID
	}
	done, err := w.signer.api.IssueLists(ctx, ids) // who drafted them may not
	if err != nil {
		return m, fmt.Errorf("issue the payment lists: %w", err)
	}
	for _, d := range done {
		if !d.Issued {
			return m, fmt.Errorf("issue a payment list: %s %s", d.Code, d.Detail)
		}
		m.lists = append(m.lists, d.List)
		m.Lines += d.List.Count
	}
	m.Lists = len(m.lists)
	show := w.units[w.showcase()]
	for _, l := range m.lists {
		if l.Units[0] != show {
			continue
		}
		paid, err := w.accountant.api.PayList(ctx, l.ID, voucher, day)
		if err != nil {
			return m, fmt.Errorf("confirm a list paid: %w", err)
		}
		m.PaidVND += paid.Paid
	}
	b, err := w.viewer.api.Budget(ctx, policyID, 2023)
	if err != nil {
		return m, fmt.Errorf("read the budget: %w", err)
	}
	m.ListedVND, m.LeftVND = b.Total.Listed, b.Total.Left
	return m, nil
}

// print writes the lists and the province summary into a folder: a PDF of each
// list, and of the showcase commune's the workbook and the CSV too.
func (w *world) print(ctx context.Context, m *Money) error {
	m.Out = w.cfg.Out
	if m.Out == "" {
		return nil
	}
	if err := os.MkdirAll(m.Out, 0o700); err != nil {
		return err
	}
	type job struct {
		name string
		get  func(ctx context.Context, format string) (api.File, error)
		as   string
	}
	var jobs []job
	show := w.units[w.showcase()]
	code := map[syncproto.ID]string{}
	for i, c := range w.cfg.Province.Communes {
		code[w.units[i]] = c.Code
	}
	for _, l := range m.lists {
		get := func(ctx context.Context, f string) (api.File, error) {
			return w.province.api.ListPaper(ctx, l.ID, f, "")
		}
		for _, f := range []string{"pdf", "xlsx", "csv"} {
			if f == "pdf" || l.Units[0] == show {
				jobs = append(jobs, job{"chi-tra-2023-" + code[l.Units[0]], get, f})
			}
		}
	}
	for _, f := range []string{"pdf", "xlsx", "csv"} {
		jobs = append(jobs, job{"tong-hop-tinh-2023", func(ctx context.Context, f string) (api.File, error) {
			return w.viewer.api.ProvincePaper(ctx, policyID, FirstMonth, LastMonth, f)
		}, f})
	}
	m.Papers = len(jobs)
	return share(ctx, downloads, len(jobs), func(ctx context.Context, i int) error {
		j := jobs[i]
		file, err := j.get(ctx, j.as)
		if err != nil {
			return fmt.Errorf("print %s.%s: %w", j.name, j.as, err)
		}
		if len(file.Bytes) == 0 {
			return errors.New("an empty paper: " + file.Name)
		}
		return os.WriteFile(filepath.Join(m.Out, j.name+"."+j.as), file.Bytes, 0o600)
	})
}

// verify lets the server prove every decision again.
func (w *world) verify(ctx context.Context, m *Money) error {
	rep, err := w.admin.api.Verify(ctx)
	if err != nil {
		return fmt.Errorf("verify the chain of decisions: %w", err)
	}
	m.Decisions, m.Problems, m.Fingerprint = rep.Decisions, rep.Found, rep.Fingerprint
	if rep.Found > 0 {
		return fmt.Errorf("verify the chain of decisions: %d problems, the first: %s", rep.Found, rep.Problems[0].Text)
	}
	return nil
}
