package months

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

// VerifyClose recomputes a close record from its own facts and the policy file
// it names, and compares the bytes. The error says what differs.
func (s *Service) VerifyClose(r store.Reader, d *store.Decision) error {
	c, f, err := openClose(d.Body)
	if err != nil {
		return err
	}
	if d.Key != key(c.Team, c.Month) {
		return fmt.Errorf("its key names another team or month")
	}
	files := []*policy.Policy{}
	for _, hash := range hashesOf(&c) {
		p, err := s.policyByHash(r, hash)
		if err != nil {
			return err
		}
		files = append(files, p)
	}
	again, err := recompute(files, c, f)
	if err == nil && !bytes.Equal(again, d.Body) {
		err = errors.New("recomputing it gives other bytes")
	}
	return err
}

// hashesOf names the policy files of a close.
func hashesOf(c *domain.Close) []string {
	out := []string{c.PolicyHash}
	for _, o := range c.Others {
		out = append(out, o.PolicyHash)
	}
	return out
}

// VerifyFunding checks what a funding decision says of itself: its key, and
// that its total is whole under a version of its policy.
func (s *Service) VerifyFunding(r store.Reader, d *store.Decision) error {
	var w domain.FundedWindow
	if err := json.Unmarshal(d.Body, &w, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	all, err := s.allPolicies(r)
	if err != nil {
		return err
	}
	switch {
	case d.Key != w.Decision:
		return errors.New("its key is another number")
	case w.Months != domain.MonthsBetween(w.From, w.To) || len(w.Teams) == 0:
		return errors.New("it has no teams, or its months are not from..to")
	case !slices.ContainsFunc(all, func(p *policy.Policy) bool { return p.ID == w.Policy && totalHolds(p, &w) }):
		return errors.New("teams × months × rate is not its total")
	}
	return nil
}

// VerifyFinal checks that the end of a month is keyed by that month.
func VerifyFinal(d *store.Decision) error {
	var f Final
	if err := json.Unmarshal(d.Body, &f, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	if d.Key != string(f.Month) || f.Teams <= 0 {
		return errors.New("its key is another month, or it ends no team's")
	}
	return nil
}

// VerifyAdjustment checks that a correction is of a close before it, by two
// people, with a reason, and that it is the next one of its month.
func VerifyAdjustment(r store.Reader, d *store.Decision) error {
	var a domain.Adjustment
	if err := json.Unmarshal(d.Body, &a, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	list, err := adjustments(r, a.Team, a.Month)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(x numbered) bool { return x.n == d.N })
	timed := a.Kind == domain.AdjustWithhold || a.Kind == domain.AdjustRelease
	switch {
	case i < 0 || d.Key != adjustKey(a.Team, a.Month, i+1):
		return errors.New("its key is not the next of its month")
	case i > 0 && list[i-1].n >= d.N:
		return errors.New("it stands before an older one")
	case !timed && a.Kind != domain.AdjustBack && a.Kind != domain.AdjustRecovery:
		return fmt.Errorf("nobody knows kind %q", a.Kind)
	case timed != (a.Amount == 0) || a.Amount < 0:
		return errors.New("its amount does not fit its kind")
	}
	return verifyCorrection(r, d.N, a.Close, key(a.Team, a.Month), a.Reason, a.ProposedBy, a.ApprovedBy)
}

// VerifyReopen checks that a reopening is of a close before it, by two people,
// with a reason.
func VerifyReopen(r store.Reader, d *store.Decision) error {
	var o domain.Reopen
	if err := json.Unmarshal(d.Body, &o, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	if d.Key != key(o.Team, o.Month) {
		return errors.New("its key names another team or month")
	}
	if o.Until <= domain.DateOf(time.UnixMilli(d.AtMs)) {
		return errors.New("it ends before it begins")
	}
	return verifyCorrection(r, d.N, o.Close, d.Key, o.Reason, o.ProposedBy, o.ApprovedBy)
}

func verifyCorrection(r store.Reader, n, of int64, key, reason string, proposed, approved domain.ID) error {
	kind, named := "", ""
	if err := r.Decisions(of, func(d *store.Decision) bool {
		kind, named = d.Kind, d.Key
		return false
	}); err != nil {
		return err
	}
	switch {
	case of >= n || kind != KindClose || named != key:
		return errors.New("it corrects no earlier close of its month")
	case strings.TrimSpace(reason) == "":
		return errors.New("it gives no reason")
	case proposed == approved || proposed == "" || approved == "":
		return errors.New("one person proposed and approved it")
	}
	return nil
}
