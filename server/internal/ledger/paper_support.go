package ledger

import (
	"errors"

	"github.com/go-json-experiment/json"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/policy"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

var (
	levelVi    = map[domain.UnitLevel]string{domain.UnitProvince: "Cấp tỉnh", domain.UnitDistrict: "Cấp huyện", domain.UnitCommune: "Cấp xã"}
	degreeVi   = map[string]string{"university": "Đại học", "master_plus": "Thạc sĩ trở lên"}
	kindVi     = map[string]string{"so_ban_nganh": "Sở, ban, ngành", "huyen": "Huyện", "xa": "Xã"}
	standardVi = map[string]string{"standard": "Đạt chuẩn", "advanced": "Nâng cao"}
)

// officers is the list of officers, each with his months together: what is paid,
// or what comes back.
func (b *lister) officers(head papers.Head, pol papers.Policy, kind string) (papers.Doc, error) {
	back, err := b.recovers(kind, "officers", "cán bộ")
	if err != nil {
		return nil, err
	}
	doc := papers.OfficerList{Head: head, Months: b.list.Months, Policy: pol}
	if back {
		doc.Kind = papers.Recovery
	}
	known := map[domain.ID]domain.Officer{}
	if err := roster.Officers(b.r, func(o domain.Officer) bool {
		if was, ok := known[o.Person]; !ok || was.From < o.From {
			known[o.Person] = o
		}
		return true
	}); err != nil {
		return nil, err
	}
	row := map[domain.ID]int{}
	for _, l := range b.lines {
		if (l.Amount < 0) != back {
			continue
		}
		amount := max(l.Amount, -l.Amount)
		k, ok := row[l.Subject]
		if !ok {
			o := known[l.Subject]
			k = len(doc.Rows)
			row[l.Subject] = k
			doc.Rows = append(doc.Rows, papers.OfficerRow{Name: o.Name, Office: o.Office, Level: levelVi[o.Level], Degree: degreeVi[o.Degree],
				From: o.From, To: o.To, Rate: amount})
		}
		r := &doc.Rows[k]
		r.Months, r.Amount, doc.Total = r.Months+1, r.Amount+amount, doc.Total+amount
		if amount != r.Rate {
			r.Rate = 0
		}
	}
	return doc, nil
}

// awards is the list of recognised units.
func (b *lister) awards(head papers.Head, pol papers.Policy) (papers.Doc, error) {
	doc := papers.AwardList{Head: head, Year: b.on.Month().Year(), Policy: pol, Total: b.list.Total}
	known := map[domain.ID]domain.Recognition{}
	if err := roster.Recognitions(b.r, func(g domain.Recognition) bool {
		if was, ok := known[g.Subject]; !ok || was.On < g.On {
			known[g.Subject] = g
		}
		return true
	}); err != nil {
		return nil, err
	}
	for _, l := range b.lines {
		g := known[l.Subject]
		note, err := acceptedNote(b.r, l)
		if err != nil {
			return nil, err
		}
		doc.Rows = append(doc.Rows, papers.AwardRow{Unit: g.Name, Kind: kindVi[g.Kind], Standard: standardVi[g.Standard],
			By: papers.Ref{Number: g.Decision, On: g.On}, Amount: l.Amount, Note: note})
	}
	return doc, nil
}

// acceptedNote says that a line stands on an acceptance against assumed rules,
// and why.
func acceptedNote(r store.Reader, l Line) (note string, err error) {
	var bad error
	err = r.Decisions(l.Close, func(d *store.Decision) bool {
		var sp Support
		var f policy.SupportFacts
		if bad = json.Unmarshal(d.Body, &sp); bad == nil {
			bad = json.Unmarshal(sp.Facts, &f)
		}
		if f.Accepted != "" {
			note = "Cấp tỉnh chấp nhận ngoài quy định tạm (nhãn A): " + f.Accepted
		}
		return false
	})
	return note, errors.Join(err, bad)
}
