package main

import (
	"fmt"
	"net/http"
	"os"

	"github.com/labstack/echo/v4"
)

// serveNull is the least an Echo server can do: an empty object for anything.
func serveNull(addr string) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.GET("/readyz", func(c echo.Context) error { return c.NoContent(http.StatusOK) })
	e.POST("/null", func(c echo.Context) error { return c.JSONBlob(http.StatusOK, []byte("{}")) })
	if err := e.Start(addr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
