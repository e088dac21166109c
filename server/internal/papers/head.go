package papers

import "github.com/banso/banso/server/internal/domain"

// Head is what stands above and below the tables of every paper.
type Head struct {
	Superior  string      // agency above the issuing one: "UBND TỈNH YÊN BÁI"; may be empty
	District  string      // printed instead of Superior, on papers dated before 1/7/2025 only
	Issuer    string      // "ỦY BAN NHÂN DÂN XÃ YÊN BÌNH"
	Number    string      // "05"; empty while it has none
	Symbol    string      // "DS-UBND"
	Place     string      // "Yên Bình"
	On        domain.Date // day of the paper; also the creation date inside the file
	Draft     bool        // prints "DỰ THẢO" on every page
	Signers   []Signer    // from left to right, at most three; the last one is the head of the issuer
	Copies    []string    // nơi nhận: "UBND tỉnh (báo cáo)"
	Replaces  Ref         // the paper that this one replaces
	Replaced  Ref         // the paper that replaced this one
	Print     string      // short fingerprint of the last checkpoint of the decisions chain
	Notes     []string    // further lines at the foot of the paper
	Invented  bool        // people and figures are made up for a demonstration; said at the foot
	Reprinted domain.Date // day of this printing, if it is not On; empty otherwise
}

// Ref names another paper.
type Ref struct {
	Number string // "05/DS-UBND"
	On     domain.Date
}

// Signer is one signature block.
type Signer struct {
	For  string // "TM. ỦY BAN NHÂN DÂN"; may be empty
	By   string // "KT. CHỦ TỊCH"; may be empty
	Role string // "CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Kế toán", "Người lập"
	Name string // may be empty: room is left to write it
}

// Policy is what a paper says about the policy that it stands on.
type Policy struct {
	Name       string        // "Hỗ trợ tổ chuyển đổi số cộng đồng thôn, bản, tổ dân phố"
	Instrument string        // "60/2022/NQ-HĐND"
	Issued     domain.Date   // may be empty
	Rate       domain.Money  // per unit; 0: none or several
	Per        string        // "tổ/tháng"
	Origin     domain.Origin // badge of the rate
	Decision   Ref           // of the funding; empty: waiting for it
}
