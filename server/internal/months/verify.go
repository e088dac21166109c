package months

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/store"
)

// VerifyClose recomputes a close record from its own facts and the policy file
// it names, and compares the bytes. The error says what differs.
func (s *Service) VerifyClose(r store.Reader, d *store.Decision) error {
	c, _, err := openClose(d.Body)
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
	again, err := Recompute(files, d.Body)
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
// that its total is whole: beneficiaries × months × one rate.
func VerifyFunding(d *store.Decision) error {
	var w domain.FundedWindow
	if err := json.Unmarshal(d.Body, &w, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	n := int64(len(w.Teams)) * w.Months
	switch {
	case d.Key != w.Decision:
		return errors.New("its key is another number")
	case n == 0 || int64(w.Total)%n != 0:
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
