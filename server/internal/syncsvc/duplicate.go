package syncsvc

import (
	"encoding/binary"
	"strings"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// The index of likely duplicates is kept in counters, so that a create costs
// one short range read and one small write, however many records a month has:
//
//	dup/<team>/<day>/<category>/<id> -> 2048 * mark of the client + start + 1
//
// Only activities with a start are in it. The mark is a hash of 40 bits.
const (
	dupPrefix     = "dup/"
	dupShift      = 2048 // more than the minutes of a day
	flagDuplicate = "duplicate_of:"
)

// nearby returns an activity of the same team, day and category that another
// client logged with a start within DuplicateWindow minutes, or "".
func (s *state) nearby(in *input, d syncproto.Doc) (dup domain.ID) {
	start, ok := d.Int("start")
	if !ok {
		return ""
	}
	prefix, own := dupDay(d), clientMark(in.client)
	if err := s.r.Counters(prefix, func(key string, n int64) bool {
		gap := n%dupShift - 1 - start
		if n/dupShift != own && -syncproto.DuplicateWindow <= gap && gap <= syncproto.DuplicateWindow {
			dup = domain.ID(strings.TrimPrefix(key, prefix))
		}
		return dup == ""
	}); err != nil {
		s.fail(err)
	}
	return dup
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
func indexDuplicate(tx store.Tx, id syncproto.ID, before, after syncproto.Doc, client syncproto.ID) error {
	oldKey, newKey := dupKey(id, before), dupKey(id, after)
	oldStart, _ := before.Int("start")
	newStart, _ := after.Int("start")
	if oldKey == newKey && oldStart == newStart {
		return nil
	}
	mark := clientMark(client)
	if oldKey != "" {
		var have int64
		if err := tx.Counters(oldKey, func(_ string, n int64) bool { have = n; return false }); err != nil {
			return err
		}
		if have != 0 {
			mark = have / dupShift
			if err := tx.Count(oldKey, -have); err != nil {
				return err
			}
		}
	}
	if newKey == "" {
		return nil
	}
	return tx.Count(newKey, mark*dupShift+newStart+1)
}

func dupKey(id syncproto.ID, d syncproto.Doc) string {
	if _, ok := d.Int("start"); !ok {
		return ""
	}
	return dupDay(d) + string(id)
}
