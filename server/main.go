// Command banso is the server, its demo, and the tools for the data of a
// stopped server.
package main

import (
	"context"
	"os"
	"time"

	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/demo"
)

func main() {
	ctx := context.Background()
	if len(os.Args) > 1 && os.Args[1] == "demo" {
		os.Exit(demo.Main(ctx, os.Args[2:], os.Stdout, os.Stderr, time.Now))
	}
	os.Exit(app.Main(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
