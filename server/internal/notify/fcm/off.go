//go:build nofirebase

package fcm

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/banso/banso/server/internal/notify"
)

// Config of a Channel, which this build has none of.
type Config struct {
	Credentials []byte
	Now         func() time.Time
	Endpoint    string
	Transport   http.RoundTripper
}

// New fails: this build has no Firebase.
func New(context.Context, Config) (notify.Channel, error) {
	return nil, errors.New("this build has no Firebase (build tag nofirebase): leave push-fcm empty")
}
