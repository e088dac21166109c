package policy

// supportVars may be used by policies on officers, units and persons.
var supportVars = []variable{
	maybe(str("officer.level", func(in *input) string { return in.s.Officer.Level }),
		"cấp công tác của cán bộ", "the officer's level", func(in *input) bool { return in.s.Officer.Level != "" }),
	maybe(str("officer.degree", func(in *input) string { return in.s.Officer.Degree }),
		"trình độ của cán bộ", "the officer's degree", func(in *input) bool { return in.s.Officer.Degree != "" }),
	yes("officer.in_charge", func(in *input) bool { return in.s.Officer.InCharge }),
	yes("officer.whole_month", func(in *input) bool { return in.s.Officer.WholeMonth }),
	str("officer.decision", func(in *input) string { return in.s.Officer.Decision }),
	maybe(str("unit.kind", func(in *input) string { return in.s.Unit.Kind }),
		"loại đơn vị", "the kind of unit", func(in *input) bool { return in.s.Unit.Kind != "" }),
	str("unit.standard", func(in *input) string { return in.s.Unit.Standard }),
	str("unit.recognised", func(in *input) string { return string(in.s.Unit.Recognised) }),
	str("unit.recognised_vi", func(in *input) string {
		if in.s.Unit.Recognised == "" {
			return ""
		}
		return in.s.Unit.Recognised.Vi()
	}),
	str("unit.decision", func(in *input) string { return in.s.Unit.Decision }),
	maybe(num("rank.place", func(in *input) int64 { return in.s.Rank.Place }),
		"thứ hạng", "the rank", func(in *input) bool { return in.s.Rank.Place > 0 }),
	yes("rank.ranked", func(in *input) bool { return in.s.Rank.Place > 0 }),
	yes("rank.tied", func(in *input) bool { return in.s.Rank.Tied }),
	str("rank.decision", func(in *input) string { return in.s.Rank.Decision }),
	str("person.kind", func(in *input) string { return in.s.Person.Kind }),
	yes("person.salaried", func(in *input) bool { return in.s.Person.Salaried }),
	num("person.days", func(in *input) int64 { return in.s.Person.Days }),
	num("person.nights", func(in *input) int64 { return in.s.Person.Nights }),
	str("order.by", func(in *input) string { return in.s.Order.By }),
	yes("order.urgent", func(in *input) bool { return in.s.Order.Urgent }),
	str("order.decision", func(in *input) string { return in.s.Order.Decision }),
	maybe(num("order.rate", func(in *input) int64 { return int64(in.s.Order.Rate) }),
		"mức chi mỗi đêm trong lệnh huy động", "the rate per night in the order", func(in *input) bool { return in.s.Order.Rate > 0 }),
}
