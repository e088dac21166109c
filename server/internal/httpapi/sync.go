package httpapi

import (
	"context"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/syncsvc"
	"github.com/banso/banso/syncproto"
)

func (a *API) sync(c echo.Context) error {
	if err := wantType(c, "application/json"); err != nil {
		return err
	}
	b, err := a.body(c, syncproto.MaxRequestBytes, syncproto.MaxRequestBytesInflated)
	if err != nil {
		return err
	}
	req, err := syncproto.DecodeRequest(b)
	if err != nil {
		return &domain.Error{Code: domain.Invalid, Err: err, Msg: "The envelope of the sync is not valid.",
			Vi: "Gói đồng bộ không hợp lệ. Hãy cập nhật ứng dụng."}
	}
	if len(req.Push.List) == 0 && len(a.gates[push]) > maxPushes*3/4 {
		a.cfg.Metrics.shed(pull)
		return errBusy // who has something to hand over goes first
	}
	res, err := a.cfg.Sync.Sync(c.Request().Context(), caller(c), req)
	if err != nil {
		return err
	}
	a.cfg.Metrics.judged(res.Verdicts)
	return a.okBytes(c, res.AppendJSON(nil))
}

// caseInput is a decision about a case. Key is made by the client: the same
// body sent again is the same action.
type caseInput struct {
	Key    domain.ID      `json:"key"`
	H      syncproto.Hash `json:"h"`      // adopt: of the record that is replaced, if there is one
	Reason string         `json:"reason"` // dismiss: required
	Set    jsontext.Value `json:"set"`    // adopt: what the adopter corrects
}

func (in caseInput) action(id domain.ID) (syncsvc.CaseAction, error) {
	act := syncsvc.CaseAction{Key: in.Key, Case: id, Reason: in.Reason}
	if !in.H.IsZero() {
		act.H = in.H.String()
	}
	if len(in.Set) > 0 {
		set, err := syncproto.DecodeDoc(in.Set)
		if err != nil {
			return act, &domain.Error{Code: domain.Invalid, Field: "/set", Err: err,
				Msg: "set is not a document of the record profile.", Vi: "Nội dung sửa không hợp lệ."}
		}
		act.Set = set
	}
	return act, nil
}

func (a *API) adopt(c echo.Context) error   { return a.closeCase(c, a.cfg.Sync.Adopt) }
func (a *API) dismiss(c echo.Context) error { return a.closeCase(c, a.cfg.Sync.Dismiss) }

func (a *API) closeCase(c echo.Context, do func(context.Context, domain.Caller, syncsvc.CaseAction) (syncproto.Verdict, error)) error {
	id, err := pathID(c, "id")
	if err != nil {
		return err
	}
	var in caseInput
	if err := a.decode(c, &in); err != nil {
		return err
	}
	act, err := in.action(id)
	if err != nil {
		return err
	}
	v, err := do(c.Request().Context(), caller(c), act)
	if err != nil {
		return err
	}
	return a.ok(c, v)
}

// wait is the long poll of a phone in the foreground.
func (a *API) wait(c echo.Context) error {
	epoch := c.QueryParam("epoch")
	at, err := strconv.ParseInt(c.QueryParam("at"), 10, 64)
	if err != nil || at < 0 || len(epoch) > 32 {
		return bad("at", "epoch and at name the newest commit that you hold.", "Thiếu epoch hoặc at.")
	}
	woken, err := a.cfg.Sync.Wait(c.Request().Context(), caller(c), epoch, at)
	if err != nil {
		return err
	}
	return a.ok(c, woken)
}
