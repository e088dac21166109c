// Command cmd builds the container image.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"

	"github.com/banso/banso/deploy/image"
)

func main() {
	out := flag.String("o", "banso.tar", "archive to write")
	arch := flag.String("arch", runtime.GOARCH, "amd64 or arm64")
	version := flag.String("version", "dev", "tag")
	flag.Parse()
	digest, err := image.Run(".", *out, *arch, *version)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(*out, digest)
}
