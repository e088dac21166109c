// Package load drives the real binary over loopback: it starts and kills it
// as a child process, makes accounts through the public API, and pushes from
// phones that are as cheap as possible (raw keep-alive connections, mutations
// made before the clock runs). deploy/bench measures with it and the crash
// tests kill with it.
package load
