package notify

import (
	"errors"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/store"
)

// Kinds of credentials in the store.
const (
	kindTarget   = "push_target"
	kindOwner    = "push_owner"
	kindPrefs    = "push_prefs"
	kindEntry    = "outbox"
	kindTag      = "outbox_tag"
	kindParked   = "outbox_parked"
	kindDelivery = "delivery"
	kindDay      = "push_day"
	kindSlot     = "notify_slot"
	kindLetter   = "mail_due"
	kindTold     = "summary_told"
)

// each streams the credentials of a kind whose id begins with prefix.
func each[T any](r store.Reader, kind, prefix string, yield func(id string, v T) bool) error {
	var bad error
	err := r.Credentials(kind, prefix, func(id string, raw jsontext.Value) bool {
		var v T
		if bad = json.Unmarshal(raw, &v); bad != nil {
			return false
		}
		return yield(id, v)
	})
	return errors.Join(err, bad)
}
