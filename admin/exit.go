package main

import (
	"errors"
	"net/http"

	"github.com/banso/banso/admin/client"
)

// Exit codes, for scripts.
const (
	exitTrouble  = 1 // anything else: no connection, a file that can't be read
	exitUsage    = 2 // typed wrongly, or the server can't take it (400, 422)
	exitSignIn   = 3 // sign in first (401)
	exitRight    = 4 // no right to this (403)
	exitConflict = 5 // it is not as it was, or already done (409, 412)
	exitMissing  = 6 // there is no such thing (404)
	exitJob      = 7 // the job failed or was cancelled
)

const exitCodes = "Mã thoát / exit codes: 0 xong / done, 1 lỗi khác / other trouble, 2 sai cách gọi hoặc dữ liệu / usage, 3 cần đăng nhập / sign in, " +
	"4 không có quyền / no right, 5 đã đổi hoặc đã xong / conflict, 6 không có / not found, 7 việc không hoàn thành / job not done."

// exitCode of an error; began says whether a command was found that fits what
// was typed.
func exitCode(err error, began bool) int {
	if errors.Is(err, errJob) {
		return exitJob
	}
	p := client.AsProblem(err)
	if p == nil {
		if began {
			return exitTrouble
		}
		return exitUsage
	}
	switch p.Status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return exitUsage
	case http.StatusUnauthorized:
		return exitSignIn
	case http.StatusForbidden:
		return exitRight
	case http.StatusConflict, http.StatusPreconditionFailed:
		return exitConflict
	case http.StatusNotFound:
		return exitMissing
	}
	return exitTrouble
}
