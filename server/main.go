// Command banso is the server and its tools for the data of a stopped server.
package main

import (
	"context"
	"os"
	"time"

	"github.com/banso/banso/server/internal/app"
	"github.com/banso/banso/server/internal/demo"
)

func main() {
	ctx, args := context.Background(), os.Args[1:]
	if len(args) > 0 && args[0] == "demo" {
		os.Exit(demo.Main(ctx, args[1:], os.Stdout, os.Stderr, time.Now))
	}
	os.Exit(app.Main(ctx, args, os.Stdout, os.Stderr))
}
