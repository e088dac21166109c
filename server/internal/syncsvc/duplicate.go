package syncsvc

import (
	"encoding/binary"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/syncproto"
)

// The index of likely duplicates is kept in counters, so that a create costs
// one short range read and one small write, however many records a month has:
//
//	dup/<team>/<day>/<category>/<id> -> 2048 * mark of the client + start + 1
//
// One team logs few activities of a category on a day; no more than dupScan
// of them are looked at. Only activities with a start are in the index. The
// mark is the first 40 bits of the client's id.
const (
	dupPrefix     = "dup/"
	dupScan       = 64
	dupShift      = 2048 // more than the minutes of a day
	flagDuplicate = "duplicate_of:"
)

// logged is an entry of the index.
type logged struct {
	id    domain.ID
	mark  int64 // of the client
	start int64
}

// nearby returns an activity of the same team, day and category that another
// client logged with a start within DuplicateWindow minutes, or "".
func (s *state) nearby(in *input, d syncproto.Doc) domain.ID {
	start, ok := d.Int("start")
	if !ok {
		return ""
	}
	own := clientMark(in.client)
	for _, l := range s.loggedOn(dupDay(d)) {
		gap := l.start - start
		if l.mark != own && -syncproto.DuplicateWindow <= gap && gap <= syncproto.DuplicateWindow {
			return l.id
		}
	}
	return ""
}

// foresee reads what a batch will ask of the index before its first write:
// in a write transaction each read of counters must first write those that
// changed.
func (s *state) foresee(items []item) {
	for i := range items {
		m := items[i].m
		if m == nil || m.Op != syncproto.OpCreate || m.Type != syncproto.TypeActivity {
			continue
		}
		if _, ok := m.Set.Int("start"); ok {
			s.loggedOn(dupDay(m.Set))
		}
	}
}

func (s *state) loggedOn(prefix string) []logged {
	list, ok := s.logged[prefix]
	if !ok {
		if err := s.r.Counters(prefix, func(key string, n int64) bool {
			list = append(list, logged{domain.ID(strings.TrimPrefix(key, prefix)), n / dupShift, n%dupShift - 1})
			return len(list) < dupScan
		}); err != nil {
			s.fail(err)
		}
		s.logged[prefix] = list
	}
	return list
}

func dupDay(d syncproto.Doc) string {
	return dupPrefix + d.Str("team") + "/" + d.Str("done_on") + "/" + d.Str("category") + "/"
}

// clientMark tells clients apart; the console has none.
func clientMark(client syncproto.ID) int64 {
	b, _ := client.Bytes()
	return int64(binary.BigEndian.Uint64(append([]byte{0, 0, 0}, b[:5]...)))
}

// indexDuplicate keeps the index at one entry per live activity that has a
// start. The entry keeps the mark of the client that logged it.
func (a *applier) indexDuplicate(id syncproto.ID, before, after syncproto.Doc, client syncproto.ID) error {
	oldKey, newKey := dupKey(id, before), dupKey(id, after)
	oldStart, _ := before.Int("start")
	newStart, _ := after.Int("start")
	if oldKey == newKey && oldStart == newStart {
		return nil
	}
	mark := clientMark(client)
	if oldKey != "" {
		delete(a.st.logged, dupDay(before))
		var have int64
		if err := a.tx.Counters(oldKey, func(_ string, n int64) bool { have = n; return false }); err != nil {
			return err
		}
		if have != 0 {
			mark = have / dupShift
			if err := a.tx.Count(oldKey, -have); err != nil {
				return err
			}
		}
	}
	if newKey == "" {
		return nil
	}
	day := dupDay(after)
	if list, ok := a.st.logged[day]; ok && len(list) < dupScan {
		a.st.logged[day] = append(list, logged{id, mark, newStart})
	}
	return a.tx.Count(newKey, mark*dupShift+newStart+1)
}

func dupKey(id syncproto.ID, d syncproto.Doc) string {
	if _, ok := d.Int("start"); !ok {
		return ""
	}
	return dupDay(d) + string(id)
}
