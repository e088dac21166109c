package roster

import (
	"slices"
	"strconv"
	"strings"

	"github.com/banso/banso/server/internal/domain"
)

// columnSpec is the shape of one kind of file. Days are yyyy-mm-dd; lists in a
// field are separated by a vertical bar.
type columnSpec struct {
	names    []string
	required []string
	key      []string // natural key: a row with the same key is the same thing
	apply    func(*importer, row) (domain.ID, Status, error)
}

// columns is the table of all kinds.
//
//	units         unit_ref joins the versions of one unit (default: a unit of its own);
//	              parent_code as on valid_from
//	unit_events   from_codes as on the day before, to_codes as on the day
//	teams         ref is the province's own key; commune_code as of today
//	members       one row per role in a team; the same ref is the same person
//	officers      one row per role on a unit; unit_code as of today
//	registrations commune_code as on decided_on; origin S, I or A
//	support_officers one row per appointment; unit_code as on from; degree may be empty
//	villages      one row per team and day from which it holds; key and border are yes or no
//	places        one row per village of a commune; commune_code as of today
//	orders        what a night is paid under it may be empty; urgent is yes or no
//	called_up     one row per person and month; order is the number of one that was
//	              imported; team_ref says whose village an officer of one is of
//	recognitions  ref is the code of a commune or district as on recognised_on, or a
//	              department's own key
var columns = map[Kind]columnSpec{
	ImportUnits: {
		names:    []string{"level", "code", "kind", "name", "aliases", "parent_code", "valid_from", "valid_to", "legal_basis", "unit_ref"},
		required: []string{"level", "code", "kind", "name", "valid_from"},
		key:      []string{"level", "code", "valid_from"},
		apply:    (*importer).unit,
	},
	ImportEvents: {
		names:    []string{"kind", "on", "level", "from_codes", "to_codes", "part_codes", "legal_basis"},
		required: []string{"kind", "on", "level", "legal_basis"},
		key:      []string{"kind", "on", "level", "from_codes", "to_codes"},
		apply:    (*importer).event,
	},
	ImportTeams: {
		names:    []string{"ref", "name", "level", "commune_code", "village", "decision", "established_on", "dissolved_on"},
		required: []string{"ref", "name", "level", "commune_code", "decision", "established_on"},
		key:      []string{"ref"},
		apply:    (*importer).team,
	},
	ImportMembers: {
		names:    []string{"ref", "name", "role", "team_ref", "from", "to"},
		required: []string{"ref", "name", "role", "team_ref", "from"},
		key:      []string{"ref", "role", "team_ref", "from"},
		apply:    (*importer).member,
	},
	ImportOfficers: {
		names:    []string{"ref", "name", "role", "unit_level", "unit_code", "from", "to"},
		required: []string{"ref", "name", "role", "unit_level", "unit_code", "from"},
		key:      []string{"ref", "role", "unit_level", "unit_code", "from"},
		apply:    (*importer).officer,
	},
	ImportRegistrations: {
		names:    []string{"commune_code", "year", "standard", "decision", "decided_on", "origin"},
		required: []string{"commune_code", "year", "standard", "decision", "decided_on", "origin"},
		key:      []string{"commune_code", "year"},
		apply:    (*importer).registration,
	},
	ImportSupported: {
		names:    []string{"ref", "name", "unit_level", "unit_code", "office", "degree", "decision", "from", "to"},
		required: []string{"ref", "name", "unit_level", "unit_code", "office", "decision", "from"},
		key:      []string{"ref", "unit_level", "unit_code", "from"},
		apply:    (*importer).supported,
	},
	ImportVillages: {
		names:    []string{"team_ref", "from", "households", "kind", "key", "border", "source"},
		required: []string{"team_ref", "from", "households", "kind", "source"},
		key:      []string{"team_ref", "from"},
		apply:    (*importer).village,
	},
	ImportPlaces: {
		names:    []string{"commune_code", "village", "kind", "source"},
		required: []string{"commune_code", "village", "kind", "source"},
		key:      []string{"commune_code", "village"},
		apply:    (*importer).place,
	},
	ImportOrders: {
		names:    []string{"number", "by", "urgent", "issued_on", "rate_vnd"},
		required: []string{"number", "by", "issued_on"},
		key:      []string{"number"},
		apply:    (*importer).order,
	},
	ImportCalledUp: {
		names:    []string{"ref", "name", "kind", "salaried", "month", "days", "nights", "order", "team_ref", "source"},
		required: []string{"ref", "name", "kind", "month", "source"},
		key:      []string{"ref", "month"},
		apply:    (*importer).calledUp,
	},
	ImportRecognitions: {
		names:    []string{"ref", "name", "kind", "standard", "decision", "recognised_on"},
		required: []string{"ref", "name", "kind", "standard", "decision", "recognised_on"},
		key:      []string{"ref", "kind", "standard", "recognised_on"},
		apply:    (*importer).recognition,
	},
}

// Columns returns the header of a kind of file, nil for an unknown kind.
func Columns(kind Kind) []string { return slices.Clone(columns[kind].names) }

// date reads a column; an empty one is the open date.
func (r row) date(col string) (domain.Date, error) {
	if r.fields[col] == "" {
		return "", nil
	}
	d, err := domain.ParseDate(r.fields[col])
	if err != nil {
		return "", badRow(col, "Write the day as yyyy-mm-dd.", "Ghi ngày dạng năm-tháng-ngày, ví dụ 2023-06-01.")
	}
	return d, nil
}

// interval reads two columns of days.
func (r row) interval(from, to string) (iv domain.Interval, err error) {
	if iv.From, err = r.date(from); err != nil {
		return iv, err
	}
	if iv.To, err = r.date(to); err == nil && iv.To != "" && iv.To < iv.From {
		err = badRow(to, "The last day lies before the first.", "Ngày cuối trước ngày đầu.")
	}
	return iv, err
}

// oneOf reads a column that must hold one of some words.
func (r row) oneOf(col string, words ...string) (string, error) {
	if v := r.fields[col]; slices.Contains(words, v) {
		return v, nil
	}
	list := strings.Join(words, ", ")
	return "", badRow(col, "Use one of: "+list+".", "Chỉ dùng một trong: "+list+".")
}

// list reads a column of words between vertical bars.
func (r row) list(col string) (out []string) {
	for p := range strings.SplitSeq(r.fields[col], "|") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// year reads a column with a year.
func (r row) year(col string) (int, error) {
	y, err := strconv.Atoi(r.fields[col])
	if err != nil || y < 2000 || y > 2199 {
		return 0, badRow(col, "Write the year with four digits.", "Ghi năm bằng bốn chữ số.")
	}
	return y, nil
}
