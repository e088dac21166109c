package syncproto

// known is string(b) without a copy for the words of the protocol.
func known(b []byte) string {
	if len(b) <= len("participants") { // the longest
		if s, ok := knownNames[string(b)]; ok {
			return s
		}
	}
	return string(b)
}

// knownNames are the strings that mutations are full of.
var knownNames = map[string]string{
	"op": "op", "type": "type", "id": "id", "by": "by", "t": "t", "at": "at", "set": "set", "was": "was",
	"seen": "seen", "add": "add", "del": "del", "args": "args",

	"create": "create", "edit": "edit", "delete": "delete", "submit": "submit", "withdraw": "withdraw",
	"review": "review", "attach": "attach", "detach": "detach", "adopt": "adopt", "dismiss": "dismiss",
	"dispute": "dispute",

	"activity": "activity", "report": "report", "case": "case", "inbox": "inbox",

	"team": "team", "done_on": "done_on", "category": "category", "measures": "measures",
	"participants": "participants", "evidence": "evidence", "start": "start", "minutes": "minutes",
	"place": "place", "note": "note", "lat_e6": "lat_e6", "lng_e6": "lng_e6",
	"author": "author", "state": "state", "unit": "unit", "month": "month", "c": "c", "received": "received",
	"submitted": "submitted", "reason": "reason", "reviewer": "reviewer", "reviewed_c": "reviewed_c",
	"waiver": "waiver", "flags": "flags", "alias_of": "alias_of",
	"summary": "summary", "difficulties": "difficulties", "proposals": "proposals",
	"decision": "decision", "waive": "waive", "h": "h", "read": "read",
}
