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
	TypeContact  = "contact"  // how a commune is reached, for its teams

	TypeDispute   = "dispute"   // "why was this month not paid?", asked by a member
	TypeProposal  = "proposal"  // a correction that waits for a second person
	TypeExtension = "extension" // days of months moved later, in ref
	TypePayment   = "payment"   // what was listed, paid and received for a team's month
	TypeList      = "payment_list"
	TypeReceipt   = "receipt"  // a leader confirms what arrived of a list
	TypeSpending  = "spending" // what a team spent of its support, and on what
)

// Class says how a field of a document is merged.
type Class uint8

const (
	Free     Class = iota // later commit wins, an unseen loser is kept in the history
	Material              // never last-write-wins: conflict_material
	Set                   // add/del deltas of sorted, distinct strings
	Server                // not settable by phones
)

// Classes are the classes of a type's fields: those listed, and that of all
// others.
type Classes struct {
	listed map[string]Class
	others Class
}

// Of returns the class of a field.
func (cs Classes) Of(field string) Class {
	if c, ok := cs.listed[field]; ok {
		return c
	}
	return cs.others
}

// classes lists the fields that are not Free. A field that a newer app brings
// is Free and is preserved.
var classes = map[string]map[string]Class{
	TypeActivity: {
		"done_on": Material, "category": Material, "team": Material, "measures": Material,
		"participants": Set, "evidence": Set,
		"author": Server, "state": Server, "reason": Server, "reviewer": Server, "reviewed_c": Server,
		"waiver": Server, "flags": Server, "unit": Server, "month": Server, "received": Server, "submitted": Server,
		"c": Server, "alias_of": Server, "held": Server,
	},
	TypeReport: {
		"team": Material, "month": Material, "summary": Material, "difficulties": Material, "proposals": Material,
		"author": Server, "state": Server, "reason": Server, "reviewer": Server, "reviewed_c": Server,
		"unit": Server, "received": Server, "submitted": Server, "c": Server,
	},
	TypeReceipt: {
		"team": Material, "list": Material, "amount": Material, "on": Material,
		"author": Server, "state": Server, "paid": Server, "received": Server, "unit": Server, "c": Server,
	},
	TypeSpending: {
		"team": Material, "policy": Material, "category": Material, "amount": Material, "on": Material, "evidence": Set,
		"author": Server, "state": Server, "received": Server, "unit": Server, "c": Server, "held": Server,
	},
	TypeDispute: {
		"team": Material, "month": Material, "question": Material,
		"author": Server, "state": Server, "stood": Server, "asked_ms": Server, "answer_by": Server, "answer": Server,
		"by": Server, "at_ms": Server, "proposal": Server, "origin": Server, "c": Server,
	},
}

// serverTypes have no phone-settable field at all, but for those listed.
var serverTypes = map[string]map[string]Class{
	TypeTeam: {}, TypeGrant: {}, TypePerson: {}, TypeProgress: {}, TypeCase: {}, TypeOwnCase: {},
	TypeCategory: {}, TypeCodeText: {}, TypePolicy: {}, TypePayment: {}, TypeList: {}, TypeProposal: {}, TypeExtension: {}, TypeContact: {},
	TypeInbox: {"read": Free, "shown": Free, "opened": Free},
}

// ClassesOf returns the classes of a type.
func ClassesOf(typ string) Classes {
	if m, ok := classes[typ]; ok {
		return Classes{m, Free}
	}
	if m, ok := serverTypes[typ]; ok {
		return Classes{m, Server}
	}
	return Classes{nil, Free}
}

// ClassOf returns the class of a field of a type.
func ClassOf(typ, field string) Class { return ClassesOf(typ).Of(field) }

// Doc is a record's document: top-level fields with canonical values.
type Doc map[string]jsontext.Value

// AppendCanonical appends the RFC 8785 form of a document whose values are
// canonical already (as DecodeDoc and the setters leave them).
func (d Doc) AppendCanonical(b []byte) []byte {
	return d.appendFields(b, func(string) bool { return true })
}

// appendFields appends a document of the fields that keep says.
func (d Doc) appendFields(b []byte, keep func(field string) bool) []byte {
	var room [32]string
	keys, n := room[:0], 2
	for k, v := range d {
		if keep(k) {
			keys, n = append(keys, k), n+len(k)+len(v)+4
		}
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
