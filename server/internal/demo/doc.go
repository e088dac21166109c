// Package demo is the command `demo`: it starts the real server on a fresh
// folder with a clock of its own, lets deploy/demo play a province against it
// over HTTP, prints what the server decided, and goes on serving for visitors.
//
// The folder is removed at the start if an earlier demo made it (it holds the
// file Marker); any other folder that is not empty is refused.
//
// The clock jumps from event to event while the months are played and runs at
// its natural speed otherwise. The passwords of visitors are random.
package demo
