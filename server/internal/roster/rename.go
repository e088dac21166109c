package roster

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// CheckName refuses what is no name of a person.
func CheckName(name string) error {
	if strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > maxName || !syncproto.IsNFC(name) || strings.TrimSpace(name) != name ||
		strings.ContainsFunc(name, unicode.IsControl) || formula(name) {
		return badRow("name", "Write the name, at most 80 characters.", "Hãy ghi họ tên, nhiều nhất 80 ký tự.")
	}
	return nil
}

// Rename sets a person's name right in every record that bears it; what stood
// there before stays in the history.
func Rename(tx store.Tx, person domain.ID, name string, c store.Cause) error {
	p, err := Person(tx, person)
	if err != nil {
		return err
	}
	if p.Veiled {
		return Veiled()
	}
	keys, err := bearing(tx, person)
	if err != nil {
		return err
	}
	for _, k := range keys {
		rec, err := tx.Record(k)
		if err != nil {
			return err
		}
		doc, err := syncproto.SplitCanonical(rec.Doc)
		if err != nil {
			return err
		}
		doc[fieldName] = syncproto.Str(name)
		if _, err := tx.Put(store.Put{Key: k, Doc: doc, Scopes: slices.Clone(rec.Scopes), Cause: c}); err != nil {
			return err
		}
	}
	return nil
}

// Veiled is the answer where a name or a role is to be given to somebody who
// was de-identified.
func Veiled() error {
	return badRow("ref", "This person was de-identified at their request: nothing more is taken in under this reference.",
		"Người này đã được khử định danh theo yêu cầu: không nhận thêm dữ liệu dưới mã này.")
}

// mayName refuses a row about somebody who was de-identified.
func (im *importer) mayName(person domain.ID, known bool) error {
	if !known {
		return nil
	}
	p, err := Person(im.tx, person)
	if err == nil && p.Veiled {
		return Veiled()
	}
	return err
}
