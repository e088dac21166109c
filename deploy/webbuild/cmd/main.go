// Command cmd writes the committed dist folders anew:
//
//	go run ./deploy/webbuild/cmd
package main

import (
	"fmt"
	"os"

	"github.com/banso/banso/deploy/webbuild"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	for _, b := range webbuild.Dists(root) {
		files, err := b.Write()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for _, f := range files {
			fmt.Printf("%8d %s\n", len(f.Text), f.Path)
		}
	}
}
