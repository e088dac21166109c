package review

import (
	"context"
	"fmt"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// Submitter decides mutations the way those of phones are decided.
type Submitter interface {
	Submit(ctx context.Context, c domain.Caller, raws []syncproto.RawMutation) ([]syncproto.Verdict, error)
}

// Decision is one review. Key is made by the client: the same decision with
// the same key is the same mutation, however often it is sent.
type Decision struct {
	Key      domain.ID      `json:"key"`
	Type     string         `json:"type"` // activity | report
	ID       domain.ID      `json:"id"`
	Seen     syncproto.Hash `json:"seen"` // the c that was looked at
	Decision Choice         `json:"decision"`
	Reason   string         `json:"reason,omitzero"`
	Waive    bool           `json:"waive,omitzero"` // waive the evidence; needs a reason
}

// Decide hands over a list of decisions, at most syncproto.MaxMutationsPerPush;
// verdict i is of decision i. One that may not be made is a verdict, never an
// error of the list. Error: domain.Invalid names the entry whose form is wrong;
// nothing was decided then.
func (s *Service) Decide(ctx context.Context, c domain.Caller, list []Decision) ([]syncproto.Verdict, error) {
	if len(list) > syncproto.MaxMutationsPerPush {
		return nil, domain.E(domain.TooLarge, "Too many decisions in one request.", "Quá nhiều quyết định trong một lần gửi.")
	}
	raws := make([]syncproto.RawMutation, len(list))
	for i := range list {
		field, err := list[i].check()
		if err == nil {
			raws[i], err = list[i].mutation(c.Person)
		}
		if err != nil {
			return nil, &domain.Error{Code: domain.Invalid, Field: fmt.Sprintf("decisions/%d/%s", i, field),
				Msg: "This decision is not well-formed.", Vi: "Quyết định không hợp lệ.", Err: err}
		}
	}
	if len(raws) == 0 {
		return []syncproto.Verdict{}, nil
	}
	return s.Submitter.Submit(ctx, c, raws)
}

// check returns the field that is wrong.
func (d *Decision) check() (string, error) {
	for f, id := range map[string]domain.ID{"key": d.Key, "id": d.ID} {
		if _, err := syncproto.ParseID(string(id)); err != nil {
			return f, err
		}
	}
	switch {
	case d.Type != syncproto.TypeActivity && d.Type != syncproto.TypeReport:
		return "type", fmt.Errorf("type %.20q is not reviewed", d.Type)
	case !d.Decision.Valid():
		return "decision", fmt.Errorf("decision %.20q is unknown", d.Decision)
	case d.Reason == "" && (d.Decision.NeedsReason() || d.Waive):
		return "reason", fmt.Errorf("a reason is required")
	case !syncproto.IsNFC(d.Reason):
		return "reason", fmt.Errorf("the reason is not in Unicode form NFC")
	}
	return "", nil
}

func (d *Decision) mutation(by domain.ID) (syncproto.RawMutation, error) {
	args := syncproto.Doc{
		"key":                 syncproto.Str(string(d.Key)),
		syncproto.ArgDecision: syncproto.Str(string(d.Decision)),
	}
	if d.Reason != "" {
		args[syncproto.ArgReason] = syncproto.Str(d.Reason)
	}
	if d.Waive {
		args[syncproto.ArgWaive] = syncproto.Bool(true)
	}
	return syncproto.EncodeMutation(&syncproto.Mutation{
		Op: syncproto.OpReview, Type: d.Type, ID: d.ID, By: by, Seen: d.Seen, Args: args,
	})
}
