package syncsvc

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// Bounds of what a phone may write.
const (
	maxAgeDays  = 3 * 366 // work done longer ago is not taken by itself
	maxText     = 4000    // runes of one free text
	maxElements = 100     // of a set
	maxDocBytes = 2 * syncproto.MaxMutationBytes
	dayMinutes  = 24 * 60
	maxLatE6    = 90_000_000
	maxLngE6    = 180_000_000
	// maxMeasure keeps the sums of a province below 2^53.
	maxMeasure     = 1_000_000_000
	maxMeasureName = 40 // bytes
)

// day reads a field as a date, "" if it is none.
func day(d syncproto.Doc, field string) domain.Date {
	v, err := domain.ParseDate(d.Str(field))
	if err != nil {
		return ""
	}
	return v
}

// validActivity checks the form of a document: what no catalogue and no clock
// is needed for.
func validActivity(d syncproto.Doc) bool {
	return isID(d, "team") && day(d, "done_on") != "" && d.Str("category") != "" &&
		validMeasures(d) && validSet(d, "participants", validPerson) && validSet(d, "evidence", validEvidence) &&
		intWithin(d, "start", 0, dayMinutes-1) && intWithin(d, "minutes", 0, dayMinutes) &&
		intWithin(d, "lat_e6", -maxLatE6, maxLatE6) && intWithin(d, "lng_e6", -maxLngE6, maxLngE6) &&
		text(d, "place") && text(d, "note")
}

func validReport(d syncproto.Doc) bool {
	return isID(d, "team") && syncproto.ValidMonth(d.Str("month")) &&
		text(d, "summary") && text(d, "difficulties") && text(d, "proposals")
}

func isID(d syncproto.Doc, field string) bool {
	_, err := syncproto.ParseID(d.Str(field))
	return err == nil
}

func intWithin(d syncproto.Doc, field string, lo, hi int64) bool {
	if _, ok := d[field]; !ok {
		return true
	}
	n, ok := d.Int(field)
	return ok && lo <= n && n <= hi
}

func text(d syncproto.Doc, field string) bool {
	v, ok := d[field]
	if !ok {
		return true
	}
	return v.Kind() == '"' && (len(v) <= maxText || len([]rune(d.Str(field))) <= maxText) &&
		(bytes.IndexByte(v, '\\') < 0 || printable(d.Str(field), "\t\n\v\f\r"))
}

// printable refuses control characters but those that are let through: no
// document, sheet or terminal shows them, and XML can't hold them.
func printable(s, let string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < ' ' || r == 0x7f) && !strings.ContainsRune(let, r) })
}

// measureName: names become parts of counters' keys.
func measureName(s string) bool {
	return s != "" && len(s) <= maxMeasureName && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// validMeasures: integers from 0; a measure that was not taken is absent.
func validMeasures(d syncproto.Doc) bool {
	v, ok := d["measures"]
	if !ok {
		return true
	}
	n, good := 0, v.Kind() == '{'
	err := syncproto.EachField(v, func(name string, v jsontext.Value) bool {
		i, err := strconv.ParseInt(string(v), 10, 64)
		n++
		good = good && measureName(name) && err == nil && 0 <= i && i <= maxMeasure && n <= maxElements
		return good
	})
	return good && err == nil
}

func validSet(d syncproto.Doc, field string, valid func(string) bool) bool {
	v, ok := d[field]
	if !ok {
		return true
	}
	list := d.Strs(field)
	if v.Kind() != '[' || list == nil || len(list) > maxElements {
		return false
	}
	for _, e := range list {
		if !valid(e) {
			return false
		}
	}
	return true
}

func validPerson(e string) bool {
	_, err := syncproto.ParseID(e)
	return err == nil
}

func validEvidence(e string) bool {
	if ref, ok := strings.CutPrefix(e, domain.EvidencePaper); ok {
		return strings.TrimSpace(ref) != "" && len(ref) <= 200 && printable(ref, "")
	}
	sum, ok := strings.CutPrefix(e, domain.EvidencePhoto)
	return ok && len(sum) == 64 && strings.Trim(sum, "0123456789abcdef") == ""
}

// dateCode checks a day against the server's clock.
func dateCode(s *state, in *input, on domain.Date) syncproto.Code {
	switch {
	case on > s.today:
		return syncproto.CodeFutureDate
	case on < s.oldest && in.waive != syncproto.CodeInvalid:
		return syncproto.CodeInvalid
	}
	return ""
}

// tooBig reports whether a document has grown beyond reason, by many edits or
// by an adoption of what was too large.
func tooBig(d syncproto.Doc) bool {
	n := 0
	for k, v := range d {
		n += len(k) + len(v) + 4
	}
	return n > maxDocBytes
}
