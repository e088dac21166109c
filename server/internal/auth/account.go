package auth

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
	"github.com/banso/banso/syncproto"
)

// Account is what is kept of how a person signs in: no secrets, no keys.
type Account struct {
	Login        string    `json:"login,omitzero"`
	SecondFactor bool      `json:"second_factor"`
	Linked       bool      `json:"linked"` // to the province's own account
	Passkeys     []Passkey `json:"passkeys"`
	Devices      []Device  `json:"devices"`
}

// AccountOf reads it, for the person's own export.
func AccountOf(r store.Reader, person domain.ID) (a Account, err error) {
	a.Passkeys = []Passkey{}
	if a.Login, _, err = store.LoadCredential[string](r, kindPassword, personKey(person)); err != nil {
		return a, err
	}
	if _, a.Linked, err = store.LoadCredential[string](r, kindSubject, personKey(person)); err != nil {
		return a, err
	}
	second, known, err := store.LoadCredential[secondDoc](r, kindSecond, string(person))
	if err != nil {
		return a, err
	}
	a.SecondFactor = known && second.OnMs != 0
	if err := passkeysOf(r, person, func(id domain.ID, d *passkeyDoc) error {
		a.Passkeys = append(a.Passkeys, Passkey{ID: id, Name: d.Name, CreatedMs: d.CreatedMs, UsedMs: d.UsedMs})
		return nil
	}); err != nil {
		return a, err
	}
	a.Devices, err = devicesOf(r, person)
	return a, err
}

// CloseAccount takes away all by which a person signs in, and what they named
// their devices and keys. Sessions end as revoked ones do: a phone may still
// hand over what it holds. after is called once the transaction is durable.
func (s *Service) CloseAccount(tx store.Tx, person domain.ID) (after func(), err error) {
	login, had, err := store.LoadCredential[string](tx, kindPassword, personKey(person))
	if err != nil {
		return nil, err
	}
	gone := map[string][]string{kindSecond: {string(person), "lost/" + string(person)}, kindPassword: {personKey(person)}, kindCode: {personKey(person)}}
	if had {
		gone[kindPassword] = append(gone[kindPassword], loginKey(login))
	}
	code, had, err := store.LoadCredential[string](tx, kindCode, personKey(person))
	if err != nil {
		return nil, err
	}
	if had {
		gone[kindCode] = append(gone[kindCode], code)
	}
	for kind, ids := range gone {
		for _, id := range ids {
			if err := tx.DeleteCredential(kind, id); err != nil {
				return nil, err
			}
		}
	}
	if err := dropLink(tx, person); err != nil {
		return nil, err
	}
	if err := forgetPasskeys(tx, person); err != nil {
		return nil, err
	}
	return s.closeDevices(tx, person)
}

func (s *Service) closeDevices(tx store.Tx, person domain.ID) (after func(), err error) {
	var devices []domain.ID
	if err := tx.Credentials(kindDevice, string(person)+"/", func(id string, _ jsontext.Value) bool {
		devices = append(devices, domain.ID(id[len(person)+1:]))
		return true
	}); err != nil {
		return nil, err
	}
	serials := map[domain.ID]int64{}
	for _, device := range devices {
		key := string(person) + "/" + string(device)
		d, _, err := store.LoadCredential[deviceDoc](tx, kindDevice, key)
		if err != nil {
			return nil, err
		}
		if err := store.SaveCredential(tx, kindDevice, key, deviceDoc{CreatedMs: d.CreatedMs}); err != nil {
			return nil, err
		}
		if err := notify.Forget(tx, person, device); err != nil {
			return nil, err
		}
		ses, known, err := store.LoadCredential[sessionDoc](tx, kindSession, string(device))
		if err != nil {
			return nil, err
		}
		if !known || ses.EndedMs != 0 {
			continue
		}
		serials[device] = ses.Serial
		ses.EndedMs, ses.Reason, ses.Current, ses.Next = tx.Now().UnixMilli(), endedRevoked, syncproto.Hash{}, nil
		if err := store.SaveCredential(tx, kindSession, string(device), ses); err != nil {
			return nil, err
		}
	}
	return func() {
		for device, serial := range serials {
			s.tokens.end(device, serial)
		}
	}, nil
}
