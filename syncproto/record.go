package syncproto

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// Record types.
const (
	TypeActivity = "activity"
	TypeReport   = "report"
	TypeTeam     = "team"
	TypeGrant    = "grant"    // a role of a person on a team or unit, by date
	TypePerson   = "person"   // profile, in user:<person>
	TypeProgress = "progress" // verdict of a team-month
	TypeCase     = "case"     // set aside or waiting: the team's and chair's copy
	TypeOwnCase  = "own_case" // the author's copy: code and own mutation only
	TypeInbox    = "inbox"
	TypeCategory = "category" // activity catalogue, in ref
	TypeCodeText = "code"     // texts of codes, in ref
	TypePolicy   = "policy"   // rules in plain language, in ref
)

// Class says how a field of a document is merged.
type Class uint8

const (
	Free     Class = iota // later commit wins, an unseen loser is kept in the history
	Material              // never last-write-wins: conflict_material
	Set                   // add/del deltas of sorted, distinct strings
	Server                // not settable by phones
)

// classes lists the fields that are not Free. A field that a newer app brings
// is Free and is preserved.
var classes = map[string]map[string]Class{
	TypeActivity: {
		"done_on": Material, "category": Material, "team": Material, "measures": Material,
		"participants": Set, "evidence": Set,
		"author": Server, "state": Server, "reason": Server, "reviewer": Server, "reviewed_c": Server,
		"waiver": Server, "flags": Server, "unit": Server, "month": Server, "received": Server, "submitted": Server,
		"c": Server, "alias_of": Server,
	},
	TypeReport: {
		"team": Material, "month": Material, "summary": Material, "difficulties": Material, "proposals": Material,
		"author": Server, "state": Server, "reason": Server, "reviewer": Server, "reviewed_c": Server,
		"unit": Server, "received": Server, "submitted": Server, "c": Server,
	},
}

// serverTypes have no phone-settable field at all, but for those listed.
var serverTypes = map[string]map[string]Class{
	TypeTeam: {}, TypeGrant: {}, TypePerson: {}, TypeProgress: {}, TypeCase: {}, TypeOwnCase: {},
	TypeCategory: {}, TypeCodeText: {}, TypePolicy: {},
	TypeInbox: {"read": Free},
}

// ClassOf returns the class of a field of a type.
func ClassOf(typ, field string) Class {
	if m, ok := serverTypes[typ]; ok {
		if c, ok := m[field]; ok {
			return c
		}
		return Server
	}
	return classes[typ][field]
}

// Doc is a record's document: top-level fields with canonical values.
type Doc map[string]jsontext.Value

// AppendCanonical appends the RFC 8785 form of a document whose values are
// canonical already (as DecodeDoc and the setters leave them).
func (d Doc) AppendCanonical(b []byte) []byte {
	var room [32]string
	keys, n := room[:0], 2
	for k, v := range d {
		keys, n = append(keys, k), n+len(k)+len(v)+4
	}
	slices.Sort(keys) // ASCII keys: byte order is UTF-16 order
	b = slices.Grow(b, n)
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, k)
		b = append(b, ':')
		b = append(b, d[k]...)
	}
	return append(b, '}')
}
