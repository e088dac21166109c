package client

import (
	"errors"

	"github.com/banso/banso/syncproto"
)

// RefusedError says that a draft cannot be saved, because the server would set
// it aside for its size or form. Code is CodeTooLarge or CodeInvalid.
type RefusedError struct {
	Code syncproto.Code
	Err  error
}

func (e *RefusedError) Error() string {
	return "client: refused (" + string(e.Code) + "): " + e.Err.Error()
}

func (e *RefusedError) Unwrap() error { return e.Err }

var errTooLarge = errors.New("a mutation has at most 16 KiB")

// encodeChecked makes the bytes of a mutation and reads them back the way the
// server will.
func encodeChecked(m *syncproto.Mutation) (syncproto.RawMutation, error) {
	raw, err := syncproto.EncodeMutation(m)
	if err != nil {
		return nil, &RefusedError{syncproto.CodeInvalid, err}
	}
	if len(raw) > syncproto.MaxMutationBytes {
		return nil, &RefusedError{syncproto.CodeTooLarge, errTooLarge}
	}
	if _, err := syncproto.DecodeMutation(raw); err != nil {
		return nil, &RefusedError{syncproto.CodeInvalid, err}
	}
	return raw, nil
}
