package sim

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/banso/banso/syncproto"
	"github.com/banso/banso/syncproto/client"
)

// receive is a leader who says what arrived of a list that his phone shows as
// paid; sometimes he miscounts, sometimes it is not paid yet.
func (p *phone) receive() error {
	team := p.team()
	sums := map[string]int64{}
	shown, err := p.eng.List(syncproto.TypePayment, syncproto.TeamScope(team))
	if err != nil {
		return err
	}
	for _, s := range shown {
		var lines []struct {
			List, Voucher string
			Amount        int64
			Received      string `json:"received_on"`
		}
		_ = json.Unmarshal(s.Doc["lines"], &lines)
		for _, l := range lines {
			if l.Voucher != "" && l.Received == "" || p.dice.in(4) {
				sums[l.List] += l.Amount
			}
		}
	}
	if len(sums) == 0 {
		return nil
	}
	var lists []string
	for l := range sums {
		lists = append(lists, l)
	}
	slices.SortFunc(lists, cmp.Compare[string])
	list := pick(p.dice, lists)
	amount := sums[list]
	if p.dice.in(15) {
		amount -= 100_000
	}
	k := client.Key{Type: syncproto.TypeReceipt, ID: syncproto.DerivedID(syncproto.TypeReceipt, team, list)}
	p.log("received %d of %s", amount, list)
	_, err = p.eng.Create(k.Type, k.ID, syncproto.Doc{"team": syncproto.Str(string(team)), "list": syncproto.Str(list),
		"amount": syncproto.Int(amount), "on": syncproto.Str(today())}, nil)
	return err
}
