package domain

import (
	"slices"
	"strings"
)

// Spending is the document of record type "spending", in team:<t> and
// commune:<c>: what a team spent of its support, on what, and by which paper.
// The fields from Author on are the server's.
type Spending struct {
	Team     ID       `json:"team"`
	Policy   string   `json:"policy"`
	Category string   `json:"category"` // id among the policy's allowed uses
	Amount   Money    `json:"amount"`
	On       Date     `json:"on"`
	Evidence []string `json:"evidence"` // "paper:hóa đơn 0012", "photo:<sha256>"
	Note     string   `json:"note,omitzero"`
	Author   ID       `json:"author"`
	Received int64    `json:"received"`      // ms
	Held     []string `json:"held,omitzero"` // those of Evidence whose photo the server has
}

// Proved reports whether a paper is named, or a photo whose bytes the server
// holds.
func (s *Spending) Proved() bool {
	return slices.ContainsFunc(s.Evidence, func(e string) bool {
		return strings.HasPrefix(e, EvidencePaper) && len(e) > len(EvidencePaper) ||
			strings.HasPrefix(e, EvidencePhoto) && slices.Contains(s.Held, e)
	})
}
