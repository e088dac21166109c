package ledger

import (
	"errors"
	"fmt"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/roster"
	"github.com/banso/banso/server/internal/store"
)

// symbols of the kinds in a list's number.
var symbols = map[Kind]string{ListPayment: "DSCT", ListCorrection: "DSDC", ListOfficers: "DSCB", ListAwards: "DSKT", ListPeople: "DSHD"}

// nextNumber is the first number of the year, kind and commune that no list
// carries. A code is part of the text alone: two communes that carried one
// code in the same year share one row of numbers.
func nextNumber(tx store.Tx, l *List) (string, error) {
	today := domain.DateOf(tx.Now())
	code := "TINH"
	if len(l.Units) == 1 {
		u, err := roster.UnitAt(tx, l.Units[0], today)
		switch {
		case err == nil:
			code = u.Code
		case domain.CodeOf(err) == domain.NotFound:
			code = string(l.Units[0])
		default:
			return "", err
		}
	}
	for n := 1; ; n++ {
		number := fmt.Sprintf("%02d/%04d/%s-%s", n, today.Month().Year(), symbols[l.Kind], code)
		_, err := tx.Decision(KindList, number)
		if errors.Is(err, store.ErrNotFound) {
			return number, nil
		}
		if err != nil {
			return "", err
		}
	}
}
