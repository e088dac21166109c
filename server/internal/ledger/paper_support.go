package ledger

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/papers"
	"github.com/banso/banso/server/internal/roster"
)

var (
	levelVi    = map[domain.UnitLevel]string{domain.UnitProvince: "Cấp tỉnh", domain.UnitDistrict: "Cấp huyện", domain.UnitCommune: "Cấp xã"}
	degreeVi   = map[string]string{"university": "Đại học", "master_plus": "Thạc sĩ trở lên"}
	kindVi     = map[string]string{"so_ban_nganh": "Sở, ban, ngành", "huyen": "Huyện", "xa": "Xã"}
	standardVi = map[string]string{"standard": "Đạt chuẩn", "advanced": "Nâng cao"}
)

// officers is the list of officers, each with his months together.
func (b *lister) officers(head papers.Head, pol papers.Policy) (papers.Doc, error) {
	doc := papers.OfficerList{Head: head, Months: b.list.Months, Policy: pol, Total: b.list.Total}
	known := map[domain.ID]domain.Officer{}
	if err := roster.Officers(b.r, func(o domain.Officer) bool {
		if was, ok := known[o.Person]; !ok || was.From < o.From {
			known[o.Person] = o
		}
		return true
	}); err != nil {
		return nil, err
	}
	type part struct {
		subject domain.ID
		back    bool // what comes back has a row of its own
	}
	row := map[part]int{}
	for _, l := range b.lines {
		p := part{l.Subject, l.Amount < 0}
		k, ok := row[p]
		if !ok {
			o := known[l.Subject]
			k = len(doc.Rows)
			row[p] = k
			doc.Rows = append(doc.Rows, papers.OfficerRow{Name: o.Name, Office: o.Office, Level: levelVi[o.Level], Degree: degreeVi[o.Degree],
				From: o.From, To: o.To, Rate: l.Amount})
			if p.back {
				doc.Rows[k].Note = "Thu hồi"
			}
		}
		r := &doc.Rows[k]
		r.Months, r.Amount = r.Months+1, r.Amount+l.Amount
		if l.Amount != r.Rate {
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
		doc.Rows = append(doc.Rows, papers.AwardRow{Unit: g.Name, Kind: kindVi[g.Kind], Standard: standardVi[g.Standard],
			By: papers.Ref{Number: g.Decision, On: g.On}, Amount: l.Amount})
	}
	return doc, nil
}
