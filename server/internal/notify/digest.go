package notify

import (
	"slices"
	"strconv"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// tally is what waits for a person's digest.
type tally struct {
	person   domain.ID
	approved int64
	others   int64
	keys     map[string]int64
}

// digests writes the digests of the next people and reports whether more wait.
func (rd *round) digests() (more bool, err error) {
	var list []*tally
	if err := rd.tx.Counters("digest/", func(key string, n int64) bool {
		parts := strings.SplitN(key, "/", 3)
		if len(parts) != 3 {
			return true
		}
		p := domain.ID(parts[1])
		if len(list) == 0 || list[len(list)-1].person != p {
			if more = len(list) == digestBatch; more {
				return false
			}
			list = append(list, &tally{person: p, keys: map[string]int64{}})
		}
		t := list[len(list)-1]
		t.keys[key] = n
		if Kind(parts[2]) == Approved {
			t.approved += n
		} else {
			t.others += n
		}
		return true
	}); err != nil {
		return false, err
	}
	for _, t := range list {
		if err := rd.digest(t); err != nil {
			return false, err
		}
	}
	return more, nil
}

func (rd *round) digest(t *tally) error {
	for key, n := range t.keys {
		if err := rd.tx.Count(key, -n); err != nil {
			return err
		}
	}
	var vi, en []string
	add := func(n int64, v, e string) {
		if n > 0 {
			vi, en = append(vi, strconv.FormatInt(n, 10)+" "+v), append(en, strconv.FormatInt(n, 10)+" "+e)
		}
	}
	add(t.approved, "mục đã được duyệt.", "approved.")
	add(t.others, "tin khác trong hộp thư.", "more in the inbox.")
	return Tell(rd.tx, Note{To: t.person, Kind: Digest, Key: "digest/" + string(rd.today), Tag: "digest", Quiet: rd.back.quiet(rd.today),
		Args: map[string]string{"lines": strings.Join(vi, " "), "lines_en": strings.Join(en, " ")}})
}

// officersOf are who holds one of the roles above the communes on a day.
func officersOf(r store.Reader, on domain.Date, roles ...domain.Role) (people []domain.ID, err error) {
	err = roster.OfficerGrants(r, func(g domain.Grant) bool {
		if g.Interval.Has(on) && slices.Contains(roles, g.Role) {
			people = append(people, g.Person)
		}
		return true
	})
	return people, err
}

// tellAll tells each person of a list; one who is named twice once.
func tellAll(tx store.Tx, n Note, people []domain.ID) error {
	for _, p := range people {
		n.To = p
		if err := Tell(tx, n); err != nil {
			return err
		}
	}
	return nil
}

// TellOperators tells the system's administrators, in the transaction of the
// cause.
func TellOperators(tx store.Tx, k Kind, key string, args map[string]string) error {
	people, err := officersOf(tx, domain.DateOf(tx.Now()), domain.RoleSystem)
	if err != nil {
		return err
	}
	return tellAll(tx, Note{Kind: k, Key: key, Args: args, Tag: string(k)}, people)
}
