package domain_test

import (
	"testing"

	"github.com/banso/banso/server/internal/domain"
)

func TestUnitKey_SameName(t *testing.T) {
	for _, names := range [][]string{
		{"Xã Suối Giàng", "suoi giang", "SUỐI GIÀNG", "Suoi  Giang"},
		{"Xã Vạn Hoà", "Xã Vạn Hòa", "van hoa"},
		{"Phường Nguyễn Thái Học", "nguyen thai hoc"},
		{"Thị trấn Cổ Phúc", "Co Phuc"},
		{"Xã Lý Nhân", "Xã Lí Nhân"},
		{"Huyện Mù Căng Chải", "Mu Cang Chai"},
		{"Xã Đại Đồng", "Dai dong", "xã Đại Đồng"},
		{"Thị trấn NT Liên Sơn", "NT Liên Sơn", "Nông trường Liên Sơn"},
	} {
		want := domain.UnitKey(names[0])
		for _, n := range names[1:] {
			if got := domain.UnitKey(n); got != want {
				t.Errorf("%q has key %q, %q has %q", names[0], want, n, got)
			}
		}
	}
}

func TestUnitKey_DifferentNames(t *testing.T) {
	for _, p := range [][2]string{{"Xã An Bình", "Xã An Thịnh"}, {"Xã Bản Mù", "Xã Mù"}, {"Bản", "Xã"}} {
		if a, b := domain.UnitKey(p[0]), domain.UnitKey(p[1]); a == b {
			t.Errorf("%q and %q share the key %q", p[0], p[1], a)
		}
	}
}

func TestSearchKey_DecomposedInput(t *testing.T) {
	if got := domain.SearchKey("Suo\u0302\u0301i Gia\u0300ng, Đ"); got != "suoi giang d" {
		t.Errorf("got %q", got)
	}
}

func TestUnitVersion_MatchesAlias(t *testing.T) {
	v := domain.UnitVersion{Name: "Huyện Mù Căng Chải", Aliases: []string{"Mù Cang Chải"}}
	if !v.Matches(domain.SearchKey("mù cang")) || v.Matches(domain.SearchKey("Trạm Tấu")) {
		t.Error("search by alias is wrong")
	}
}
