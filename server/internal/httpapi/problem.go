package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/labstack/echo/v4"

	"github.com/banso/banso/server/internal/domain"
)

// problem is the body of every answer that is no success.
type problem struct {
	Type     string      `json:"type"`
	Status   int         `json:"status"`
	Code     domain.Code `json:"code"`
	Title    string      `json:"title"`
	TitleVi  string      `json:"title_vi"`
	Detail   string      `json:"detail,omitzero"`
	DetailVi string      `json:"detail_vi,omitzero"`
	Field    string      `json:"field,omitzero"`
	Instance string      `json:"instance"`
}

// Codes that only HTTP knows.
const (
	codeMethod    domain.Code = "method_not_allowed"
	codeMediaType domain.Code = "unsupported_media_type"
	codeInternal  domain.Code = "internal"
)

// kinds tables the status and the titles of each code.
var kinds = map[domain.Code]struct {
	status    int
	title, vi string
}{
	domain.Invalid:       {http.StatusBadRequest, "The request is not valid", "Yêu cầu không hợp lệ"},
	domain.Unauthorized:  {http.StatusUnauthorized, "Sign in first", "Cần đăng nhập"},
	domain.SecondFactor:  {http.StatusUnauthorized, "A second factor is required", "Cần xác thực lớp thứ hai"},
	domain.Forbidden:     {http.StatusForbidden, "Not allowed", "Không có quyền"},
	domain.NotFound:      {http.StatusNotFound, "Not found", "Không tìm thấy"},
	codeMethod:           {http.StatusMethodNotAllowed, "Method not allowed", "Phương thức không được hỗ trợ"},
	domain.Conflict:      {http.StatusConflict, "It changed meanwhile", "Dữ liệu đã thay đổi"},
	domain.Precondition:  {http.StatusPreconditionFailed, "It changed since you looked", "Dữ liệu đã thay đổi sau khi bạn xem"},
	domain.TooLarge:      {http.StatusRequestEntityTooLarge, "Too large", "Dữ liệu quá lớn"},
	codeMediaType:        {http.StatusUnsupportedMediaType, "Unsupported media type", "Kiểu dữ liệu không được hỗ trợ"},
	codeChecksum:         {460, "The checksum differs", "Dữ liệu bị hỏng trên đường truyền"}, // of tus
	domain.Unprocessable: {http.StatusUnprocessableEntity, "A rule forbids this", "Quy định không cho phép"},
	domain.TooMany:       {http.StatusTooManyRequests, "Too many requests", "Quá nhiều yêu cầu"},
	codeInternal:         {http.StatusInternalServerError, "Something went wrong on the server", "Máy chủ gặp sự cố"},
	domain.Unavailable:   {http.StatusServiceUnavailable, "Busy, come again", "Máy chủ đang bận, vui lòng thử lại"},
	domain.Full:          {http.StatusInsufficientStorage, "The server's disk is full", "Máy chủ đã đầy bộ nhớ"},
}

// fail is echo's error handler: the one place that turns errors into answers.
func (a *API) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	var e *domain.Error
	var h *echo.HTTPError
	switch err = a.cfg.Translate(err); {
	case errors.As(err, &e):
	case errors.As(err, &h):
		e = &domain.Error{Code: codeOfStatus(h.Code)}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		e = &domain.Error{Code: domain.Unavailable} // who asked has gone, or it took too long
	default:
		e = &domain.Error{Code: codeInternal, Err: err}
	}
	k, ok := kinds[e.Code]
	if !ok {
		e = &domain.Error{Code: codeInternal, Err: err}
		k = kinds[codeInternal]
	}
	id := requestID(c)
	if k.status >= 500 && k.status != http.StatusServiceUnavailable {
		a.cfg.Log.Error("request failed", "request_id", id, "route", c.Path(), "error", err)
	}
	if k.status == http.StatusTooManyRequests || k.status == http.StatusServiceUnavailable {
		c.Response().Header().Set("Retry-After", strconv.Itoa(a.retryAfter(e.RetryAfterS)))
	}
	if k.status == http.StatusServiceUnavailable { // thousands who wait must not hold a connection each
		c.Response().Header().Set("Connection", "close")
	}
	if k.status == http.StatusUnauthorized {
		c.Response().Header().Set("WWW-Authenticate", `Bearer realm="banso"`)
	}
	body, err := json.Marshal(problem{Type: "about:blank", Status: k.status, Code: e.Code, Title: k.title, TitleVi: k.vi,
		Detail: e.Msg, DetailVi: e.Vi, Field: e.Field, Instance: "urn:banso:request:" + id})
	if err != nil {
		a.cfg.Log.Error("encode problem", "request_id", id, "error", err)
		return
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	if c.Request().Method == http.MethodHead {
		err = c.NoContent(k.status)
	} else {
		err = c.Blob(k.status, "application/problem+json", body)
	}
	if err != nil {
		a.cfg.Log.Debug("answer not delivered", "request_id", id)
	}
}

// retryAfter spreads those who are told to come again over [s, 2s), so that
// they do not come back as one herd. Seconds.
func (a *API) retryAfter(s int) int {
	s = max(s, 3)
	return s + a.cfg.Jitter(s)
}

func codeOfStatus(status int) domain.Code {
	for code, k := range kinds {
		if k.status == status && code != domain.SecondFactor {
			return code
		}
	}
	if status >= 400 && status < 500 {
		return domain.Invalid
	}
	return codeInternal
}

// bad is a refusal of the request's form.
func bad(field, en, vi string) error {
	return &domain.Error{Code: domain.Invalid, Field: field, Msg: en, Vi: vi}
}
