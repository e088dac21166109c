package auth

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/banso/banso/server/internal/domain"
	"github.com/banso/banso/server/internal/notify"
	"github.com/banso/banso/server/internal/store"
)

// tellOfCode writes into the inbox of somebody who is signed in already that a
// code was made for him: with it one can sign in as him, so it must not happen
// in silence.
func tellOfCode(tx store.Tx, person, by domain.ID, hash string) error {
	signedIn, err := hasDevice(tx, person)
	if err != nil || !signedIn || person == by {
		return err
	}
	return notify.Tell(tx, notify.Note{
		To: person, Kind: notify.CodeIssued, Key: "code/" + strings.TrimPrefix(hash, "h/"), Fields: map[string]string{"by": string(by)},
		Cause: store.Cause{By: by},
	})
}

// tellOfDevice tells somebody who has a device that another has signed in.
func tellOfDevice(tx store.Tx, person, device domain.ID) error {
	signedIn, err := hasDevice(tx, person)
	if err != nil || !signedIn {
		return err
	}
	return notify.Tell(tx, notify.Note{To: person, Kind: notify.DeviceNew, Key: "device_new/" + string(device)})
}

// tellOfEnd tells the person whose device lost its session, after it takes no
// pushes any more.
func tellOfEnd(tx store.Tx, person, device domain.ID, serial int64) error {
	if err := notify.Forget(tx, person, device); err != nil {
		return err
	}
	return notify.Tell(tx, notify.Note{To: person, Kind: notify.DeviceRevoked,
		Key: "device_revoked/" + string(device) + "/" + strconv.FormatInt(serial, 10)})
}

func hasDevice(r store.Reader, person domain.ID) (yes bool, err error) {
	err = r.Credentials(kindDevice, string(person)+"/", func(string, jsontext.Value) bool { yes = true; return false })
	return yes, err
}

// SignedIn reports whether a device has a session as a person that goes on.
func (s *Service) SignedIn(r store.Reader, person, device domain.ID) (bool, error) {
	d, known, err := store.LoadCredential[sessionDoc](r, kindSession, string(device))
	return known && d.Person == person && d.EndedMs == 0, err
}
