//go:build ignore

// Command strict loads a compose file with the library of docker compose
// itself: schema, interpolation, references between services, networks and
// volumes. It is no part of the module's build (see deploy/helm/strict):
//
//	go run -modfile=.charts.mod ./deploy/image/strict/main.go deploy/image/compose.yaml
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	for _, path := range os.Args[1:] {
		opt, err := cli.NewProjectOptions([]string{path}, cli.WithName("banso"), cli.WithEnv([]string{"BANSO_DOMAIN=banso.example"}))
		if err == nil {
			p, lerr := opt.LoadProject(context.Background())
			if err = lerr; err == nil {
				fmt.Printf("%s: services %v, networks %v, volumes %v\n", path, p.ServiceNames(), p.NetworkNames(), p.VolumeNames())
				continue
			}
		}
		fmt.Fprintln(os.Stderr, path, err)
		os.Exit(1)
	}
}
