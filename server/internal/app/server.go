package app

import (
	"net/http"

	"github.com/banso/banso/server/internal/httpapi"
)

// Server is an HTTP server for Handler with the limits of the product, for who
// brings a listener of his own.
func (a *App) Server() *http.Server { return httpapi.Server(a.Handler()) }
