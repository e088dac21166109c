package jobs

import (
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
)

// titles of jobs: Vietnamese, English.
var titles = map[Kind][2]string{
	Import: {"Nhập tệp", "Import"}, Undo: {"Hoàn tác lần nhập", "Taking back of an import"},
	Close: {"Chốt tháng của các tổ", "Closing of months"}, Finalise: {"Khóa sổ tháng", "End of the month"},
	WhatIf: {"Tính thử chính sách", "Trial of a policy"}, Export: {"Xuất dữ liệu", "Export"},
}

// tell writes into the inbox of who started it that it ended.
func (j *Job) tell(tx store.Tx) error {
	what, en := titles[j.Kind][0], titles[j.Kind][1]
	if j.File != "" {
		what, en = what+" “"+j.File+"”", en+" “"+j.File+"”"
	}
	switch {
	case j.MsgVi != "":
		what, en = what+": "+j.MsgVi, en+": "+j.Msg
	default:
		what, en = what+": đã xong.", en+": done."
	}
	return notify.Tell(tx, notify.Note{To: j.By, Kind: notify.JobDone, Key: "job/" + string(j.ID), Cause: store.Cause{By: j.By},
		Args: map[string]string{"what": what, "what_en": en}})
}
