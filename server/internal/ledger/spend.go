package ledger

import (
	"context"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// Submitter decides mutations the way those of phones are decided.
type Submitter interface {
	Submit(ctx context.Context, c domain.Caller, raws []syncproto.RawMutation) ([]syncproto.Verdict, error)
}

// Spent is what an accountant enters for a team. Key is made by the caller and
// becomes the record's id: the same entry twice is one.
type Spent struct {
	Key      domain.ID    `json:"key"`
	Team     domain.ID    `json:"team"`
	Policy   string       `json:"policy"`
	Category string       `json:"category"`
	Amount   domain.Money `json:"amount"`
	On       domain.Date  `json:"on"`
	Evidence []string     `json:"evidence"`
	Note     string       `json:"note,omitzero"`
}

// Spend hands an entry over as a mutation; what a rule refuses is a verdict.
func (s *Service) Spend(ctx context.Context, who domain.Caller, in Spent) (syncproto.Verdict, error) {
	if _, err := syncproto.ParseID(string(in.Key)); err != nil {
		return syncproto.Verdict{}, refuse("key", "Send a key of 22 characters that is new for each entry.", "Thiếu mã yêu cầu (22 ký tự, mỗi khoản một mã mới).")
	}
	set := syncproto.Doc{}
	for f, v := range map[string]any{"team": in.Team, "policy": in.Policy, "category": in.Category, "amount": in.Amount, "on": in.On, "note": in.Note} {
		if v == "" {
			continue
		}
		raw, err := json.Marshal(v)
		if err != nil {
			return syncproto.Verdict{}, err
		}
		set[f] = raw
	}
	raw, err := syncproto.EncodeMutation(&syncproto.Mutation{Op: syncproto.OpCreate, Type: syncproto.TypeSpending, ID: in.Key, By: who.Person,
		Set: set, Add: map[string][]string{"evidence": in.Evidence}})
	if err != nil {
		return syncproto.Verdict{}, &domain.Error{Code: domain.Invalid, Msg: "The entry is not well-formed.", Vi: "Khoản chi không hợp lệ.", Err: err}
	}
	vs, err := s.Submitter.Submit(ctx, who, []syncproto.RawMutation{raw})
	if err != nil {
		return syncproto.Verdict{}, err
	}
	return vs[0], nil
}
