package doctor

import (
	"context"
	"crypto/tls"
	"slices"
	"time"
)

// Level is how urgent a finding is.
type Level string

// Levels, the least urgent first.
const (
	Unknown Level = "unknown"
	Fine    Level = "fine"
	Soon    Level = "soon"
	Now     Level = "now"
)

// Finding is one thing that was looked at.
type Finding struct {
	Check string `json:"check"` // a stable name
	Level Level  `json:"level"`
	En    string `json:"en"`
	Vi    string `json:"vi"`
	DoEn  string `json:"do_en,omitzero"` // what to do; empty if nothing
	DoVi  string `json:"do_vi,omitzero"`
}

// Patient is what is looked at. Data and Now are required.
type Patient struct {
	Data   string // folder of the data
	Socket string // debug socket of the running server; empty: it isn't asked
	Origin string // https address under which phones reach it; empty: not tried
	Push   Push
	Now    func() time.Time

	tls *tls.Config // of tests; nil: the machine's authorities
}

// Push says which ways to wake phones are set up.
type Push struct {
	FCM, Web bool
	Bad      string // why what is set up can't be used
}

// Look examines everything; it takes some seconds at most.
func Look(ctx context.Context, p Patient) []Finding {
	found := []Finding{
		fileSystem(p.Data), fastCommit(p.Data), honesty(p.Data), room(p.Data), inodes(p.Data), folder(p.Data),
		descriptors(), memory(), clock(p.Now()),
	}
	found = append(found, p.reach(ctx)...)
	found = append(found, p.push())
	return append(found, p.server(ctx)...)
}

// Worst is the most urgent level among findings.
func Worst(found []Finding) Level {
	order := []Level{Unknown, Fine, Soon, Now}
	worst := Fine
	for _, f := range found {
		if slices.Index(order, f.Level) > slices.Index(order, worst) {
			worst = f.Level
		}
	}
	return worst
}

func unknown(check, en, vi string) Finding {
	return Finding{Check: check, Level: Unknown, En: en, Vi: vi}
}

func fine(check, en, vi string) Finding { return Finding{Check: check, Level: Fine, En: en, Vi: vi} }

// push judges the set-up of notifications: without it the app still works.
func (p Patient) push() Finding {
	const check = "push"
	switch {
	case p.Push.Bad != "":
		return Finding{check, Soon, "Push notifications are set up, but can't be used: " + p.Push.Bad,
			"Đã cấu hình thông báo đẩy nhưng không dùng được: " + p.Push.Bad,
			"Correct the setting; until then phones learn news only when they sync.",
			"Sửa lại cấu hình; trong lúc chờ, điện thoại chỉ biết tin khi đồng bộ."}
	case !p.Push.FCM && !p.Push.Web:
		return fine(check, "No push notifications are set up: phones learn news when they sync.",
			"Chưa cấu hình thông báo đẩy: điện thoại biết tin khi đồng bộ.")
	}
	return fine(check, "Push notifications are set up.", "Đã cấu hình thông báo đẩy.")
}
