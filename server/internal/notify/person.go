package notify

import (
	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/store"
)

// PrefsOf is what a person chose to hear, for their own export.
func PrefsOf(r store.Reader, person domain.ID) (Prefs, error) { return prefsOf(r, person) }

// ForgetPerson takes away how somebody is reached beside the devices: mail
// address, number, what waits for them. The devices go with their sessions.
func ForgetPerson(tx store.Tx, person domain.ID) error {
	p := string(person)
	for kind, ids := range map[string][]string{kindPrefs: {p}, kindLetter: {p, p + summaryMark}, kindTold: {p}, kindDay: {p}} {
		for _, id := range ids {
			if err := tx.DeleteCredential(kind, id); err != nil {
				return err
			}
		}
	}
	return nil
}
