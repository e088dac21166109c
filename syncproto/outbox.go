package syncproto

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
)

// outboxFormat names the file that carries an outbox off a phone by hand.
const outboxFormat = "banso-outbox/1"

// ErrOutboxFile says that a file is not an exported outbox.
var ErrOutboxFile = errors.New("syncproto: not an exported outbox")

// OutboxFile is what a phone that can't reach the server hands over as a file:
// all mutations that the server's backups may not hold, oldest first.
type OutboxFile struct {
	Format    string        `json:"format"`
	Person    ID            `json:"person"`
	Mutations []RawMutation `json:"mutations"`
}

// EncodeOutboxFile writes the file of a person.
func EncodeOutboxFile(person ID, list []RawMutation) ([]byte, error) {
	return Encode(&OutboxFile{Format: outboxFormat, Person: person, Mutations: list})
}

// DecodeOutboxFile reads one. The mutations are not looked into: they are
// decided as they would be from a request, the damaged ones too.
func DecodeOutboxFile(b []byte) (*OutboxFile, error) {
	var f OutboxFile
	if err := json.Unmarshal(b, &f, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOutboxFile, err)
	}
	if _, ok := f.Person.Bytes(); f.Format != outboxFormat || !ok {
		return nil, ErrOutboxFile
	}
	for i, raw := range f.Mutations {
		raw, err := Encode(raw) // as it will stand in a request
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOutboxFile, err)
		}
		f.Mutations[i] = raw
	}
	return &f, nil
}
