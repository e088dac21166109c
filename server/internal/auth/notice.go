package auth

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// tellOfCode writes into the inbox of somebody who is signed in already that a
// code was made for him: with it one can sign in as him, so it must not happen
// in silence. The document is that of syncsvc's notes.
func tellOfCode(tx store.Tx, person, by domain.ID, hash string) error {
	signedIn := false
	if err := tx.Credentials(kindDevice, string(person)+"/", func(string, jsontext.Value) bool { signedIn = true; return false }); err != nil {
		return err
	}
	if !signedIn || person == by {
		return nil
	}
	_, err := tx.Put(store.Put{
		Key: store.Key{Type: syncproto.TypeInbox, ID: syncproto.DerivedID(syncproto.TypeInbox, person, "code/"+strings.TrimPrefix(hash, "h/"))},
		Doc: syncproto.Doc{
			"kind": syncproto.Str("code_issued"), "at": syncproto.Int(tx.Now().UnixMilli()), "by": syncproto.Str(string(by)),
			"title_vi": syncproto.Str("Có người vừa tạo mã đăng nhập cho bạn"),
			"title_en": syncproto.Str("Somebody made a sign-in code for you"),
			"body_vi":  syncproto.Str("Nếu bạn không nhờ, hãy báo ngay cho tổ trưởng hoặc quản trị của tỉnh."),
			"body_en":  syncproto.Str("If you did not ask for it, tell your leader or the province's administrator at once."),
		},
		Scopes: []syncproto.Scope{syncproto.UserScope(person)},
		Cause:  store.Cause{By: by, Op: "notify"},
	})
	return err
}
