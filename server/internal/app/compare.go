package app

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/seal"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// papersToProve are what an auditor holds in hand.
type papersToProve struct{ list, number, print string }

func (p *papersToProve) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.list, "list", "", "also hold a payment list (CSV or XLSX) against the decision that issued it")
	cmd.Flags().StringVar(&p.number, "number", "", "number of that list, if neither the file nor its name says it")
	cmd.Flags().StringVar(&p.print, "print", "", "also find the checkpoint whose fingerprint is printed on a paper, and the lists that carry it")
}

// prove verifies everything and then what was handed in.
func (p *papersToProve) prove(ctx context.Context, data string, out io.Writer) error {
	if err := verify(ctx, data, out); err != nil {
		return err
	}
	if p.print != "" {
		if err := findPrint(ctx, data, p.print, out); err != nil {
			return err
		}
	}
	if p.list == "" {
		return nil
	}
	return p.compare(ctx, data, out)
}

// maxShown is how many differences are named.
const maxShown = 50

// compare holds a file against its list.
func (p *papersToProve) compare(ctx context.Context, data string, out io.Writer) error {
	file, err := os.ReadFile(p.list)
	if err != nil {
		return err
	}
	var c ledger.Comparison
	if err := withStore(data, func(st *boltstore.Store) error {
		svc := ledger.Service{Store: st, Months: months.New(st, time.Now), Now: time.Now}
		return st.View(ctx, func(r store.Reader) (err error) {
			c, err = svc.CompareList(r, p.number, file)
			if err != nil && p.number == "" { // a CSV file holds rows alone
				c, err = svc.CompareList(r, filepath.Base(p.list), file)
			}
			return err
		})
	}); err != nil {
		return fmt.Errorf("%s: %w", p.list, err)
	}
	fmt.Fprintf(out, "%s: list %s, decision %d, %s, fingerprint %s\n", p.list, c.Number, c.N, c.Total, c.Fingerprint)
	if c.Replaced != "" {
		fmt.Fprintf(out, "  list %s has replaced it: nothing may be paid by this one\n", c.Replaced)
	}
	for i, d := range c.Differences {
		if i == maxShown {
			fmt.Fprintf(out, "  and %d more\n", len(c.Differences)-maxShown)
			break
		}
		fmt.Fprintf(out, "  %s: the list says %q, the file %q\n", d.At, d.Want, d.Got)
	}
	if n := len(c.Differences); n > 0 {
		return fmt.Errorf("%d cells differ from list %s", n, c.Number)
	}
	fmt.Fprintf(out, "  all %d cells are those of the list\n", c.Cells)
	return nil
}

// findPrint names the checkpoint with a fingerprint and the lists on it.
func findPrint(ctx context.Context, data, print string, out io.Writer) error {
	found := false
	var bad error
	err := withStore(data, func(st *boltstore.Store) error {
		return st.View(ctx, func(r store.Reader) error {
			return r.Decisions(1, func(d *store.Decision) bool {
				if seal.Fingerprint(d.Hash) == print {
					found = true
					fmt.Fprintf(out, "%s is decision %d of %s, hash %s\n", print, d.N, time.UnixMilli(d.AtMs).UTC().Format(time.RFC3339), hex.EncodeToString(d.Hash[:]))
				}
				if d.Kind != ledger.KindList {
					return true
				}
				var l ledger.Issued
				if bad = json.Unmarshal(d.Body, &l); bad == nil && l.Checkpoint.Fingerprint == print {
					fmt.Fprintf(out, "  list %s of %s: %d lines, %s\n", l.Number, l.On.Vi(), len(l.Lines), l.Total)
				}
				return bad == nil
			})
		})
	})
	if err == nil {
		err = bad
	}
	if err == nil && !found {
		err = fmt.Errorf("no decision has fingerprint %s: the paper is not of this record, or was copied wrongly", print)
	}
	return err
}
