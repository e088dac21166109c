package domain

import "errors"

// Code classifies an error for its caller; httpapi turns it into a status.
type Code string

const (
	Invalid       Code = "invalid"                // 400: the input is wrong; Field says where
	Unauthorized  Code = "unauthorized"           // 401: sign in (again)
	SecondFactor  Code = "second_factor_required" // 401: the password was right, a second factor is missing
	Forbidden     Code = "forbidden"              // 403: known, but has no right
	NotFound      Code = "not_found"              // 404
	Conflict      Code = "conflict"               // 409: it changed meanwhile, or exists
	Precondition  Code = "precondition"           // 412: If-Match did not match
	TooLarge      Code = "too_large"              // 413
	Unprocessable Code = "unprocessable"          // 422: well-formed, but a rule forbids it
	TooMany       Code = "too_many"               // 429: come again after RetryAfter
	Unavailable   Code = "unavailable"            // 503: come again after RetryAfter
	Full          Code = "full"                   // 507: the disk is full; nothing was written
)

// Error is what services return for a caller to see. Msg is one English
// sentence, Vi the same in Vietnamese with the next step; neither holds
// personal data. Err is the cause, for the log only.
type Error struct {
	Code        Code
	Msg, Vi     string
	Field       string // path of the offending input, if any
	RetryAfterS int    // TooMany, Unavailable: seconds
	Err         error
}

func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Msg
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// E makes an Error of a code with its sentence in English and Vietnamese.
func E(code Code, msg, vi string) *Error { return &Error{Code: code, Msg: msg, Vi: vi} }

// CodeOf returns the code of an error, "" if it is not a domain error.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
