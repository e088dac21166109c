package persons

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// Verify proves a decision about a request: it was in somebody's hands, a
// de-identifying in two people's, and who was de-identified still is.
func Verify(r store.Reader, d *store.Decision) error {
	var b Settled
	if err := json.Unmarshal(d.Body, &b, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	switch {
	case string(b.Request) != d.Key:
		return fmt.Errorf("is about request %s", b.Request)
	case b.State != Done && b.State != Refused:
		return fmt.Errorf("state %q is no end of a request", b.State)
	case b.Person == b.By || b.Person == b.ProposedBy:
		return errors.New("the person handled their own request")
	case b.Again && (b.Kind != Deidentify || b.State != Done):
		return errors.New("only de-identifying is done again")
	case b.By == "" && !b.Again:
		return errors.New("nobody decided it")
	case b.Due < b.Received:
		return errors.New("was due before it came in")
	}
	if b.Kind != Deidentify || b.State != Done {
		return nil
	}
	if !b.Again && (b.ProposedBy == "" || b.ProposedBy == b.By) {
		return errors.New("one person alone de-identified somebody")
	}
	p, err := roster.Person(r, b.Person)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err == nil && !p.Veiled {
		err = errors.New("the person has a name again")
	}
	return err
}
