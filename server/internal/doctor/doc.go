// Package doctor looks at the machine that Bản Số runs on and at the server
// itself, and says in Vietnamese and English what is wrong and what to do. It
// opens no store: it looks beside a running server, whose word it gets from
// the debug socket.
//
// A finding is fine, soon (somebody should look within days), now (data or
// service are at stake) or unknown (it couldn't be found out, and why). What is
// measured (disk, clock, reach) is kept apart from what is judged of it, so
// that the judgements are tested with figures.
//
// No finding names a person, a phone or a secret.
package doctor
