package app

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"time"

	"github.com/banso/banso/server/internal/audit"
	"github.com/banso/banso/server/internal/auth"
	"github.com/banso/banso/server/internal/ledger"
	"github.com/banso/banso/server/internal/months"
	"github.com/banso/banso/server/internal/persons"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/server/internal/store/boltstore"
)

// auditor knows the rule of every kind of decision.
func auditor(keys *auth.Keyring, m *months.Service) *audit.Auditor {
	public := map[string]ed25519.PublicKey{}
	for _, k := range keys.SealKeys() {
		public[k.ID] = k.Public
	}
	return audit.New(public, map[string]audit.Rule{
		months.KindClose:      m.VerifyClose,
		months.KindFunding:    m.VerifyFunding,
		months.KindFinal:      func(_ store.Reader, d *store.Decision) error { return months.VerifyFinal(d) },
		months.KindAdjustment: months.VerifyAdjustment,
		months.KindReopen:     months.VerifyReopen,
		months.KindTopUp:      m.VerifyTopUp,
		roster.KindUnitChange: roster.VerifyUnitChange,
		ledger.KindList:       ledger.VerifyList,
		ledger.KindPayment:    ledger.VerifyVoucher,
		ledger.KindGrant:      ledger.VerifyGrant,
		ledger.KindSupport:    (&ledger.Service{Months: m}).VerifySupport,
		persons.KindDone:      persons.Verify,
	}, ledger.VerifyRecords)
}

// Audit proves the decisions in the folder of a stopped server, or in a backup.
func Audit(ctx context.Context, data string) (rep *audit.Report, err error) {
	keys, err := auth.LoadKeys(KeysPath(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", KeysPath(data), err)
	}
	err = withStore(data, func(st *boltstore.Store) error {
		return st.View(ctx, func(r store.Reader) (err error) {
			rep, err = auditor(keys, months.New(st, time.Now)).Verify(r)
			return err
		})
	})
	return rep, err
}

func verify(ctx context.Context, data string, out io.Writer) error {
	rep, err := Audit(ctx, data)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d decisions, sealed up to %d, fingerprint %s\n", StorePath(data), rep.Decisions, rep.Sealed, rep.Fingerprint)
	for _, p := range rep.Problems {
		fmt.Fprintf(out, "  %d %s: %s\n", p.N, p.Kind, p.Text)
	}
	if rep.Found > 0 {
		return fmt.Errorf("%d problems found", rep.Found)
	}
	fmt.Fprintln(out, "everything holds")
	return nil
}

// checkMoney holds payment records and running sums against the decisions.
func checkMoney(data string, out io.Writer) (problems int, err error) {
	err = withStore(data, func(st *boltstore.Store) error {
		return st.View(context.Background(), func(r store.Reader) error {
			return ledger.VerifyRecords(r, func(text string) {
				problems++
				fmt.Fprintln(out, "  "+text)
			})
		})
	})
	return problems, err
}
