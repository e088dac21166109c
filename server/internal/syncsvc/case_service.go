package syncsvc

import (
	"context"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// CaseAction is what the console does about a case. Key is made by the client
// and names the action: sent again, it does nothing new.
type CaseAction struct {
	Key    syncproto.ID
	Case   syncproto.ID
	H      string        // adopt: the h of the record that is replaced, "" if there is none
	Reason string        // dismiss: required
	Set    syncproto.Doc // adopt: corrected fields, canonical values; optional
}

// Adopt decides a set-aside mutation again with the caller's rights.
func (s *Service) Adopt(ctx context.Context, c domain.Caller, a CaseAction) (syncproto.Verdict, error) {
	return s.actOnCase(ctx, c, a, syncproto.OpAdopt)
}

// Dismiss closes a case for good.
func (s *Service) Dismiss(ctx context.Context, c domain.Caller, a CaseAction) (syncproto.Verdict, error) {
	return s.actOnCase(ctx, c, a, syncproto.OpDismiss)
}

func (s *Service) actOnCase(ctx context.Context, c domain.Caller, a CaseAction, op syncproto.Op) (syncproto.Verdict, error) {
	for _, id := range []syncproto.ID{a.Key, a.Case} {
		if _, err := syncproto.ParseID(string(id)); err != nil {
			return syncproto.Verdict{}, &domain.Error{Code: domain.Invalid, Field: "id",
				Msg: "Not an id.", Vi: "Mã không hợp lệ.", Err: err}
		}
	}
	args := syncproto.Doc{"key": syncproto.Str(string(a.Key))}
	if op == syncproto.OpAdopt {
		args[syncproto.ArgHash] = syncproto.Str(a.H)
	}
	if a.Reason != "" {
		args[syncproto.ArgReason] = syncproto.Str(a.Reason)
	}
	raw, err := syncproto.EncodeMutation(&syncproto.Mutation{
		Op: op, Type: syncproto.TypeCase, ID: a.Case, By: c.Person, Set: a.Set, Args: args,
	})
	if err != nil {
		return syncproto.Verdict{}, err
	}
	vs, err := s.Submit(ctx, c, []syncproto.RawMutation{raw})
	if err != nil {
		return syncproto.Verdict{}, err
	}
	return vs[0], nil
}
