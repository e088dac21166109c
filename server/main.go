// Command banso is the server and its tools for the data of a stopped server.
package main

import (
	"context"
	"os"

	"github.com/banso/banso/server/internal/app"
)

func main() {
	os.Exit(app.Main(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}
