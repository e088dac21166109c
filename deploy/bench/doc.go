// Command bench measures what the server costs and writes a table.
//
//	go run ./deploy/bench                  all lines, five interleaved rounds
//	go run ./deploy/bench -only push64     some of them
//	go run ./deploy/bench -write           and replace RESULTS.md
//
// The server is the real binary, built here, as a child process on a fresh
// folder, reached over loopback by raw keep-alive connections. Speed is always
// a ratio of medians of the same run: a round measures the server and its
// yardstick one after the other, so that a noisy neighbour hits both. Absolute
// numbers stand in the table for orientation only.
//
// Figures that noise can't move (bytes on the wire, round trips, syncs of the
// disk per commit, bytes written per record) are also a test of this package,
// so that a change that worsens one fails.
//
// Yardsticks: raw bbolt with group commit writing the same bytes (raw.go), a
// null Echo handler (null.go), and the disk's own fdatasync (canary.go).
//
// Units: records per second, µs of CPU (user + system) per record, bytes.
package main
