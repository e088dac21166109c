package sim

import (
	"cmp"
	"slices"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// doubt damages the phone's copy of one scope and lets it know that counts
// differ, as a comparison would: the scope is asked for anew. What is not sent
// yet must not suffer from that.
func (p *phone) doubt() {
	must(p.disk.Update(func(tx client.LocalTx) error {
		var scopes []client.ScopeState
		if err := tx.Scopes(func(s client.ScopeState) bool { scopes = append(scopes, s); return true }); err != nil {
			return err
		}
		scopes = slices.DeleteFunc(scopes, func(s client.ScopeState) bool {
			return s.More || s.Reading || s.Bad || s.Revoked || s.Archived || s.Cur == 0
		})
		if len(scopes) == 0 {
			return nil
		}
		s := pick(p.dice, scopes)
		var lost []*client.Record
		if err := tx.Members(s.Scope, syncproto.TypeActivity, func(rec *client.Record) bool {
			if len(rec.Marks) == 1 {
				lost = append(lost, rec)
			}
			return true
		}); err != nil {
			return err
		}
		slices.SortFunc(lost, func(a, b *client.Record) int { return cmp.Compare(a.Rev, b.Rev) })
		for _, rec := range lost[:len(lost)-len(lost)/2] {
			s.Count--
			s.Sum = syncproto.SubSum(s.Sum, syncproto.Addend(s.Scope, rec.Type, rec.ID, rec.Rev, rec.H))
			if err := tx.DeleteRecord(rec.Key); err != nil {
				return err
			}
		}
		s.Bad = true
		p.log("lost %d of %d records of %.9s", len(lost)-len(lost)/2, len(lost), s.Scope)
		return tx.PutScope(s)
	}))
}
