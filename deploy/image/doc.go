// Package image builds the container image without a daemon:
//
//	go run ./deploy/image/cmd -o banso.tar && docker load -i banso.tar
//
// It holds the static binary, its user and an empty /data, nothing else. The
// root may be read-only; what the server writes is in the volume /data. The
// tests build it twice and compare, and run what is in it as its user, in a
// root of its own, without anything of this machine.
package image
