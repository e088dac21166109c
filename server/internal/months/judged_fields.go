package months

import (
	"errors"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// activityOf reads the fields of an activity that a month is judged by. A
// month is judged again after each push into it, and texts and measures are
// most of what is stored.
func activityOf(rec *store.Record) (a domain.Activity, err error) {
	var bad error
	err = syncproto.EachField(rec.Doc, func(name string, v jsontext.Value) bool {
		switch name {
		case "done_on":
			a.DoneOn = domain.Date(syncproto.Text(v))
		case "participants":
			for _, p := range syncproto.Texts(v) {
				a.Participants = append(a.Participants, domain.ID(p))
			}
		case "evidence":
			a.Evidence = syncproto.Texts(v)
		case "held":
			a.Held = syncproto.Texts(v)
		case "author":
			a.Author = domain.ID(syncproto.Text(v))
		case "state":
			a.State = domain.State(syncproto.Text(v))
		case "received":
			a.Received, bad = strconv.ParseInt(string(v), 10, 64)
		case "start":
			a.Start = new(int64)
			*a.Start, bad = strconv.ParseInt(string(v), 10, 64)
		case "reviewer":
			a.Reviewer = domain.ID(syncproto.Text(v))
		case "waiver":
			a.Waiver = syncproto.Text(v)
		}
		return bad == nil
	})
	return a, errors.Join(err, bad)
}
