package store

import (
	"errors"

	"github.com/go-json-experiment/json"
)

// LoadCredential reads a credential as a T; false if there is none. A document
// that is no T is an error, as is one of the disk.
func LoadCredential[T any](r Reader, kind, id string) (v T, ok bool, err error) {
	raw, err := r.Credential(kind, id)
	if errors.Is(err, ErrNotFound) {
		return v, false, nil
	}
	if err != nil {
		return v, false, err
	}
	return v, true, json.Unmarshal(raw, &v)
}

// SaveCredential writes a credential.
func SaveCredential(tx Tx, kind, id string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.PutCredential(kind, id, raw)
}
