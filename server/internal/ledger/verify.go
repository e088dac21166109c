package ledger

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// VerifyList checks an issued list by itself and against what it stands on:
// its sums, the checkpoint it carries, and that each line names an earlier
// decision about its subject and period.
func VerifyList(r store.Reader, d *store.Decision) error {
	var l Issued
	if err := json.Unmarshal(d.Body, &l, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	switch {
	case d.Key != l.Number:
		return errors.New("its key is another number")
	case l.Total != sum(l.Lines):
		return errors.New("its total is not the sum of its lines")
	case !slices.Equal(l.Funding, sums(l.Lines)):
		return errors.New("its sums by funding decision are not those of its lines")
	case l.DraftedBy == l.IssuedBy:
		return errors.New("one person drafted and issued it")
	case l.Checkpoint.N >= d.N:
		return errors.New("its checkpoint is not older than it")
	}
	at, err := decisionAt(r, l.Checkpoint.N)
	if err != nil {
		return err
	}
	if hex.EncodeToString(at.Hash[:]) != l.Checkpoint.Hash {
		return errors.New("its checkpoint states another hash than the chain has")
	}
	if err := verifySeal(r, &l.Checkpoint); err != nil {
		return err
	}
	for _, line := range l.Lines {
		if err := verifyLine(r, d.N, &l, line); err != nil {
			return fmt.Errorf("line %s %s: %w", line.Subject, line.Period, err)
		}
	}
	return nil
}

// verifySeal checks that what a list carries is a checkpoint of the chain,
// whose signature has a rule of its own.
func verifySeal(r store.Reader, c *domain.Checkpoint) error {
	var kept domain.Checkpoint
	var bad error
	err := r.Decisions(c.N+1, func(d *store.Decision) bool {
		bad = json.Unmarshal(d.Body, &kept)
		return false
	})
	if err := cmp.Or(err, bad); err != nil {
		return err
	}
	if kept.N != c.N || kept.Hash != c.Hash || kept.AtMs != c.AtMs || kept.Fingerprint != c.Fingerprint || kept.Kid != c.Kid || !bytes.Equal(kept.Sig, c.Sig) {
		return errors.New("its checkpoint is not the one in the chain")
	}
	return nil
}

func verifyLine(r store.Reader, n int64, l *Issued, line Line) error {
	on, err := decisionAt(r, line.Close)
	if err != nil {
		return err
	}
	want := string(line.Subject) + "/" + string(line.Period)
	if !l.Kind.ofTeams() {
		want = l.Policy + "/" + want
	}
	switch {
	case line.Close >= n || on.Key != want:
		return errors.New("stands on no earlier decision about it")
	case line.Amount == 0 || line.Due < 0 || line.Due-line.Amount < 0:
		return errors.New("its amounts are impossible")
	case line.Amount < 0 != (line.Kind == domain.LineRecovery):
		return errors.New("its kind does not fit its sign")
	}
	return nil
}

// decisionAt is a decision by its number, without its body.
func decisionAt(r store.Reader, n int64) (out store.Decision, err error) {
	err = r.Decisions(n, func(d *store.Decision) bool {
		out = *d
		out.Body = nil // lent by the store
		return false
	})
	if err == nil && out.N != n {
		err = fmt.Errorf("there is no decision %d", n)
	}
	return out, err
}

// VerifyVoucher checks that a voucher pays lines of an earlier list with their
// amounts.
func VerifyVoucher(r store.Reader, d *store.Decision) error {
	var v Voucher
	if err := json.Unmarshal(d.Body, &v, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	l, err := issuedOf(r, v.List)
	if err != nil {
		return err
	}
	total := domain.Money(0)
	for _, ref := range v.Lines {
		if !slices.ContainsFunc(l.Lines, func(x Line) bool {
			return x.Subject == ref.Subject && x.Period == ref.Period && x.Amount == ref.Amount
		}) {
			return errors.New("pays a line that its list does not have")
		}
		total += ref.Amount
	}
	switch {
	case d.Key != v.List+"/"+v.Voucher:
		return errors.New("its key is another voucher")
	case total != v.Total:
		return errors.New("its total is not the sum of its lines")
	case v.By == l.IssuedBy:
		return errors.New("who issued the list confirmed it paid")
	}
	return nil
}
